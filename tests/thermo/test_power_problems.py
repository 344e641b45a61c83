"""Electrical impossibilities: each is found, named, and placed; what is merely too small only warns."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from small_hall import case, plan, rack

from thermo.power.headroom import warnings
from thermo.power.network import problems

CABLE = {"type": "cable", "kind": "cu_100", "length": "5 m"}
PATH = [["0 m", "1 m", "3 m"], ["9 m", "1 m", "3 m"]]
BUS = {"type": "busway", "kind": "bus_400", "from": "feeder", "path": PATH}
TX = {"type": "transformer", "kind": "tx_500", "from": "source"}
FEED = ("racks", "row", "feed")


def at(name: str, *keys: str) -> tuple[str, ...]:
    return ("power", "elements", name, *keys)


MV = CABLE | {"from": "source", "kind": "mv"}
OUTSIDE = BUS | {"path": [["0 m", "1 m", "3 m"], ["12 m", "1 m", "3 m"]]}
NO_LENGTH = BUS | {"path": [PATH[0], PATH[0]]}
ON_MV = BUS | {"from": "source"}
BACK = {"type": "board", "from": "bus"}

# elements replaced, the rack, where the problem is, part of what it says
BAD = {
    "no feed": ({}, rack(feeds=()), FEED, "no feed"),
    "unknown feed": ({}, rack(feeds=(("buss", 1.0),)), FEED, "did you mean 'bus'"),
    "the source as feed": ({}, rack(feeds=(("source", 1.0),)), FEED, "utility itself"),
    "shares": ({}, rack(feeds=(("bus", 0.5), ("board", 0.4))), FEED, "90.0%"),
    "built for another voltage": ({}, rack(voltage=480.0), FEED, "480 V"),
    "fed at medium voltage": ({"ring": MV}, rack(feeds=(("ring", 1.0),)), FEED, "10000 V"),
    "unknown parent": (
        {"feeder": CABLE | {"from": "bord"}},
        rack(),
        at("feeder", "from"),
        "did you mean 'board'",
    ),
    "loop": ({"board": BACK}, rack(), at("board", "from"), "board -> feeder -> bus -> board"),
    "own parent": (
        {"feeder": CABLE | {"from": "feeder"}},
        rack(),
        at("feeder", "from"),
        "a loop: feeder -> feeder",
    ),
    "second source": ({"source": TX}, rack(), at("source"), "point of connection"),
    "unknown kind": ({"bus": BUS | {"kind": "bus_40"}}, rack(), at("bus", "kind"), "did you mean 'bus_400'"),
    "unknown whip": ({}, rack(), ("power", "whips", "racks", "kind"), "did you mean 'cord_60'"),
    "wrong primary": (
        {"tx": TX | {"primary_voltage": "35 kV"}},
        rack(),
        at("tx", "primary_voltage"),
        "35000 V",
    ),
    "busway on medium voltage": ({"bus": ON_MV}, rack(feeds=(("board", 1.0),)), at("bus", "kind"), "1000 V"),
    "busway outside": ({"bus": OUTSIDE}, rack(), at("bus", "path"), "outside the hall"),
    "busway of no length": ({"bus": NO_LENGTH}, rack(), at("bus", "path"), "no length"),
    "busway length": ({"bus": BUS | {"length": "12 m"}}, rack(), at("bus", "length"), "9.00 m long"),
    "cable heat nowhere": (
        {"feeder": CABLE | {"from": "board", "place": "hall"}},
        rack(),
        at("feeder"),
        "path",
    ),
    "transformer heat nowhere": ({"tx": TX | {"place": "hall"}}, rack(), at("tx"), "`at`"),
}


def broken(name: str):
    """Problems of one of the bad cases."""
    elements, load, *_ = BAD[name]
    whips = {"racks": {"kind": "cord_61", "length": "3 m"}} if name == "unknown whip" else {}
    if name == "fed at medium voltage":
        cable = {
            "source": "made up for this test",
            "area": "95 mm2",
            "ampacity": "300 A",
            "rated_voltage": "12 kV",
        }
        made = case(**elements)
        cables = made.equipment.cables | {"mv": type(made.equipment.cables["cu_100"]).model_validate(cable)}
        made = made.model_copy(update={"equipment": made.equipment.model_copy(update={"cables": cables})})
        return problems(made, plan(load))
    return problems(case({"whips": whips} if whips else None, **elements), plan(load))


@pytest.mark.parametrize("name", BAD)
def test_one_problem_with_place_and_cure(name):
    *_, path, part = BAD[name]
    found = broken(name)
    assert [problem.path for problem in found] == [path]
    assert part in found[0].message


def test_whip_of_a_row_that_is_not_there():
    whips = {"rows_a": {"kind": "cord_60", "length": "3 m"}}
    found = problems(case({"whips": whips}), plan(rack()))
    assert [p.path for p in found] == [("power", "whips", "rows_a")]
    assert "'rows_a'" in found[0].message


@pytest.mark.parametrize(
    ("section", "part"),
    [
        ({"whips": {"racks": {"kind": [], "length": "3 m"}}}, "name a cable kind"),
        ({"whips": {"racks": {"kind": 3, "length": "3 m"}}}, "name a cable kind"),
        ({"elements": {"bus": BUS | {"path": [PATH[0]]}}}, "two points or more"),
        ({"elements": {"bus": BUS | {"path": "straight"}}}, "two points or more"),
        ({"elements": {"bus": BUS | {"type": "bus bar"}}}, "'transformer', 'board', 'cable', 'busway'"),
        ({"source": {"voltage": "0 V"}}, "must be more than 0"),
    ],
)
def test_a_section_that_cannot_be_read(section, part):
    with pytest.raises(ValidationError, match=part):
        case(section)


def test_messages_differ():
    assert len({broken(name)[0].message for name in BAD}) == len(BAD)


def test_a_row_complains_once():
    assert len(problems(case(), plan(rack("R0", feeds=()), rack("R1", feeds=())))) == 1


def test_a_sound_network_has_no_problems():
    assert problems(case(), plan(rack())) == []
    assert warnings(case(), plan(rack())) == []


def test_feed_without_a_power_section():
    bare = case().model_copy(update={"power": None})
    assert [p.path for p in problems(bare, plan(rack()))] == [FEED]
    assert problems(bare, plan(rack(feeds=()))) == []


def test_too_small_is_a_warning():
    found = {p.path: p.message for p in warnings(case(), plan(rack(power=50e3)))}
    assert "R0.bus carries 60 A; its loads draw 72 A" in found[("power", "whips")]


def test_breaker_too_small_is_a_warning():
    board = {"type": "board", "from": "tx", "breaker": {"rating": "30 A", "continuous": "80 %"}}
    made = case(board=board)
    assert problems(made, plan(rack())) == []
    assert "carries 24 A; its loads draw 29 A" in warnings(made, plan(rack()))[0].message


def test_short_whip_and_idle_element_warn():
    spare = CABLE | {"from": "board"}
    away = rack(box=(2.7, 3.3, 4.0, 5.0, 0.0, 2.0))
    texts = [p.message for p in warnings(case(spare=spare), plan(away))]
    assert any("stands 3.6 m from 'bus'" in text for text in texts)
    assert "spare feeds nothing" in texts
