"""Halls stacked along z: what the multigrid does to each is what it does to that hall alone, to the last bit."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from padded import PAD, box, core, gaps, masked, pressure_faces

from kernels import hierarchy, stack

WIDTHS = tuple(np.full(n, 0.15) for n in (16, 12, 10))
ODD = tuple(np.full(n, 0.15) for n in (17, 13, 11))  # the topmost coarse cells reach beyond each hall


def halls(widths, dtype, count, shelf=0):
    """The same box with another obstacle each, and an outlet in the floor or in the ceiling: next to the neighbour.

    shelf: plane of one that leaves a gap; where it is odd, pairs of cells begin at the second.
    """
    found = []
    for n in range(count):
        plain = box(widths, dtype)
        air = plain.fluid.reshape(plain.shape).copy()
        air[PAD + 2 + n : PAD + 6 + n, PAD + 1 : PAD + 6, PAD + 3 * n : PAD + 3 * n + 4] = 0
        hall = masked(plain.d, air, dtype)
        act = hall.act[2].reshape(hall.shape).copy()
        plane = PAD if n % 2 else hall.shape[0] - PAD
        act[plane] = air[plane if n % 2 else plane - 1]
        if shelf:
            act[PAD + shelf, PAD:-PAD, PAD + 2 : -PAD] = 0
        hall.act = (*hall.act[:2], act.ravel())
        found.append(hall)
    return found


def hierarchies(where, dtype, formed=False):
    return [
        hierarchy.build(
            pressure_faces(h), [d[PAD:-PAD] for d in h.d], dtype, open_=openness(h, h.d) if formed else ()
        )
        for h in where
    ]


def openness(hall, d):
    """What the finest grid's coefficients are formed from."""
    return (*hall.act, *d, *(1 / gaps(w) for w in d))


def stacked_openness(where, pitch):
    """The same of halls of even cells in a stack."""
    first, plane = where[0], where[0].shape[1] * where[0].shape[2]
    planes = len(where) * pitch + 2 * PAD
    act = [stack.stacked_field([hall.act[axis] for hall in where], plane, pitch) for axis in range(3)]
    return openness(SimpleNamespace(act=act), (*first.d[:2], np.full(planes, first.d[2][0])))


@pytest.mark.parametrize("formed", [False, True], ids=["stored", "formed"])
@pytest.mark.parametrize("shelf", [0, 3])
@pytest.mark.parametrize("widths", [WIDTHS, ODD], ids=["even", "odd"])
def test_a_cycle_of_a_stack_is_that_of_every_hall(ops, dtype, widths, shelf, formed):
    """The finest grid's coefficients stored, or formed anew in each sweep."""
    where = halls(widths, dtype, 3, shelf)
    alone = hierarchies(where, dtype, formed)
    assert bool(shelf) == (alone[0][0].offsets[2] > 0)
    pitch = stack.pitches(alone[0])[0]
    levels = stack.stacked_levels(alone, stacked_openness(where, pitch) if formed else ())
    assert bool(levels[0].open) == formed
    rng, plane = np.random.default_rng(1), where[0].shape[1] * where[0].shape[2]
    for n, (hall, grids) in enumerate(zip(where, alone, strict=True)):
        air = core(hall, hall.fluid) > 0
        core(hall, grids[0].rhs)[air] = rng.standard_normal(int(air.sum()))
        at = n * pitch * plane
        levels[0].rhs[at : at + hall.fluid.size] = grids[0].rhs
    for _ in range(3):
        hierarchy.v_cycle(ops, levels)
        for grids in alone:
            hierarchy.v_cycle(ops, grids)
    for n, grids in enumerate(alone):
        at = n * pitch * plane
        phi = grids[0].phi
        assert np.ptp(phi) > 0
        np.testing.assert_array_equal(levels[0].phi[at : at + phi.size], phi)


def test_a_cell_never_joins_two_halls():
    for height in range(3, 40):
        widths = (np.full(12, 0.15), np.full(12, 0.15), np.full(height, 0.15))
        levels = hierarchy.build(pressure_faces(box(widths)), list(widths), np.float64)
        pitches = stack.pitches(levels)
        assert pitches[0] >= height + 2 * PAD
        for level, pitch in zip(levels, pitches, strict=True):
            assert pitch > level.size[2] - 2 * PAD
        joined = pitches[0] // pitches[-1]
        assert pitches[0] % joined == 0


def test_halls_that_join_cells_otherwise_are_not_stacked():
    """A wall on an odd plane moves the pairs of cells; beside a hall without it, a coarse cell would be another."""
    plain = box(WIDTHS)
    air = plain.fluid.reshape(plain.shape).copy()
    walled = masked(plain.d, air, np.float64)
    act = walled.act[0].reshape(plain.shape).copy()
    act[:, :, PAD + 7] = 0
    walled.act = (act.ravel(), *walled.act[1:])
    one, other = hierarchies([plain, walled], np.float64)
    assert other[0].offsets == (1, 0, 0)
    with pytest.raises(ValueError, match="walls differ"):
        stack.stacked_levels([one, other])
