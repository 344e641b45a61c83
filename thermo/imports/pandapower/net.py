"""A pandapower file as a network file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ...netfile import NetworkError
from ...power.fromtables import network_of
from ..imported import Imported, Notes, Row
from . import frames
from .branches import GRID, grid, lines, switches
from .loads import loads, shunts
from .parts import Net, in_service, label
from .transformer import transformers

REFUSED = {
    "gen": "a generator that holds its voltage; make it an sgen with the power it gives",
    "xward": "an extended ward; make it a ward, or a load behind a line",
    "trafo3w": "a three-winding transformer; put two two-winding transformers in its place",
    "impedance": "an impedance in per unit; make it a line with its r and x in ohm",
    "dcline": "a DC line; put a load at one end and an sgen at the other",
    "motor": "a motor; make it a load with the power it draws",
    "svc": "a controlled reactive source; make it a shunt with the reactive power it draws",
    "tcsc": "a controlled series capacitor; make it a line with its reactance",
    "ssc": "a converter; make it an sgen with the power it gives",
    "vsc": "a converter; put a load in its place",
    "b2b_vsc": "a pair of converters; put a load at one end and an sgen at the other",
    "line_dc": "a DC line; put the load that it feeds in its place",
    "load_dc": "a load on a DC bus; put it on the AC bus that feeds it",
    "source_dc": "a source on a DC bus; put it on the AC bus that feeds it",
}


def read(path: str | Path) -> Imported:
    """The net in a file that pandapower.to_json wrote. Raises ImportRefused with everything that stands in the way."""
    held = frames.read(path)
    notes = Notes(str(path))
    for table, why in REFUSED.items():
        for row in in_service(held[table]):
            notes.refuse(label(table, row), f"is not imported: {why}")
    net = Net(held, notes)
    if held["controller"]:
        notes.assume("Controllers are not run: taps and powers are those in the tables")
    source = _source(net)
    return notes.finish(_checked(net, _document(net, source)) if source else {})


def _source(net: Net) -> Row | None:
    """The one external grid."""
    rows = net.standing("ext_grid", ("bus",))
    for row in rows[1:]:
        net.notes.refuse(label("ext_grid", row), "is a second source; keep one external grid in service")
    if not rows:
        net.notes.refuse("ext_grid", "none is in service at a bus in service; the network needs one source")
    return rows[0] if rows else None


def _document(net: Net, source: Row) -> dict[str, Any]:
    """Tables of all that the source reaches."""
    behind = grid(net, source)
    branches = [*behind, *switches(net), *lines(net)]
    made = {"lines": branches, "transformers": list(transformers(net)), "loads": list(loads(net))}
    made["shunts"] = [*shunts(net), *net.shunts]
    root = GRID if behind else source["bus"]
    fed = _reached(root, [*made["lines"], *made["transformers"]])
    left_out = [label("bus", row) for k, row in net.bus.items() if k not in fed]
    for name in left_out:
        net.notes.assume("Not connected with the external grid and left out", name)
    nodes = [{"id": GRID, "name": GRID, "u": net.volts(source["bus"])}] if behind else []
    nodes += [{"id": k, "name": name, "u": net.volts(k)} for k, name in _names(net).items() if k in fed]
    nodes += [node for node in net.opened if node["id"] in fed]
    held = {name: [row for row in rows if _ends(row) <= fed] for name, rows in made.items()}
    angle = {"angle_deg": source["va_degree"]} if source.get("va_degree") else {}
    document = {"source": {"node": root, "u_pu": source.get("vm_pu", 1.0)} | angle, "nodes": nodes} | held
    return {name: rows for name, rows in document.items() if rows}


def _ends(row: Row) -> set[Any]:
    return {row[key] for key in ("f", "t", "node") if key in row}


def _reached(root: Any, branches: list[Row]) -> set[Any]:
    beside: dict[Any, list[Any]] = {}
    for row in branches:
        beside.setdefault(row["f"], []).append(row["t"])
        beside.setdefault(row["t"], []).append(row["f"])
    found, waiting = {root}, [root]
    while waiting:
        further = [k for k in beside.get(waiting.pop(), ()) if k not in found]
        found.update(further)
        waiting += further
    return found


def _names(net: Net) -> dict[int, str]:
    """Names of buses by index; a name that two have gets the index with it."""
    stated = {k: str(row.get("name") or f"bus {k}") for k, row in net.bus.items()}
    names = list(stated.values())
    return {k: name if names.count(name) == 1 else f"{name} [{k}]" for k, name in stated.items()}


def _checked(net: Net, document: dict[str, Any]) -> dict[str, Any]:
    """The document, if the solver takes it; its complaints in the source's own names."""
    if net.notes.problems:
        return document
    try:
        network = network_of(document)
    except NetworkError as error:
        for problem in error.problems:
            net.notes.refuse("radial", _named(document, problem))
        return document
    if network.ties:
        net.notes.assume(f"Loops of lines are kept: {len(network.ties)} closed by compensation")
    return document


def _named(document: dict[str, Any], problem: str) -> str:
    """`transformers[2]` of a message with the name of its element."""
    for table in ("transformers", "lines"):
        for k, row in enumerate(document.get(table, ())):
            problem = problem.replace(f"{table}[{k}]", f"{table}[{k}] '{row['name']}'")
    return problem
