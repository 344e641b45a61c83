"""`minehall run` on cases that ship: the peer's figures, the devices among themselves, the document, the file."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import h5py
import numpy as np
import pytest
import yaml

from thermo import device as devices

DEVICES = devices.found()
CASES = Path(__file__).resolve().parents[2] / "cases"
PAD = 2
NUMBER = (int, float)
WALLS = {
    "x_min": (0, 0),
    "x_max": (0, 1),
    "y_min": (1, 0),
    "y_max": (1, 1),
    "floor": (2, 0),
    "ceiling": (2, 1),
}


def minehall(*arguments, timeout=300):
    command = [sys.executable, "-m", "thermo", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout, cwd=CASES.parent)


def solved(case, folder, *more, code=0):
    """(document, result file) of a run."""
    ended = minehall("run", CASES / case, "--out", folder, "--json", *more)
    assert ended.returncode == code, ended.stderr
    document = json.loads(ended.stdout)
    return document, folder / f"{document['case']}.vtkhdf"


@pytest.fixture(scope="module")
def quarter(tmp_path_factory):
    return solved("hall_a_quarter", tmp_path_factory.mktemp("quarter"))


@pytest.fixture(scope="module")
def smoke(tmp_path_factory):
    """The small hall by device; what each took is shown when a test fails or with -s."""
    runs = {d: solved("smoke", tmp_path_factory.mktemp(d), "--device", d) for d in DEVICES}
    print("smoke:", {d: document["time_s"]["total"] for d, (document, _) in runs.items()}, "s")
    return runs


@pytest.fixture
def best(smoke):
    return smoke[DEVICES[-1]]


# --- the peer ---------------------------------------------------------------------------------------


def expected(case):
    return yaml.safe_load((CASES / case / "expected.yaml").read_text(encoding="utf-8"))


def tolerance(entry):
    return float(str(entry["tolerance"]).split()[0])


def test_the_quarter_hall_agrees_with_openfoam(quarter):
    document, _ = quarter
    wanted = expected("hall_a_quarter")
    assert document["converged"] is True
    assert document["cells"] == wanted["cells"]["value"]
    inlets = {rack["name"]: rack["inlet_degC"] for rack in document["racks"]}
    assert list(inlets) == ["A0", "A1", "A2", "A3"]
    for name, value in wanted["inlet_degC"]["racks"].items():
        assert inlets[name] == pytest.approx(value, abs=tolerance(wanted["inlet_degC"])), name
    for rack in document["racks"]:
        rise = rack["outlet_degC"] - rack["inlet_degC"]
        assert rise == pytest.approx(wanted["rise_K"]["value"], abs=tolerance(wanted["rise_K"]))
    assert document["metrics"]["shi"] == pytest.approx(wanted["shi"]["value"], abs=tolerance(wanted["shi"]))
    assert abs(document["balance"]["heat_percent"]) < 0.5


def test_the_quarter_hall_agrees_at_second_order_too(tmp_path):
    settings = ("--set", "numerics.scheme=second", "--set", "name=second")
    document, _ = solved("hall_a_quarter", tmp_path, *settings)
    wanted = expected("hall_a_quarter")
    assert document["converged"] is True
    assert document["steadiness"]["proven"] is True
    inlets = {rack["name"]: rack["inlet_degC"] for rack in document["racks"]}
    for name, value in wanted["second_order_inlet_degC"]["racks"].items():
        end = wanted["second_order_row_end_degC"] if name == "A0" else wanted["second_order_inlet_degC"]
        assert inlets[name] == pytest.approx(value, abs=tolerance(end)), name
    shi = wanted["second_order_shi"]
    assert document["metrics"]["shi"] == pytest.approx(shi["value"], abs=tolerance(shi))


def test_the_return_air_of_the_quarter_is_the_peers(quarter):
    wanted = expected("hall_a_quarter")["return_degC"]
    with h5py.File(quarter[1]) as file:
        names = [name.decode() for name in file["openings/name"]]
        found = file["openings/temperature_degC"][names.index("return_a")]
    assert found == pytest.approx(wanted["value"], abs=tolerance(wanted))


def test_racks_of_a_row_end_are_warmer_and_none_is_colder_than_the_supply(quarter):
    inlets = [rack["inlet_degC"] for rack in quarter[0]["racks"]]
    assert inlets[0] == max(inlets)
    assert min(inlets) > 18.0


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    return solved("hall_a", tmp_path_factory.mktemp("full"))[0]


def test_the_full_hall_flaps_as_openfoams_does(full):
    wanted = expected("hall_a")
    assert full["converged"] == "unsteady"
    assert full["cells"] == wanted["cells"]["value"]
    assert full["unsteady"]["period_s"] == pytest.approx(
        wanted["period_s"]["value"], abs=tolerance(wanted["period_s"])
    )
    ends = [rack["inlet_swing_K"] for rack in full["racks"] if rack["name"][1] in "07"]
    swing = wanted["end_rack_swing_K"]
    assert np.mean(ends) == pytest.approx(swing["value"], abs=tolerance(swing))


def test_the_means_of_the_full_hall_are_openfoams(full):
    like(full, expected("hall_a")["mean_inlet_degC_by_position_van_leer"])


def test_the_means_of_the_full_hall_are_openfoams_with_linear_upwind_too(tmp_path):
    found, _ = solved("hall_a", tmp_path, "--set", "numerics.scheme=linear-upwind")
    assert found["converged"] == "unsteady"
    like(found, expected("hall_a")["mean_inlet_degC_by_position"])


def like(document, wanted):
    for places, value in wanted["positions"].items():
        found = [rack["inlet_degC"] for rack in document["racks"] if rack["name"][1] in places]
        assert len(found) == 4
        assert np.mean(found) == pytest.approx(value, abs=tolerance(wanted)), places


def test_the_means_of_the_full_hall_are_known_well(full):
    unsteady = full["unsteady"]
    assert unsteady["mean_band_K"] < 0.2  # what a run goes on for
    assert unsteady["periods"] == pytest.approx(round(unsteady["periods"]), abs=0.02)  # whole ones, to a step
    assert unsteady["periods"] > 2.9
    for rack in full["racks"]:
        assert rack["inlet_numerical_K"] < 0.3  # band and balance; the grid was not varied
        assert rack["inlet_peak_degC"] >= rack["inlet_max_degC"] >= rack["inlet_degC"]
    assert abs(full["balance"]["heat_percent"]) < 0.5


# --- devices ----------------------------------------------------------------------------------------


@pytest.mark.skipif(len(DEVICES) < 2, reason="one device here")
def test_numpy_and_cpu_agree_on_every_rack(smoke):
    inlets = [[r["inlet_degC"] for r in smoke[d][0]["racks"]] for d in DEVICES]
    assert inlets[0] == pytest.approx(inlets[1], abs=0.01)  # the tolerance
    assert len({smoke[d][0]["iterations"] for d in DEVICES}) == 1
    assert [smoke[d][0]["device"] for d in DEVICES] == DEVICES


def test_the_small_hall_takes_seconds(smoke):
    # 10 s on two idle cores is what the case promises for the compiled loops; numpy alone takes some 4 times that
    limits = {"cpu": 20.0, "numpy": 120.0}  # room for a busy machine
    for device, (document, _) in smoke.items():
        assert document["time_s"]["total"] < limits[device]


# --- balances, from the stored file alone -----------------------------------------------------------


def carried(path):
    """Heat the openings bring in [W], from face velocities and temperatures in the file's restart state."""
    total = 0.0
    with h5py.File(path) as file:
        faces = [file[f"VTKHDF/{axis}Coordinates"][:] for axis in "XYZ"]
        velocity = [file[f"state/{c}"][:].astype(np.float64) for c in "uvw"]
        t = file["state/t"][:].astype(np.float64)
        air = dict(file["provenance"].attrs)
        box = np.stack([file[f"openings/{side}"][:] for side in ("x0", "x1", "y0", "y1", "z0", "z1")], axis=1)
        for n, wall in enumerate(file["openings/wall"].asstr()):
            axis, end = WALLS[wall]
            inside = [slice(None)] * 3
            for d in {0, 1, 2} - {axis}:
                centre = 0.5 * (faces[d][1:] + faces[d][:-1])
                first, last = np.searchsorted(centre, box[n, 2 * d : 2 * d + 2])
                inside[2 - d] = slice(PAD + first, PAD + last)
            plane = PAD + (faces[axis].size - 1 if end else 0)
            total += _through(velocity[axis], t, (axis, end, plane), (inside, faces))
    return total * air["density_kg_m3"] * air["specific_heat_J_kgK"]


def _through(velocity, t, where, region):
    (axis, end, plane), (inside, faces) = where, region
    at = [list(inside) for _ in range(3)]
    for index, k in zip(at, (plane, plane - 1, plane), strict=True):
        index[2 - axis] = k
    face, below, above = (tuple(index) for index in at)
    inner, outer = (below, above) if end else (above, below)
    widths = [
        np.diff(faces[d])[inside[2 - d].start - PAD : inside[2 - d].stop - PAD]
        for d in (2, 1, 0)
        if d != axis
    ]
    inward = velocity[face] * (-1 if end else 1)
    return float(np.sum(inward * np.outer(*widths) * np.where(inward > 0, t[outer], t[inner])))


def ledger(path):
    """(name, watts) of all that heats the hall's air."""
    with h5py.File(path) as file:
        places = file["heat_ledger/place"].asstr()[:]
        items, watts = file["heat_ledger/item"].asstr()[:], file["heat_ledger/watts"][:]
    return [(i, float(w)) for p, i, w in zip(places, items, watts, strict=True) if p == "hall"]


@pytest.mark.parametrize("case", ["quarter", "best"])
def test_what_the_ledger_gives_the_air_carries_off(case, request):
    document, path = request.getfixturevalue(case)
    given, off = sum(w for _, w in ledger(path)), -carried(path)
    assert given / 1e3 == pytest.approx(document["balance"]["heat_given_kW"], rel=1e-6)
    assert off / 1e3 == pytest.approx(document["balance"]["heat_carried_kW"], rel=1e-5)  # T stored in single
    assert off == pytest.approx(given, rel=0.0005)  # 0.05 % after polishing
    # walls are adiabatic and the air has one density, so no other way out: the document's figure is this one
    assert 100 * (given - off) / given == pytest.approx(document["balance"]["heat_percent"], abs=0.01)


def test_one_percent_of_one_source_shows_as_one_percent(quarter):
    _, path = quarter
    sources, off = dict(ledger(path)), -carried(path)
    for name, watts in sources.items():
        without = sum(sources.values()) - 0.01 * watts
        # of that rack's 12 kW; 0.05 % of the hall's 48 kW would be 0.2 % of it
        assert (off - without) / watts == pytest.approx(0.01, abs=0.002), name


def test_electrical_watts_end_in_the_ledger(best):
    # all racks and miners, and every element's loss, at whatever place it stands: 1e-6, double precision
    document, path = best
    with h5py.File(path) as file:
        watts = file["heat_ledger/watts"][:].sum()
    drawn = sum(rack["power_kW"] for rack in document["racks"]) + document["power"]["loss_kW"]
    assert watts / 1e3 == pytest.approx(drawn, rel=1e-6)


# --- the document -----------------------------------------------------------------------------------

RACK = {
    "name": str, "kind": str, "power_kW": NUMBER, "airflow_m3_s": NUMBER, "inlet_degC": NUMBER,
    "inlet_worst_tier_degC": NUMBER, "inlet_max_degC": NUMBER, "inlet_swing_K": NUMBER, "outlet_degC": NUMBER,
    "limit_degC": NUMBER, "utilisation": NUMBER, "ok": bool, "judged": str, "inlet_peak_degC": NUMBER,
    "inlet_numerical_K": NUMBER,
}  # fmt: skip
DOCUMENT = {
    "case": str, "device": str, "precision": str, "cells": int, "converged": (bool, str), "iterations": int,
    "time_s": dict, "balance": dict, "racks": list, "hotspots": list, "assumptions": list, "metrics": dict,
    "binding": dict,
}  # fmt: skip
ELEMENT = {
    "name": str, "kind": str, "loading_percent": NUMBER, "current_A": NUMBER, "loss_kW": NUMBER, "ok": bool
}  # fmt: skip


def holds(entry, contract):
    for key, kind in contract.items():
        assert isinstance(entry[key], kind), key
        assert kind is not NUMBER or not isinstance(entry[key], bool), key


@pytest.mark.parametrize("case", ["quarter", "best"])
def test_the_document_keeps_its_contract(case, request):
    document, _ = request.getfixturevalue(case)
    holds(document, DOCUMENT)
    for rack in document["racks"]:
        holds(rack, RACK)
        assert rack["inlet_degC"] <= rack["inlet_worst_tier_degC"] + 1e-6
        assert rack["inlet_worst_tier_degC"] <= rack["inlet_max_degC"] + 1e-6
        assert rack["inlet_max_degC"] <= rack["inlet_peak_degC"] + 1e-6
        assert rack["inlet_gci_K"] is None  # three grids were not asked for
        assert 0 <= rack["inlet_numerical_K"] < 0.2  # settled to 0.05 K, swinging by less than 0.2 K
    assert set(document["time_s"]) >= {"setup", "air", "power", "total"}
    assert set(document["balance"]) >= {"mass_percent", "heat_percent"}
    assert set(document["metrics"]) >= {"shi", "rhi", "rti", "rci_hi", "pue_partial"}
    assert set(document["binding"]) == {"limit", "where", "utilisation", "judged"}
    assert all(isinstance(text, str) for text in document["assumptions"])
    assert document["assumptions"]
    for spot in document["hotspots"]:
        assert set(spot) >= {"peak_degC", "at_m", "volume_m3", "racks"}
        assert len(spot["at_m"]) == 3
        assert isinstance(spot["racks"], list)


def test_the_document_tells_of_power(quarter, best):
    assert quarter[0]["power"] is None  # the case has no network
    power = best[0]["power"]
    for element in power["elements"]:
        holds(element, ELEMENT)
    assert 0.9 < power["voltage_min_pu"] <= 1.0
    assert power["loss_kW"] > 0


def test_the_documents_times_add_up(quarter):
    time_s = quarter[0]["time_s"]
    assert time_s["total"] == pytest.approx(sum(time_s[part] for part in ("setup", "air", "power")), abs=0.01)


def test_the_binding_limit_is_the_largest(best):
    document, path = best
    with h5py.File(path) as file:
        used, where = file["limits/utilisation"][:], file["limits/where"].asstr()[:]
    assert document["binding"]["utilisation"] == pytest.approx(np.nanmax(used))
    assert document["binding"]["where"] == where[np.nanargmax(used)]


# --- again, otherwise, unfinished -------------------------------------------------------------------


def test_an_unchanged_case_is_not_solved_again(quarter):
    document, path = quarter
    before = path.stat().st_mtime_ns
    again = minehall("run", CASES / "hall_a_quarter", "--out", path.parent, "--json")
    assert again.returncode == 0
    assert "solved already" in again.stderr
    assert json.loads(again.stdout) == document
    assert path.stat().st_mtime_ns == before


def test_a_changed_case_is_solved_again(quarter, tmp_path):
    _, path = quarter
    copied = tmp_path / path.name
    copied.write_bytes(path.read_bytes())
    coarse, found = solved("hall_a_quarter", tmp_path, "--set", "grid.cell=0.3 m")
    assert found == copied
    assert coarse["cells"] == 25088 // 8
    assert coarse["converged"] is True


def test_settings_by_name(tmp_path):
    settings = {
        "name": "other",
        "numerics.scheme": "second",
        "numerics.iterations": "40",
        "grid.cell": "0.3 m",
    }
    more = [word for path, value in settings.items() for word in ("--set", f"{path}={value}")]
    document, path = solved("hall_a_quarter", tmp_path, *more, code=3)
    assert path.name == "other.vtkhdf"
    assert document["case"] == "other"
    assert document["converged"] is False
    assert document["iterations"] == 40
    assert any("second-order" in text for text in document["assumptions"])
    assert path.is_file()  # what there is is written, and marked
    once_more = minehall("run", CASES / "hall_a_quarter", "--out", tmp_path, "--json", *more)
    assert "solved already" not in once_more.stderr


def test_an_interrupted_run_leaves_a_whole_file_or_none(tmp_path):
    command = ["env", "--default-signal=INT", sys.executable, "-m", "thermo"]  # jobs may be deaf to it
    command += ["run", str(CASES / "smoke"), "--out", str(tmp_path)]
    command += ["--set", "grid.cell=0.1 m", "--set", "numerics.iterations=1000000"]  # half a minute's work
    running = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=CASES.parent)
    try:
        while "iteration" not in running.stderr.readline():
            assert running.poll() is None
        running.send_signal(signal.SIGINT)
        errors = running.communicate(timeout=60)[1]
    finally:
        running.kill()
    assert running.returncode == 130, errors
    assert "Traceback" not in errors
    assert {entry.name for entry in tmp_path.iterdir()} <= {"smoke.vtkhdf"}
    for path in tmp_path.iterdir():
        with h5py.File(path) as file:
            assert json.loads(file["summary"][()])["converged"] is False
            assert np.all(np.isfinite(file["VTKHDF/CellData/T"][:]))


def test_a_killed_run_leaves_nothing(tmp_path):
    command = [sys.executable, "-m", "thermo", "run", str(CASES / "smoke"), "--out", str(tmp_path)]
    running = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=CASES.parent)
    try:
        assert "cells" in running.stderr.readline()
        time.sleep(0.2)
    finally:
        running.kill()
        running.communicate()
    assert not list(tmp_path.glob("*.vtkhdf"))
