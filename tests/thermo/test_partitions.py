"""Partitions that conduct and partitions that leak, against closed forms; the zero-equation model's distances."""

import numpy as np
import pytest
from box_hall import AIR, SIZE, even, hall, solver, through, unit

from thermo import assembly, couple
from thermo.air.zero_equation import wall_distance
from thermo.casefile import load
from thermo.check import examine
from thermo.layout.partitions import DISCHARGE, leaks, partitions
from thermo.plan import Partition, Plan, Screen, WallHeat

try:
    import numba  # noqa: F401

    BEST = "cpu"
except ImportError:
    BEST = "numpy"
MIDDLE = (2.0, 2.0, 0.0, 3.0, 0.0, 2.0)


def partition(**more):
    return Partition("p", ("hall", "partitions", "p"), "x", MIDDLE, **more)


def gaps(area, box=MIDDLE):
    wall = (box[3] - box[2]) * (box[5] - box[4])
    return Screen("p", ("hall", "partitions", "p"), "x", box, (wall / (DISCHARGE * area)) ** 2, leaks=True)


def test_heat_between_two_rooms(device):
    """A flux into one, a U-value to 290 K from the other: what comes in passes both in turn.

    120 W in: through 6 m2 of 2 W/(m2 K) they need 10 K, through the 6 m2 outer wall of 4 W/(m2 K) 5 K.
    """
    ends = (
        WallHeat("x_min", ("hall", "walls", "x_min"), flux=20.0),
        WallHeat("x_max", ("hall", "walls", "x_max"), 290.0, 4.0),
    )
    still = {"turbulence": "laminar", "buoyancy": False, "precision": "double", "time_step": "1 h"}
    plan = Plan(SIZE, (), (), partitions=(partition(u_value=2.0),), walls=ends)
    found = solver(plan, even(cells=(2, 2, 2)), device, start=None, **still)
    for _ in range(400):
        found.heat(found.state, found.state, found.exchange, found.rdt)
    t = found.mesh.core(found.state.t).mean(axis=(0, 1))
    assert found.envelope.through(found.state.t) == pytest.approx([120.0], rel=1e-6)
    assert found.wall_heat() == pytest.approx([120.0, -120.0], rel=1e-6)
    assert t[0] - t[1] == pytest.approx(10.0, rel=1e-6)
    assert t[1] == pytest.approx(-10.0 + 5.0, rel=1e-6)
    assert found.balances()[1] == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("area", [0.012, 0.3])
def test_a_wall_leaks_as_its_gaps_do(device, area):
    """dp = rho / 2 (Q / (0.6 A))^2 for 1 m/s in the gaps, 1.39 m2/s2 over rho, whatever their area."""
    flow = area * 1.0
    plan = Plan(
        SIZE, (), through(flow=flow, temperature=300.0), partitions=(partition(),), screens=(gaps(area),)
    )
    found = solver(plan, even(), device, buoyancy=False)
    for _ in range(120):
        found.advance()
    (passed,), (drop,) = found.flow.screens.flows(found.state)
    assert passed == pytest.approx(flow, rel=1e-4)
    assert drop == pytest.approx(
        0.5 * (1.0 / 0.6) ** 2, rel=0.005
    )  # jets before and behind are a few per mille


def test_a_door_in_a_leaking_wall_is_no_gap_of_it():
    """The gaps keep their area in what is left of the wall: with the door shut as tight, the same flow."""
    door = Screen("d", ("hall", "screens", "d"), "x", (2.0, 2.0, 0.0, 1.0, 0.0, 2.0), 1e12)
    plan = Plan(
        SIZE,
        (),
        through(flow=0.012, temperature=300.0),
        partitions=(partition(),),
        screens=(gaps(0.012), door),
    )
    found = solver(plan, even(), BEST, buoyancy=False)
    for _ in range(120):
        found.advance()
    flow, drop = found.flow.screens.flows(found.state)
    assert flow == pytest.approx([0.012, 0.0], abs=2e-5)
    assert drop[0] == pytest.approx(0.5 * (1.0 / 0.6) ** 2, rel=0.01)


def test_nothing_diffuses_through_a_wall_that_leaks():
    """At rest, warm air on one side stays there: gaps carry heat only with the air that passes them."""
    plan = Plan(SIZE, (), (), partitions=(partition(),), screens=(gaps(0.1),))
    still = {"turbulence": "laminar", "buoyancy": False, "time_step": "10 s"}
    found = solver(plan, even(), BEST, start=None, **still)
    found.mesh.core(found.state.t)[:, :, 4:] = 10.0
    for _ in range(100):
        found.heat(found.state, found.state, found.exchange, found.rdt)
    t = found.mesh.core(found.state.t)
    assert np.all(t[:, :, :4] == 0.0)
    # 1600 sweeps, each with coefficients that sum to 1 within a rounding of single precision, 6e-8
    np.testing.assert_allclose(t[:, :, 4:], 10.0, rtol=1e-4)


def test_gaps_as_a_share_or_an_area(tmp_path):
    from types import SimpleNamespace

    from thermo.case.hall import PartitionWall

    rectangle = {"axis": "y", "at": "3 m", "from": ["0 m", "0 m"], "to": ["4 m", "2 m"]}
    walls = {
        name: PartitionWall.model_validate(rectangle | more)
        for name, more in {"a": {"leakage": "0.5 %"}, "b": {"leakage": "400 cm2"}, "c": {}}.items()
    }
    case = SimpleNamespace(hall=SimpleNamespace(partitions=walls))
    assert [p.leakage for p in partitions(case)] == pytest.approx([0.04, 0.04, 0.0])
    found = list(leaks(case))
    assert [s.name for s in found] == ["a", "b"]
    assert [s.loss for s in found] == pytest.approx(2 * [(8.0 / (0.6 * 0.04)) ** 2])


# --- the zero-equation model ------------------------------------------------------------------------------


def test_distance_to_the_nearest_wall():
    wall = Partition("p", ("hall", "partitions", "p"), "x", (2.0, 2.0, 0.0, 3.0, 0.0, 1.0))
    found = hall(Plan(SIZE, (unit(box=(3.0, 3.5, 1.0, 2.0, 0.0, 1.0)),), (), partitions=(wall,)), even())
    distance = wall_distance(found)
    assert distance[0, 0, 0] == pytest.approx(0.25)
    assert distance[1, 2, 3] == pytest.approx(0.25)  # beside the partition
    assert distance[2, 2, 3] == pytest.approx(np.hypot(0.25, 0.25))  # over its edge
    assert distance[2, 2, 6] == pytest.approx(0.25)  # over the rack
    assert np.all(distance[:2, 2:4, 6] == 0.0)  # inside it


def test_an_opening_is_no_wall():
    found = hall(Plan(SIZE, (), through()), even())
    assert wall_distance(found)[1, 2, 0] == pytest.approx(0.75)  # the floor and the ceiling are nearest


def test_zero_equation_runs_whole(device):
    plan = Plan(SIZE, (unit(),), through(), walls=(WallHeat("ceiling", ("hall", "walls", "ceiling"), 310.0),))
    found = solver(plan, even(), device, turbulence="zero-equation", scheme="upwind")
    for _ in range(40):
        found.advance()
    s, mesh = found.state, found.mesh
    speed = np.sqrt(sum(
        (0.5 * (mesh.core(v) + mesh.core(np.roll(v, -step)))) ** 2
        for v, step in zip(found.flow.velocities(s), mesh.strides, strict=True)
    ))  # fmt: skip
    expected = AIR.viscosity + 0.03874 * speed * wall_distance(found.scene)
    np.testing.assert_allclose(mesh.core(s.nue), np.where(found.scene.cells == 0, expected, 0.0), rtol=1e-4)
    assert found.wall_heat()[0] > 0


# --- racks without blanking panels --------------------------------------------------------------------------

CONTAINED = """
name: contained
site: {dry_bulb: 20 degC, relative_humidity: 40 %, air: {density: 1.2 kg/m3, specific_heat: 1000 J/(kg K)}}
hall:
  size: [1.2 m, 3 m, 2.4 m]
  partitions: {above: {axis: y, at: 0.9 m, from: [0 m, 2 m], to: [1.2 m, 2.4 m]}}
openings:
  cold: {kind: supply, wall: y_min, at: [0 m, 0 m], size: [1.2 m, 2.4 m], flow: 0.2 m3/s, temperature: 20 degC}
  hot: {kind: pressure, wall: y_max, at: [0 m, 2 m], size: [1.2 m, 0.4 m]}
racks:
  row: {kind: air_rack_10kW, at: [0 m, 0.9 m], count: 2, facing: -y, size: [0.6 m, 0.9 m, 2 m], unblanked: 20 %,
    power: 2 kW, airflow: 0.15 m3/s, exhaust: mixed}
grid: {cell: 0.2 m}
numerics: {scheme: upwind, density: constant, iterations: 1500}
"""


@pytest.fixture(scope="module")
def contained(tmp_path_factory):
    file = tmp_path_factory.mktemp("contained") / "case.yaml"
    file.write_text(CONTAINED)
    loaded = load(file)
    return loaded, examine(loaded)


def test_an_empty_part_of_a_rack_is_a_duct(contained):
    _, plan = contained
    assert plan.units[0].box == pytest.approx((0.0, 0.6, 0.9, 1.8, 0.0, 1.6))
    assert plan.screens[1].box == pytest.approx((0.6, 1.2, 0.9, 0.9, 1.6, 2.0))
    assert [p.name for p in plan.partitions] == ["above"] + [
        f"row{n} {part}" for n in (0, 1) for part in ("lid", "side", "side")
    ]
    assert any(text.startswith("row: no blanking panels over 0.48 m2") for text in plan.assumptions)


def test_a_contained_aisle_short_of_air_draws_it_back_through_the_gaps(contained):
    """Q drawn, 0.2 m3/s given: the rest comes back hot. T_in = 20 + (Q / 0.2 - 1) heat / (1.2 kJ/(m3 K) Q)."""
    loaded, plan = contained
    solution = couple.solve(loaded.case, plan, "auto", lambda news: None)
    result = assembly.assemble(solution, loaded.text)
    drawn = solution.solver.exchange.flow.sum()  # servers draw more than 0.3 m3/s, by their curve, when warm
    back = result.table("screens")["flow_m3_s"].sum()
    assert back == pytest.approx(0.2 - drawn, abs=1e-3 * drawn)  # equipment's own last move at the stop
    rise = solution.solver.exchange.heat.sum() / (1200 * drawn)
    inlet = float(np.mean(result.table("racks")["inlet_degC"]))
    assert inlet == pytest.approx(20.0 + (drawn / 0.2 - 1.0) * rise, abs=0.06)  # 0.5 % of the heat is 0.06 K
    assert inlet > 25.0
