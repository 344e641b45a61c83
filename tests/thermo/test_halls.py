"""The measured data centres: their case files carry the measured inputs, and their sensors hang in air."""

from importlib.resources import files

import numpy as np
import pytest

from thermo import grid, scene
from thermo.casefile import load
from thermo.check import examine
from thermo.scene import AIR
from thermo.verify.rooms import mockup, pod, room

IT_POWER = {
    "0800": 27.595,
    "1030": 70.875,
    "1245": 71.411,
}  # of the IT feed's meter, mean over the window [kW]


def laid_out(name, level):
    loaded = load(files("thermo.verify").joinpath("rooms", name, "case.yaml"), level)
    plan = examine(loaded)
    return plan, scene.build(plan, grid.build(plan, loaded.case.grid))


def in_air(where, places):
    i, j, k = (np.searchsorted(f, along) - 1 for f, along in zip(where.grid.faces, places, strict=True))
    return where.cells[k, j, i] == AIR


@pytest.mark.parametrize("window", pod.WINDOWS)
def test_the_racks_of_a_window_take_the_measured_power(window):
    plan, where = laid_out(f"rise_{window}", pod.LEVELS[0])
    racks = [unit for unit in plan.units if unit.role == "rack"]
    coolers = [unit for unit in plan.units if unit.role == "cooler"]
    assert sum(unit.power for unit in racks) / 1e3 == pytest.approx(IT_POWER[window], rel=1e-3)
    assert sum(unit.machines for unit in racks) == 360
    assert [unit.sides[0] for unit in coolers] == ["+z"] * 4
    assert all(rear.area.sum() == pytest.approx(1.775, rel=0.05) for rear in where.rears[-4:])


@pytest.mark.parametrize("level", pod.LEVELS)
def test_strips_hang_in_air(level):
    strips = room.table("rise_0800", "strips")
    _, where = laid_out("rise_0800", level)
    assert in_air(where, [strips[name] for name in ("x_m", "y_m", "z_m")]).all()


@pytest.mark.parametrize("level", mockup.LEVELS)
def test_probes_of_the_mockup_hang_in_air_and_its_screens_keep_their_area(level):
    known = room.table("mockup", "probes")
    _, where = laid_out("mockup", level)
    assert in_air(where, [known[name] for name in ("x_m", "y_m", "z_m")]).all()
    for part, patch in where.screens:
        assert patch.area.sum() == pytest.approx(part.area, rel=1e-3), part.name  # no face moved by the grid


def test_a_probe_is_near_by_speed_or_by_share():
    measured = np.array([0.1, 0.1, 1.0, 1.0, 2.0])
    assert mockup.share(np.array([0.34, 0.36, 1.29, 1.31, 1.41]), measured) == pytest.approx(3 / 5)


def test_a_cell_is_read_where_a_point_lies():
    class Small:
        grid = (np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.0]), np.array([0.0, 0.5, 1.0]))

    field = np.array([[[1.0, 2.0]], [[3.0, 4.0]]])
    assert pod.at(Small, field, np.array([[0.5, 1.5], [0.5, 0.5], [0.2, 0.7]])).tolist() == [1.0, 4.0]
