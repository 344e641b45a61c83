"""Sides of the hall that give heat: where their faces are, what they give, and that it enters the balances."""

from types import SimpleNamespace

import numpy as np
import pytest
from box_hall import AIR, SIZE, even, hall, quiet, solver, stay, through, unit

from thermo.air.envelope import thermal_law
from thermo.air.steps import turbulence_constants
from thermo.layout.walls import walls
from thermo.plan import Plan, WallHeat
from thermo.scene import WALL


def side(wall, temperature=None, u_value=None, flux=0.0):
    return WallHeat(wall, ("hall", "walls", wall), temperature, u_value, flux)


def closed(walls, on, **numerics):
    """An empty box of still air, conducting, without gravity."""
    settings = {"turbulence": "laminar", "buoyancy": False, "precision": "double", "time_step": "1 h"}
    faces = even(cells=(2, 2, 4))
    return solver(Plan(SIZE, (), (), walls=walls), faces, on, start=None, **(settings | numerics))


def test_faces_of_a_wall_leave_out_openings_and_what_stands_against_it():
    found = hall(Plan(SIZE, (unit(),), through(), walls=(side("floor"), side("x_min"))), even())
    (_, floor), (_, pierced) = found.walls
    assert floor.area.sum() == pytest.approx(4.0 * 3.0 - 1.0)  # less the rack's footprint
    assert (floor.axis, floor.sign) == (2, 1)
    assert np.all(floor.behind == floor.air - 12 * 10)
    assert pierced.face.size == 0  # all of it is the supply
    assert np.all(found.faces[2][0] == WALL)


def test_conduction_between_two_walls(device):
    found = closed((side("floor", 310.0), side("ceiling", 300.0)), device)
    z = found.scene.grid.centres[2]
    for _ in range(600):
        found.heat(found.state, found.state, found.exchange, found.rdt)
    t = found.mesh.core(found.state.t)
    np.testing.assert_allclose(t, np.broadcast_to((10.0 * (1 - z / 2.0))[:, None, None], t.shape), atol=1e-4)
    watts = AIR.heat_capacity * AIR.viscosity / AIR.prandtl * 10.0 / 2.0 * 12.0
    assert found.wall_heat() == pytest.approx([watts, -watts], rel=1e-4)
    assert found.balances()[1] == pytest.approx(0.0, abs=1e-4)


def test_a_u_value_is_from_air_to_air_and_a_flux_comes_in_whole(device):
    # 20 W/m2 from the floor through 2 W/(m2 K) to 290 K: the air beside the ceiling is at 300 K
    found = closed((side("floor", flux=20.0), side("ceiling", 290.0, 2.0)), device)
    for _ in range(2000):
        found.heat(found.state, found.state, found.exchange, found.rdt)
    assert found.wall_heat() == pytest.approx([240.0, -240.0], rel=1e-3)
    assert found.mesh.core(found.state.t)[-1].mean() == pytest.approx(0.0, abs=0.01)


@pytest.mark.parametrize(("turbulence", "scheme"), [("laminar", "upwind"), ("k-epsilon", "second")])
def test_what_walls_give_the_openings_carry_off(device, turbulence, scheme):
    plan = Plan(SIZE, (unit(),), through(), walls=(side("ceiling", 320.0), side("y_min", 280.0, 3.0)))
    found = solver(plan, even(), device, scheme=scheme, turbulence=turbulence)
    outcome = found.run(quiet, stay)
    assert outcome.converged is True
    _, heat = found.exchange.opening_fluxes(found.state)
    warm, cold = found.wall_heat()
    assert warm > 0 > cold
    total = found.heat_given() + warm + cold
    assert -heat.sum() == pytest.approx(total, rel=0.0005)  # 0.05 %: what a polished steady run promises
    assert abs(found.balances()[1]) < 0.0005


def test_turbulence_carries_more_than_still_air():
    plan = Plan(SIZE, (), through(flow=3.0, intensity=0.2), walls=(side("ceiling", 320.0),))
    watts = []
    for turbulence in ("laminar", "k-epsilon"):
        found = solver(plan, even(), "numpy", turbulence=turbulence, time_step="0.5 s")
        for _ in range(60):
            found.advance()
        watts.append(found.wall_heat()[0])
    assert watts[1] > 5.0 * watts[0]


def test_jayatilleke_for_air():
    prandtl, turbulent, resistance, foot = thermal_law(0.71, turbulence_constants(AIR, np.float64))
    assert resistance == pytest.approx(9.24 * (0.8353**0.75 - 1) * (1 + 0.28 * np.exp(-0.00585)), rel=1e-3)
    log_law = turbulent * (np.log(9.8 * foot) / 0.41 + resistance)
    assert prandtl * foot == pytest.approx(log_law, rel=1e-9)  # both laws meet there


def test_sun_and_weather_stand_behind_a_u_value():
    from thermo.case.hall import WallCondition, Walls

    case = SimpleNamespace(
        hall=SimpleNamespace(walls=Walls(
            ceiling=WallCondition(u_value="2.5 W/(m2 K)", outside="40 degC", solar="500 W/m2"),
            x_min=WallCondition(u_value="1 W/(m2 K)"), floor=WallCondition(flux="-8 W/m2"),
        )),
        site=SimpleNamespace(dry_bulb=308.15),
    )  # fmt: skip
    found = {w.wall: w for w in walls(case)}
    assert found["ceiling"].u_value == pytest.approx(2.5)
    assert found["ceiling"].temperature == pytest.approx(313.15 + 500 * 0.04)  # ISO 6946: 0.04 m2 K/W outside
    assert (found["x_min"].u_value, found["x_min"].temperature) == pytest.approx((1.0, 308.15))
    assert (found["floor"].temperature, found["floor"].flux) == (None, -8.0)
