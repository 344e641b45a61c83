"""Lines, closed switches and the external grid's impedance as lines of a network file."""

from __future__ import annotations

from collections.abc import Iterator
from math import pi, sqrt

from .. import sequences
from ..imported import Row
from .parts import Net, Node, label, rows

GRID = "external grid"  # id of the node behind the external grid's impedance
VOLTAGE_FACTOR = 1.1  # c of IEC 60909, with which pandapower takes the fault level
SWITCH_RX = 2.0  # R/X of a switch that has an impedance, pandapower's own default
STATED = 20.0  # [degC] at which pandapower states resistances
COPPER = (
    0.00398  # [1/K] a temperature coefficient below it is copper's; pandapower's own default is aluminium's
)
NOT_STATED = 9e4  # [A] pandapower's 99999 means no rating


def switches(net: Net) -> Iterator[Row]:
    """Closed switches between buses."""
    for row in net.frames["switch"]:
        if row["et"] == "b" and row["closed"] and row["bus"] in net.bus and row["element"] in net.bus:
            z = row.get("z_ohm", 0.0)
            x = z / sqrt(1 + SWITCH_RX**2)
            yield {"f": row["bus"], "t": row["element"], "name": label("switch", row), "kind": "switch"} | (
                {"r1": SWITCH_RX * x, "x1": x} if z else {}
            )


def lines(net: Net) -> Iterator[Row]:
    """Lines; one that a switch opens at one end keeps its charging and ends at a node of its own, as in pandapower."""
    for row in net.standing("line", ("from_bus", "to_bus")):
        ends = row["from_bus"], row["to_bus"]
        shut = [end for end in ends if ("l", row["index"], end) not in net.open_ends]
        if len(shut) == 2:
            yield _line(net, row, ends)
        elif shut and (row.get("c_nf_per_km") or row.get("g_us_per_km")):
            yield _line(net, row, (shut[0], net.open_end(label("line", row), shut[0])))


def _line(net: Net, row: Row, ends: tuple[Node, Node]) -> Row:
    parallel, length = row.get("parallel", 1), row["length_km"]
    z1 = complex(row["r_ohm_per_km"], row["x_ohm_per_km"]) * length / parallel
    z0 = _zero_sequence(net, row, z1, length / parallel)
    rating = row.get("max_i_ka", 0.0) * row.get("df", 1.0) * parallel * 1e3
    return {
        "f": ends[0],
        "t": ends[1],
        "name": str(row.get("name") or label("line", row)),
        **{"r1": z1.real, "x1": z1.imag, "r0": z0.real, "x0": z0.imag},
        **_charging(net, row, ends, length * parallel),
        **({"length": length * 1e3} if length > 0 else {}),
        "stated_degC": STATED,
        "material": "copper" if 0 < row.get("alpha", 1.0) < COPPER else "aluminium",
        **({"rating": rating} if 0 < rating < NOT_STATED else {}),
    }


def _zero_sequence(net: Net, row: Row, z1: complex, scale: float) -> complex:
    if "r0_ohm_per_km" in row and "x0_ohm_per_km" in row:
        return complex(row["r0_ohm_per_km"], row["x0_ohm_per_km"]) * scale
    net.notes.assume(
        "Lines without a zero sequence get four times their positive one, a neutral like the phases; it matters to "
        "unbalanced loads only"
    )
    return 4 * z1


def _charging(net: Net, row: Row, ends: tuple[Node, Node], length: float) -> Row:
    """Capacitance as `b` (3, 3) [S]; conductance, which has no zero sequence in pandapower, as shunts at both ends."""
    per_nanofarad = 2 * pi * net.frames.number("f_hz", 50.0) * 1e-9 * length
    c1 = float(row.get("c_nf_per_km", 0.0))
    c0 = float(row.get("c0_nf_per_km", c1))
    for end in ends:
        net.shunt(end, 0j, 0.5e-6 * row.get("g_us_per_km", 0.0) * length + 0j)
    if not c1 and not c0:
        return {}
    return {"b": rows(sequences.matrix(c0 * per_nanofarad, c1 * per_nanofarad).real)}


def grid(net: Net, row: Row) -> list[Row]:
    """The external grid: stiff in the positive sequence, its fault level's impedance in the others. [] where ideal."""
    level, ratio = row.get("s_sc_max_mva"), row.get("rx_max")
    if not level or ratio is None:
        net.notes.assume("The external grid has no fault level and is an ideal source")
        return []
    net.notes.assume(
        "The external grid holds its bus's positive-sequence voltage whatever it feeds; against the negative and zero "
        "sequence it has the impedance of its fault level (c = 1.1), as in pandapower's runpp_3ph"
    )
    x = VOLTAGE_FACTOR * net.volts(row["bus"]) ** 2 / (level * 1e6) / sqrt(ratio**2 + 1)
    x0 = row.get("x0x_max", 1.0) * x
    z = sequences.matrix(complex(row.get("r0x0_max", ratio) * x0, x0), 0j, complex(ratio * x, x))
    return [
        {"f": GRID, "t": row["bus"], "name": GRID, "kind": "grid", "place": "grid"}
        | {"r": rows(z.real), "x": rows(z.imag)}
    ]
