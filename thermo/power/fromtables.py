"""A network from tables of nodes, lines, transformers, loads and shunts, as a network file holds them.

Ids of nodes are any numbers or words; positions in the list of nodes are positions in every result. What closes a
loop, in the order of the file (transformers first), becomes a tie.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import radians, sqrt
from typing import Any

import numpy as np

from ..netfile import NetworkError, checked
from . import tabled_converters, windings
from .cut import parts
from .parts import ROOT3
from .tree import DELTA, WYE, Network, Tie, balanced_source, frozen, phase_matrix

CONNECTIONS = {"wye": WYE, "delta": DELTA}


@dataclass(frozen=True)
class Branch:
    """A line or transformer between positions `one` and `other`, impedance on the side of `other`."""

    label: str
    one: int
    other: int
    impedance: np.ndarray
    turns: np.ndarray
    rating: float
    group: str
    place: str
    converts: bool = False

    @property
    def what(self) -> str:
        """In words, of what has a direction."""
        return "a converter" if self.converts else "a transformer"

    @property
    def low(self) -> str:
        """The side that it may not be fed from."""
        return "output" if self.converts else "low"


def network_of(document: Mapping[str, Any]) -> Network:
    """The network of a document. Raises NetworkError: fields, unknown vector groups, nodes out of reach."""
    tables = checked(dict(document))
    position = {row["id"]: k for k, row in enumerate(tables["nodes"])}
    tabled_converters.refuse(tables, position)
    n, problems = len(position), []
    shunt = np.zeros((n, 3, 3), complex)
    branches = []
    for k, row in enumerate(tables["transformers"]):
        try:
            branches.append(_transformer(f"transformers[{k}]", row, position, shunt))
        except ValueError as error:
            problems.append(f"transformers[{k}]: {error}")
    for k, row in enumerate(tables["lines"]):
        if row.get("closed", True):
            branches.append(_line(f"lines[{k}]", row, position, shunt))
    branches = [*_converters(tables["converters"], position), *branches]
    root = position[tables["source"]["node"]]
    tree, ties = _spanned(n, branches)
    heads = [root, *(position[row["node"]] for row in tables["sources"])]
    parent, order = _directed(n, heads, tree)
    if len({*heads}) < len(heads) or any(parent[head] != head for head in heads):
        problems.append("sources: two of them feed one part of the network; a tree has one source")
    missing = [tables["nodes"][k]["id"] for k in np.flatnonzero(parent < 0)]
    if missing:
        problems.append(f"nodes {missing[:8]} are not connected with the source; add a line or remove them")
    problems += [f"{b.label}: fed from its {b.low} side; turn it round" for b in _backwards(parent, tree)]
    problems += [f"{b.label}: {b.what} closes a loop; leave it open" for b in ties if not _straight(b)]
    if problems:
        raise NetworkError(problems)
    for row in tables["shunts"]:
        shunt[position[row["node"]]] += _matrix(row.get("g", 0.0)) + 1j * _matrix(row.get("b", 0.0))
    tabled = _branch_tables(n, parent, order, [b.place for b in ties], _further(tables))
    places = tabled["places"]
    closing = (Tie(b.one, b.other, b.impedance, tabled["places"].index(b.place)) for b in ties)
    network = Network(
        **tabled,
        **_node_tables(tables, root),
        **_load_tables(tables["loads"], position, tables["nodes"]),
        shunt=frozen(shunt),
        ties=tuple(closing),
        converters=tabled_converters.converters(tables, position, places),
        stores=tabled_converters.stores(tables, position, places),
        sources=tabled_converters.sources(tables, position),
        dc=frozen(np.array([bool(row.get("dc")) for row in tables["nodes"]])),
    )
    try:
        parts(network)
    except ValueError as error:
        raise NetworkError([f"lines: {error}"]) from None
    return network


def _further(tables: Mapping[str, Any]) -> list[str]:
    """Places of batteries, which are no branches."""
    return [row.get("place", "battery") for row in tables["stores"]]


def _converters(rows: Sequence[Mapping[str, Any]], position: Mapping[Any, int]) -> list[Branch]:
    """Branches that stand for converters: they have no impedance."""
    nothing = np.zeros((3, 3), complex)
    return [
        Branch(
            f"converters[{k}]",
            position[row["f"]],
            position[row["t"]],
            nothing,
            np.eye(3),
            row.get("rating", 0.0),
            row.get("kind", "converter"),
            tabled_converters.place_of(row),
            converts=True,
        )
        for k, row in enumerate(rows)
    ]


def _line(label: str, row: Mapping[str, Any], position: Mapping[Any, int], shunt: np.ndarray) -> Branch:
    """A line by r1, x1, r0, x0 or by r, x (3, 3) [ohm]; `b` (3, 3) [S] is split between its ends."""
    one, other = position[row["f"]], position[row["t"]]
    if "r" in row or "x" in row:
        z = _matrix(row.get("r", 0.0)) + 1j * _matrix(row.get("x", 0.0))
    else:
        z1 = complex(row.get("r1", 0.0), row.get("x1", 0.0))
        z = phase_matrix(z1, complex(row.get("r0", z1.real), row.get("x0", z1.imag)))
    if "b" in row:
        half = 0.5j * _matrix(row["b"])
        shunt[one] += half
        shunt[other] += half
    kind = row.get("kind", "line")
    return Branch(label, one, other, z, np.eye(3), row.get("rating", 0.0), kind, row.get("place", kind))


def _transformer(
    label: str, row: Mapping[str, Any], position: Mapping[Any, int], shunt: np.ndarray
) -> Branch:
    """A transformer with r_lv_ohm and x_lv_ohm, or sn, uk, pk; i0 and p0 are a shunt at its high side."""
    group, u1, u2 = row["vector_group"], row["u1"], row["u2"]
    one, other = position[row["f"]], position[row["t"]]
    turns = windings.turns(group, u1, u2, tuple(row.get("taps", (1, 1, 1))))
    if "r" in row or "x" in row:
        z = _matrix(row.get("r", 0.0)) + 1j * _matrix(row.get("x", 0.0))
    else:
        z1 = _short_circuit(row)
        z = phase_matrix(z1, complex(row.get("r0_lv_ohm", z1.real), row.get("x0_lv_ohm", z1.imag)))
    shunt[one] += windings.grounding(group, complex(z[0, 0]), u1, u2)
    conductance = row.get("p0", 0.0) / u1**2
    magnetising = sqrt(max(0.0, (row.get("i0", 0.0) * row.get("sn", 0.0) / u1**2) ** 2 - conductance**2))
    shunt[one] += np.eye(3) * complex(conductance, -magnetising)
    rating = row.get("rating", row["sn"] / (ROOT3 * u2) if "sn" in row else 0.0)
    return Branch(label, one, other, z, turns, rating, "transformer", row.get("place", "transformer"))


def _short_circuit(row: Mapping[str, Any]) -> complex:
    """Impedance [ohm] per phase seen from the low side."""
    if "r_lv_ohm" in row or "x_lv_ohm" in row:
        return complex(row.get("r_lv_ohm", 0.0), row.get("x_lv_ohm", 0.0))
    if not {"sn", "uk"} <= set(row):
        raise ValueError("say r_lv_ohm and x_lv_ohm, or sn, uk and pk")
    size = row["u2"] ** 2 / row["sn"]
    r = size * row.get("pk", 0.0) / row["sn"]
    if r > row["uk"] * size:
        raise ValueError(f"load loss {row['pk']:g} W is more than uk {row['uk']:g} allows")
    return complex(r, sqrt((row["uk"] * size) ** 2 - r**2))


def _matrix(entry: float | Sequence[float] | Sequence[Sequence[float]]) -> np.ndarray:
    """(3, 3) of a number or three numbers (diagonal), or of three rows."""
    given = np.asarray(entry, float)
    return given if given.ndim == 2 else np.eye(3) * given


def _spanned(n: int, branches: Sequence[Branch]) -> tuple[list[Branch], list[Branch]]:
    """Branches of a tree, and those that close loops."""
    head = list(range(n))

    def of(k: int) -> int:
        while head[k] != k:
            head[k] = head[head[k]]
            k = head[k]
        return k

    tree: list[Branch] = []
    ties: list[Branch] = []
    for branch in branches:
        one, other = of(branch.one), of(branch.other)
        (ties if one == other else tree).append(branch)
        head[one] = other
    return tree, ties


def _directed(n: int, roots: Sequence[int], tree: Sequence[Branch]) -> tuple[np.ndarray, dict[int, Branch]]:
    """Parent of every node (-1: out of reach) and the branch that feeds it."""
    beside: list[list[tuple[int, Branch]]] = [[] for _ in range(n)]
    for branch in tree:
        beside[branch.one].append((branch.other, branch))
        beside[branch.other].append((branch.one, branch))
    parent = np.full(n, -1, np.int32)
    feeding: dict[int, Branch] = {}
    waiting: list[int] = []
    for root in roots:
        if parent[root] < 0:
            parent[root], waiting = root, [root]
        _reach(parent, feeding, waiting, beside)
    return parent, feeding


def _reach(
    parent: np.ndarray,
    feeding: dict[int, Branch],
    waiting: list[int],
    beside: Sequence[Sequence[tuple[int, Branch]]],
) -> None:
    """From the nodes that wait on to all that hang on them."""
    while waiting:
        node = waiting.pop()
        for other, branch in beside[node]:
            if parent[other] < 0:
                parent[other], feeding[other] = node, branch
                waiting.append(other)


def _straight(branch: Branch) -> bool:
    return bool((branch.turns == np.eye(3)).all()) and not branch.converts


def _backwards(parent: np.ndarray, tree: Sequence[Branch]) -> list[Branch]:
    return [b for b in tree if not _straight(b) and parent[b.one] == b.other]


def _branch_tables(
    n: int,
    parent: np.ndarray,
    feeding: Mapping[int, Branch],
    ties: Sequence[str],
    further: Sequence[str] = (),
) -> dict[str, Any]:
    """Branches, their ratings and places; places of `ties`, and `further` ones."""
    impedance, turns = np.zeros((n, 3, 3), complex), np.tile(np.eye(3), (n, 1, 1))
    rating, group, place = np.zeros(n), np.full(n, -1, np.int32), np.zeros(n, np.int32)
    groups = tuple(dict.fromkeys(b.group for b in feeding.values() if b.rating > 0))
    places = tuple(dict.fromkeys(["source", *(feeding[k].place for k in sorted(feeding)), *ties, *further]))
    for node, branch in feeding.items():
        impedance[node], turns[node], rating[node] = branch.impedance, branch.turns, branch.rating
        group[node] = groups.index(branch.group) if branch.rating > 0 else -1
        place[node] = places.index(branch.place)
    tables: dict[str, np.ndarray] = {"parent": parent, "impedance": impedance, "turns": turns}
    tables |= {"rating": rating, "group": group, "place": place}
    return {**{name: frozen(table) for name, table in tables.items()}, "groups": groups, "places": places}


def _node_tables(tables: Mapping[str, Any], root: int) -> dict[str, Any]:
    nodes, source = tables["nodes"], tables["source"]
    volts = source.get("u_pu", 1.0)
    return {
        "names": tuple(str(row.get("name", row["id"])) for row in nodes),
        "base": frozen(np.array([tabled_converters.volts(row) for row in nodes])),
        "source": frozen(balanced_source(nodes[root]["u"], volts, radians(source.get("angle_deg", 0.0)))),
        "phases": frozen(np.array([[f in row.get("phases", "abc") for f in "abc"] for row in nodes])),
    }


def _load_tables(
    loads: Sequence[Mapping[str, Any]], position: Mapping[Any, int], nodes: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    at = [position[row["node"]] for row in loads]
    connection = [CONNECTIONS.get(row.get("connection", "wye"), -1) for row in loads]
    if -1 in connection:
        k = connection.index(-1)
        raise NetworkError([f"loads[{k}].connection: {loads[k]['connection']!r} is neither wye nor delta"])
    line = [row.get("u", nodes[k]["u"]) for row, k in zip(loads, at, strict=True)]
    direct = [bool(nodes[k].get("dc")) for k in at]
    nominal = [
        u / (1 if c == DELTA or d else ROOT3) for u, c, d in zip(line, connection, direct, strict=True)
    ]
    tables: dict[str, np.ndarray] = {
        "load_node": np.array(at, np.int32),
        "connection": np.array(connection, np.int8),
        "law": np.array([row.get("zip", (0, 0, 1))[::-1] for row in loads], float).reshape(-1, 3),
        "nominal": np.array(nominal, float),
        "p": np.array([row["p"] for row in loads], float).reshape(-1, 3),
        "q": np.array([row["q"] for row in loads], float).reshape(-1, 3),
    }
    return {name: frozen(table) for name, table in tables.items()}
