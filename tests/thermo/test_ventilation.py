"""The hall's operating point against closed forms, balances and the wet-bulb line."""

from dataclasses import replace
from math import sqrt

import pytest

from thermo import library, moist_air
from thermo.air.streams import interpolate, pad_drop, pad_outlet
from thermo.air.ventilation import NoOperatingPoint, SiteAir, opening_flow, operating_point
from thermo.case.equipment import Equipment
from thermo.plan import Opening

SITE = SiteAir(dry_bulb=303.15, wet_bulb=293.15, pressure=101325.0)
HOT = 313.15
OWN = Equipment.model_validate(
    {
        "fans": {
            "straight": {
                "source": "invented for this test",
                "opening": ["1 m", "1 m"],
                "curve": [["0 Pa", "10 m3/s"], ["100 Pa", "0 m3/s"]],
                "motor_power": "2 kW",
            },
            "short": {
                "source": "invented for this test",
                "opening": ["1 m", "1 m"],
                "curve": [["0 Pa", "10 m3/s"], ["5 Pa", "9 m3/s"]],
            },
        },
        "louvres": {"five": {"source": "invented for this test", "loss_coefficient": 5.0}},
        "pads": {
            "pad": {
                "source": "invented for this test",
                "saturation_efficiency": [["1 m/s", "90 %"], ["2 m/s", "80 %"]],
                "pressure_drop": [["1 m/s", "10 Pa"], ["2 m/s", "40 Pa"]],
            }
        },
    }
)


class Bench:
    """What the library needs of a case."""

    equipment = OWN


def lookup(family, name):
    return library.find(Bench, family, name)


def opening(kind, group, area, name="", **more):
    box = (0.0, area, 0.0, 0.0, 0.0, 1.0)
    return Opening(name or group, group, ("openings", group), kind, "y_min", box, **more)


def louvre(area=4.0, group="louvres"):
    return opening("intake", group, area, louvre="five")


def fan(number=0, kind="straight", **more):
    return opening("fan", "fans", 1.0, f"fans{number}", fan=kind, **more)


def test_one_louvre_and_one_straight_fan_have_a_closed_form():
    # Outside density ro, exhaust density re: p = ro/2 K (m / ro A)^2 and m = re Q0 (1 - 1.2 p / (re p0)).
    ro = SITE.density
    re = moist_air.density(HOT, SITE.humidity_ratio, SITE.pressure)
    a = 1.2 * 10.0 / 100.0 * 0.5 * 5.0 / (ro * 4.0**2)  # m = re Q0 - a m^2
    mass = (-1.0 + sqrt(1.0 + 4.0 * a * re * 10.0)) / (2.0 * a)
    point = operating_point([louvre(), fan()], lookup, SITE, HOT)
    closed = 1e-9  # the same algebra: only the root finder's stop differs
    assert point.mass_flow == pytest.approx(mass, rel=closed)
    assert point.pressure == pytest.approx(-0.5 * 5.0 * (mass / 4.0) ** 2 / ro, rel=closed)
    assert point.exhaust_flow == pytest.approx(mass / re, rel=closed)
    assert point.groups["louvres"].face_velocity == pytest.approx(mass / (ro * 4.0), rel=closed)
    assert point.groups["fans"].utilisation == pytest.approx(-point.pressure * 1.2 / re / 100.0, rel=closed)
    assert point.supply_temperature == SITE.dry_bulb
    assert point.fan_power == 2000.0


def test_pad_cools_along_the_wet_bulb_line():
    pad = opening("intake", "pads", 6.0, pad="pad")
    point = operating_point([pad, fan()], lookup, SITE, HOT)
    stream = point.groups["pads"]
    assert 0.80 < stream.efficiency < 0.90
    assert stream.temperature == pytest.approx(303.15 - stream.efficiency * 10.0, abs=1e-9)  # its definition
    wet = moist_air.wet_bulb(stream.temperature, stream.humidity_ratio, SITE.pressure)
    assert wet == pytest.approx(SITE.wet_bulb, abs=1e-5)  # the bisection's stop
    # Energy: the enthalpy of the air rises only by that of the water it took up, at the wet bulb (liquid, 4186 J/kg K).
    gained = stream.humidity_ratio - SITE.humidity_ratio
    rise = moist_air.enthalpy(stream.temperature, stream.humidity_ratio) - moist_air.enthalpy(
        SITE.dry_bulb, SITE.humidity_ratio
    )
    assert rise == pytest.approx(
        gained * 4186.0 * 20.0, abs=2.0
    )  # J/kg of some 25 000 exchanged: rounded coefficients
    assert stream.water == pytest.approx(stream.mass_flow / (1 + stream.humidity_ratio) * gained, rel=1e-12)
    assert point.water == stream.water


def test_mass_balances_with_everything_at_once():
    pieces = [
        opening("intake", "pads", 6.0, pad="pad", louvre="five"),
        louvre(1.0),
        opening("supply", "duct", 1.0, flow=2.0, temperature=291.15),
        fan(0),
        fan(1),
        opening("fan", "roof", 1.0, fan="straight"),
    ]
    point = operating_point(pieces, lookup, SITE, {"fans": HOT, "roof": 320.0})
    out = sum(g.mass_flow for g in point.groups.values() if g.kind == "fan")
    assert point.mass_flow == pytest.approx(out, rel=1e-9)  # the root finder's stop
    into = sum(opening_flow(point, piece) for piece in pieces[:3])
    assert into == pytest.approx(point.intake_flow, rel=1e-12)
    assert opening_flow(point, pieces[3]) == pytest.approx(-point.groups["fans"].flow / 2, rel=1e-12)
    assert point.groups["duct"].flow == 2.0
    warmest = max(point.groups["louvres"].temperature, point.groups["duct"].temperature)
    assert point.groups["pads"].temperature < point.supply_temperature < warmest
    assert point.groups["roof"].flow != pytest.approx(
        point.groups["fans"].flow / 2, rel=1e-4
    )  # thinner air, less rise


def test_a_stopped_fan_is_wall():
    both = operating_point([louvre(), fan(0), fan(1)], lookup, SITE, HOT)
    stopped = replace(fan(1), running=False)
    one = operating_point([louvre(), fan(0), stopped], lookup, SITE, HOT)
    assert one.mass_flow < both.mass_flow < 2 * one.mass_flow
    assert opening_flow(one, stopped) == 0.0
    assert one.groups["fans"].capacity == 10.0


def test_hotter_exhaust_draws_less_mass():
    cool, hot = (operating_point([louvre(), fan()], lookup, SITE, t) for t in (303.15, 333.15))
    assert hot.mass_flow < cool.mass_flow


def test_a_pressure_opening_holds_the_hall_at_outside_pressure():
    vent = opening("pressure", "doors", 3.0, temperature=303.15)
    point = operating_point([louvre(), fan(), vent], lookup, SITE, HOT)
    assert point.pressure == 0.0
    assert point.groups["fans"].flow == 10.0
    assert "doors" not in point.groups
    assert opening_flow(point, vent) == 0.0


def test_a_hall_with_supply_only_has_nothing_to_balance():
    duct = opening("supply", "duct", 1.0, flow=2.0, temperature=291.15)
    vent = opening("pressure", "ceiling", 3.0, temperature=291.15)
    point = operating_point([duct, vent], lookup, SITE, HOT)
    assert point.pressure == 0.0
    assert point.supply_temperature == pytest.approx(291.15, abs=1e-12)
    assert opening_flow(point, duct) == 2.0


def test_published_fan_and_pad_meet_near_a_quarter_of_an_inch():
    # 31 000 cfm is 14.63 m3/s at no pressure; straight to 15 000 cfm, so 25 Pa of 373.6 Pa costs 6.7 % of 7.55 m3/s.
    pads = opening("intake", "pads", 8.0, pad="cellulose_150mm", louvre="weather_louvre")
    point = operating_point([pads, opening("fan", "wall", 2.25, fan="wall_fan_54in")], lookup, SITE, HOT)
    stream = point.groups["wall"]
    expected = 14.63 - 7.55 * stream.pressure * 1.2 / stream.density / 373.6
    assert stream.flow == pytest.approx(expected, abs=0.01)  # the figures of this line are rounded
    assert 10.0 < stream.pressure < 60.0
    assert stream.utilisation == pytest.approx(stream.pressure * 1.2 / stream.density / 373.6, rel=1e-3)


@pytest.mark.parametrize(
    ("pieces", "words"),
    [
        ([louvre()], "no exhaust fan runs"),
        ([louvre(), replace(fan(), running=False)], "no exhaust fan runs"),
        ([fan()], "no intake"),
        ([louvre(0.5), fan(kind="short")], "too weak"),
        ([opening("intake", "hole", 4.0), fan()], "neither pad nor louvre"),
        (
            [louvre(), fan(), opening("supply", "duct", 1.0, flow=30.0, temperature=291.15)],
            "more air than the fans",
        ),
    ],
)
def test_impossible_balances_are_refused(pieces, words):
    with pytest.raises(NoOperatingPoint, match=words):
        operating_point(pieces, lookup, SITE, HOT)


def test_curves_between_and_beyond_their_points():
    points = [(1.0, 10.0), (2.0, 40.0)]
    assert [interpolate(points, x) for x in (0.0, 1.5, 9.0)] == [10.0, 25.0, 40.0]
    assert [pad_drop(points, v) for v in (0.0, 0.5, 1.5, 4.0)] == [0.0, 5.0, 25.0, 160.0]
    assert pad_outlet(SITE, 0.0)[0] == SITE.dry_bulb
