"""All that is said of a run's network beyond its flow: tables, limits, and what the run's document says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...case import Case
from ...plan import Plan
from .. import site_energy
from ..flow import Limit, PowerResult, utilisations
from ..network import build
from ..outage.batch import solver
from ..outage.lose import lose
from ..outage.tables import contingency_table, redundancy, single_cord
from ..solution import Sweep
from ..workload.study import course, findings, samples
from . import electronics, stranding, tables
from .conductors import conductors
from .derating import derated
from .equipment import AirAlong, devices
from .levels import fault_levels
from .tables import Judged, Table

MOST_NAMED = 24
UNBALANCED = ("transformer", "board", "busway")  # where voltage unbalance is judged


@dataclass(frozen=True)
class Judgement:
    """`result`: the flow by the ratings in the elements' own air. Without a solution only that and its limits."""

    result: PowerResult
    tables: dict[str, Table]
    limits: tuple[Limit, ...]
    assumptions: tuple[str, ...]
    closure: dict[str, float | bool | None] | None = None  # of the energy balance; None without a solution


def judge(case: Case, plan: Plan, result: PowerResult, air_along: AirAlong, sweep: Sweep) -> Judgement:
    """Judge a flow; air_along: hottest air [K] along a line in the hall; sweep: the operator, for outages."""
    assert case.power is not None
    stood = devices(case, plan, result.network, air_along)
    own = derated(result, stood)
    limits = utilisations(own)
    if not result.converged:
        return Judgement(own, {}, limits, _assumptions(case))
    judged = Judged(own, stood, case.power.harmonics)
    levels = fault_levels(build(case, plan), stood)  # cold, whatever the flow's resistances are
    found = tables.room(judged)
    stranded, moves = stranding.plan(own)
    made = {
        "power/transformers": tables.transformers(judged),
        "power/conductors": conductors(judged),
        "power/quality": tables.quality(judged),
        "power/faults": tables.faults(judged, levels),
        "power/headroom": tables.headrooms(judged, found),
        "power/breakers": tables.breakers(judged, found, levels),
        "power/phases": stranded,
        "power/moves": moves,
    }
    made |= _electronics(case, plan, own)
    more = list(_limits(judged, made, case.power.unbalance_limit))
    if "power/converters" in made:
        more += electronics.limits(made, {e.name: e.rated_power for e in own.network.elements})
    losses = lose(own.network, stood, own.unit_power[:, None], solver(own.network, sweep))
    made["power/contingency"] = contingency_table(own.network, losses, own.unit_power, case.power.cap_latency)
    more += redundancy(own.network, losses)
    energy, over = site_energy.of_result(own), None
    if case.power.workload is not None:
        moving = course(case.power.workload, plan, own, sweep)
        over = moving.energy
        made["power/course"] = samples(moving)
        made["power/workload"] = findings(case.power.workload, moving, own, stood)
    made["power/energy"] = site_energy.table(energy, over)
    said = (*_assumptions(case), *_outages(case, single_cord(own.network)))
    return Judgement(own, made, (*limits, *more), said, site_energy.document(energy, over))


def _electronics(case: Case, plan: Plan, result: PowerResult) -> dict[str, Table]:
    """Tables of converters, batteries and power shelves, where there are any."""
    found = {
        "power/converters": electronics.converters(result),
        "power/switches": electronics.switches(result),
        "power/batteries": electronics.batteries(case, result),
        "power/shelves": electronics.shelves(plan, result),
    }
    some = bool(found["power/converters"]["name"].size or found["power/shelves"])
    return {n: t for n, t in found.items() if t and (t["name"].size or (some and n == "power/converters"))}


def _limits(judged: Judged, made: dict[str, Table], unbalance: float) -> Iterator[Limit]:
    """Hot spots, harmonics, fault currents, unbalance and neutrals as utilisations."""
    yield from _thermal(made["power/transformers"])
    faults = made["power/faults"]
    for row in np.flatnonzero(np.isfinite(faults["utilisation"])):
        used, value, most = (float(faults[c][row]) for c in ("utilisation", "judged_kA", "at_limit_kA"))
        yield Limit("fault current", str(faults["name"][row]), used, value, most, "kA")
    yield from _quality(judged, made["power/quality"], unbalance)


def _thermal(table: Table) -> Iterator[Limit]:
    """Rise of the hot spot above its air over the rise allowed; load with its harmonics over the load they allow."""
    for row, name in enumerate(table["name"]):
        air, hottest, limit = (float(table[c][row]) for c in ("air_degC", "hot_spot_degC", "limit_degC"))
        allowed = max(limit - air, 1.0)
        yield Limit("hot spot", str(name), (hottest - air) / allowed, hottest, limit, "degC")
        load, most = (float(table[c][row]) for c in ("root_mean_square_percent", "harmonic_load_percent"))
        yield Limit("harmonics", str(name), load / most, load, most, "%")


def _quality(judged: Judged, table: Table, unbalance: float) -> Iterator[Limit]:
    for row, element in enumerate(judged.elements):
        found = float(table["negative_sequence_percent"][row])
        if element.type in UNBALANCED and np.isfinite(found):
            at_limit = 100 * unbalance
            yield Limit("voltage unbalance", element.name, found / at_limit, found, at_limit, "%")
        neutral, rating = float(table["neutral_A"][row]), float(table["neutral_rating_A"][row])
        if rating > 0 and np.isfinite(neutral):
            yield Limit("neutral", element.name, neutral / rating, neutral, rating, "A")


def _assumptions(case: Case) -> tuple[str, ...]:
    assert case.power is not None
    celsius = case.power.switch_room_temperature - tables.ZERO_CELSIUS
    spectrum = ", ".join(
        f"{100 * share:g} % of order {order}" for order, share in case.power.harmonics.items()
    )
    return (
        f"Ratings are those in the elements' own air: in the hall the hottest along them, {celsius:g} degC in the "
        "switch room, outdoors the site's.",
        f"Load currents carry harmonics: {spectrum or 'none'}.",
    )


def _outages(case: Case, alone: tuple[str, ...]) -> Iterator[str]:
    assert case.power is not None
    yield (
        "When an element is lost, units with another feed draw all their power from it; breakers trip at the early "
        f"edge of their bands, and a power cap acts {case.power.cap_latency:g} s later."
    )
    if alone:
        yield f"These units have one cord: {', '.join(alone[:MOST_NAMED])}{_others(alone)}."


def _others(alone: tuple[str, ...]) -> str:
    return f" and {len(alone) - MOST_NAMED} more" if len(alone) > MOST_NAMED else ""


def document(judgement: Judgement) -> dict[str, Any]:
    """The judgement in the run's document: every table as rows, but for the samples of a moving load."""
    out: dict[str, Any] = {"closure": judgement.closure}
    for name, table in judgement.tables.items():
        if name == "power/course":
            continue
        columns = [column.tolist() for column in table.values()]
        rows = [dict(zip(table, values, strict=True)) for values in zip(*columns, strict=True)]
        out[name.removeprefix("power/")] = rows
    return out
