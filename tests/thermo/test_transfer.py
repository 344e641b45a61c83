"""From one grid to another: velocities linear along their axis, cells from the cell around them, fixed faces kept."""

import numpy as np
import pytest
from box_hall import AIR, SIZE, even, exchange_of, hall, through, unit

from thermo.air import mesh as meshes
from thermo.air import transfer
from thermo.air.state import at_rest
from thermo.plan import Plan, Solid
from thermo.scene import AIR as AIR_CELL
from thermo.scene import PAD

COARSE, FINE = even(SIZE, (8, 6, 4)), even(SIZE, (16, 12, 8))
UNEVEN = tuple(np.sort(np.append(f, 0.37)) for f in COARSE)


def put(plan, faces):
    """(scene, mesh, state at rest 2 K above the reference), double precision."""
    where = hall(plan, faces)
    mesh = meshes.build(where, np.float64)
    return where, mesh, at_rest(mesh, 2.0, AIR.viscosity)


def faces_of(mesh, velocity, axis):
    """View of all faces of a component, one more along its axis."""
    stop = [n - PAD for n in mesh.shape]
    stop[2 - axis] += 1
    return velocity.reshape(mesh.shape)[tuple(slice(PAD, s) for s in stop)]


@pytest.mark.parametrize("faces", [FINE, UNEVEN], ids=["twice as fine", "uneven"])
def test_a_velocity_linear_along_its_axis_is_kept(faces):
    source, coarse, before = put(Plan(SIZE, (), ()), COARSE)
    for axis, velocity in enumerate((before.u, before.v, before.w)):
        view = faces_of(coarse, velocity, axis)
        shape = [1, 1, 1]
        shape[2 - axis] = -1
        view[...] = (1.0 + 2.0 * source.grid.faces[axis]).reshape(shape)
    where, mesh, after = put(Plan(SIZE, (), ()), faces)
    taken = transfer.snapshot(source, coarse, before, 300.0)
    transfer.begin(after, mesh, where, taken, 300.0)
    for axis, velocity in enumerate((after.u, after.v, after.w)):
        found = np.moveaxis(faces_of(mesh, velocity, axis), 2 - axis, -1)
        wanted = 1.0 + 2.0 * where.grid.faces[axis][1:-1]
        np.testing.assert_allclose(
            found[..., 1:-1], np.broadcast_to(wanted, found[..., 1:-1].shape), rtol=1e-12
        )
        assert np.all(found[..., [0, -1]] == 0)  # walls: no unknown, left alone


def test_cells_take_the_value_around_them_and_the_shift_of_the_reference():
    source, coarse, before = put(Plan(SIZE, (), ()), COARSE)
    rng = np.random.default_rng(3)
    coarse.core(before.t)[...] = rng.random(source.cells.shape)
    coarse.core(before.k)[...] = rng.random(source.cells.shape)
    where, mesh, after = put(Plan(SIZE, (), ()), FINE)
    transfer.begin(after, mesh, where, transfer.snapshot(source, coarse, before, 300.0), 290.0)
    twice = [np.repeat(np.repeat(np.repeat(coarse.core(f), 2, 0), 2, 1), 2, 2) for f in (before.t, before.k)]
    np.testing.assert_allclose(mesh.core(after.t), twice[0] + 10.0, rtol=1e-12)
    np.testing.assert_allclose(mesh.core(after.k), twice[1], rtol=1e-12)


def test_a_constant_flow_through_keeps_its_mass_balance():
    # 0.4 m3/s through the whole section on the coarse grid: the same on the fine one, in every cell
    plan = Plan(SIZE, (), through())
    source, coarse, before = put(plan, COARSE)
    faces_of(coarse, before.u, 0)[...] = 0.4 / 6.0
    where, mesh, after = put(plan, FINE)
    exchange_of(plan, where)(mesh).impose(after)
    transfer.begin(after, mesh, where, transfer.snapshot(source, coarse, before, 300.0), 300.0)
    assert np.allclose(faces_of(mesh, after.u, 0), 0.4 / 6.0, rtol=1e-12)


def test_fixed_faces_and_cells_the_source_does_not_know_are_kept():
    source, coarse, before = put(Plan(SIZE, (), (), (Solid("s", ("s",), (3.0, 4.0, 0, 3, 0, 2)),)), COARSE)
    before.t[:], before.u[:] = 7.0, 9.0
    plan = Plan(SIZE, (unit(facing="-x"),), ())
    where, mesh, after = put(plan, FINE)
    exchange = exchange_of(plan, where)(mesh)
    exchange.impose(after)
    fixed = after.u[where.fronts[0].face].copy()
    transfer.begin(after, mesh, where, transfer.snapshot(source, coarse, before, 300.0), 300.0)
    assert np.array_equal(after.u[where.fronts[0].face], fixed)
    t = mesh.core(after.t)
    known = (where.grid.centres[0] < 3.0) & (where.cells == AIR_CELL)
    assert np.all(t[known] == 7.0)
    assert np.all(t[~known] == 2.0)


def test_a_snapshot_is_a_copy():
    source, coarse, before = put(Plan(SIZE, (), ()), COARSE)
    taken = transfer.snapshot(source, coarse, before, 300.0)
    before.t[:] = 99.0
    assert taken.fields["t"].max() == 2.0
