"""The model of a card: its arithmetic, its bytes by hand, a tiny hall counted from its first to its last iteration."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from thermo import cli
from thermo.bench import gpu, stacked
from thermo.bench.launches import Launches, launch_bytes
from thermo.casefile import load
from thermo.check import examine
from thermo.cli_options import ExitCode

pytest.importorskip("numba")
TINY = ("--cells", "0", "--set", 'grid.cell="0.3 m"', "--set", "numerics.iterations=4")


def added(out, field, places, table, nx, ny, nz):
    """What a kernel looks like."""
    for c in range(nx * ny * nz):
        out[c] += field[places[c]] * table[0]


def test_what_is_read_and_what_is_updated_counts_without_ghosts() -> None:
    field = np.zeros(7 * 6 * 8, np.float32)  # 3 x 2 x 4 cells and two ghosts all round
    given = field, field.copy(), np.zeros(5, np.int64), np.zeros(3), 7, 6, 8
    assert launch_bytes(added, given) == 4 * 24 * 3 + 5 * 8 + 3 * 8


def test_a_field_given_twice_is_read_once() -> None:
    field = np.zeros(7 * 6 * 8, np.float32)
    given = field, field, np.zeros(5, np.int64), np.zeros(3), 7, 6, 8
    assert launch_bytes(added, given) == 4 * 24 * 2 + 5 * 8 + 3 * 8


def test_time_is_bytes_over_bandwidth_and_so_much_a_kernel() -> None:
    card = gpu.Card("one", 1e12, "made up")
    assert card.seconds(7e9, 4) == pytest.approx(7e9 / 0.7e12 + 4 * 2.5e-6)


def test_a_cell_of_which_the_box_holds_so_many() -> None:
    loaded = load(Path(__file__).parents[2] / "cases" / "smoke")
    plan = examine(loaded)
    cell = gpu.cell_for(loaded.case, plan, 1000)
    assert np.prod(plan.size) / cell**3 == pytest.approx(1000)


def test_the_document_is_a_model_of_a_run(monkeypatch, capsys, tmp_path: Path) -> None:
    monkeypatch.setattr(gpu, "SCENARIOS", 64)
    monkeypatch.setattr(stacked, "SMALL", 2000)
    status = cli.run(["bench", "gpu", "--model", "--json", "--out", str(tmp_path), *TINY])
    found = json.loads(capsys.readouterr().out)
    assert status == ExitCode.OK
    assert "not measured on a card" in found["model"]
    air, power = found["air"], found["power"]
    assert air["measured_s"] is None
    assert power["measured_per_s"] is None
    assert air["iterations"] == 4
    names = {row["kernel"] for row in air["kernels"]}
    assert {"momentum_six", "smooth_cells"} <= names
    # a whole run makes at least its iterations, and what starts and ends it beside
    assert air["run"]["launches"] >= 4 * air["iteration"]["launches"]
    assert air["run"]["s"]["B200"] < air["run"]["s"]["A100"]
    per_cell = sum(row["bytes_per_cell"] for row in air["kernels"])
    assert per_cell == pytest.approx(air["iteration"]["bytes_per_cell"])
    own = air["iterations"] * air["iteration"]["us"]["H100"] / 1e6
    assert air["own_grid_s"]["H100"] == pytest.approx(own)
    rate = power["scenarios_per_s"]["H100"]
    assert rate == pytest.approx(0.7 * 3.35e12 / power["bytes_per_scenario"])
    one, four, sixteen = found["together"]["iteration"]
    assert one["launches_per_hall"] > 3.5 * four["launches_per_hall"] > 11 * sixteen["launches_per_hall"]
    assert one["us_per_hall"]["H100"] > 2 * four["us_per_hall"]["H100"] > 3 * sixteen["us_per_hall"]["H100"]
    assert json.loads((tmp_path / "bench_gpu.json").read_text()) == found
    assert gpu.lines(found)[0].startswith("MODEL")


def test_without_a_card_and_without_the_model_it_says_what_is_missing(capsys) -> None:
    assert cli.run(["bench", "gpu", *TINY]) == ExitCode.NO_DEVICE
    assert "--model" in capsys.readouterr().err


def test_counting_adds_up_by_kernel() -> None:
    from types import SimpleNamespace

    launches = Launches()
    given = np.zeros(8), np.zeros(8), np.zeros(1, np.int64), np.zeros(1), 1, 1, 1
    for _ in range(2):
        launches("add", SimpleNamespace(name="added", function=added, writes=()), given)
    assert launches.launches == 2
    assert launches.moved == 2 * launch_bytes(added, given)
