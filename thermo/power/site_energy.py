"""The energy balance of a hall's network: utility and generators against cords, losses by place, and batteries."""

from __future__ import annotations

import numpy as np

from .energy import CLOSE, Balance
from .flow import PowerResult
from .network import HallNetwork
from .solution import Solution

Table = dict[str, np.ndarray]
KWH = 3.6e6


def of_solution(network: HallNetwork, solution: Solution, p: np.ndarray) -> Balance:
    """The balance of scenarios solved with voltages and currents; p (S, L, 3) [W] at the cords."""
    assert solution.voltage is not None
    assert solution.branch_current is not None
    count = len(p)
    given = np.zeros((count, 0)) if solution.converter_w is None else solution.converter_w[:, :, 0]
    stored = np.zeros(count) if solution.stored_w is None else solution.stored_w
    state = solution.voltage, solution.branch_current
    return site(network, state, p.sum(axis=(1, 2)), (given, stored))


def of_result(result: PowerResult) -> Balance:
    """The balance of one solved state."""
    state = result.voltage[None], result.current[None]
    stores = result.converted[None, :, 0], np.array([result.stored])
    return site(result.network, state, np.array([result.load_power]), stores)


def site(
    network: HallNetwork,
    state: tuple[np.ndarray, np.ndarray],
    loads: np.ndarray,
    electronics: tuple[np.ndarray, np.ndarray],
) -> Balance:
    """`state`: voltages, currents (S, n, 3); `loads` (S) [W]; outputs of converters (S, K), what is stored (S) [W].

    From the point of connection on, so the utility's own loss is not in it. Losses are taken from currents, voltages
    and the converters' curves, not from what the flow summed up.
    """
    v, i = state
    roots = [1, *(source.node for source in network.sources)]
    given = (v[:, roots] * i[:, roots].conj()).real.sum(axis=(1, 2))
    losses = np.zeros((len(loads), len(network.places)))
    series = np.einsum("skf,kfg,skg->sk", i.conj(), network.impedance, i).real
    series[:, network.element < 0] = 0.0
    losses += series @ (network.place[:, None] == np.arange(len(network.places)))
    for element in network.elements:
        if element.type == "transformer":
            square = (np.abs(v[:, network.parent[element.first]]) ** 2).sum(axis=1)
            iron = element.no_load_loss * square / element.rated_primary**2
            losses[:, network.places.index(element.place)] += iron
    for k, converter in enumerate(network.converters):
        losses[:, converter.place] += converter.balance(electronics[0][:, k])[1]
    for store in network.stores:
        losses[:, store.place] += store.drawn - store.stored
    return Balance(given, loads, losses, network.places, electronics[1])


def table(state: Balance, course: Balance | None) -> Table:
    """Terms of the balance: power of the solved state [kW], its share, energy over the moving load's course [kWh]."""
    lost = [k for k, name in enumerate(state.places) if state.losses[0, k] or name != "utility"]
    terms = [
        "given to the site",
        "drawn at the cords",
        *(f"lost: {state.places[k]}" for k in lost),
        "stored",
        "left open",
    ]

    def column(held: Balance, unit: float) -> np.ndarray:
        left = held.source - held.loads - held.losses.sum(axis=1) - held.stored
        parts = [held.source, held.loads, *held.losses.T[lost], held.stored, left]
        return np.array([float(part[0]) / unit for part in parts])

    power = column(state, 1e3)
    energy = column(course, KWH) if course is not None else np.full(power.size, np.nan)
    return {
        "term": np.array(terms),
        "power_kW": power,
        "share_percent": 100 * power / power[0] if power[0] else power,
        "course_kWh": energy,
    }


def document(state: Balance, course: Balance | None) -> dict[str, float | bool | None]:
    """What is left open of the energy given [-], in the solved state and over the moving load's course."""
    return {
        "open": float(state.open[0]),
        "course_open": None if course is None else float(course.open[0]),
        "bound": CLOSE,
        "closes": state.closes and (course is None or course.closes),
    }
