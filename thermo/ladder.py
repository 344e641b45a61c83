"""The same hall, denser rung by rung, until something binds.

A rung is the case with every rack of the ladder's rows at one density: the kind that the ladder's map gives
for it, drawing that power at its cords. Airflow, inlet limit, tiers and liquid capture are the kind's; what
the row or the override of a single rack says of kind, power, airflow and limit belongs to the racks that
stood there before and is dropped. Place, footprint, height, feeds and gaps of the rows stay, so all rungs
share one grid and each is solved from the field of the one below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

import yaml

from . import library
from .case import Case
from .casefile import CaseError, Loaded
from .check import examine, located
from .metrics import binding, worst_by_limit
from .plan import Plan, Problem
from .result import Result, plain

DENSITIES = (3.5, 10.0, 20.0, 40.0, 80.0, 132.0)  # [kW a rack]
OF_THE_KIND = ("airflow", "limit", "tiers")  # what a row may say of its own kind only
OF_THE_RACK = ("kind", "power", "airflow", "limit")  # what an override may say of the rack that stood there
ELECTRICAL = (
    "voltage", "transformer", "board", "cable", "busway", "breaker", "hot spot", "harmonics", "fault current",
    "voltage unbalance", "neutral", "one element lost", "ups", "ups power", "rectifier", "transfer switch", "generator",
    "battery", "power shelf", "shelf on one feed",
)  # fmt: skip
NOTHING = {"limit": None, "where": None, "utilisation": None}
METHOD = (
    "A limit is reached where the straight line between two neighbouring rungs, through the limit's largest "
    "utilisation in each, crosses 1; at the lowest rung when it is reached there already."
)


@dataclass(frozen=True)
class Rung:
    """One density, laid out and found to make sense."""

    density_kW: float
    kind: str
    loaded: Loaded
    plan: Plan

    @property
    def folder(self) -> str:
        """Name of its folder below the ladder's."""
        return f"rung_{shown(self.density_kW)}kW"


@dataclass(frozen=True)
class Found:
    """What became of a rung: its result, or why there is none."""

    rung: Rung
    result: Result | None
    kept: bool = False  # taken over from an earlier ladder
    reason: str = ""
    binding: dict[str, Any] | None = None  # known although there is no result


def shown(density_kW: float) -> str:
    """A density as folders and tables name it: 3.5, 10, 132."""
    return f"{density_kW:.6f}".rstrip("0").rstrip(".")


# ------------------------------------------------------------------------------------------ rungs


def rungs(loaded: Loaded, densities_kW: Iterable[float]) -> list[Rung]:
    """The rungs in rising order, each examined. Raises CaseError with the problems of all."""
    spec = loaded.case.ladder
    if spec is None:
        cure = 'add `ladder: {rows: [row_a], kinds: [{up_to: "40 kW", kind: air_rack_40kW}]}`'
        raise CaseError(located(loaded, [Problem(("ladder",), f"does not say which racks change; {cure}")]))
    examine(loaded)
    wanted = sorted(set(densities_kW))
    highest = spec.kinds[-1].up_to / 1e3
    above = [density for density in wanted if density > highest * (1 + 1e-9)]
    if above:
        named = ", ".join(shown(density) for density in above)
        cure = f'add a kind with `up_to: "{shown(above[-1])} kW"` or more, or leave the rung out'
        text = f"goes up to {highest:g} kW; no kind serves {named} kW a rack; {cure}"
        raise CaseError(located(loaded, [Problem(("ladder", "kinds"), text)]))
    return _examined(loaded, wanted)


def _examined(loaded: Loaded, densities_kW: Sequence[float]) -> list[Rung]:
    made, problems = [], []
    for density in densities_kW:
        rung_case, kind = at_density(loaded, density)
        try:
            made.append(Rung(density, kind, rung_case, _plan(loaded.case, rung_case, density)))
        except CaseError as error:
            problems += [f"{line} (at the rung of {shown(density)} kW)" for line in error.problems]
    if problems:
        raise CaseError(problems)
    return made


def _plan(case: Case, rung: Loaded, density_kW: float) -> Plan:
    plan = examine(rung)
    return replace(plan, assumptions=(*_assumptions(case, density_kW), *plan.assumptions))


def _assumptions(case: Case, density_kW: float) -> Iterator[str]:
    assert case.ladder is not None
    rows = ", ".join(case.ladder.rows)
    yield (
        f"Rung of {shown(density_kW)} kW: every rack of {rows} is one {kind_for(case, density_kW)} drawing that much "
        "in the footprint of the rack that stands there; its airflow, limit and liquid capture are the kind's."
    )
    changed = [
        f"{row} {number}"
        for row in case.ladder.rows
        for number, change in case.racks[row].overrides.items()
        if any(getattr(change, key) is not None for key in OF_THE_RACK)
    ]
    if changed:
        yield f"On the ladder these racks have nothing of their own: {', '.join(changed)}."


def kind_for(case: Case, density_kW: float) -> str:
    """The first kind of the ladder's map that goes up to a density."""
    assert case.ladder is not None
    fits = (k.kind for k in case.ladder.kinds if density_kW * 1e3 <= k.up_to * (1 + 1e-9))
    return next(fits)


def at_density(loaded: Loaded, density_kW: float) -> tuple[Loaded, str]:
    """The case with the ladder's rows at a density, and the kind of rack that stands there.

    Marks stay those of the case, so that problems are located where its author can mend them.
    """
    case = loaded.case
    assert case.ladder is not None
    document = yaml.safe_load(loaded.text)
    kind = kind_for(case, density_kW)
    for name in case.ladder.rows:
        row = document["racks"][name]
        row |= {"kind": kind, "power": f"{shown(density_kW)} kW", "size": _footprint(case, name)}
        for key in OF_THE_KIND:
            row.pop(key, None)
        for change in (row.get("overrides") or {}).values():
            for key in OF_THE_RACK:
                (change or {}).pop(key, None)
    del document["ladder"]
    text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True)
    return Loaded(Case.model_validate(document), text, loaded.folder, loaded.marks), kind


def _footprint(case: Case, name: str) -> list[str]:
    """Size of a row's racks as they stand: its own, or that of the kind it has."""
    row = case.racks[name]
    size = row.size or library.find(case, "racks", row.kind).size
    return [f"{length!r} m" for length in size]


# ------------------------------------------------------------------------------------------ what was found


def entry(found: Found) -> dict[str, Any]:
    """A rung as the ladder's document lists it: largest utilisation of every limit, the one that binds."""
    rung, result = found.rung, found.result
    head = {"density_kW": rung.density_kW, "kind": rung.kind}
    if result is None:
        bound = found.binding or NOTHING
        used = {bound["limit"]: bound["utilisation"]} if found.binding else {}
        said = {"reason": found.reason, "assumptions": list(rung.plan.assumptions)}
        return head | {
            "binding": {"judged": None} | dict(bound),
            "utilisations": used,
            "converged": False,
            **said,
        }
    worst = worst_by_limit(result)
    return plain(
        head
        | {
            "binding": binding(result),
            "utilisations": {name: row["utilisation"] for name, row in worst.items()},
            "limits": {
                name: {key: row[key] for key in ("where", "value", "at_limit", "unit")}
                for name, row in worst.items()
            },
            "converged": result.summary["converged"],
            "reason": result.summary.get("reason", ""),
            **_totals(result, rung.loaded.case, rung.plan),
            "iterations": result.summary["iterations"],
            "time_s": result.summary["time_s"]["total"],
            "result": f"{rung.folder}/{rung.loaded.case.name}.vtkhdf",
            "assumptions": [row["text"] for row in result.rows("assumptions")],
        }
    )


def _totals(result: Result, case: Case, plan: Plan) -> dict[str, Any]:
    """Of all racks and shelves, and the warmest intake of a rack."""
    rows = [row for row in result.rows("racks") if row["role"] != "cooler"]
    racks = [row for row in rows if row["role"] == "rack"]
    power = result.summary.get("power") or {}
    return {
        "it_kW": sum(row["power_kW"] for row in rows),
        "air_heat_kW": sum(row["air_heat_kW"] for row in rows),
        "liquid_kW": sum(row["liquid_kW"] for row in rows),
        "supply_degC": rows[0]["supply_degC"] if rows else None,
        "inlet_max_degC": max((row["inlet_worst_tier_degC"] for row in racks), default=None),
        "inlet_numerical_max_K": max((row["inlet_numerical_K"] for row in racks), default=None),
        "swing_max_K": max((row["inlet_swing_K"] for row in rows), default=None),
        "mean_error_K": (result.summary.get("unsteady") or {}).get("mean_error_K"),
        "voltage_min_pu": power.get("voltage_min_pu"),
        "power_converged": power.get("converged"),
        "balance": result.summary["balance"],
    }


def document(case: Case, entries: Sequence[dict[str, Any]], complete: bool) -> dict[str, Any]:
    """The ladder's document: `rungs`, `limit_kW` (None while no utilisation reaches 1) and what it rests on.

    Assumptions that hold on every rung stand once, for the whole ladder.
    """
    shared = [text for text in (entries[0]["assumptions"] if entries else ()) if _on_all(text, entries)]
    reached = crossings(entries)
    first = min(reached, key=lambda name: reached[name]["density_kW"], default=None)
    return {
        "case": case.name,
        "rows": list(case.ladder.rows) if case.ladder else [],
        "rungs": [
            one | {"assumptions": [text for text in one["assumptions"] if text not in shared]}
            for one in entries
        ],
        "limit_kW": reached[first]["density_kW"] if first else None,
        "limit": {"limit": first, **reached[first]} if first else None,
        "reached": reached,
        "assumptions": [_rule(case, entries), METHOD, *shared],
        "complete": complete,
    }


def _rule(case: Case, entries: Sequence[dict[str, Any]]) -> str:
    """What changes from rung to rung, in a sentence."""
    rows = ", ".join(case.ladder.rows) if case.ladder else ""
    kinds = ", ".join(f"{shown(one['density_kW'])} kW: {one['kind']}" for one in entries)
    return (
        f"On a rung all racks of {rows} are of one kind and draw the rung's density ({kinds}); they keep their "
        "footprint and feeds, and the rest of the hall stays as the case has it."
    )


def _on_all(text: str, entries: Sequence[dict[str, Any]]) -> bool:
    return all(text in one["assumptions"] for one in entries)


def crossings(entries: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Limit -> the lowest density [kW] at which its largest utilisation reaches 1, where, and between which rungs.

    Limits that stay below 1 are left out. See METHOD; a rung without a number for a limit is passed over. A `note`
    says where the line is not to be trusted.
    """
    found = {}
    for name in dict.fromkeys(name for one in entries for name in one["utilisations"]):
        having = [one for one in entries if _number(one["utilisations"].get(name))]
        over = next((n for n, one in enumerate(having) if one["utilisations"][name] >= 1.0), None)
        if over is not None:
            found[name] = _crossing(name, having[max(over - 1, 0)], having[over])
    return found


def _number(value: float | None) -> bool:
    return value is not None and isfinite(value)


def _crossing(name: str, below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Between a rung that holds and one that does not; the same rung twice when the lowest does not hold."""
    densities = (below["density_kW"], above["density_kW"])
    low, high = (one["utilisations"][name] for one in (below, above))
    share = (1.0 - low) / (high - low) if high > low else 1.0
    where = above["binding"]["where"] if above["binding"]["limit"] == name else None
    found = {
        "density_kW": densities[0] + share * (densities[1] - densities[0]),
        "where": (above.get("limits") or {}).get(name, {}).get("where") or where,
        "between_kW": list(densities),
    }
    if above.get("power_converged") is False and name in ELECTRICAL:
        found["note"] = (
            f"the network has no solution at {shown(densities[1])} kW, so the line is only a guess there: "
            "put rungs in between"
        )
    return found
