"""A moving load solved sample by sample in one batch, and the states that follow it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...case.electrical import BuswayKind, CableKind, TransformerKind
from ...case.workload import Workload
from ...plan import Plan
from ..energy import Balance
from ..flow import PowerResult, load_powers
from ..judgement.derating import conductor_of, dry_of, oil_of
from ..judgement.equipment import Device
from ..outage.batch import Reduced, reduction
from ..outage.cascade import trips_of
from ..parts import ROOT3
from ..site_energy import of_solution
from ..solution import Sweep, swept
from ..states import breaker, conductor, transformer
from . import absorb
from .loads import shares

STEP = 0.1  # [s] between samples
ZERO_CELSIUS = 273.15
Table = dict[str, np.ndarray]


@dataclass(frozen=True)
class Course:
    """Samples (T) of a load: who draws what [W], and the network's answer."""

    times: np.ndarray
    racks: np.ndarray
    miners: np.ndarray
    found: Reduced
    energy: Balance  # [J] over the course


def course(workload: Workload, plan: Plan, result: PowerResult, sweep: Sweep) -> Course:
    """The load in time and the flow of every sample. Miners are dispatched where a contract is stated."""
    times = np.arange(0.0, workload.duration, STEP)
    roles = np.array([unit.role for unit in plan.units])
    power = np.repeat(result.unit_power[:, None], times.size, axis=1)
    power[roles == "rack"] *= shares(workload, times, int((roles == "rack").sum()))
    racks, miners = power[roles == "rack"].sum(axis=0), power[roles == "shelf"].sum(axis=0)
    if workload.contract is not None and miners.max() > 0:
        kept = _kept(workload, racks, float(miners[0]), result)
        power[roles == "shelf"] *= kept
        miners = miners * kept
    p = load_powers(result.network, power)
    solution = swept(result.network, p, p * result.network.tan_phi[:, None], sweep)
    energy = of_solution(result.network, solution, p).over(np.full(times.size, STEP))
    return Course(times, racks, miners, reduction(result.network, solution), energy)


def _kept(workload: Workload, racks: np.ndarray, miners: float, result: PowerResult) -> np.ndarray:
    """Share of the miners' power that the contract leaves them; losses go with the load as in the solved state."""
    assert workload.contract is not None
    with_losses = result.utility_power / result.load_power
    delays = (round(workload.miner_latency / STEP), round(workload.period / STEP))
    return absorb.dispatch(racks, miners, workload.contract / with_losses, delays) / miners


def samples(course: Course) -> Table:
    """The course as a table."""
    return {
        "time_s": course.times,
        "racks_kW": course.racks / 1e3,
        "miners_kW": course.miners / 1e3,
        "utility_kW": course.found.utility / 1e3,
        "voltage_min_pu": course.found.voltage,
    }


def findings(workload: Workload, course: Course, result: PowerResult, devices: Sequence[Device]) -> Table:
    """Rows quantity, where, value, unit: swings and ramps at the utility, voltages, states, the contract."""
    rows: list[tuple[str, str, float, str]] = []
    if not course.found.solved.all():
        share = 100 * float(1 - course.found.solved.mean())
        return _table([("samples without a solution: past the nose of the PV curve", "utility", share, "%")])
    utility, current = course.found.utility, course.found.current
    rows.append(("swing of the racks", "racks", float(np.ptp(course.racks)) / 1e3, "kW"))
    rows.append(("swing at the utility", "utility", float(np.ptp(utility)) / 1e3, "kW"))
    fastest = [(window, absorb.ramp(utility, STEP, window) / 1e3) for window in (STEP, 1.0)]
    rows += [(f"fastest ramp over {window:g} s", "utility", found, "kW/s") for window, found in fastest]
    rows.append(("lowest voltage", "units", float(course.found.voltage.min()), "p.u."))
    rows.append(
        ("swing of the lowest voltage", "units", 100 * float(np.ptp(course.found.voltage)), "% of nominal")
    )
    rows += _breakers(current, devices, result)
    rows += _conductors(current, devices, result)
    rows += _transformers(current, devices, result)
    rows += _contract(workload, course)
    return _table(rows)


def _table(rows: list[tuple[str, str, float, str]]) -> Table:
    names = ("quantity", "where", "value", "unit")
    return {name: np.array(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}


def _breakers(
    current: np.ndarray, devices: Sequence[Device], result: PowerResult
) -> list[tuple[str, str, float, str]]:
    """The breaker whose early replica comes nearest to its trip, warm from the load's own mean square."""
    trips = trips_of(devices)
    if not trips.row.size:
        return []
    load = current[:, trips.row] / trips.rating
    heat = (load**2).mean(axis=0)
    highest = heat.copy()
    for sample in load:
        heat = breaker.step(heat, sample, STEP, trips.early.time_constant)
        highest = np.maximum(highest, heat)
    used = highest / np.square(trips.early.pick_up)
    n = int(used.argmax())
    name = result.network.elements[trips.row[n]].name
    return [
        ("heat of the breaker nearest to a trip, early edge", name, 100 * float(used[n]), "% of its trip")
    ]


def _conductors(
    current: np.ndarray, devices: Sequence[Device], result: PowerResult
) -> list[tuple[str, str, float, str]]:
    """The cable or busway nearest to its limit."""
    worst: tuple[float, str, float] | None = None
    for row, (device, element) in enumerate(zip(devices, result.network.elements, strict=True)):
        if not isinstance(device.kind, BuswayKind | CableKind):
            continue
        kind = conductor_of(device.kind, device.runs)
        state = conductor.settled(kind, float(np.sqrt((current[:, row] ** 2).mean())), device.air)
        if not np.isfinite(state):
            return [("a conductor runs away: no temperature holds its load", element.name, 1.0, "-")]
        highest = state
        for sample in current[:, row]:
            state = conductor.step(kind, state, sample, device.air, STEP)
            highest = np.maximum(highest, state)
        margin = device.kind.limit_temperature - float(highest)
        if worst is None or margin < worst[0]:
            worst = (margin, element.name, float(highest) - ZERO_CELSIUS)
    return (
        []
        if worst is None
        else [("hottest point of the conductor nearest to its limit", worst[1], worst[2], "degC")]
    )


def _transformers(
    current: np.ndarray, devices: Sequence[Device], result: PowerResult
) -> list[tuple[str, str, float, str]]:
    """Highest hot spot of every transformer, from the state of its load's root mean square."""
    rows = []
    for row, (device, element) in enumerate(zip(devices, result.network.elements, strict=True)):
        if isinstance(device.kind, TransformerKind):
            rated = device.kind.rated_power / (ROOT3 * element.voltage)
            hottest = _hottest(device.kind, current[:, row] / rated, device.air)
            rows.append(("highest hot spot", element.name, hottest - ZERO_CELSIUS, "degC"))
    return rows


def _hottest(kind: TransformerKind, load: np.ndarray, air: float) -> float:
    settled = float(np.sqrt((load**2).mean()))
    if kind.cooling == "dry":
        dry = dry_of(kind)
        rise = transformer.dry_settled(dry, settled)
        highest = rise
        for sample in load:
            rise = transformer.dry_step(dry, rise, sample, STEP)
            highest = np.maximum(highest, rise)
        return air + float(highest)
    oil = oil_of(kind)
    state = transformer.settled(oil, settled, air)
    highest = state.hot_spot
    for sample in load:
        state = transformer.step(oil, state, sample, air, STEP)
        highest = np.maximum(highest, state.hot_spot)
    return float(highest)


def _contract(workload: Workload, course: Course) -> list[tuple[str, str, float, str]]:
    if workload.contract is None:
        return []
    highest, share = absorb.excess(course.found.utility, workload.contract)
    return [
        ("highest excess over the contract", "utility", highest / 1e3, "kW"),
        ("time above the contract", "utility", 100 * share, "%"),
        ("miners' mean power under the contract", "miners", float(course.miners.mean()) / 1e3, "kW"),
    ]
