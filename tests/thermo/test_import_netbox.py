"""NetBox's tables imported, as CSV and as REST JSON: the same network, drawn and bounded as the tables say."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from thermo.casefile import load
from thermo.check import examine
from thermo.cli import run
from thermo.imports import ImportRefused
from thermo.imports.netbox import read
from thermo.imports.netbox.fragment import read as fragment
from thermo.power import Network, solve

FEEDS, CABLES = "netbox_power_feeds.csv", "netbox_cables.csv"
FOLDER = Path(__file__).parent / "imported"
CSV, REST = FOLDER / "netbox_csv", FOLDER / "netbox_rest"


def test_both_forms_are_one_network():
    assert read(CSV) == read(REST)  # assumptions too


def test_loads_are_the_ports_draws_on_their_legs():
    rows = {row["name"]: row for row in read(CSV).document["loads"]}
    drawn = {name: (row["node"], [round(p, 9) for p in row["p"]]) for name, row in rows.items()}
    assert drawn == {
        "gpu-1 PSU1": ("feed A1", [2600, 0, 0]),
        "gpu-1 PSU2": ("feed B1", [2600, 0, 0]),
        "gpu-2 PSU1": ("feed A1", [0, 3300, 0]),  # its maximum: no allocated draw
        "gpu-2 PSU2": ("feed B1", [0, 2400, 0]),
        "switch-1 PSU1": ("feed B1", [50, 50, 50]),  # no leg
        "miner-1 PSU1": ("feed A2", [3400, 0, 0]),  # single-phase, the first of its panel
    }  # the spare's cable is planned, feed A3 is too
    assert rows["gpu-1 PSU1"]["q"][0] == pytest.approx(2600 * np.tan(np.arccos(0.99)))


def test_feeds_carry_their_utilization_and_drop_their_cables_voltage(device):
    document = read(REST).document
    feeds = {row["name"]: row for row in document["lines"] if row.get("kind") == "feed"}
    assert feeds["A1"]["rating"] == pytest.approx(63 * 0.8)
    # 25 mm2 of copper at 70 degC: 17.24e-9 / 25e-6 * (1 + 50 * 0.00393) ohm/m
    assert feeds["A1"]["r1"] == pytest.approx(17.24e-9 / 25e-6 * 1.1965 * 42)
    assert feeds["B1"]["length"] == pytest.approx(150 * 0.3048)
    assert feeds["B2"]["r1"] == 0
    network = Network.from_tables(document)
    solution = solve(network, device=device)
    assert solution.solved.all()
    at = {node["name"]: k for k, node in enumerate(document["nodes"])}
    volts = abs(solution.voltage[0, at["A1"]])
    assert volts[0] < 415 / 3**0.5
    assert abs(solution.branch_current[0, at["A1"], 1]) == pytest.approx(3300 / 0.99 / volts[1])


def changed(tmp_path, file, old, new):
    folder = tmp_path / "tables"
    shutil.copytree(CSV, folder)
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new))
    return folder


def test_at_208_volts_legs_lie_between_phases(tmp_path):
    folder = changed(tmp_path, "netbox_power_feeds.csv", "AC,415", "AC,208")
    text = (folder / "netbox_power_feeds.csv").read_text()
    (folder / "netbox_power_feeds.csv").write_text(
        text.replace("AC,240,32", "AC,208,32").replace("AC,240,16", "AC,120,16")
    )
    rows = {row["name"]: row for row in read(folder).document["loads"]}
    assert rows["gpu-1 PSU1"]["connection"] == rows["miner-1 PSU1"]["connection"] == "delta"
    assert "connection" not in rows["switch-1 PSU1"]  # three-phase


def test_panels_of_two_voltages_share_a_source(tmp_path):
    folder = changed(
        tmp_path,
        "netbox_power_feeds.csv",
        "B1,MDB-B,R01,Active,Redundant,AC,415",
        "B1,MDB-B,R01,Active,Redundant,AC,400",
    )
    text = (folder / "netbox_power_feeds.csv").read_text().replace("AC,240,16", "AC,230,16")
    (folder / "netbox_power_feeds.csv").write_text(text)
    document = read(folder).document
    (ideal,) = document["transformers"]
    assert (ideal["u1"], ideal["u2"], ideal["name"]) == (415, 400, "MDB-B")
    assert solve(Network.from_tables(document), device="numpy").solved.all()
    with pytest.raises(ImportRefused, match="panels: have 400 V and 415 V; a case has one source"):
        fragment(folder)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (FEEDS, "AC,240,16", "DC,380,16", "feed 'B2': is a DC feed; leave it out"),
        (FEEDS, "AC,240,16", "AC,120,16", "feed 'B2': has 120 V, which is neither between two phases"),
        (FEEDS, "AC,240,32", "AC,240,lots", "row 2: amperage is 'lots', which is no number"),
        (FEEDS, "AC,415,63", "AC,415,4000", "4000 A is more than one cable carries; split it"),
        (FEEDS, "Voltage", "Volts", "row 1: has no voltage; export all columns"),
        (CABLES, "42 Meters", "42 Ells", "length unit 'ells' is not known; there are km, m"),
        (CABLES, "5,,1,PSU2,pdu-b,gpu-1", "5,,1,Inlet,pdu-b,pdu-b", "feeds itself: pdu-b -> pdu-b; take one cable"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_with_its_place_and_a_cure(tmp_path, file, old, new, said):
    with pytest.raises(ImportRefused) as refused:
        read(changed(tmp_path, file, old, new))
    assert any(said in problem for problem in refused.value.problems), refused.value.problems


def test_a_table_that_is_missing_or_only_begun_is_said(tmp_path):
    folder = tmp_path / "tables"
    shutil.copytree(REST, folder)
    (folder / "cables.json").unlink()
    page = json.loads((folder / "power-feeds.json").read_text()) | {"next": "http://netbox/api/?offset=50"}
    (folder / "power-feeds.json").write_text(json.dumps(page))
    with pytest.raises(ImportRefused) as refused:
        read(folder)
    said = "\n".join(refused.value.problems)
    assert "power-feeds.json: holds only the first page of the table; ask for it with ?limit=0" in said
    assert "cables: no file has 'cable' in its name; export that table" in said


def test_the_fragment_makes_a_case(tmp_path, capsys):
    """Pasted under a hall, with the rack line it prints, it is checked without a complaint."""
    file = tmp_path / "power.yaml"
    assert run(["import", str(CSV), "--case", str(file)]) == 0
    assert "Taken for granted:" in capsys.readouterr().out
    text = file.read_text()
    rack = next(line for line in text.splitlines() if line.startswith("#   R01: "))
    fields = rack.split("{", 1)[1].rsplit("}", 1)[0]
    case = tmp_path / "case.yaml"
    case.write_text(
        "hall: {size: [6 m, 5 m, 3 m]}\nsite: {dry_bulb: 25 degC}\n"
        "openings:\n  in: {kind: supply, wall: y_min, at: [1 m, 0.5 m], size: [4 m, 1 m], flow: 2 m3/s, "
        "temperature: 20 degC}\n"
        "  out: {kind: pressure, wall: y_max, at: [1 m, 1.5 m], size: [4 m, 1 m]}\n"
        f"racks:\n  row: {{kind: air_rack_10kW, at: [2 m, 2 m], facing: -y, label: R01, {fields}}}\n" + text
    )
    loaded = load(case)
    (unit,) = examine(loaded).units
    assert unit.power == pytest.approx(11050, rel=1e-3)
    assert dict(unit.feeds) == pytest.approx({"a1": 5900 / 11050, "b1": 5150 / 11050})
    assert loaded.case.power.elements["a1"].breaker.continuous == 0.8


def test_case_is_for_netbox_only(capsys):
    assert run(["import", str(FOLDER / "street_dyn.json"), "--case", "power.yaml"]) == 2
    assert "is no folder of NetBox tables; leave --case away" in capsys.readouterr().err
