"""Exchange: tiers pass on all the air and all the heat; coolers keep to set point and capacity."""

import numpy as np
import pytest
from box_hall import AIR, SIZE, cooler, even, exchange_of, hall, opening, through, unit

from thermo.air import mesh as meshes
from thermo.air.exchange import C_MU, inlet_turbulence
from thermo.air.state import at_rest
from thermo.plan import Plan, Solid

TALL = (1.5, 2.5, 1.0, 2.0, 0.0, 1.5)
UNEVEN = (even()[0], even()[1], np.array([0.0, 0.2, 0.5, 0.75, 1.1, 1.5, 2.0]))  # five layers before TALL


def at_work(plan, faces=None):
    """(exchange, state, scene) with the plan's velocities imposed, double precision."""
    where = hall(plan, faces or even())
    mesh = meshes.build(where, np.float64)
    exchange = exchange_of(plan, where)(mesh)
    state = at_rest(mesh, 5.0, AIR.viscosity)
    exchange.impose(state)
    return exchange, state, where


def layered(state, where, slope=4.0):
    """Temperature rising with height, cell by cell."""
    mesh = meshes.build(where, np.float64)
    mesh.core(state.t)[...] = slope * where.grid.centres[2][:, None, None]
    return state.t


def carried(where, state, n=0):
    """Heat out of the rear less heat into the front of unit n, from velocities and temperatures [W]."""
    velocity = (state.u, state.v, state.w)
    out, back = where.fronts[n], where.rears[n]
    taken = np.sum(np.abs(velocity[out.axis][out.face]) * out.area * state.t[out.air])
    given = np.sum(np.abs(velocity[back.axis][back.face]) * back.area * state.t[back.behind])
    return AIR.heat_capacity * (given - taken)


def test_velocities_carry_the_flow_out_of_the_hall_and_back():
    _, state, where = at_work(
        Plan(SIZE, (unit(facing="-y"), unit("S", (3.0, 3.5, 1, 2, 0, 1), facing="+x")), ())
    )
    for patch, sign in zip((*where.fronts, *where.rears), (1, -1, 1, -1), strict=True):
        velocity = (state.u, state.v)[patch.axis][patch.face]
        assert np.all(np.sign(velocity) == sign)
        assert np.sum(np.abs(velocity) * patch.area) == pytest.approx(0.5, rel=1e-12)


@pytest.mark.parametrize("tiers", [1, 2, 3, 5, 6, 7])
@pytest.mark.parametrize("faces", [None, UNEVEN], ids=["three layers", "five uneven layers"])
def test_tiers_pass_on_all_heat_and_all_air(ops, tiers, faces):
    exchange, state, where = at_work(Plan(SIZE, (unit(box=TALL, tiers=tiers),), ()), faces)
    layered(state, where)
    exchange.pass_through(ops, state.t)
    rows = exchange.tiers
    assert rows.unit.size == tiers
    assert rows.flow_share.sum() == pytest.approx(1.0, rel=1e-12)
    assert np.allclose(np.add.reduceat(rows.weight, rows.start[:-1]), 1.0, rtol=1e-12)
    assert np.allclose(np.add.reduceat(rows.rear_weight, rows.rear_start[:-1]), 1.0, rtol=1e-12)
    # exact but for rounding: the faces' areas are shared out over tiers with nothing left
    assert carried(where, state) == pytest.approx(1200.0, rel=1e-9)
    assert exchange.heat_given() == pytest.approx(1200.0, rel=1e-9)
    mean = exchange.unit_means(exchange.inlet)[0]
    front = where.fronts[0]
    assert mean == pytest.approx(np.average(state.t[front.air], weights=front.area), rel=1e-12)
    assert exchange.unit_worst(exchange.inlet)[0] == pytest.approx(exchange.inlet.max())


def test_a_tier_breathes_its_own_height():
    exchange, state, where = at_work(Plan(SIZE, (unit(box=TALL, tiers=3),), ()))
    layered(state, where)
    from thermo import device

    exchange.pass_through(device.on("numpy"), state.t)
    assert exchange.inlet == pytest.approx([1.0, 3.0, 5.0])  # 4 K/m at 0.25, 0.75, 1.25 m
    assert exchange.outlet == pytest.approx([3.0, 5.0, 7.0])  # 1200 W / (0.5 m3/s 1200 J/(m3 K)) = 2 K
    assert exchange.tiers.low.tolist() == pytest.approx([0.0, 0.5, 1.0])
    behind = where.rears[0]
    assert state.t[behind.behind] == pytest.approx(3.0 + 2.0 * behind.layer)


def test_mixed_exhaust_has_one_temperature(ops):
    exchange, state, where = at_work(Plan(SIZE, (unit(box=TALL, tiers=6, mixed_exhaust=True),), ()))
    layered(state, where)
    exchange.pass_through(ops, state.t)
    assert exchange.tiers.unit.size == 1
    assert state.t[where.rears[0].behind] == pytest.approx(5.0)
    assert carried(where, state) == pytest.approx(1200.0, rel=1e-9)


def blocker(y, z0, z1):
    return Solid("b", ("solids", "b"), (1.5, 2.5, y, y + 0.5, z0, z1))


@pytest.mark.parametrize(
    "solids",
    [(blocker(0.5, 0.0, 0.5),), (blocker(2.0, 1.0, 1.5),), (blocker(0.5, 0.5, 1.0), blocker(2.0, 0.5, 1.0))],
    ids=["front low", "rear high", "both in the middle"],
)
def test_what_blocks_part_of_a_face_loses_no_heat(ops, solids):
    exchange, state, where = at_work(Plan(SIZE, (unit(box=TALL, tiers=3),), (), solids))
    layered(state, where, slope=-4.0)  # colder than the reference: a tier without air must not show as 0 K
    exchange.pass_through(ops, state.t)
    assert carried(where, state) == pytest.approx(1200.0, rel=1e-9)
    assert exchange.heat_given() == pytest.approx(1200.0, rel=1e-9)
    assert exchange.unit_worst(exchange.inlet)[0] <= state.t[where.fronts[0].air].max() + 1e-9
    assert np.all(exchange.tiers.flow_share > 0)


def test_a_cooler_gives_its_set_point_while_it_can(ops):
    # 5 K above the reference of 300 K in, 293 K set: 12 K x 0.5 m3/s x 1200 J/(m3 K) = 7.2 kW
    exchange, state, _ = at_work(Plan(SIZE, (cooler(),), ()))
    exchange.pass_through(ops, state.t)
    assert exchange.outlet == pytest.approx(-7.0)
    assert exchange.heat_given() == pytest.approx(-7200.0)


def test_a_cooler_stops_at_its_capacity_and_never_heats(ops):
    exchange, state, _ = at_work(Plan(SIZE, (cooler(capacity=3600.0),), ()))
    exchange.pass_through(ops, state.t)
    assert exchange.heat_given() == pytest.approx(-3600.0)
    state.t[:] = -10.0
    exchange.pass_through(ops, state.t)
    assert exchange.heat_given() == pytest.approx(0.0)
    assert exchange.outlet == pytest.approx(-10.0)


def test_a_cooler_draws_at_its_top_and_blows_through_part_of_its_rear(ops):
    part = (0.5, 1.0, 1.0, 2.0, 0.0, 0.5)
    exchange, state, where = at_work(
        Plan(SIZE, (cooler(top_intake=True, outlet=part, mixed_exhaust=True),), ())
    )
    layered(state, where)
    exchange.pass_through(ops, state.t)
    top, rear = where.fronts[0], where.rears[0]
    assert (top.axis, top.area.sum(), set(top.layer)) == (2, pytest.approx(0.5), {2})
    assert (rear.axis, rear.sign, rear.area.sum(), set(rear.layer)) == (0, -1, pytest.approx(0.5), {0})
    assert np.all(state.w[top.face] == pytest.approx(-1.0))  # 0.5 m3/s down through 0.5 m2
    assert np.all(state.u[rear.face] == pytest.approx(-1.0))
    assert exchange.inlet == pytest.approx(4.0 * 1.25)  # of the layer above the cooler
    assert carried(where, state) == pytest.approx(-1200.0 * 0.5 * 12.0, rel=1e-9)  # from 5 K to -7 K


def test_a_unit_without_flow_does_not_divide_by_zero(ops):
    exchange, state, _ = at_work(Plan(SIZE, (unit(airflow=0.0, power=0.0),), ()))
    exchange.pass_through(ops, state.t)
    assert exchange.outlet == pytest.approx(5.0)


def test_turbulence_of_what_comes_in():
    # k = 1.5 (0.1 x 2)^2 = 0.06; epsilon = 0.09^0.75 0.06^1.5 / 0.05
    assert inlet_turbulence(2.0, 0.1, 0.05) == pytest.approx((0.06, C_MU**0.75 * 0.06**1.5 / 0.05))
    _, state, where = at_work(Plan(SIZE, (unit(),), ()))
    k, _ = inlet_turbulence(0.5, 0.1, 0.05)
    assert state.k[where.rears[0].behind] == pytest.approx(k)


def test_openings_carry_their_flow_and_their_heat():
    # 0.4 m3/s of air 5 K below the reference; what leaves has the hall's 5 K above it
    exchange, state, where = at_work(Plan(SIZE, (), through()))
    out = where.openings[1]
    state.u[out.face] = 0.4 / out.area.sum()
    flow, heat = exchange.opening_fluxes(state)
    assert flow == pytest.approx([0.4, -0.4])
    assert heat == pytest.approx([-0.4 * 5 * 1200, -0.4 * 5 * 1200])
    state.u[out.face] *= -1
    flow, heat = exchange.opening_fluxes(state)
    assert flow == pytest.approx([0.4, 0.4])
    assert heat[1] == pytest.approx(-0.4 * 5 * 1200)  # back-flow has the opening's 295 K


def test_imposed_exhaust_leaves_with_the_halls_temperature():
    fan = opening("fan", "fan", "y_max", (1.0, 0.5), (2.0, 1.5), flow=0.3)
    exchange, state, _ = at_work(Plan(SIZE, (), (fan,)))
    flow, heat = exchange.opening_fluxes(state)
    assert flow == pytest.approx([-0.3])
    assert heat == pytest.approx([-0.3 * 5 * 1200])


def test_air_that_comes_back_through_a_pressure_opening_brings_its_own_turbulence():
    """The opening's intensity of the speed found there, not what the fields began with."""
    plan = Plan(SIZE, (), through())
    exchange, state, where = at_work(plan)
    patch = where.openings[1]
    state.u[patch.face] = -0.5  # through x_max, inwards
    state.u[patch.face[0]] = 0.5  # but for one face, where air leaves
    exchange.impose(state)
    k, eps = inlet_turbulence(0.5, *exchange.opening_turbulence[1])
    assert np.allclose(state.k[patch.behind[1:]], k)
    assert np.allclose(state.eps[patch.behind[1:]], eps)
    assert state.k[patch.behind[0]] == 1e-7
