"""`minehall import` and `minehall flow`, and the energy that a network's flow must account for."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from thermo import netfile
from thermo.cli import run
from thermo.imports.pandapower import read
from thermo.power import Network, solve
from thermo.power.energy import CLOSE, balance
from thermo.power.overview import branches, states
from thermo.power.states.conductor import OFFSETS
from thermo.power.warm import conductors_of

HERE = Path(__file__).parent
STREET = HERE / "imported" / "street_dyn.json"
HALL = HERE / "reference_power" / "hall_net.json"


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    out = tmp_path_factory.mktemp("imported") / "street.json"
    assert run(["import", str(STREET), "--out", str(out)]) == 0
    return out


def test_what_import_writes_flow_solves(imported, capsys):
    assert run(["flow", str(imported), "--loads", "0.5,1", "--device", "numpy", "--json"]) == 0
    low, full = json.loads(capsys.readouterr().out)["states"]
    assert low["load"] == 0.5
    assert full["energy_closes"]
    assert full["energy"]["loads_kW"] == pytest.approx(2 * low["energy"]["loads_kW"])  # constant power
    parts = [kw for name, kw in full["energy"].items() if name.endswith("_kW") and name != "source_kW"]
    assert full["energy"]["source_kW"] == pytest.approx(sum(parts), rel=1e-8)
    assert {row["node"] for row in full["branches"]} >= {"grid", "end", "board", "row 3"}


def test_flow_says_the_same_to_a_reader(imported, capsys):
    assert run(["flow", str(imported), "--device", "numpy"]) == 0
    text = capsys.readouterr().out
    assert "load 1: source " in text
    assert "board -> row 0: " in text
    assert "DOES NOT CLOSE" not in text
    assert run(["flow", str(imported), "--loads", "20", "--device", "numpy"]) == 3
    assert "NO SOLUTION" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["import", "nowhere.json"], "nowhere.json: is not there"),
        (["flow", "nowhere.json"], "nowhere.json: cannot be read"),
        (["flow", str(HALL), "--loads", "all"], "--loads all: write factors above 0"),
        (["flow", str(HALL), "--air", "warm"], "--air warm: "),
        (["flow", str(HALL), "--air", "40 degC", "--loads", "5"], "leave --air away"),
    ],
)
def test_bad_input_is_said(arguments, said, capsys):
    assert run(arguments) != 0
    assert said in capsys.readouterr().err


def solved(path, device):
    network = Network.from_json(path)
    p, q = (np.array([1.0, 1.2])[:, None, None] * power for power in (network.p, network.q))
    return network, solve(network, p, q, device), p, q


@pytest.mark.parametrize(
    "path", [HALL, HERE / "feeders" / "ieee13.json", HERE / "feeders" / "ieee123_closed.json"]
)
def test_the_energy_of_a_network_closes(device, path, tmp_path):
    document = json.loads(path.read_text())
    file = tmp_path / "network.json"
    file.write_text(json.dumps(document.get("network", document)))
    network, solution, p, q = solved(file, device)
    found = balance(network, solution, p, q)
    assert solution.solved.all()
    assert found.closes, found.open
    np.testing.assert_allclose(
        found.losses, solution.losses_w, rtol=1e-9, atol=1e-6
    )  # W: rounding of both sums


def test_a_millionth_of_any_term_that_is_missing_shows(device):
    network, solution, p, q = solved(HALL, device)
    found = balance(network, solution, p, q)
    assert found.closes
    assert not replace(found, source=found.source * (1 - 1e-6)).closes
    assert not replace(found, loads=found.loads * (1 - 1e-6)).closes
    share = found.losses.min(axis=0) / found.source.min()
    assert (share > CLOSE / 1e-6).sum() >= 3  # transformer, cables, whips
    for place in np.flatnonzero(share > CLOSE / 1e-6):
        lost = found.losses.copy()
        lost[:, place] *= 1 - 1e-6
        assert not replace(found, losses=lost).closes, network.places[place]
    assert not replace(found, stored=1e-6 * found.loads).closes


def test_conductors_warm_where_they_are_loaded():
    tables = read(HERE / "imported" / "cigre_lv.json").document
    cold, warm = states(tables, [1.0], "numpy"), states(tables, [1.0], "numpy", 313.15)
    table = branches(warm[0])
    rated = np.isfinite(table["conductor_degC"])
    assert rated.sum() == 37
    assert table["conductor_degC"][rated].min() >= 40.0
    assert np.isnan(branches(cold[0])["conductor_degC"]).all()
    # pandapower states resistances at 20 degC: 25 K above it they are a tenth more
    lines = cold[0].balance.places.index("line")
    assert 1.05 < warm[0].balance.losses[0, lines] / cold[0].balance.losses[0, lines] < 1.2
    assert warm[0].balance.closes


def test_a_line_says_what_conductor_it_is():
    line = {"f": 0, "t": 1, "r1": 0.1, "rating": 100.0, "material": "aluminium", "stated_degC": 20.0}
    tables = {
        "source": {"node": 0},
        "nodes": [{"id": k, "u": 400.0} for k in range(3)],
        "lines": [line, {"f": 2, "t": 1, "r1": 0.1}],
        "loads": [{"node": 2, "p": [1e3] * 3, "q": [0, 0, 0]}],
    }
    kind, stated = conductors_of(Network.from_tables(tables), tables)
    assert kind.ampacity.tolist() == [0.0, 100.0, 0.0]  # what states no rating is none
    assert kind.offset[1] == OFFSETS["aluminium"]
    assert stated[1] == 293.15
    with pytest.raises(
        netfile.NetworkError, match=r"lines\[0\].material: 'gold' is not one of copper, aluminium"
    ):
        netfile.checked(tables | {"lines": [line | {"material": "gold"}, tables["lines"][1]]})
