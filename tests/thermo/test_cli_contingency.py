"""`minehall contingency` on the hall with A and B feeds, and what it says to bad options."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from thermo import cli

AB = str(Path(__file__).resolve().parents[2] / "cases" / "retrofit_hall_ab")


def test_both_feeds_hold_at_the_stated_load(capsys):
    assert cli.run(["contingency", AB, "--device", "numpy", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    rows = {row["lost"]: row for row in found["contingencies"]}
    assert rows["fdr_b"]["dark_units"] == 0
    assert rows["fdr_b"]["worst"] == "fdr_b2"
    assert rows["fdr_b"]["worst_percent"] < 100
    assert rows["fdr_b"]["takes_over"] == "fdr_b2"
    before, after = (rows["fdr_b"][f"takes_over_{when}_percent"] for when in ("from", "to"))
    assert after == pytest.approx(
        2 * before, rel=0.02
    )  # half of each rack's power comes over, at a lower voltage
    assert rows["fdr_m1"]["takes_over"] == ""  # the miners have no other cord
    assert rows["tx_1"]["dark_kW"] == pytest.approx(
        5 * 132.8, rel=1e-6
    )  # five bays of 40 S19 of 3.32 kW on one cord
    assert not any(row["cascade"] for row in rows.values())
    assert found["single_cord"] == [f"{side}{n}" for side in ("west", "east") for n in range(5)]


def test_denser_racks_trip_the_other_side(capsys):
    arguments = ["--set", "racks.row_b.power=90 kW", "--loads", "0.5,1", "--device", "numpy"]
    assert cli.run(["contingency", AB, *arguments]) == 0
    said = capsys.readouterr().out.splitlines()
    lost = [line for line in said if line.startswith("fdr_b ")]
    assert "holds" in lost[0]  # at half load
    assert "fdr_b2 after" in lost[1]
    assert "1080 kW dark" in lost[1]
    assert said[-1].startswith("units with one cord: west0")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--loads", "1,-2"], "write factors above 0"),
        (["--loads", "much"], "write factors above 0"),
        (["--loads", "1:2"], "write factors above 0"),
        (["--loads", "1:2:1"], "write factors above 0"),
        (["--air", "40 kW"], "--air 40 kW"),
        (["--set", "power=null"], "feed"),
    ],
)
def test_bad_options_are_told(arguments, said, capsys):
    assert cli.run(["contingency", AB, "--device", "numpy", *arguments]) == 2
    assert said in capsys.readouterr().err


def rows_of(capsys, *options):
    assert cli.run(["contingency", AB, "--device", "numpy", "--json", *options]) == 0
    return json.loads(capsys.readouterr().out)["contingencies"]


def test_conductors_are_as_warm_as_their_current_makes_them(capsys):
    """Loaded cables in air of 40 degC settle below the 70 degC that their resistance is stated at: less drops."""
    warm, stated = rows_of(capsys), rows_of(capsys, "--set", "power.resistances=stated")
    lifted = [a["voltage_min_pu"] - b["voltage_min_pu"] for a, b in zip(warm, stated, strict=True)]
    assert 0 < min(lifted) <= max(lifted) < 2e-3


def test_load_cases_are_apart(capsys, monkeypatch):
    from thermo.power.outage import study

    together = rows_of(capsys, "--loads", "0.9,1.1")
    monkeypatch.setattr(study, "TOGETHER", 1)
    assert rows_of(capsys, "--loads", "0.9,1.1") == together


def test_many_loads_are_summed_up(capsys):
    arguments = ["--set", "racks.row_b.power=90 kW", "--loads", "0.5:1.1:13", "--device", "numpy"]
    assert cli.run(["contingency", AB, *arguments]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("13 loads from 0.5 to 1.1, ")
    fdr_b = next(line for line in said if line.startswith("fdr_b ")).split()
    assert (
        0.5 < float(fdr_b[1]) <= float(fdr_b[2]) <= 1.0
    )  # too full, then a trip; at 1 it trips, at half load not
    assert float(fdr_b[4]) == pytest.approx(1.1 * 1080, abs=1)
