"""pandapower nets imported and solved: its own answer to the same file; what cannot be imported is refused by name."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from pandapower_nets import NETS, STORED, written

from thermo.imports import ImportRefused
from thermo.imports.pandapower import read
from thermo.power import Network, solve

FOLDER = Path(__file__).parent / "imported"
BOUND = 1e-8  # pu: what was asked for; the nets agree to 1e-10, as far as pandapower's own stopping goes


def worst(path, answer, device):
    """Largest difference [pu] of any phase at any bus of the answer."""
    document = read(path).document
    network = Network.from_tables(document)
    solution = solve(network, device=device, tolerance=1e-11)
    assert solution.status[0] == 0
    row = {str(node["id"]): k for k, node in enumerate(document["nodes"])}
    steps = {}
    for bus, phases in answer.items():
        expected = np.array([size * np.exp(1j * np.radians(angle)) for size, angle in phases])
        ours = solution.voltage[0, row[bus]] / network.base[row[bus]]
        steps[bus] = float(np.abs(ours - expected).max())
    assert len(steps) == sum(isinstance(node["id"], int) for node in document["nodes"])  # all buses
    return max(steps.items(), key=lambda step: step[1])


@pytest.mark.parametrize("name", STORED)
def test_a_stored_net_has_pandapowers_voltages(device, name):
    bus, step = worst(
        FOLDER / f"{name}.json", json.loads((FOLDER / f"{name}.solved.json").read_text()), device
    )
    assert step < BOUND, bus


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(NETS))
def test_a_net_beside_pandapower(name, tmp_path):
    if not find_spec("pandapower"):
        pytest.skip("the peer is not installed: pip install minehall[peers]")
    bus, step = worst(tmp_path / f"{name}.json", written(name, tmp_path), "auto")
    assert step < BOUND, bus


def changed(tmp_path, table, **columns):
    """A stored net whose first row of a table has other values."""
    whole = json.loads((FOLDER / "street_dyn.json").read_text())
    frame = whole["_object"][table]
    split = json.loads(frame["_object"])
    for name, value in columns.items():
        if name not in split["columns"]:
            split["columns"].append(name)
            split["data"] = [[*row, None] for row in split["data"]]
        split["data"][0][split["columns"].index(name)] = value
    frame["_object"] = json.dumps(split)
    path = tmp_path / "net.json"
    path.write_text(json.dumps(whole))
    return path


@pytest.mark.parametrize(
    ("table", "columns", "said"),
    [
        ("trafo", {"vector_group": "Yzn"}, "'trafo[0]': vector group 'Yzn5' is not modelled; there are Dyn1"),
        ("trafo", {"shift_degree": 20.0}, "trafo[0]: turns by 20 degrees; a vector group turns by hours of 30"),
        ("trafo", {"tap_changer_type": "Ideal"}, "trafo[0]: its tap turns the phase; set the tap to neutral"),
        ("trafo", {"tap_dependency_table": True}, "trafo[0]: its impedance follows a table of taps; write the"),
        ("trafo", {"xn_ohm": 0.4}, "trafo[0]: its neutral is earthed by an impedance; add three times that"),
        ("trafo", {"hv_bus": 2, "lv_bus": 1}, "fed from its low side; turn it round"),
        ("ext_grid", {"in_service": False}, "ext_grid: none is in service at a bus in service; the network needs one"),
    ],
)  # fmt: skip
def test_what_has_no_model_is_refused_with_its_name_and_a_cure(tmp_path, table, columns, said):
    with pytest.raises(ImportRefused) as refused:
        read(changed(tmp_path, table, **columns))
    assert any(said in problem for problem in refused.value.problems), refused.value.problems


def with_table(tmp_path, table, columns, rows):
    whole = json.loads((FOLDER / "street_dyn.json").read_text())
    split = {"columns": columns, "index": list(range(len(rows))), "data": rows}
    whole["_object"][table] = {"_class": "DataFrame", "_object": json.dumps(split), "orient": "split"}
    path = tmp_path / "net.json"
    path.write_text(json.dumps(whole))
    return path


def test_all_that_stands_in_the_way_is_said_at_once(tmp_path):
    path = with_table(
        tmp_path, "gen", ["name", "bus", "in_service"], [["old", 1, True], ["off", 1, False], [None, 2, True]]
    )
    with pytest.raises(ImportRefused) as refused:
        read(path)
    assert [problem.split(": ", 1)[1].split(";")[0] for problem in refused.value.problems] == [
        "gen[0] 'old': is not imported: a generator that holds its voltage",
        "gen[2]: is not imported: a generator that holds its voltage",
    ]


def test_two_transformers_in_parallel_are_refused_by_name(tmp_path):
    whole = json.loads((FOLDER / "street_dyn.json").read_text())
    split = json.loads(whole["_object"]["trafo"]["_object"])
    split["data"].append(split["data"][0])
    split["index"].append(1)
    whole["_object"]["trafo"]["_object"] = json.dumps(split)
    path = tmp_path / "net.json"
    path.write_text(json.dumps(whole))
    with pytest.raises(ImportRefused, match="'trafo\\[1\\]': a transformer closes a loop; leave it open"):
        read(path)


def test_a_loop_of_lines_is_kept_and_said(tmp_path):
    columns = ["bus", "element", "et", "closed", "z_ohm"]
    found = read(with_table(tmp_path, "switch", columns, [[3, 6, "b", True, 0.002]]))
    assert "Loops of lines are kept: 1 closed by compensation." in found.assumptions
    assert solve(Network.from_tables(found.document), device="numpy").solved.all()


def test_what_was_taken_for_granted_is_said():
    said = " ".join(read(FOLDER / "odds_and_ends.json").assumptions)
    for words in ("no fault level and is an ideal source", "No vector group is stated", "runpp_3ph would not: load[0]",
                  "left out: bus[3] 'alone'", "Storage draws", "four times their positive one"):  # fmt: skip
        assert words in said
    named = [node["name"] for node in read(FOLDER / "odds_and_ends.json").document["nodes"]]
    assert named == ["grid", "bus [1]", "bus [2]", "bus 4", "open end of line[1]"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON"),
        ("[]", "is no pandapower net; write it with pandapower.to_json"),
        ('{"bus": 1}', "is no pandapower net"),
    ],
)
def test_a_file_of_another_kind_is_told_apart(tmp_path, text, said):
    path = tmp_path / "net.json"
    path.write_text(text)
    with pytest.raises(ImportRefused, match=said):
        read(path)
