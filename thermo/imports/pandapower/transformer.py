"""Two-winding transformers: pandapower's T circuit, exactly, as a series branch with a shunt at either side.

Positive sequence: half the short-circuit impedance on each side of the magnetising branch (no-load loss and current),
turned from star to triangle. Zero sequence: the same with its own figures; a delta winding closes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt

from .. import sequences
from ..imported import Row
from .parts import Net, label, rows

ODD, EVEN = "Dyn", "YNyn"  # taken where a net states no vector group: by its shift
ZERO = ("vk0_percent", "vkr0_percent", "mag0_percent", "mag0_rx", "si0_hv_partial")


def transformers(net: Net) -> Iterator[Row]:
    """Rows of a network file; shunts go to the net's own."""
    for row in net.standing("trafo", ("hv_bus", "lv_bus")):
        where = label("trafo", row)
        if any(("t", row["index"], bus) in net.open_ends for bus in (row["hv_bus"], row["lv_bus"])):
            net.notes.assume("Left out with their no-load loss, since a switch is open", where)
        elif _fits(net, row, where):
            yield _transformer(net, row, where)


def _fits(net: Net, row: Row, where: str) -> bool:
    """Refuse what the network file has no form for."""
    before = len(net.notes.problems)
    if row.get("tap_dependency_table"):
        net.notes.refuse(
            where, "its impedance follows a table of taps; write the values of its tap into the row"
        )
    if row.get("xn_ohm") or row.get("rn_ohm"):
        net.notes.refuse(where, "its neutral is earthed by an impedance; add three times that to vk0_percent")
    for t in ("", "2"):
        turns = row.get(f"tap{t}_step_degree", 0.0) or row.get(f"tap{t}_phase_shifter")
        turns = turns or row.get(f"tap{t}_changer_type") == "Ideal"
        if turns and row.get(f"tap{t}_pos", 0) != row.get(f"tap{t}_neutral", 0):
            net.notes.refuse(
                where, "its tap turns the phase; set the tap to neutral and put the angle elsewhere"
            )
    if abs(row.get("shift_degree", 0.0) % 30) > 1e-9:
        net.notes.refuse(
            where, f"turns by {row['shift_degree']:g} degrees; a vector group turns by hours of 30"
        )
    return len(net.notes.problems) == before


def _transformer(net: Net, row: Row, where: str) -> Row:
    u1, u2 = _rated(net, row, "hv"), _rated(net, row, "lv")
    group = _group(net, row, where)
    parallel = row.get("parallel", 1)
    size = u2**2 / (row["sn_mva"] * 1e6) / parallel
    series, high, low = _triangle(_impedance(row, "vk", "vkr", size), _magnetising(row, u2, parallel))
    zero, high0, low0 = _zero_sequence(net, row, group, size)
    to_high = (u2 / u1) ** 2
    net.shunt(row["hv_bus"], high0 * to_high, high * to_high)
    net.shunt(row["lv_bus"], low0, low)
    z = sequences.matrix(zero, series)
    return {
        "f": row["hv_bus"],
        "t": row["lv_bus"],
        "name": str(row.get("name") or where),
        "sn": row["sn_mva"] * 1e6 * row.get("df", 1.0) * parallel,
        **{"u1": u1, "u2": u2, "vector_group": group},
        **{"r": rows(z.real), "x": rows(z.imag)},
    }


def _rated(net: Net, row: Row, side: str) -> float:
    """Rated voltage [V] of a side at the tap's position."""
    volts = row[f"vn_{side}_kv"] * 1e3
    for t in ("", "2"):
        if row.get(f"tap{t}_side") == side and _is_ratio(net, row, t):
            steps = row.get(f"tap{t}_pos", 0.0) - row.get(f"tap{t}_neutral", 0.0)
            volts *= 1 + steps * row.get(f"tap{t}_step_percent", 0.0) / 100
    return volts


def _is_ratio(net: Net, row: Row, t: str) -> bool:
    """Whether a tap changer acts; files of pandapower 2 do not say its type, a row without one has none that acts."""
    column = f"tap{t}_changer_type"
    return column not in net.frames.columns["trafo"] or row.get(column) in ("Ratio", "Symmetrical")


def _group(net: Net, row: Row, where: str) -> str:
    """Vector group with its hour. pandapower writes the windings alone and the hour as degrees."""
    hour = round(row.get("shift_degree", 0.0) / 30) % 12
    stated = str(row.get("vector_group") or "").rstrip("0123456789")
    if not stated:
        stated = ODD if hour % 2 else EVEN
        net.notes.assume(f"No vector group is stated: {ODD} at odd hours, {EVEN} at even ones", where)
    return f"{stated}{hour}"


def _impedance(row: Row, whole: str, resistive: str, size: float) -> complex:
    z, r = row[f"{whole}_percent"] / 100 * size, row[f"{resistive}_percent"] / 100 * size
    return complex(r, sqrt(max(z**2 - r**2, 0.0)))


def _magnetising(row: Row, u2: float, parallel: float) -> complex:
    """Admittance [S] from the low side."""
    iron = row.get("pfe_kw", 0.0) * 1e3
    apparent = row.get("i0_percent", 0.0) / 100 * row["sn_mva"] * 1e6
    return complex(iron, -sqrt(max(apparent**2 - iron**2, 0.0))) / u2**2 * parallel


def _triangle(z: complex, y: complex, share: float = 0.5) -> tuple[complex, complex, complex]:
    """Series impedance and the admittances at the high and the low side of a T with `share` of z on the high side."""
    high, low = share * z, (1 - share) * z
    series = high + low + high * low * y
    return series, low * y / series, high * y / series


def _zero_sequence(net: Net, row: Row, group: str, size: float) -> tuple[complex, complex, complex]:
    """The same of the zero sequence; behind a delta only an impedance from the low side to earth is left."""
    if any(name not in row for name in ZERO):
        net.notes.assume(
            "Transformers without a zero sequence have that of their positive one, no magnetising branch in it",
            label("trafo", row),
        )
        return _impedance(row, "vk", "vkr", size), 0j, 0j
    names = ("vk0", "vkr0") if row["vk0_percent"] > 1e-8 else ("vk", "vkr")
    z = _impedance(row, *names, size)
    x = abs(z) * row["mag0_percent"] / 100 / sqrt(row["mag0_rx"] ** 2 + 1)
    core, share = complex(row["mag0_rx"] * x, x), row["si0_hv_partial"]
    if group.startswith("YNyn"):
        return _triangle(z, 1 / core, share)
    high, low = share * z, (1 - share) * z
    return low + high * core / (high + core), 0j, 0j
