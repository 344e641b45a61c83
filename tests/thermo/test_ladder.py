"""The density ladder: rungs as they should be, the limit between them, failures that stop nothing, resuming."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from thermo import couple, ladder
from thermo.casefile import CaseError, load
from thermo.cli import run
from thermo.layout import build_plan
from thermo.result import open_result

SMOKE = Path(__file__).parents[2] / "cases" / "smoke"
COARSE = ["--set", "grid.cell=0.5 m", "--quiet"]  # 1500 cells: a rung takes a fraction of a second


def smoke(*overrides: str):
    return load(SMOKE, overrides)


def racks(rung: ladder.Rung):
    return [unit for unit in rung.plan.units if unit.role == "rack"]


def rung(density, **utilisations):
    """An entry of a ladder's document with these utilisations, all at "x"."""
    used = {name.replace("_", " "): value for name, value in utilisations.items()}
    limits = {name: {"where": "x"} for name in used}
    bound = {"limit": None, "where": None, "utilisation": None}
    return {
        "density_kW": density,
        "utilisations": used,
        "limits": limits,
        "binding": bound,
        "kind": "k",
        "assumptions": [],
    }


# ------------------------------------------------------------------------------------------ rungs


@pytest.mark.parametrize(
    ("density", "kind", "air_fraction"),
    [
        (3.5, "air_rack_10kW", 1.0),
        (10, "air_rack_10kW", 1.0),
        (10.5, "air_rack_20kW", 1.0),
        (80, "hybrid_rack_80kW", 0.4),
        (132, "gb200_nvl72", 0.13),
    ],
)
def test_every_rack_of_the_rows_has_the_density_and_its_kind(density, kind, air_fraction):
    (one,) = ladder.rungs(smoke(), [density])
    assert {unit.kind for unit in racks(one)} == {kind} == {one.kind}
    assert [unit.power for unit in racks(one)] == pytest.approx(
        [density * 1e3] * 4
    )  # A3 had 25 kW of its own
    assert {unit.air_fraction for unit in racks(one)} == {air_fraction}


def test_what_stands_elsewhere_and_where_racks_stand_does_not_change():
    before = build_plan(smoke().case)
    (one,) = ladder.rungs(smoke(), [132])
    assert [unit.box for unit in one.plan.units] == [unit.box for unit in before.units]
    assert [unit.feeds for unit in one.plan.units] == [unit.feeds for unit in before.units]
    shelves = [[unit for unit in plan.units if unit.role == "shelf"] for plan in (one.plan, before)]
    assert shelves[0] == shelves[1]
    assert one.plan.openings == before.openings


def test_a_row_without_a_size_keeps_the_footprint_of_its_own_kind():
    # air_rack_20kW is 0.75 x 1.2 x 2.25 m, gb200_nvl72 0.6 x 1.068 x 2.236 m
    (one,) = ladder.rungs(smoke("racks.row_a.size=null"), [132])
    x0, x1, y0, y1, z0, z1 = racks(one)[1].box
    assert (x0, x1 - x0, y1 - y0, z1 - z0) == pytest.approx((1.75, 0.75, 1.2, 2.25))


def test_words_about_the_racks_before_are_dropped_and_gaps_and_feeds_stay():
    loaded = smoke(
        "racks.row_a.airflow=2 m3/s",
        "racks.row_a.limit=27 degC",
        "racks.row_a.tiers=3",
        "racks.row_a.overrides.1={remove: true}",
        "racks.row_a.overrides.2={limit: 20 degC, kind: air_rack_10kW, feed: bus_m}",
    )
    (one,) = ladder.rungs(loaded, [40])
    assert [unit.name for unit in racks(one)] == ["A0", "A2", "A3"]
    assert {unit.kind for unit in racks(one)} == {"air_rack_40kW"}
    assert {unit.limit for unit in racks(one)} == {303.15}  # of the kind: 30 degC
    assert {unit.tiers for unit in racks(one)} == {6}
    assert [unit.feeds[0][0] for unit in racks(one)] == ["bus_a", "bus_m", "bus_a"]
    flow = 40 * 108 * 0.3048**3 / 60  # 108 cfm/kW
    assert [unit.airflow for unit in racks(one)] == pytest.approx([flow] * 3)
    said = " ".join(one.plan.assumptions)
    assert "every rack of row_a is one air_rack_40kW" in said
    assert "nothing of their own: row_a 3, row_a 2" in said


def test_a_rungs_text_is_a_case_that_lays_out_the_same(tmp_path):
    (one,) = ladder.rungs(smoke(), [80])
    file = tmp_path / "smoke.yaml"
    file.write_text(one.loaded.text, encoding="utf-8")
    assert build_plan(load(file).case).units == one.plan.units
    assert load(file).case.name == "smoke"


def test_rungs_rise_once_each_and_name_their_folders():
    found = ladder.rungs(smoke(), [20, 3.5, 20, 132])
    assert [one.folder for one in found] == ["rung_3.5kW", "rung_20kW", "rung_132kW"]


# ------------------------------------------------------------------------------------------ wrong input


def problems(overrides, densities):
    with pytest.raises(CaseError) as raised:
        ladder.rungs(smoke(*overrides), densities)
    return raised.value.problems


def test_a_density_above_the_map_names_the_cure_and_the_line():
    (text,) = problems([], [20, 150, 200])
    line = next(
        n
        for n, text in enumerate((SMOKE / "case.yaml").read_text(encoding="utf-8").splitlines(), 1)
        if text.startswith("  kinds:")
    )
    assert f"case.yaml:{line}:" in text
    assert "no kind serves 150, 200 kW a rack" in text
    assert '`up_to: "200 kW"` or more' in text


def test_a_case_without_a_ladder_names_the_cure():
    (text,) = problems(["ladder=null"], [20])
    assert "ladder: does not say which racks change; add `ladder: {rows:" in text


def test_a_kind_that_makes_no_sense_is_told_before_anything_is_solved():
    hot = "{source: made up for this test, size: [0.75 m, 1.25 m, 2.25 m], power: 20 kW, airflow: 70 K}"
    (text,) = problems([f"equipment.racks={{hot: {hot}}}", "ladder.kinds[2].kind=hot"], [20, 40])
    assert "air would leave A0 70 K hotter" in text
    assert text.endswith("(at the rung of 40 kW)")


@pytest.mark.parametrize(
    ("rungs", "words"),
    [
        ("10,x", "'x'"),
        ("10,", "''"),
        ("-3", "'-3' is no density"),
        ("0", "'0' is no density"),
        ("nan", "'nan' is no density"),
        ("20 degC", "'20 degC'"),
        ("500", "no kind serves 500 kW"),
    ],
)
def test_a_wrong_list_of_rungs_is_explained(rungs, words, capsys):
    assert run(["ladder", str(SMOKE), "--rungs", rungs]) == 2
    said = capsys.readouterr()
    assert words in said.err
    assert "internal error" not in said.err
    assert said.out == ""


# ------------------------------------------------------------------------------------------ the limit


def test_the_limit_lies_on_the_straight_line_between_two_rungs():
    entries = [
        rung(10, busway=0.5, rack_inlet=0.2),
        rung(20, busway=0.9, rack_inlet=0.4),
        rung(40, busway=1.4),
    ]
    found = ladder.crossings(entries)
    assert list(found) == ["busway"]
    assert found["busway"]["density_kW"] == pytest.approx(24.0)  # 20 + (1 - 0.9) / (1.4 - 0.9) * 20
    assert found["busway"]["between_kW"] == [20, 40]
    assert found["busway"]["where"] == "x"


def test_the_lowest_of_all_limits_is_the_halls():
    entries = [rung(10, busway=0.5, fans=0.8), rung(20, busway=1.5, fans=1.6)]
    document = ladder.document(smoke().case, entries, True)
    assert document["limit_kW"] == pytest.approx(12.5)  # fans: 10 + 0.2 / 0.8 * 10; busway: 15
    assert document["limit"]["limit"] == "fans"
    assert document["reached"]["busway"]["density_kW"] == pytest.approx(15.0)


def test_a_limit_that_is_met_exactly_is_reached():
    assert ladder.crossings([rung(10, fans=0.5), rung(20, fans=1.0)])["fans"]["density_kW"] == pytest.approx(
        20
    )


def test_a_limit_over_on_the_lowest_rung_is_reached_there():
    assert ladder.crossings([rung(10, fans=1.3), rung(20, fans=1.6)])["fans"]["density_kW"] == 10


def test_the_first_crossing_counts_though_a_later_kind_is_cooler():
    entries = [rung(20, rack_inlet=0.5), rung(40, rack_inlet=1.5), rung(80, rack_inlet=0.3)]
    assert ladder.crossings(entries)["rack inlet"]["density_kW"] == pytest.approx(30)


def test_a_rung_without_numbers_is_passed_over():
    entries = [rung(10, fans=0.5), rung(20), rung(30, fans=None), rung(50, fans=1.5)]
    assert ladder.crossings(entries)["fans"]["between_kW"] == [10, 50]
    assert ladder.crossings(entries)["fans"]["density_kW"] == pytest.approx(30)


def test_a_line_to_a_rung_past_the_nose_carries_a_note():
    above = rung(132, voltage=10.0, fans=1.2) | {"power_converged": False}
    found = ladder.crossings([rung(20, voltage=0.4, fans=0.9), above])
    assert "no solution at 132 kW" in found["voltage"]["note"]
    assert "note" not in found["fans"]


def test_no_limit_reached_is_no_limit():
    document = ladder.document(smoke().case, [rung(10, fans=0.999)], True)
    assert document["limit_kW"] is None
    assert document["limit"] is None


# ------------------------------------------------------------------------------------------ the command


def climb(folder, *options):
    return run(["ladder", str(SMOKE), "--out", str(folder), "--rungs", "10,20", *COARSE, *options])


def interrupted(monkeypatch, after):
    """Let the solver work so many times, then as if the user had pressed Ctrl-C; returns the list of calls."""
    solve, calls = couple.solve, []

    def once(case, *rest, **more):
        calls.append(case.racks["row_a"].power / 1e3)
        if len(calls) > after:
            raise KeyboardInterrupt
        return solve(case, *rest, **more)

    monkeypatch.setattr(couple, "solve", once)
    return calls


def numbers(folder):
    document = json.loads((folder / "ladder.json").read_text(encoding="utf-8"))
    return document, [one["utilisations"] for one in document["rungs"]]


def test_an_interrupted_ladder_loses_nothing_and_goes_on(tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        interrupted(patch, after=1)
        assert climb(tmp_path / "cut") == 130
    document, _ = numbers(tmp_path / "cut")
    assert document["complete"] is False
    assert [one["density_kW"] for one in document["rungs"]] == [10]
    with open_result(tmp_path / "cut" / "rung_10kW" / "smoke.vtkhdf") as kept:
        assert yaml.safe_load(kept.case_text)["racks"]["row_a"]["power"] == "10 kW"
    calls = interrupted(monkeypatch, after=9)
    assert climb(tmp_path / "cut") == 0
    assert calls == [20]
    assert climb(tmp_path / "whole") == 0
    document, resumed = numbers(tmp_path / "cut")
    assert document["complete"] is True
    _, whole = numbers(tmp_path / "whole")
    for one, other in zip(resumed, whole, strict=True):
        # The stored field is the field: only the order of sums in threads may differ, in single precision.
        assert one == pytest.approx(other, rel=1e-4)


def test_a_ladder_solved_together_is_the_ladder(tmp_path):
    assert climb(tmp_path / "together", "--together", "2") == 0
    assert climb(tmp_path / "alone", "--together", "1") == 0
    document, found = numbers(tmp_path / "together")
    assert [one["density_kW"] for one in document["rungs"]] == [10, 20]
    _, wanted = numbers(tmp_path / "alone")
    for one, other in zip(found, wanted, strict=True):
        # another start, each settled to 0.05 K: of some 15 K between supply and limit
        assert one == pytest.approx(other, abs=0.01)


def test_unchanged_rungs_are_not_solved_again_changed_damaged_and_forced_ones_are(
    tmp_path, monkeypatch, capsys
):
    assert climb(tmp_path) == 0
    calls = interrupted(monkeypatch, after=9)
    capsys.readouterr()
    assert climb(tmp_path, "--json") == 0
    assert calls == []
    assert json.loads(capsys.readouterr().out) == numbers(tmp_path)[0]
    (tmp_path / "rung_20kW" / "smoke.vtkhdf").write_bytes(b"damaged")
    assert climb(tmp_path) == 0
    assert calls == [20]
    assert climb(tmp_path, "--force") == 0
    assert calls == [20, 10, 20]
    assert climb(tmp_path, "--set", "site.dry_bulb=31 degC") == 0
    assert calls == [20, 10, 20, 10, 20]


def test_the_document_keeps_its_contract(tmp_path, capsys):
    assert climb(tmp_path, "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert {"rungs", "limit_kW"} <= set(document)
    for one in document["rungs"]:
        assert set(one["binding"]) == {"limit", "where", "utilisation", "judged"}
        assert one["binding"]["utilisation"] == max(one["utilisations"].values())
        assert {"rack inlet", "transformer", "cable", "busway", "breaker", "voltage", "rack airflow"} < set(
            one["utilisations"]
        )
        assert (tmp_path / one["result"]).is_file()
    assert "row_a are of one kind" in document["assumptions"][0]
    assert "(10 kW: air_rack_10kW, 20 kW: air_rack_20kW)" in document["assumptions"][0]
    assert document["assumptions"][1] == ladder.METHOD
    assert not any("Rung of" in text for text in document["assumptions"])
    assert document["rungs"][1]["assumptions"][0].startswith("Rung of 20 kW")


def test_the_table_names_limit_and_place(tmp_path, capsys):
    assert climb(tmp_path) == 0
    text = capsys.readouterr().out
    assert "rack airflow" in text
    assert "limit: none is reached on these rungs" in text
    document, _ = numbers(tmp_path)
    bound = document["rungs"][1]["binding"]
    assert f"{bound['limit']} at {bound['where']}, {100 * bound['utilisation']:.0f} % used" in text


def test_a_feeder_past_its_nose_binds_by_voltage(tmp_path, capsys):
    long = ["--set", "power.elements.fdr_a.length=900 m", "--rungs", "20,132"]
    assert climb(tmp_path, *long) == 0
    document, _ = numbers(tmp_path)
    assert document["rungs"][1]["binding"]["limit"] == "voltage"
    assert document["rungs"][1]["voltage_min_pu"] is None
    assert document["limit_kW"] < 132
    assert "the network has no solution at 132 kW" in capsys.readouterr().out


def test_fans_too_weak_on_every_rung_are_reported_not_thrown(tmp_path, capsys):
    shut = ["--set", "openings.pads.size=[0.5 m, 0.25 m]", "--set", "openings.louvre=null"]
    assert climb(tmp_path, *shut) == 3
    document, _ = numbers(tmp_path)
    assert [one["binding"]["limit"] for one in document["rungs"]] == ["fans", "fans"]
    assert document["limit_kW"] == 10
    assert "the fans are too weak for the intakes" in capsys.readouterr().out
