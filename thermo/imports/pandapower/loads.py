"""Loads, generators without voltage control, storage, wards and shunts: everything that draws at one bus."""

from __future__ import annotations

from collections.abc import Iterator

from ..imported import Row
from .parts import Net, label

SIGN = {"load": 1, "sgen": -1, "storage": 1, "asymmetric_load": 1, "asymmetric_sgen": -1}
SIDES = ("wye", "delta")


def loads(net: Net) -> Iterator[Row]:
    """Rows of a network file, powers in W and var."""
    for table, sign in SIGN.items():
        for row in net.standing(table, ("bus",)):
            yield from _drawn(net, table, row, sign * row.get("scaling", 1.0) * 1e6)
    for row in net.standing("ward", ("bus",)):
        yield _load(row, "ward", [row["ps_mw"] * 1e6 / 3] * 3, [row["qs_mvar"] * 1e6 / 3] * 3)
    if net.frames["storage"]:
        net.notes.assume("Storage draws the power that its row states; its charge is not followed")


def _drawn(net: Net, table: str, row: Row, scale: float) -> Iterator[Row]:
    if table.startswith("asymmetric"):
        p = [row.get(f"p_{f}_mw", 0.0) * scale for f in "abc"]
        q = [row.get(f"q_{f}_mvar", 0.0) * scale for f in "abc"]
    else:
        p = [row["p_mw"] * scale / 3] * 3
        q = [row.get("q_mvar", 0.0) * scale / 3] * 3
    active, reactive = _law(row, "p"), _law(row, "q")
    if active == reactive:
        yield _load(row, table, p, q) | _zip(active)
    else:
        yield _load(row, table, p, [0.0] * 3) | _zip(active)
        yield _load(row, table, [0.0] * 3, q) | _zip(reactive)
    if active != (0, 0, 1) or reactive != (0, 0, 1):
        net.notes.assume(
            "Loads follow their voltage as in pandapower's runpp; runpp_3ph would not", label(table, row)
        )


def _load(row: Row, table: str, p: list[float], q: list[float]) -> Row:
    made = {"node": row["bus"], "name": str(row.get("name") or label(table, row)), "p": p, "q": q}
    return made | ({"connection": "delta"} if row.get("type") == "delta" else {})


def _law(row: Row, power: str) -> tuple[float, float, float]:
    """Shares of constant impedance, current and power; pandapower 2 has one law for both powers."""
    z, i = (float(row.get(f"const_{law}_{power}_percent", _both(row, law))) / 100 for law in "zi")
    return z, i, 1 - z - i


def _both(row: Row, law: str) -> float:
    return float(row.get(f"const_{law}_percent", 0.0))


def _zip(law: tuple[float, float, float]) -> Row:
    return {} if law == (0, 0, 1) else {"zip": list(law)}


def shunts(net: Net) -> Iterator[Row]:
    """Shunts and the impedances of wards, three phases alike, from the power they draw at nominal voltage."""
    for row in net.standing("shunt", ("bus",)):
        volts = row.get("vn_kv", net.volts(row["bus"]) / 1e3) * 1e3
        scale = row.get("step", 1) * 1e6 / volts**2
        yield {"node": row["bus"], "g": row["p_mw"] * scale, "b": -row["q_mvar"] * scale}
    for row in net.standing("ward", ("bus",)):
        scale = 1e6 / net.volts(row["bus"]) ** 2
        yield {"node": row["bus"], "g": row["pz_mw"] * scale, "b": -row["qz_mvar"] * scale}
