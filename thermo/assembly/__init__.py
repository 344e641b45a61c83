"""Solution -> Result: fields in the file's form, tables with units in their names, the run document."""

from __future__ import annotations

import platform
from dataclasses import replace
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from .. import __version__, device, uncertainty
from ..couple import Solution
from ..metrics import add_metrics
from ..power import tables as power_tables
from ..power.judgement.judge import Judgement, document, judge
from ..result import Result, plain
from . import tables as columns
from .limits import limit_rows
from .restart import held_arrays

RACK_KEYS = (
    "name", "kind", "power_kW", "airflow_m3_s", "inlet_degC", "inlet_worst_tier_degC", "inlet_max_degC",
    "inlet_peak_degC", "inlet_swing_K", "inlet_gci_K", "inlet_numerical_K", "inlet_model_K", "outlet_degC",
    "limit_degC", "utilisation", "ok", "judged",
)  # fmt: skip
SCHEMES = {
    "upwind": "first-order upwind",
    "second": "second-order (van Leer)",
    "linear-upwind": "second-order (momentum linear upwind, temperature van Leer)",
    "central": "second-order (central, unbounded)",
}


def assemble(solution: Solution, case_text: str) -> Result:
    """The complete result of a run, metrics and limits included."""
    tables: dict[str, Any] = {
        "racks": columns.racks(solution),
        "tiers": columns.tiers(solution),
        "openings": columns.openings(solution),
        "partitions": columns.partitions(solution),
        **({"screens": columns.screens(solution)} if solution.plan.screens else {}),
        "heat_ledger": columns.heat_ledger(solution),
        "residuals": columns.residuals(solution.solver.monitor),
        "monitor": columns.monitor(solution),
    }
    judgement = _judgement(solution)
    if judgement:
        tables["power/elements"] = dict(judgement.result.table)
        tables["power/path"] = power_tables.paths_table(solution.case)
        tables |= judgement.tables
    tables["assumptions"] = {"text": list(_assumptions(solution, judgement))}
    tables["limits"] = limit_rows(solution, tables["racks"], judgement.limits if judgement else ())
    result = Result(
        solution.scene.grid.faces,
        columns.fields(solution),
        tables=tables,
        summary=_summary(solution, tables, judgement),
        case_text=case_text,
        state=columns.state(solution) | held_arrays(solution.held),
        attributes=_provenance(solution),
    )
    complete = add_metrics(result)
    complete.summary = plain(complete.summary)
    return complete


def _judgement(solution: Solution) -> Judgement | None:
    """What the network's flow means in the air that was found; None without a network."""
    if solution.power is None:
        return None
    judged = partial(judge, solution.case, solution.plan, solution.power, solution.hottest_air)
    try:
        if solution.outcome.ended != "failed":
            return judged(device.on(solution.device).sweep)
    except device.DeviceError as error:  # now that the air is solved: that is no reason to lose it
        found = judged(device.on_host().sweep)
        said = f"The network was judged on the processor: {error}."
        return replace(found, assumptions=(*found.assumptions, said))
    return judged(device.on_host().sweep)


def _assumptions(solution: Solution, judgement: Judgement | None) -> tuple[str, ...]:
    network = (*judgement.result.network.assumptions, *judgement.assumptions) if judgement else ()
    numerics = solution.case.numerics
    scheme = SCHEMES[numerics.scheme]
    sides = "its other sides" if solution.plan.walls else "walls, roof and floor"
    production = "on" if numerics.buoyancy_production else "off"
    model = (
        _density(solution),
        f"{sides[0].upper()}{sides[1:]} are adiabatic.",
        f"Convection is {scheme}; turbulence: {numerics.turbulence}, buoyancy production {production}.",
    )
    return (*solution.plan.assumptions, *model, *network)


def _density(solution: Solution) -> str:
    air = solution.air
    at = f"{air.density:.3f} kg/m3 at {air.reference_temperature - columns.ZERO_CELSIUS:.1f} degC"
    if solution.case.numerics.density == "constant":
        return f"The air has one density, {at}; warm air rises by its expansion (Boussinesq)."
    return f"The air is an ideal gas at the site's pressure, {at}; fans and servers move volumes of it."


def _summary(solution: Solution, tables: dict[str, Any], judgement: Judgement | None) -> dict[str, Any]:
    outcome = solution.outcome
    columns = [list(tables["racks"][key]) for key in RACK_KEYS]
    power = power_tables.summary(judgement.result) | document(judgement) if judgement else None
    return {
        "case": solution.case.name,
        "device": solution.device,
        "precision": solution.case.numerics.precision,
        "cells": solution.scene.fluid_cells,
        "converged": outcome.converged,
        "reason": outcome.reason,
        "ended": outcome.ended,
        "iterations": outcome.iterations,
        "time_s": {name: round(seconds, 3) for name, seconds in solution.seconds.items()},
        "balance": solution.balance(),
        "racks": [plain(dict(zip(RACK_KEYS, row, strict=True))) for row in zip(*columns, strict=True)],
        "assumptions": list(tables["assumptions"]["text"]),
        "power": power,
        "unsteady": _unsteady(solution),
        "steadiness": _steadiness(solution),
        "uncertainty": uncertainty.document(grid=False),
    }


def _unsteady(solution: Solution) -> dict[str, Any] | None:
    followed = solution.outcome.followed
    if followed is None:
        return None
    found = followed.units
    return plain(
        {
            "period_s": found.period,
            "span_s": found.span,
            "periods": found.span / found.period,
            "mean_error_K": float(found.error.max(initial=0.0)),
            "mean_band_K": float(found.band.max(initial=0.0)),
        }
    )


def _steadiness(solution: Solution) -> dict[str, Any]:
    """Whether a steady answer was disturbed and came back: `proven` is None where that was not tried."""
    proof = solution.outcome.proof
    if proof is None:
        return {"proven": None}
    return plain(
        {
            "proven": proof.steady,
            "apart_K": proof.apart,
            "growth_per_s": proof.rate,
            "fold_s": proof.fold,
            "followed_s": proof.span,
            "cells": proof.cells,
            "whole_grid": proof.cells == solution.scene.fluid_cells,
            "took_s": round(proof.seconds, 3),
        }
    )


def _provenance(solution: Solution) -> dict[str, Any]:
    return {
        "minehall": __version__,
        "python": platform.python_version(),
        **{name: _installed(name) for name in ("numpy", "numba", "h5py")},
        "device": solution.device,
        "precision": solution.case.numerics.precision,
        "machine": platform.machine(),
        "wall_s": solution.seconds["total"],
        "converged": str(solution.outcome.converged),
        "reference_temperature_K": solution.air.reference_temperature,
        "density_kg_m3": solution.air.density,
        "specific_heat_J_kgK": solution.air.specific_heat,
    }


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"
