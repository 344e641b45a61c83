"""Grid: lines meet every face, moved faces are told, neighbours keep the growth limit."""

import numpy as np
import pytest
from box_hall import SIZE, opening, unit
from hypothesis import example, given, settings
from hypothesis import strategies as st

from thermo import grid
from thermo.case.numerics import GridSpec
from thermo.plan import Partition, Plan, Solid

METRE = 1e-9  # [m] coordinates are decimal fractions; sums of cell sizes round


def spec(cell=0.25, growth=1.3, snap=0.25):
    return GridSpec.model_validate({"cell": f"{cell} m", "growth": growth, "snap": f"{100 * snap} %"})


def largest_growth(faces):
    w = np.diff(faces)
    return np.max(np.maximum(w[1:] / w[:-1], w[:-1] / w[1:]), initial=1.0)


def slab(low, high, name="slab"):
    return Solid(name, ("solids", name), (low, high, 0.0, 3.0, 0.0, 2.0))


def test_a_multiple_of_the_cell_is_cut_evenly():
    lines = grid.build(Plan(SIZE, (unit(),), ()), spec(0.5))
    for faces, size, cells in zip(lines.faces, SIZE, (8, 6, 4), strict=True):
        np.testing.assert_allclose(faces, np.linspace(0, size, cells + 1), atol=METRE)
    assert lines.shifts == ()
    assert lines.shape == (4, 6, 8)
    assert lines.describe() == {
        "cells": 192,
        "smallest_m": pytest.approx(0.5),
        "largest_m": pytest.approx(0.5),
        "aspect": pytest.approx(1.0),
        "growth": pytest.approx(1.0),
    }


def test_lines_meet_the_faces_of_units_openings_partitions_and_solids():
    things = Plan(
        SIZE,
        (unit(box=(1.37, 2.41, 0.83, 1.79, 0.0, 1.13)),),
        (opening("in", "supply", "x_min", (0.31, 0.44), (2.2, 1.61)),),
        (Solid("s", ("solids", "s"), (3.03, 3.57, 2.21, 2.83, 0.29, 1.31)),),
        (Partition("p", ("partitions", "p"), "x", (2.71, 2.71, 0.51, 2.51, 0.71, 1.87)),),
    )
    lines = grid.build(things, spec(0.25, snap=0.0))
    assert lines.shifts == ()
    for group in (things.units, things.openings, things.solids, things.partitions):
        for item in group:
            for axis in range(3):
                for wanted in item.box[2 * axis : 2 * axis + 2]:
                    assert np.min(np.abs(lines.faces[axis] - wanted)) < METRE, (item.name, axis, wanted)


def test_a_face_near_another_line_moves_there_and_is_told():
    # 0.25 of a 0.4 m cell: faces within 0.1 m of a line already there move. 3.95 m is 0.05 m from the wall.
    lines = grid.build(Plan(SIZE, (), (), (slab(2.0, 3.95),)), spec(0.4))
    assert [(s.axis, s.wanted, s.got) for s in lines.shifts] == [("x", 3.95, 4.0)]
    assert not np.any(np.abs(lines.xf - 3.95) < 0.04)
    kept = grid.build(Plan(SIZE, (), (), (slab(2.0, 3.85),)), spec(0.4))
    assert kept.shifts == ()
    assert np.min(np.abs(kept.xf - 3.85)) < METRE


def test_what_is_told_is_where_the_thing_stands():
    # 1.06 is within reach of 1.0, but a finer line may lie nearer: the place told must be the one used.
    things = (slab(0.0, 1.0, "a"), slab(1.1, 1.6, "b"), slab(0.2, 1.06, "c"))
    lines = grid.build(Plan(SIZE, (), (), things), spec(0.25))
    for shift in lines.shifts:
        cells = lines.span("xyz".index(shift.axis), 0.0, shift.wanted)
        assert lines.faces["xyz".index(shift.axis)][cells.stop] == pytest.approx(shift.got, abs=METRE)


def test_units_keep_their_place_when_openings_and_solids_come_near():
    rack = unit(box=(1.5, 2.5, 1.0, 2.0, 0.0, 1.0))
    lines = grid.build(Plan(SIZE, (rack,), (), (slab(2.54, 3.5),)), spec(0.25))
    assert [(s.wanted, s.got) for s in lines.shifts] == [(2.54, pytest.approx(2.5))]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.integers(1, 3999), max_size=8, unique=True),
    st.sampled_from([0.1, 0.25, 0.4]),
    st.sampled_from([1.1, 1.3, 1.6, 2.5]),
    st.sampled_from([0.0, 0.1, 0.25]),
)
@example([1000, 1004], 0.4, 1.3, 0.0)  # a sliver a hundredth of a cell
@example([1000, 1350], 0.25, 1.1, 0.25)  # one gap of 1.4 cells between wide ones
@example([100, 240, 340, 480], 0.1, 1.3, 0.25)  # narrow gaps in a row, each 1.4 times the next
@example([1, 3999], 0.4, 1.1, 0.0)
def test_neighbours_keep_the_growth_limit(millimetres, cell, growth, snap):
    things = tuple(slab(0.0, mm / 1000.0, f"s{mm}") for mm in millimetres)
    lines = grid.build(Plan(SIZE, (), (), things), spec(cell, growth, snap))
    widths = np.diff(lines.xf)
    assert np.all(widths > 0)
    assert [lines.xf[0], lines.xf[-1]] == pytest.approx([0.0, 4.0], abs=METRE)
    assert largest_growth(lines.xf) <= growth * 1.0001  # 1e-6 of slack in the code, and rounding
    assert widths.max() <= 1.5 * cell * 1.0001  # a gap below one and a half cells is one cell
    for thing in things:
        near = np.min(np.abs(lines.xf - thing.box[1]))
        assert near <= max(snap * cell, 1e-6) + METRE


def test_a_graded_grid_costs_few_cells():
    # From a sliver of 4 mm at ratio 1.26 to 0.4 m: ln(100) / ln(1.26) = 20 cells a side, and 10 even ones.
    lines = grid.build(Plan(SIZE, (), (), (slab(1.0, 1.004),)), spec(0.4, 1.3, 0.0))
    assert 30 < lines.xf.size - 1 < 55


def test_volumes_centres_and_index_ranges():
    lines = grid.Grid(np.array([0.0, 1.0, 3.0]), np.array([0.0, 2.0]), np.array([0.0, 0.5, 1.0]))
    assert lines.volumes().shape == (2, 1, 2)
    assert lines.volumes()[1, 0].tolist() == [1.0, 2.0]
    assert lines.centres[0].tolist() == [0.5, 2.0]
    assert lines.inside((1.0, 3.0, 0.0, 2.0, 0.5, 1.0)) == (slice(1, 2), slice(0, 1), slice(1, 2))
    assert lines.plane(0, 0.9) == 1
