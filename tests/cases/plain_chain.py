"""The case ai_hall_chain in plain arithmetic: its YAML, the library's YAML, complex numbers. Nothing of thermo.

All its racks are three-phase and alike on the phases, so one phase and the neutral's place at zero do: impedances are
those of a phase, seen at 415 V, transformers turn nothing. Every tree is swept until nothing moves; converters stand
between trees by their loss curves, the UPS in eco mode by repetition.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import sqrt
from pathlib import Path
from typing import Any

import yaml
from plain_arithmetic import library, number

CASE = Path(__file__).resolve().parents[2] / "cases" / "ai_hall_chain" / "case.yaml"
COPPER = 17.24e-9 * (1 + 0.00393 * 50)  # [ohm m] at 70 degC
VOLTS = 415 / sqrt(3)
LAG = sqrt(1 / 0.99**2 - 1)  # reactive over active power of racks, UPS and rectifier


@dataclass
class Tree:
    """Nodes below a held voltage [V]: parent, impedance [ohm], power drawn [VA] of one phase, admittance [S]."""

    held: complex
    parent: dict[str, str] = field(default_factory=dict)
    z: dict[str, complex] = field(default_factory=dict)
    s: dict[str, complex] = field(default_factory=dict)
    y: dict[str, complex] = field(default_factory=dict)

    def hang(self, name: str, parent: str, z: complex = 0j, s: complex = 0j, y: complex = 0j) -> str:
        self.parent[name], self.z[name], self.s[name], self.y[name] = parent, z, s, y
        return name

    def solve(self) -> tuple[dict[str, complex], dict[str, complex]]:
        """Voltages at nodes, currents into them."""
        v = dict.fromkeys(self.parent, self.held)
        for _ in range(400):
            i = {n: (self.s[n] / v[n]).conjugate() + self.y[n] * v[n] for n in self.parent}
            for name in reversed(self.parent):
                if self.parent[name] in i:
                    i[self.parent[name]] += i[name]
            for name, above in self.parent.items():
                v[name] = v.get(above, self.held) - self.z[name] * i[name]
        return v, i


def cable(name: str, length: float, runs: int = 1) -> complex:
    """One phase at 60 Hz; reactance 0.08 mohm/m at 50 Hz."""
    return complex(COPPER / number(library("cables", name)["area"]), 0.08e-3 * 60 / 50) * length / runs


def busway(name: str, length: float) -> complex:
    kind = library("busways", name)
    x = number(kind["reactance"]) * 60 / number(kind.get("frequency", "50 Hz"))
    return complex(number(kind["resistance"]), x) * length


def lost(curve: dict[str, Any], rated: float, given: float, prefix: str = "") -> float:
    """No-load, proportional and square-law loss [W]."""
    a0, a1, a2 = (number(curve[f"{prefix}{part}_loss"]) for part in ("no_load", "proportional", "square"))
    return rated * (a0 + a1 * given / rated + a2 * (given / rated) ** 2)


def answer() -> dict[str, float]:
    """Figures of cases/ai_hall_chain/expected.yaml."""
    case = yaml.safe_load(CASE.read_text(encoding="utf-8"))
    elements = case["power"]["elements"]
    below_a = _row_side(elements, "a")
    _static(elements, below_a)
    v, i = _with_switch(below_a)
    ups = library("ups", "ups_500kW_97")
    given_a = 3 * (v["out_a"] * i["out_a"].conjugate()).real
    drawn_a = given_a + lost(ups, 500e3, given_a) + 5e3
    dc = _direct(elements)
    rectifier = library("rectifiers", "rectifier_800V_600kW")
    drawn_d = dc["given"] + lost(rectifier, 600e3, dc["given"])
    below_b = _upper(elements, drawn_a)
    loss_b = 0.0
    for _ in range(30):
        below_b.s["board_b"] = _at_board_b(drawn_d, loss_b)
        u, j = below_b.solve()
        given_b = 3 * (u["out_b"] * j["out_b"].conjugate()).real
        loss_b = lost(ups, 500e3, given_b, "bypass_")
    utility = 3 * (u["connection"] * j["connection"].conjugate()).real
    return {
        "ups_a_gives_kW": given_a / 1e3,
        "ups_a_draws_kW": drawn_a / 1e3,
        "ups_b_gives_kW": given_b / 1e3,
        "ups_b_loses_kW": loss_b / 1e3,
        "rectifier_draws_kW": drawn_d / 1e3,
        "dc_voltage_V": dc["lowest"],
        "row_s_voltage_pu": abs(v["S3"]) / VOLTS,
        "row_a_voltage_on_b_pu": abs(u["A7"]) / VOLTS,
        "utility_kW": utility / 1e3,
        "stored_kW": (5e3 * 0.95 - 100e3 / 0.94) / 1e3,
    }


def _row_side(elements: dict[str, Any], side: str, tree: Tree | None = None, head: str = "") -> Tree:
    """Feeder, busway and the eight racks of row A on one side, half of their power each."""
    tree = tree or Tree(complex(VOLTS))
    feeder, bus = elements[f"fdr_{side}"], elements[f"bus_{side}"]["kind"]
    out = tree.hang(f"out_{side}", head)
    at = tree.hang(f"fdr_{side}", out, cable(feeder["kind"], number(feeder["length"]), feeder["runs"]))
    along = 0.5
    for n in range(8):
        tap = 1.375 + 0.75 * n
        at = tree.hang(f"tap_{side}{n}", at, busway(bus, tap - along))
        along = tap
        whip = cable("whip_125A", 3.0)
        tree.hang(f"A{n}", at, whip, complex(1, LAG) * 20.4e3 / 3)
    return tree


def _static(elements: dict[str, Any], tree: Tree) -> None:
    """The static switch, its feeder and busway and row S."""
    feeder, bus = elements["fdr_s"], elements["bus_s"]["kind"]
    tree.hang("sts_s", "out_a")
    at = tree.hang("fdr_s", "sts_s", cable(feeder["kind"], number(feeder["length"])))
    along = 7.0
    for n in range(4):
        tap = 7.375 + 0.75 * n
        at = tree.hang(f"tap_s{n}", at, busway(bus, tap - along))
        along = tap
        tree.hang(f"S{n}", at, cable("whip_63A", 3.0), complex(1, LAG) * 20e3 / 3)


def _with_switch(tree: Tree) -> tuple[dict[str, complex], dict[str, complex]]:
    """Solved with the switch's loss, 0.4 % of what passes it, drawn beside it."""
    for _ in range(30):
        v, i = tree.solve()
        tree.s["out_a"] = complex(0.004 * (v["sts_s"] * i["sts_s"].conjugate()).real)
    return tree.solve()


def _direct(elements: dict[str, Any]) -> dict[str, float]:
    """The DC row: resistances there and back, real numbers."""
    feeder, bus = elements["fdr_d"], elements["bus_d"]["kind"]
    tree = Tree(complex(800.0))
    at = tree.hang("fdr", "", 2 * cable(feeder["kind"], number(feeder["length"]), feeder["runs"]).real)
    along = 10.0
    for n in range(4):
        tap = 10.3125 + 0.625 * n
        at = tree.hang(f"tap{n}", at, 2 * busway(bus, tap - along).real)
        along = tap
        tree.hang(f"D{n}", at, 2 * cable("whip_250A", 3.0).real, complex(132e3))
    v, i = tree.solve()
    return {"given": 800 * i["fdr"].real, "lowest": min(abs(x) for x in v.values())}


def _upper(elements: dict[str, Any], drawn_a: float) -> Tree:
    """Utility, both transformers, boards, and side B that its UPS in eco mode passes on."""
    ratio = 415 / 34.5e3
    size = 34.5e3**2 / 490e6 * ratio**2
    grid = complex(size / sqrt(65), size * 8 / sqrt(65))
    kind = library("transformers", "oil_1600kVA_34k5_415")
    own = 415**2 / 1600e3
    r = own * number(kind["load_loss"]) / 1600e3
    transformer = complex(r, sqrt((0.06 * own) ** 2 - r**2))
    tree = Tree(complex(VOLTS))
    tree.hang("connection", "", grid, y=complex(2 * number(kind["no_load_loss"]) / 415**2))
    tree.hang("board_a", "connection", transformer, complex(1, LAG) * drawn_a / 3)
    tree.hang("board_b", "connection", transformer)
    return _row_side(elements, "b", tree, "board_b")


def _at_board_b(drawn_d: float, loss_b: float) -> complex:
    """Rectifier, battery with its 2 kW of standby, and the UPS's loss, on one phase."""
    return (complex(1, LAG) * drawn_d - 98e3 + loss_b) / 3


if __name__ == "__main__":
    for name, value in answer().items():
        print(f"{name}: {value:.9f}")
