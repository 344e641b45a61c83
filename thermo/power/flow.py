"""Power flow of a hall and what follows from it: currents, losses by place, voltages, utilisations."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .converters import PASSES
from .modes import unsettled
from .network import HallNetwork
from .parts import ROOT3, Element, allowed
from .route import Route
from .shelves import cords
from .solution import MOST_SWEEPS, TOLERANCE, Solution, Sweep, swept

BY_POWER = ("transformer", "ups", "generator", "battery")  # elements whose limit is shown as kVA


@dataclass(frozen=True)
class Heat:
    """A loss [W] and where it appears; `path` is the line that gives it off, () where none is known."""

    element: str
    item: str  # "load loss" | "no-load loss" | "conversion loss"
    place: str
    watts: float
    path: Route = ()


@dataclass(frozen=True)
class PowerResult:
    """One solved state of the network. Not converged: NaN everywhere, `converged` False."""

    network: HallNetwork
    converged: bool
    passes: int
    table: dict[str, np.ndarray]  # the elements table, one entry a column
    unit_voltage_pu: np.ndarray  # (units): lowest phase of the lowest feed; NaN for one without a feed
    heat: tuple[Heat, ...]
    utility_power: float  # [W] at the point of connection
    load_power: float  # [W] at the cords
    loss: float  # [W]
    voltage_min_pu: float  # over the units
    unit_power: np.ndarray  # [W] (units) as asked for
    voltage: np.ndarray  # (n, 3) complex [V] phase to neutral
    current: np.ndarray  # (n, 3) complex [A] into each node
    generated: float = 0.0  # [W] of the site's own generators
    stored: float = 0.0  # [W] that batteries take up; below 0: that they lose
    converted: np.ndarray = field(
        default_factory=lambda: np.zeros((0, 2))
    )  # (K, 2) [W] given and drawn by converters

    @property
    def closure(self) -> float:
        """(utility + generators - loads - losses - stored) / utility: what the sweeps left open."""
        given = self.utility_power + self.generated
        return (given - self.load_power - self.loss - self.stored) / given


@dataclass(frozen=True)
class Limit:
    """One limit's utilisation: 1 is the limit. `value` and `at_limit` in `unit`."""

    limit: str  # "transformer" | "board" | "busway" | "cable" | "breaker" | "voltage"
    where: str
    utilisation: float
    value: float
    at_limit: float
    unit: str

    @property
    def ok(self) -> bool:
        """False also where the flow has no solution."""
        return self.utilisation <= 1


def flow(
    network: HallNetwork,
    unit_power: np.ndarray,
    sweep: Sweep,
    tolerance: float = TOLERANCE,
    limit: int = MOST_SWEEPS,
) -> Solution:
    """Solve scenarios: `unit_power` (units, S) [W] at the cords, in the order of `network.units`."""
    p = load_powers(network, unit_power)
    q = p * network.tan_phi[:, None]
    return swept(network, p, q, sweep, tolerance=tolerance, limit=limit)


def load_powers(network: HallNetwork, unit_power: np.ndarray) -> np.ndarray:
    """Active power [W] of every load and phase (S, L, 3)."""
    share = np.broadcast_to(network.load_share, (unit_power.shape[1], network.load_share.size))
    return np.ascontiguousarray(cords(network, unit_power, share)[:, :, None] * network.phase_share)


def solve(
    network: HallNetwork,
    unit_power: np.ndarray,
    sweep: Sweep,
    tolerance: float = TOLERANCE,
    limit: int = MOST_SWEEPS,
) -> PowerResult:
    """Solve one state: `unit_power` (units) [W] at the cords, in the order of the plan's units.

    Where a voltage is out of its window, a UPS leaves eco mode and a transfer switch turns.
    """
    powers = np.asarray(unit_power, float)[:, None]
    found = judge(network, powers, flow(network, powers, sweep, tolerance, limit), 0)
    other = unsettled(network, found.voltage) if found.converged else None
    return found if other is None else solve(other, unit_power, sweep, tolerance, limit)


def judge(network: HallNetwork, unit_power: np.ndarray, solution: Solution, scenario: int) -> PowerResult:
    """Losses, loadings and voltages of one scenario of a flow solved with all outputs."""
    assert solution.voltage is not None
    assert solution.branch_current is not None
    v, i = solution.voltage[scenario], solution.branch_current[scenario]
    series = branch_losses(network, i)
    iron = no_load_losses(network, v)
    converted = _converted(network, solution, scenario)
    lost = conversion_losses(network, converted)
    magnitude = np.abs(v) / network.base[:, None]
    voltage = _unit_voltages(network, magnitude)
    in_site = network.element >= 0
    loads = float(load_powers(network, unit_power[:, [scenario]]).sum())
    fed = np.isfinite(voltage)
    return PowerResult(
        network,
        converged=bool(solution.solved[scenario]),
        passes=int(solution.passes[scenario]),
        table=_table(network, (v, i), (series, iron, lost), converted),
        unit_voltage_pu=voltage,
        heat=_heat(network, series, iron, lost) if solution.solved[scenario] else (),
        utility_power=float((v[1] * np.conj(i[1])).real.sum()),
        load_power=loads,
        loss=float(series[in_site].sum() + iron.sum() + lost.sum()),
        voltage_min_pu=float(voltage[fed].min()) if fed.any() else float("nan"),
        unit_power=unit_power[:, scenario],
        voltage=v,
        current=i,
        generated=float(sum((v[s.node] * np.conj(i[s.node])).real.sum() for s in network.sources)),
        stored=float(solution.stored_w[scenario]) if solution.stored_w is not None else 0.0,
        converted=converted,
    )


def _converted(network: HallNetwork, solution: Solution, scenario: int) -> np.ndarray:
    """What each converter gives and draws (K, 2) [W]."""
    if solution.converter_w is None:
        return np.zeros((len(network.converters), 2))
    return np.asarray(solution.converter_w[scenario])


def conversion_losses(network: HallNetwork, converted: np.ndarray) -> np.ndarray:
    """Loss [W] of every element's converter, or battery; 0 elsewhere."""
    losses, electronics = np.zeros(len(network.elements)), network.electronics
    for row, converter, output in zip(
        electronics.converter_row, network.converters, converted[:, 0], strict=True
    ):
        losses[row] += float(converter.balance(output)[1])
    for row, store in zip(electronics.store_row, network.stores, strict=True):
        losses[row] += store.drawn - store.stored
    return losses


def branch_losses(network: HallNetwork, i: np.ndarray) -> np.ndarray:
    """Copper loss [W] (n) of the branch into every node, Re I^H Z I, from its current i (n, 3)."""
    return np.asarray(np.einsum("kf,kfg,kg->k", i.conj(), network.impedance, i).real)


def no_load_losses(network: HallNetwork, v: np.ndarray) -> np.ndarray:
    """No-load loss [W] of every element: P0 (V/Vn)^2 at a transformer's primary, 0 elsewhere."""
    losses = np.zeros(len(network.elements))
    for row, element in enumerate(network.elements):
        if element.type == "transformer":
            square = (np.abs(v[network.parent[element.first]]) ** 2).sum()
            losses[row] = element.no_load_loss * square / element.rated_primary**2
    return losses


def _unit_voltages(network: HallNetwork, magnitude: np.ndarray) -> np.ndarray:
    """Lowest voltage [pu] of each unit's loaded phases."""
    voltage = np.full(len(network.units), np.nan)
    loaded = (network.phase_share > 0) & (network.load_share > 0)[:, None]
    for load in np.flatnonzero(loaded.any(axis=1)):
        lowest = magnitude[network.load_node[load], loaded[load]].min()
        voltage[network.load_unit[load]] = np.fmin(voltage[network.load_unit[load]], lowest)
    return voltage


def _per_element(network: HallNetwork, values: np.ndarray, combine: np.ufunc, start: float) -> np.ndarray:
    """Combine what belongs to the nodes of each element."""
    out = np.full(len(network.elements), start)
    own = network.element >= 0
    with np.errstate(invalid="ignore"):  # NaN of an unsolved flow goes through
        combine.at(out, network.element[own], values[own])
    return out


def _table(
    network: HallNetwork, state: tuple[np.ndarray, ...], losses: tuple[np.ndarray, ...], converted: np.ndarray
) -> dict[str, np.ndarray]:
    """The elements table: units in the names, rows in depth-first order."""
    (v, i), (series, iron, lost) = state, losses
    rows = network.elements
    first = np.array([element.first for element in rows], int)
    current = _per_element(network, np.abs(i).max(axis=1), np.maximum, 0.0)
    lowest = _per_element(network, np.abs(v).min(axis=1) / network.base, np.minimum, np.inf)
    arriving = (v[first] * np.conj(i[first])).real.sum(axis=1) + series[first] + iron
    arriving[list(network.electronics.converter_row)] = converted[:, 1]
    rating = np.array([allowed(element) for element in rows])
    loading = np.divide(current, rating, out=np.zeros(len(rows)), where=rating > 0)
    return {
        "name": np.array([element.name for element in rows]),
        "kind": np.array([element.kind for element in rows]),
        "type": np.array([element.type for element in rows]),
        "parent": np.array([element.parent for element in rows]),
        "place": np.array([element.place for element in rows]),
        "loading_percent": 100 * loading,
        "current_A": current,
        "rating_A": rating,
        "loss_kW": (_per_element(network, series, np.add, 0.0) + iron + lost) / 1e3,
        "voltage_pu": lowest,
        "power_kW": arriving / 1e3,
        "ok": np.isfinite(current) & (loading <= 1),
    }


def _heat(network: HallNetwork, series: np.ndarray, iron: np.ndarray, lost: np.ndarray) -> tuple[Heat, ...]:
    """Losses by place: one entry a piece of a busway, one an element otherwise."""
    copper = [
        Heat(element.name, "load loss", element.place, float(series[k]), network.routes[k])
        for k, row in enumerate(network.element)
        if row >= 0 and series[k] != 0
        for element in (network.elements[row],)
    ]
    core = [
        Heat(element.name, item, element.place, float(watts[row]), network.routes[element.first])
        for item, watts in (("no-load loss", iron), ("conversion loss", lost))
        for row, element in enumerate(network.elements)
        if watts[row] != 0
    ]
    return tuple(copper + core)


def by_place(result: PowerResult) -> dict[str, float]:
    """Losses [W] of each place."""
    watts: dict[str, float] = {}
    for heat in result.heat:
        watts[heat.place] = watts.get(heat.place, 0.0) + heat.watts
    return watts


def nominal_currents(network: HallNetwork, unit_power: np.ndarray) -> np.ndarray:
    """Current [A] in the fullest phase into every node (n) if every voltage were nominal; no losses.

    The least that a real flow carries; the delta of a transformer shares a phase's load out over all three.
    """
    p = load_powers(network, np.asarray(unit_power, float)[:, None])[0]
    apparent = np.zeros((network.parent.size, 3), complex)
    transformer = network.transformers
    cuts = {c.node: c for c in network.converters if c.mode != PASSES}
    np.add.at(apparent, network.load_node, p * (1 + 1j * network.tan_phi[:, None]))
    for store in network.stores:
        apparent[store.node] += store.drawn / 3
    for k in range(network.parent.size - 1, 0, -1):
        if network.parent[k] == k:
            continue
        passed = apparent[k].mean() if transformer[k] else apparent[k]
        if k in cuts:
            drawn = float(cuts[k].balance(apparent[k].real.sum())[0])
            passed = np.full(3, drawn / 3 * (1 + 1j * cuts[k].tan_phi))
        apparent[network.parent[k]] += passed
    return np.abs(apparent).max(axis=1) / network.base


def utilisations(result: PowerResult) -> tuple[Limit, ...]:
    """Every electrical limit's utilisation: elements and breakers by current, units by voltage.

    A transformer's kVA are those at rated voltage of its fullest phase, as IEC 60076-1 defines rated power.
    A unit's is its change of voltage over the window allowed. Without a solution (past the nose) currents
    are those at nominal voltage, which are too low, and the voltage counts as gone.
    """
    network = result.network
    currents, voltages = result.table["current_A"], result.unit_voltage_pu
    if not result.converged:
        nodes = nominal_currents(network, result.unit_power)
        currents, voltages = _per_element(network, nodes, np.maximum, 0.0), np.zeros(len(network.units))
    rows: list[Limit] = []
    for element, current in zip(network.elements, currents, strict=True):
        rows += _limits(element, float(current))
    window = network.voltage_window
    fed = np.isin(np.arange(len(network.units)), network.load_unit[network.load_share > 0])
    for u in np.flatnonzero(fed & np.isfinite(voltages)):
        change, at_limit = voltages[u] - 1, 1 + window if voltages[u] > 1 else 1 - window
        rows.append(
            Limit(
                "voltage", network.units[u], float(abs(change)) / window, float(voltages[u]), at_limit, "pu"
            )
        )
    return tuple(rows)


def _limits(element: Element, current: float) -> list[Limit]:
    """An element's own limit and its breaker's; a whip is measured against the largest the case allows."""
    rows = []
    scale, unit = 1.0, "A"
    if element.type in BY_POWER:
        scale, unit = ROOT3 * element.voltage / 1e3, "kVA"
    elif element.type == "rectifier":
        scale, unit = element.voltage / 1e3, "kW"
    kind = "cable" if element.type == "whip" else element.type.replace("_", " ")
    rating, breaker = element.largest or element.rating, element.largest_breaker or element.breaker
    for limit, most in ((kind, rating), ("breaker", breaker)):
        if most > 0:
            rows.append(Limit(limit, element.name, current / most, current * scale, most * scale, unit))
    return rows
