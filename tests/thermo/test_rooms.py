"""Rooms with nothing in them: what `check` lets pass, and when their air counts as settled."""

from importlib.resources import as_file, files

import numpy as np
import pytest

from thermo import couple
from thermo.air.stillness import Stillness
from thermo.assembly import assemble
from thermo.case import Case
from thermo.casefile import load
from thermo.check import envelope, equipment, site
from thermo.layout import build_plan

THROUGH = {
    "slot": {
        "kind": "supply", "wall": "x_min", "at": ["0 m", "0.5 m"], "size": ["0.1 m", "0.5 m"],
        "flow": "0.005 m3/s", "temperature": "20 degC",
    },
    "outlet": {"kind": "pressure", "wall": "x_max", "at": ["0 m", "0 m"], "size": ["0.1 m", "0.5 m"]},
}  # fmt: skip
TEXT = {
    "site": {"dry_bulb": "20 degC"},
    "hall": {"size": ["2 m", "0.1 m", "1 m"], "symmetry": ["y_min", "y_max"]},
    "racks": {},
    "openings": THROUGH,
    "grid": {"cell": "0.1 m"},
    "numerics": {"density": "constant", "start_temperature": "20 degC", "time_step": "0.5 s"},
}


def room(**changes):
    """A slice of a small room, 2 x 1 m in cells of 0.1 m, with a slow jet through it."""
    return Case.model_validate(TEXT | changes)


def complaints(case):
    plan = build_plan(case)
    found = [*envelope.problems(case, plan), *equipment.problems(case, plan), *site.problems(case)]
    return [p.message for p in found]


def test_a_room_is_empty_only_where_it_says_so():
    assert complaints(room()) == []
    forgot = Case.model_validate({k: v for k, v in TEXT.items() if k != "racks"})
    assert any("racks: {}" in text for text in complaints(forgot))


def test_only_slices_and_empty_rooms_may_be_narrow():
    whole = {"size": ["2 m", "0.1 m", "1 m"]}
    assert any("too coarse" in text for text in complaints(room(hall=whole)))  # a wall at either side
    assert not any("check the unit" in text for text in complaints(room(hall=whole)))


def solved(case, iterations):
    numerics = case.numerics.model_copy(update={"iterations": iterations})
    case = case.model_copy(update={"numerics": numerics})
    return couple.solve(case, build_plan(case), "auto", lambda news: None)


def test_a_room_without_units_is_judged_by_its_own_air():
    early, late = solved(room(), 80), solved(room(), 4000)
    assert early.outcome.converged is False
    assert "velocities still change" in early.outcome.reason
    assert late.outcome.converged is True
    still = late.solver.state.u.copy()
    for _ in range(200):
        late.solver.advance()
    change = np.abs(late.solver.state.u - still).max() / np.abs(still).max()
    assert change < 0.01  # a window at most 0.2 %; the rest of a slow decay is of that order
    assert assemble(late, "").summary["converged"] is True


def test_a_closed_room_between_two_walls_settles():
    walls = {"x_min": {"temperature": "19.9 degC"}, "x_max": {"temperature": "20.1 degC"}}
    hall = {"size": ["0.4 m", "0.1 m", "0.4 m"], "symmetry": ["y_min", "y_max"], "walls": walls}
    numerics = {"density": "constant", "start_temperature": "20 degC", "turbulence": "laminar"}
    thick = {"dry_bulb": "20 degC", "air": {"viscosity": "5e-5 m2/s"}}  # a Rayleigh number of 1e5: steady
    grid = {"cell": "0.02 m"}
    found = solved(room(hall=hall, openings={}, numerics=numerics, site=thick, grid=grid), 3000)
    assert found.outcome.converged is True
    given = found.solver.wall_heat()
    assert given.sum() == pytest.approx(0.0, abs=0.01 * given[1])  # what one gives the other takes


def test_a_room_with_a_jet_finds_the_step_its_shear_layer_asks_for():
    """Annex 20's room: in the step that follows its jet by 2.3 cells the jet's edge goes round and round."""
    with as_file(files("thermo.verify.rooms").joinpath("annex20", "case.yaml")) as path:
        case = load(path, ["grid.cell=0.1 m"]).case
    assert case.numerics.time_step is None
    found = couple.solve(case, build_plan(case), "auto", lambda news: None).solver
    assert found.stillness.travel() < case.numerics.tolerance
    assert found.step_size == pytest.approx(found.suggest_time_step() / 2)
    assert found.balances()[0] < 1e-3  # 0.17 in that step, for ever


def test_stillness_wants_a_whole_window():
    class Fields:
        u = np.array([1.0, 2.0])
        v = w = np.zeros(2)
        t = np.array([0.0, 0.0])

    watch, fields = Stillness(), Fields()
    watch.look(fields, 0, 100)
    fields.u = fields.u + 0.1
    watch.look(fields, 60, 100)
    assert watch.travel() == float("inf")  # not a window yet
    watch.look(fields, 100, 100)
    assert watch.flow == pytest.approx(0.1 / 2.1)
    assert watch.travel() == float("inf")  # the air moves
    fields.t = fields.t + 0.03
    watch.look(fields, 200, 100)
    assert watch.travel() == pytest.approx(0.03)
