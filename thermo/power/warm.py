"""Resistances at the temperature that the current itself makes: power flow and conductors until they agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .solution import Solution, solve
from .states.conductor import OFFSETS, Conductor, settled
from .tree import Network

CLOSE = 1e-3  # [K] last change of any conductor's temperature; 4e-6 of its resistance
MOST_ROUNDS = 20
# of a line in a network file that says no more than its rating [degC]: a cable as IEC 60364-5-52 rates it, its
# resistance at 70 degC, which is this package's own choice for libraries too
USUAL = {"stated_degC": 70.0, "limit_degC": 90.0, "reference_degC": 30.0}
ZERO_CELSIUS = 273.15


class NotSettled(ArithmeticError):
    """A conductor runs away, or the flow has no solution on the way."""


@dataclass(frozen=True)
class Warm:
    """A load case with every conductor as warm as its current keeps it."""

    solution: Solution  # of the network with these resistances
    temperature: np.ndarray  # (n) [K] of the branch into a node; the ambient where it is no conductor
    rounds: int


def at_temperature(
    network: Network, temperature: np.ndarray, stated: np.ndarray, offset: np.ndarray
) -> Network:
    """The network with resistances R (T + offset) / (stated + offset), all (n) in K; reactances stay.

    `stated` is where the network's resistances hold, `offset` as in thermo.power.states.conductor.OFFSETS.
    """
    factor = (temperature + offset) / (stated + offset)
    return network.with_impedance(
        network.impedance.real * factor[:, None, None] + 1j * network.impedance.imag
    )


def warmed(
    network: Network, kind: Conductor, stated: np.ndarray, ambient: np.ndarray, device: str = "auto"
) -> Warm:
    """The network's own loads with conductors at the temperatures that they end in.

    `kind` holds arrays (n); a branch with ampacity 0 is no conductor and keeps its resistance. The fullest phase
    decides. Raises NotSettled.
    """
    conductor = np.asarray(kind.ampacity) > 0
    bounded = Conductor(np.where(conductor, kind.ampacity, 1.0), kind.limit, kind.reference, 1.0, kind.offset)
    offset = np.broadcast_to(kind.offset, conductor.shape)
    temperature = np.where(conductor, stated, ambient)
    for rounds in range(1, MOST_ROUNDS + 1):
        now = at_temperature(network, np.where(conductor, temperature, stated), stated, offset)
        solution = solve(now, device=device)
        if not solution.solved[0] or solution.branch_current is None:
            raise NotSettled("the power flow has no solution at these resistances")
        current = np.abs(solution.branch_current[0]).max(axis=1)
        last, temperature = temperature, np.where(conductor, settled(bounded, current, ambient), ambient)
        if not np.isfinite(temperature).all():
            hot = network.names[int(np.argmax(~np.isfinite(temperature)))]
            raise NotSettled(f"the conductor into {hot} warms without end: {current.max():.0f} A")
        if np.abs(temperature - last)[conductor].max(initial=0.0) <= CLOSE:
            return Warm(solution, temperature, rounds)
    raise NotSettled(f"temperatures still move by more than {CLOSE:g} K after {MOST_ROUNDS} rounds")


def conductors_of(network: Network, tables: Mapping[str, Any]) -> tuple[Conductor, np.ndarray]:
    """Thermal constants of the branches (n) of a network file, and where its resistances hold [K].

    A line with a `rating` is a conductor, of what it says of `material`, `stated_degC`, `limit_degC` and
    `reference_degC`, else of copper and USUAL.
    """
    position = {row["id"]: k for k, row in enumerate(tables["nodes"])}
    ampacity, offset = np.zeros(network.size), np.full(network.size, OFFSETS["copper"])
    kelvin = {name: np.full(network.size, celsius + ZERO_CELSIUS) for name, celsius in USUAL.items()}
    for row in tables.get("lines", ()):
        one, other = position[row["f"]], position[row["t"]]
        node = other if network.parent[other] == one else one
        joined = network.parent[node] in (one, other) and row.get("closed", True)
        if not joined or not row.get("rating") or ampacity[node]:
            continue
        ampacity[node], offset[node] = row["rating"], OFFSETS[row.get("material", "copper")]
        for name, usual in USUAL.items():
            kelvin[name][node] = row.get(name, usual) + ZERO_CELSIUS
    kind = Conductor(ampacity, kelvin["limit_degC"], kelvin["reference_degC"], 1.0, offset)
    return kind, kelvin["stated_degC"]
