"""Heat along lines: every watt ends in an air cell, where the line runs."""

import numpy as np
import pytest
from box_hall import SIZE, even, hall, unit

from thermo.air.sources import line_heat
from thermo.plan import Plan, Solid
from thermo.scene import AIR

ALL = 1e-12  # sums of a few hundred shares, double precision


def box(*solids, units=()):
    return hall(Plan(SIZE, units, (), solids), even())


def solid(name, where):
    return Solid(name, ("solids", name), where)


def test_a_straight_line_heats_its_cells_evenly():
    heat = line_heat(box(), [(((0.0, 0.25, 1.75), (4.0, 0.25, 1.75)), 80.0)])
    assert np.count_nonzero(heat) == 8
    assert heat[3, 0] == pytest.approx(10.0)  # 4 m over cells of 0.5 m


def test_a_bent_line_shares_by_length():
    # 1 m along x in cells i = 2, 3, then 2 m along y in row i = 3 (j = 1, 2, 3, 4): 0.5 m and 10 W a cell
    path = ((1.0, 0.51, 0.2), (2.0 - 1e-9, 0.51, 0.2), (2.0 - 1e-9, 2.51, 0.2))
    heat = line_heat(box(), [(path, 60.0)])
    assert heat.sum() == pytest.approx(60.0, rel=ALL)
    assert heat[0, 1, 2] == pytest.approx(10.0, rel=0.01)
    assert heat[0, 2:5, 3] == pytest.approx([10.0, 10.0, 10.0], abs=0.5)  # 2 cm of 2 m end in the next cell


def test_a_point_heats_one_cell_and_no_path_all_air():
    where = box(solid("s", (0.0, 2.0, 0.0, 3.0, 0.0, 2.0)))
    heat = line_heat(where, [(((3.1, 1.1, 0.1),), 5.0), ((), 96.0)])
    assert heat.sum() == pytest.approx(101.0, rel=ALL)
    assert heat[0, 2, 6] == pytest.approx(5.0 + 1.0)  # 96 air cells of one size
    assert np.all(heat[where.cells != AIR] == 0)


def test_heat_inside_a_rack_goes_to_the_air_above_it():
    heat = line_heat(box(units=(unit(),)), [(((2.0, 1.5, 0.5),), 7.0)])
    assert heat[2, 3, 4] == pytest.approx(7.0) or heat[2, 2, 3] == pytest.approx(7.0)
    assert heat[:2].sum() == 0


def test_heat_under_a_ceiling_box_goes_below_it():
    heat = line_heat(box(solid("duct", (0.0, 4.0, 0.0, 1.0, 1.5, 2.0))), [(((1.1, 0.6, 1.9),), 7.0)])
    assert heat[2, 1, 2] == pytest.approx(7.0)


def test_a_line_through_a_column_from_floor_to_ceiling_loses_nothing():
    where = box(solid("column", (1.0, 2.0, 1.0, 2.0, 0.0, 2.0)))
    heat = line_heat(where, [(((0.0, 1.4, 1.1), (4.0, 1.4, 1.1)), 80.0)])
    assert heat[where.cells == AIR].sum() == pytest.approx(80.0, rel=ALL)
    assert np.count_nonzero(heat) <= 6 + 4  # the six open cells of the row, and neighbours of the column


def test_a_line_outside_the_hall_heats_the_cells_at_its_edge():
    heat = line_heat(box(), [(((-1.0, 1.1, 5.0),), 3.0)])
    assert heat[3, 2, 0] == pytest.approx(3.0)
