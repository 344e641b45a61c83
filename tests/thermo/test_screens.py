"""Screens against closed forms: loss in a duct, two in parallel, jets; parts that only screens join; case files."""

from pathlib import Path

import numpy as np
import pytest
from box_hall import SIZE, even, opening, quiet, solver, stay, through, unit

from thermo import assembly, couple
from thermo.air import journal
from thermo.casefile import load
from thermo.check import examine
from thermo.layout import build_plan
from thermo.layout.screens import perforated_loss
from thermo.plan import Partition, Plan, Screen
from thermo.scene import SceneError

BEST = "cpu"
try:
    import numba  # noqa: F401
except ImportError:
    BEST = "numpy"
MIDDLE = (2.0, 2.0, 0.0, 3.0, 0.0, 2.0)  # the whole section of the small hall
STILL = {"buoyancy": False, "turbulence": "laminar"}


def screen(name="s", axis="x", box=MIDDLE, loss=40.0, **more):
    return Screen(name, ("hall", "screens", name), axis, box, loss, **more)


def wall(box=MIDDLE, axis="x"):
    return Partition("w", ("hall", "partitions", "w"), axis, box)


def advance(found, count):
    for _ in range(count):
        found.advance()
    return found.flow.screens.flows(found.state)


@pytest.mark.parametrize("density", ["constant", "ideal-gas"])
@pytest.mark.parametrize("loss", [0.5, 40.0, 4000.0])
def test_pressure_lost_in_a_duct(device, loss, density):
    plan = Plan(
        SIZE, (), through(flow=6.0, temperature=300.0), screens=(screen(loss=loss),), symmetry=("y_min",)
    )
    found = solver(plan, even(), device, density=density, **STILL)
    flow, drop = advance(found, 150)
    assert flow == pytest.approx([6.0], rel=1e-4)
    # the walls' boundary layers make the approach uneven: mean square over squared mean is 1.000 to 1.005 here
    assert drop == pytest.approx([loss / 2], rel=0.01)


def test_air_of_another_density_loses_by_its_own():
    plan = Plan(SIZE, (), through(flow=6.0, temperature=330.0), screens=(screen(),))
    found = solver(plan, even(), BEST, start=30.0, **STILL)
    _, drop = advance(found, 150)
    # `flow` is a volume at the reference density: 10 % lighter air goes 10 % faster, so rho u^2 is 10 % more
    assert drop == pytest.approx([20.0 * 330.0 / 300.0], rel=0.01)


@pytest.mark.parametrize("loss", [400.0, 4e5])
def test_parallel_screens_share_by_the_root_of_their_loss(device, loss):
    pair = (
        screen("a", box=(2.0, 2.0, 0.0, 1.0, 0.0, 2.0), loss=loss),
        screen("b", box=(2.0, 2.0, 2.0, 3.0, 0.0, 2.0), loss=4 * loss),
    )
    plan = Plan(SIZE, (), through(flow=0.6, temperature=300.0), partitions=(wall(),), screens=pair)
    found = solver(plan, even(), device, buoyancy=False)
    (a, b), _ = advance(found, 80)
    assert a + b == pytest.approx(0.6, rel=1e-4)
    assert a / b == pytest.approx(2.0, rel=0.005)  # dynamic pressure before them is a few of their 400 heads


def tile(jet_area):
    """A tile of 0.6 m between a duct below and a room above; (solver, velocity in the tile)."""
    size, loss = (3.0, 3.0, 3.0), perforated_loss(0.25)
    sides = [
        ("x", (1.2, 1.2, 1.2, 1.8)),
        ("x", (1.8, 1.8, 1.2, 1.8)),
        ("y", (1.2, 1.8, 1.2, 1.2)),
        ("y", (1.2, 1.8, 1.8, 1.8)),
    ]
    walls = [wall((*b, 0.0, 0.45), axis) for axis, b in sides]
    floor = wall((0.0, 3.0, 0.0, 3.0, 0.45, 0.45), "z")
    holes = (
        opening("in", "supply", "floor", (1.2, 1.2), (1.8, 1.8), size, flow=0.18, temperature=300.0),
        opening("out", "pressure", "ceiling", (0.0, 0.0), (3.0, 3.0), size, temperature=300.0),
    )
    perforated = screen("t", "z", (1.2, 1.8, 1.2, 1.8, 0.45, 0.45), loss, jet_area=jet_area)
    plan = Plan(size, (), holes, partitions=(floor, *walls), screens=(perforated,))
    return solver(plan, even(size, (20, 20, 20)), BEST, buoyancy=False), loss


@pytest.mark.parametrize(("jet_area", "expected"), [(0.0, 1.0), (0.25, 4.0), (0.5, 2.0)])
def test_momentum_above_a_tile_is_that_of_its_jets(jet_area, expected):
    """Integral of w^2 over the room, 0.75 m above the tile: A u^2 / s, of the flow alone A u^2."""
    found, loss = tile(jet_area)
    flow, drop = advance(found, 250)
    assert flow == pytest.approx([0.18], rel=1e-3)
    w = found.mesh.core(found.state.w)[8].astype(float)
    momentum = np.sum(w * w) * 0.15**2 / (0.36 * 0.5**2)
    # 4 % less with 25 % open, 3 % with 50 %: the entrained air lowers the pressure on the floor about the tile
    assert momentum == pytest.approx(expected, rel=0.06)
    assert drop == pytest.approx([loss * 0.5**2 / 2], rel=0.01)
    assert found.balances()[0] < 0.15  # the solver's own stop


def test_a_room_that_air_enters_only_through_a_screen_finds_its_pressure():
    """A plenum one cell high under a floor that hardly lets through: coarse grids do not know it."""
    size = (4.0, 3.0, 2.25)
    floor = Partition("f", ("hall", "partitions", "f"), "z", (0.0, 4.0, 0.0, 3.0, 0.25, 0.25))
    grate = screen("g", "z", (1.0, 1.5, 1.0, 1.5, 0.25, 0.25), 4000.0)
    holes = (
        opening("in", "supply", "x_min", (0.0, 0.0), (3.0, 0.25), size, flow=0.1, temperature=300.0),
        opening("out", "pressure", "ceiling", (0.0, 0.0), (4.0, 3.0), size, temperature=300.0),
    )
    plan = Plan(size, (), holes, partitions=(floor,), screens=(grate,))
    found = solver(plan, even(size, (16, 12, 9)), BEST, buoyancy=False)
    flow, drop = advance(found, 60)
    assert flow == pytest.approx([0.1], rel=1e-4)
    assert drop == pytest.approx(
        [2000.0 * 0.4**2], rel=0.02
    )  # the approach turns by 90 degrees: uneven by a percent


def test_what_a_screen_lets_through_keeps_its_heat():
    """1.2 kW on 0.4 m3/s behind a screen: the balance closes as without one."""
    plan = Plan(SIZE, (unit(),), through(), screens=(screen(box=(3.0, 3.0, 0.0, 3.0, 0.0, 2.0), loss=20.0),))
    found = solver(plan, even(), BEST)
    assert found.run(quiet, stay).converged is True
    _, heat = found.exchange.opening_fluxes(found.state)
    assert -heat.sum() == pytest.approx(found.heat_given(), rel=0.0005)  # what a polished run promises


def test_what_screens_remember_is_all_that_another_run_needs():
    """Fields and memory of one solver put into a fresh one: it goes on to the last bit."""
    plan = Plan(SIZE, (), through(flow=0.6, temperature=300.0), partitions=(wall(),), screens=(screen(),))
    first, second = (solver(plan, even(), "numpy", buoyancy=False) for _ in range(2))
    advance(first, 13)
    state, memory = first.state.copy(), journal.remembered(first.flow.screens.memory)
    advance(first, 12)
    second.state.take(state)
    journal.recall(second.flow.screens.memory, memory)
    advance(second, 12)
    for name, value in vars(first.state).items():
        assert np.array_equal(value, getattr(second.state, name)), name


def test_a_screen_between_solids_is_refused():
    plan = Plan(SIZE, (unit(),), through(), screens=(screen(box=(2.0, 2.0, 1.0, 2.0, 0.0, 1.0)),))
    with pytest.raises(SceneError, match="s has no air on both its sides"):
        solver(plan, even(), "numpy")


# --- loss coefficients ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("open_area", "expected"), [(0.25, 42.758), (0.4, 15.677), (0.56, 7.364)])
def test_loss_of_a_perforated_plate(open_area, expected):
    assert perforated_loss(open_area) == pytest.approx(expected, abs=0.001)  # the formula, worked by hand


def test_floor_grates_of_the_mock_up_lose_what_was_measured():
    """FM/FPRF data-centre mock-up: grates 54 % open, 2 x 0.6096 x 5.334 m, measured at 78 and 265 air changes.

    Figures as distributed with FDS (validation guide; grade A): 3.7695 m3/s and 1.74 Pa, 12.807 m3/s and 20.9 Pa.
    """
    area = 2 * 0.6096 * 5.334
    for flow, pascals in ((3.7695, 1.74), (12.80676582, 20.9)):
        measured = pascals / (0.5 * 1.2 * (flow / area) ** 2)
        assert perforated_loss(0.54) == pytest.approx(
            measured, rel=0.12
        )  # 8.0 for 8.6 and 9.0: vanes besides


# --- from the case file ----------------------------------------------------------------------------------

RAISED = """
name: raised
site: {dry_bulb: 20 degC, relative_humidity: 40 %}
hall:
  size: [3.6 m, 3 m, 3 m]
  partitions: {floor: {axis: z, at: 0.6 m, from: [0 m, 0 m], to: [3.6 m, 3 m]}}
  screens:
    tiles:
      {axis: z, at: 0.6 m, from: [0.6 m, 0.6 m], to: [1.2 m, 1.2 m], open_area: 25 %, jet: true, count: 3}
openings:
  plenum: {kind: supply, wall: x_min, at: [0 m, 0 m], size: [3 m, 0.6 m], flow: 0.54 m3/s, temperature: 18 degC}
  return: {kind: pressure, wall: ceiling, at: [0 m, 0 m], size: [3.6 m, 3 m]}
racks:
  row: {kind: air_rack_10kW, at: [0.6 m, 1.2 m, 0.6 m], count: 3, facing: -y, power: 2 kW}
grid: {cell: 0.2 m}
numerics: {scheme: upwind, iterations: 400}
"""


@pytest.fixture(scope="module")
def raised(tmp_path_factory):
    file = Path(tmp_path_factory.mktemp("raised")) / "case.yaml"
    file.write_text(RAISED)
    loaded = load(file)
    return loaded, examine(loaded)


def test_tiles_open_the_floor_they_lie_in(raised):
    loaded, plan = raised
    assert [s.name for s in plan.screens] == ["tiles0", "tiles1", "tiles2"]
    assert plan.screens[1].box == pytest.approx((1.2, 1.8, 0.6, 1.2, 0.6, 0.6))
    assert plan.screens[0].jet_area == 0.25
    sentence = next(text for text in build_plan(loaded.case).assumptions if text.startswith("tiles:"))
    assert "42.8 velocity heads in 1.08 m2 across z; jets from 25% of it" in sentence


def test_tiles_share_the_plenums_air(raised):
    loaded, plan = raised
    solution = couple.solve(loaded.case, plan, "auto", lambda news: None)
    table = assembly.assemble(solution, loaded.text).table("screens")
    reference = 293.15 / 291.15  # of the supply's air to that of the flow's density
    assert np.sum(table["flow_m3_s"]) == pytest.approx(0.54 * reference, rel=1e-3)
    # 43 heads even out what the plenum's own 0.3 m/s does: 1 / (2 * 43) * (0.3 / 0.5)^2 is below a percent
    assert table["flow_m3_s"] == pytest.approx(np.full(3, 0.18 * reference), rel=0.03)
    assert table["temperature_degC"] == pytest.approx(np.full(3, 18.0), abs=0.05)
    expected = 42.76 * 0.5 * solution.air.density * 0.5**2
    assert table["pressure_loss_Pa"] == pytest.approx(np.full(3, expected), rel=0.1)
