"""The bench: every operator has declared bytes, a tiny hall goes through, ratios come from one run. No timings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kernels
from thermo import cli, device, grid, scene
from thermo.air import properties
from thermo.bench import (
    air,
    compulsory,
    following,
    machine,
    operators,
    peer,
    peer_case,
    peer_mesh,
    tables,
    whole,
)
from thermo.bench.peer_case import NoPeer, PeerHall
from thermo.bench.peer_march import MONITOR_EVERY, March
from thermo.casefile import load
from thermo.check import examine
from thermo.cli_options import ExitCode

ROOT = Path(__file__).parents[2]
QUARTER = ROOT / "cases" / "hall_a_quarter"
TINY = ('grid.cell="0.3 m"', "numerics.iterations=4")
MEBIBYTE = 2**20
AIRS = sorted(set(kernels.OPERATORS) - compulsory.OF_OTHERS)


def quarter(*overrides: str) -> PeerHall:
    loaded = load(QUARTER, (*TINY, *overrides))
    plan = examine(loaded)
    hall = scene.build(plan, grid.build(plan, loaded.case.grid))
    return PeerHall(loaded.case, plan, hall, properties.from_case(loaded.case))


@pytest.fixture(scope="module")
def tiny() -> PeerHall:
    return quarter()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> air.Wanted:
    """A bench of very few iterations, on the device that compiles nothing."""
    monkeypatch.setattr(operators, "WARM_UP", 1)
    monkeypatch.setattr(operators, "BLOCK", 1)
    return air.Wanted(devices=("numpy",), repeat=1, triad_bytes=MEBIBYTE)


# --- declared bytes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", AIRS)
def test_every_operator_of_the_air_declares_its_bytes(name: str) -> None:
    assert name in compulsory.TRAFFIC, f"{name}: declare it in thermo/bench/compulsory.py"
    traffic = compulsory.TRAFFIC[name]
    known = compulsory.parameters(getattr(device.on("numpy"), name))
    named = {*traffic.writes, *traffic.updates, *traffic.at, *traffic.at.values(), traffic.counted()}
    assert named <= set(known), f"{name}: no argument {sorted(named - set(known))}"
    assert traffic.writes or traffic.updates


def test_nothing_is_declared_for_operators_that_are_gone() -> None:
    assert set(compulsory.TRAFFIC) <= set(kernels.OPERATORS)


def test_bytes_of_a_call_count_each_array_once_and_updates_twice() -> None:
    shape = (6, 7, 8)  # padded: 2 x 3 x 4 = 24 cells
    field = [np.zeros(6 * 7 * 8, np.float32) for _ in range(8)]
    extents = compulsory.Extents([shape])
    u, v, w, p, phi, ax, ay, az = field
    solved: dict[str, object] = {"solved_u": u, "solved_v": v, "solved_w": w}  # in place
    given = solved | {"u": u, "v": v, "w": w, "p": p, "phi": phi}
    masks = {"act_x": ax, "act_y": ay, "act_z": az}
    # 4 updated (read and written) and 4 read fields of 24 cells of 4 bytes
    assert compulsory.call_cost("correct", given | masks, extents) == ((4 * 2 + 4) * 24 * 4, 24)
    # the same array given for all three masks is read once
    same = dict.fromkeys(masks, ax)
    assert compulsory.call_cost("correct", given | same, extents) == ((4 * 2 + 2) * 24 * 4, 24)
    # a list: 9 entries written, 5 cells of k read, with what describes them
    cells, start = np.zeros(5, np.int64), np.zeros(6, np.int64)
    out, distance = np.zeros(9, np.float32), np.zeros(9, np.float32)
    walls = {"out": out, "k": v, "cells": cells, "start": start, "distance": distance}
    moved = 9 * 4 + 5 * 4 + 5 * 8 + 6 * 8 + 9 * 4
    assert compulsory.call_cost("wall_conductance", walls, extents) == (moved, 9)


# --- a tiny hall goes through -------------------------------------------------------------------------------


def test_a_tiny_hall_goes_through_on_every_device(tiny: PeerHall, quick: air.Wanted, device: str) -> None:
    table = operators.measure(tiny.case, tiny.plan, device, 1)
    operators.add_shares(table, 1e9)
    assert table["cells"] == 3136  # as the definition of hall-A counts them at 0.3 m, a quarter of 12,544
    assert {"momentum_sweeps", "scalar_sweeps", "descend", "epsilon_sweeps"} <= {
        row["operator"] for row in table["operators"]
    }
    for row in table["operators"]:
        assert row["calls_per_iteration"] > 0
        assert row["bytes_per_cell"] > 0
        assert row["share_of_triad"] > 0
    # what the iteration moves is the sum of what its operators move
    moved = sum(
        row["bytes_per_cell"] * row["cells_per_call"] * row["calls_per_iteration"]
        for row in table["operators"]
    )
    assert table["iteration"]["bytes_per_cell"] * table["cells"] == pytest.approx(moved)


@pytest.mark.parametrize("turbulence", ["zero-equation", "laminar"])
def test_operators_that_find_nothing_to_do_are_left_out(turbulence: str, quick: air.Wanted) -> None:
    hall = quarter(f"numerics.turbulence={turbulence}")
    table = operators.measure(hall.case, hall.plan, device.on("auto").device, 1)
    assert all(row["cells_per_call"] > 0 for row in table["operators"])
    assert "epsilon_sweeps" not in {row["operator"] for row in table["operators"]}


def test_a_second_order_double_precision_iteration_moves_more(tiny: PeerHall, quick: air.Wanted) -> None:
    def moved(hall: PeerHall) -> float:
        table = operators.measure(hall.case, hall.plan, "numpy", 1)
        return float(table["iteration"]["bytes_per_cell"])

    first = moved(tiny)
    assert moved(quarter("numerics.scheme=second")) > first
    # fields are twice as wide; lists of cells are not
    assert 1.9 < moved(quarter("numerics.precision=double")) / first < 2.0


def test_held_bytes_count_shared_arrays_once(tiny: PeerHall) -> None:
    solver = operators.solver_of(tiny.case, tiny.plan, device.on("numpy"))
    held = operators.held_bytes(solver)
    counts = sum(count.nbytes for count in solver.fields.counts)
    assert held["fields"] == counts + sum(a.nbytes for a in solver.state.arrays())
    solver.twin = solver.state  # type: ignore[attr-defined]
    assert operators.held_bytes(solver) == held


def test_document_and_its_lines(tiny: PeerHall, quick: air.Wanted) -> None:
    said: list[str] = []
    found = air.document(tiny.case, tiny.plan, quick, said.append)
    assert json.loads(json.dumps(found, allow_nan=False))["peer"] is None
    assert [run["scheme"] for run in found["whole"]] == ["upwind", "second"]
    assert found["machine"]["load_at_start"] >= 0
    text = "\n".join(tables.lines(found))
    for word in (
        "load average",
        "triad",
        "momentum",
        "B/cell",
        "automatic stop",
        found["machine"]["processor"],
    ):
        assert word in text
    name = air.file_name(found)
    for part in ("hall_a_quarter", "3136", "single", "numpy"):
        assert part in name


def test_triad_counts_its_three_arrays(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(0, 100 * 10**9, 10**9))
    monkeypatch.setattr(machine, "perf_counter_ns", lambda: next(ticks))
    # a second a pass: as many bytes a second as the arrays hold, whatever the threads
    assert machine.triad(2, 12_000) == 12_000


def test_first_iteration_within_the_band_is_the_one_it_never_leaves_again() -> None:
    end = np.array([20.0, 21.0])
    trace = end + np.array([[1, 0], [0.01, 0], [0.01, -0.2], [0.04, 0], [0, 0]])
    assert whole.first_within(trace, end, 0.05) == 4
    assert whole.first_within(trace[3:], end, 0.05) == 1


# --- the peer -----------------------------------------------------------------------------------------------


def test_peer_mesh_is_the_scene(tiny: PeerHall) -> None:
    mesh = peer_mesh.build(tiny.scene)
    assert mesh.cells == tiny.scene.fluid_cells
    corner = mesh.points[mesh.faces]
    normal = 0.5 * np.cross(corner[:, 2] - corner[:, 0], corner[:, 3] - corner[:, 1])
    closed = np.zeros((mesh.cells, 3))
    inner = mesh.neighbour.size
    np.add.at(closed, mesh.owner, normal)
    np.subtract.at(closed, mesh.neighbour, normal[:inner])
    # outward face areas of a closed cell sum to zero; 1e-12 m2 is rounding
    assert np.abs(closed).max() < 1e-12
    assert (mesh.owner[:inner] < mesh.neighbour).all()
    # volume by Gauss: a third of the sum of x . n over each cell's faces
    flux = (corner.mean(axis=1) * normal).sum(axis=1) / 3
    total = flux[inner:].sum()
    assert total == pytest.approx(tiny.scene.air_volume)
    areas = np.linalg.norm(normal, axis=1)
    for name, patch in peer_mesh.patch_names(tiny.scene):
        count, first = mesh.patches[name]
        assert areas[first : first + count].sum() == pytest.approx(patch.area.sum())


def test_peer_case_states_the_flows_and_the_heat(tiny: PeerHall, tmp_path: Path) -> None:
    assert peer_case.write(tiny, tmp_path, March("second", 100)) == 3136
    velocity = (tmp_path / "0" / "U").read_text()
    # 12 kW at 12 K through 0.6 m x 2.1 m; racks face +y, so air leaves the hall towards -y
    assert "front_A0 { type fixedNormalSlip; fixedValue uniform (0 -0.66295" in velocity
    assert "linearUpwind" in (tmp_path / "system" / "fvSchemes").read_text()
    for name in ("points", "faces", "owner", "neighbour", "boundary", "cellZones"):
        assert (tmp_path / "constant" / "polyMesh" / name).stat().st_size > 0


@pytest.mark.parametrize(
    ("override", "word"),
    [
        ("numerics.buoyancy_production=true", "buoyancy_production"),
        ("numerics.density=ideal-gas", "density"),
        ("racks.row_a.exhaust=tiers", "mixed"),
    ],
)
def test_peer_refuses_what_it_cannot_state(override: str, word: str) -> None:
    with pytest.raises(NoPeer, match=word):
        peer_case.refuse_what_differs(quarter(override))


def test_without_the_peer_the_message_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(peer.shutil, "which", lambda _: None)
    arguments = ["bench", "air", "--case", str(QUARTER), "--peer", "openfoam", "--threads", _threads()]
    assert cli.run(arguments) == ExitCode.BAD_INPUT
    assert peer.INSTALL in capsys.readouterr().err


def _threads() -> str:
    """What numba has in this process already, if it is loaded."""
    import sys

    loaded = sys.modules.get("numba")
    return str(loaded.config.NUMBA_NUM_THREADS) if loaded else "1"


def synthetic_run(looks: int = 100) -> peer.PeerRun:
    """Four inlets that approach 20 degC by e every 20 looks; 0.1 CPU s an iteration after 3 s of start-up."""
    iteration = MONITOR_EVERY * np.arange(1, looks + 1)
    inlets = np.repeat(293.15 + np.exp(-np.arange(looks) / 20.0)[:, None], 4, axis=1)
    cpu = 3.0 + 0.1 * np.arange(1, iteration[-1] + 1)
    return peer.PeerRun(iteration, inlets, cpu, float(cpu[-1]), MEBIBYTE)


def test_peer_settles_where_its_window_is_within_the_band() -> None:
    found = synthetic_run()
    settled = found.settled(0.05)
    assert settled is not None
    # exp(-(n - 40) / 20) - exp(-n / 20) < 0.05: n > 20 ln((e^2 - 1) / 0.05) = 97.0 looks before, 40 in a window
    assert settled == MONITOR_EVERY * 99
    assert found.start_up() == pytest.approx(3.0)
    assert found.cpu_to(settled) == pytest.approx(0.1 * settled)
    assert synthetic_run(80).settled(0.05) is None


def test_ratios_are_of_one_run(tiny: PeerHall) -> None:
    """Of two runs' figures, only those in the same document are divided."""
    found = synthetic_run()
    own: dict[str, Any] = {
        "scheme": "second",
        "own_end": {"converged": True},
        "to_stop": {"inlet_degC": [20.0] * 4, "cpu_s": 0.5, "converged": True},
        "to_band": {"cpu_s": 0.25},
    }
    row = air.beside(found, own, tiny)
    assert row["ratio_to_stop"] == row["to_stop"]["cpu_s"] / 0.5
    assert row["ratio_to_band"] == row["to_band"]["cpu_s"] / 0.25
    own["to_stop"]["converged"] = False
    assert air.beside(found, own, tiny)["ratio_to_stop"] is None


def test_peer_runs_when_it_is_here(tiny: PeerHall, tmp_path: Path) -> None:
    try:
        peer.solver()
    except NoPeer:
        pytest.skip("OpenFOAM is not installed")
    found = peer.run(tiny, tmp_path, March("upwind", 20))
    assert found.iteration.tolist() == [5, 10, 15, 20]
    # still near the start of 24 degC, above the supply's 18
    assert ((found.inlets > 291.1) & (found.inlets < 298.2)).all()
    assert found.cpu.size == 20


def test_a_hall_that_swings_is_timed_through_time(quick: air.Wanted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "WARM_UP", 0.5)
    monkeypatch.setattr(following, "SPAN", 1.0)
    hall = quarter('numerics.time_step="0.5 s"')
    found = air.document(hall.case, hall.plan, quick, lambda _: None)
    assert found["whole"] == []
    own = found["following"]["own"]
    assert (own["time_step_s"], own["steps"]) == (0.5, 2)
    assert "for a simulated second" in "\n".join(tables.lines(found))
    # 3.007 m3/s through 2.4 m x 0.9 m: half a cell of 0.3 m at 1.392 m/s
    assert following.peer_step(hall) == pytest.approx(0.5 * 0.3 / 1.392207)


def test_peer_follows_time_when_it_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        peer.solver()
    except NoPeer:
        pytest.skip("OpenFOAM is not installed")
    monkeypatch.setattr(following, "WARM_UP", 0.2)
    monkeypatch.setattr(following, "SPAN", 0.5)
    own = {"scheme": "second", "cells": 3136, "cpu_s_per_simulated_s": 0.01}
    row = following.beside(quarter(), own)
    assert row["ratio"] == row["cpu_s_per_simulated_s"] / 0.01
