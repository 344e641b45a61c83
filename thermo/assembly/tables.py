"""Solution -> the fields and tables of a result, units in their names."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import uncertainty
from ..air.monitor import Monitor
from ..couple import Solution
from ..scene import AIR

ZERO_CELSIUS = 273.15


def fields(solution: Solution) -> dict[str, np.ndarray]:
    """Cell fields (nz, ny, nx) in SI: T in K, U at the centre, p in Pa above the reference."""
    mesh, state, air = solution.solver.mesh, solution.solver.state, solution.air
    blocked = (solution.scene.cells != AIR).astype(np.uint8)
    core = {name: mesh.core(value) for name, value in vars(state).items()}
    velocity = solution.solver.velocities()
    centred = [_centred(value, mesh, axis) for axis, value in enumerate(velocity)]
    temperature = core["t"] + np.float32(air.reference_temperature)
    nut = np.maximum(core["nue"] - np.float32(air.viscosity), 0.0)
    out = {
        "T": np.where(blocked, np.float32(air.reference_temperature), temperature),
        "U": np.where(blocked[..., None], 0.0, np.stack(centred, axis=-1)),
        "p": np.where(blocked, 0.0, core["p"] * np.float32(air.density)),
        "k": np.where(blocked, 0.0, core["k"]),
        "eps": np.where(blocked, 0.0, core["eps"]),
        "nu_t": np.where(blocked, 0.0, nut),
    }
    return {name: value.astype(np.float32) for name, value in out.items()} | {"blocked": blocked}


def _centred(velocity: np.ndarray, mesh: Any, axis: int) -> np.ndarray:
    """Mean of the two faces of each cell."""
    field = velocity.reshape(mesh.shape)
    return 0.5 * (mesh.core(velocity) + mesh.core(np.roll(field, -1, 2 - axis)))


def state(solution: Solution) -> dict[str, np.ndarray]:
    """Padded fields an exact restart needs, temperature above the reference."""
    shape = solution.solver.mesh.shape
    return {name: value.reshape(shape) for name, value in vars(solution.solver.state).items()}


def racks(solution: Solution) -> dict[str, Any]:
    """One row a rack, shelf bay or cooler."""
    exchange, units = solution.solver.exchange, solution.plan.units
    shown = solution.air.reference_temperature - ZERO_CELSIUS
    inlet = exchange.unit_means(exchange.inlet) + shown
    worst = exchange.unit_worst(exchange.inlet) + shown
    limit = np.array([u.limit if u.role != "cooler" else np.nan for u in units]) - ZERO_CELSIUS
    supply = np.full(len(units), solution.supply_temperature - ZERO_CELSIUS)
    unknown = np.full(len(units), np.nan)
    open_by = uncertainty.columns(unknown, solution.unsettled(), solution.imbalance())
    followed = solution.outcome.followed
    highest = exchange.warmest(solution.solver.state.t) if followed is None else followed.fronts
    peak = highest if followed is None else followed.warmest
    power = solution.unit_power / 1e3
    air_share = np.array([u.air_fraction for u in units])
    used = inlet_utilisation(worst, supply, limit)
    cooled = (
        exchange.unit_means(exchange.outlet - exchange.inlet) * exchange.flow * exchange.heat_capacity / 1e3
    )
    cooler = np.array([u.role == "cooler" for u in units])
    boxes = np.array([u.box for u in units]).reshape(-1, 6)
    voltage = solution.power.unit_voltage_pu if solution.power else np.full(len(units), np.nan)
    return {
        "name": [u.name for u in units],
        "row": [u.path[-1] for u in units],
        "role": [u.role for u in units],
        "kind": [u.kind for u in units],
        "facing": [u.facing for u in units],
        **{name: boxes[:, n] for n, name in enumerate(("x0", "x1", "y0", "y1", "z0", "z1"))},
        "power_kW": power,
        "air_heat_kW": np.where(cooler, cooled, power * air_share),
        "liquid_kW": power * (1.0 - air_share),
        "airflow_m3_s": solution.unit_flow,
        "inlet_degC": inlet,
        "inlet_worst_tier_degC": worst,
        "inlet_max_degC": highest + shown,
        "inlet_peak_degC": peak + shown,
        "inlet_swing_K": solution.swing(),
        **open_by,
        "outlet_degC": exchange.unit_means(exchange.outlet) + shown,
        "limit_degC": limit,
        "limit_name": [u.limit_name for u in units],
        "supply_degC": supply,
        "utilisation": used,
        "ok": ~(used > 1.0),
        "judged": uncertainty.judged(worst, limit, open_by),
        "voltage_pu": voltage,
        "machines": [u.machines for u in units],
        "feed": [", ".join(f"{element} {100 * share:.0f} %" for element, share in u.feeds) for u in units],
    }


def inlet_utilisation(inlet: np.ndarray, supply: np.ndarray, limit: np.ndarray) -> np.ndarray:
    """(T_in - T_supply) / (T_limit - T_supply) [-], 1 at the limit, 0 for inlets cooler than the mixed supply.

    Supply air within a kelvin of the limit or above it leaves nothing to form the ratio with: then 1 plus
    the kelvins by which the inlet is above the limit.
    """
    room = limit - supply
    ratio = np.maximum(inlet - supply, 0.0) / np.where(room > 1.0, room, 1.0)
    return np.where(np.isnan(limit), np.nan, np.where(room > 1.0, ratio, 1.0 + inlet - limit))


def tiers(solution: Solution) -> dict[str, Any]:
    """One row a tier: what each height of a front breathes and its rear gives."""
    exchange = solution.solver.exchange
    rows, shown = exchange.tiers, solution.air.reference_temperature - ZERO_CELSIUS
    names = [solution.plan.units[n].name for n in rows.unit]
    first = {n: int(np.flatnonzero(rows.unit == n)[0]) for n in np.unique(rows.unit)}
    followed, unknown = solution.outcome.followed, np.full(len(names), np.nan)
    return {
        "rack": names,
        "tier": [n - first[unit] for n, unit in enumerate(rows.unit)],
        "z0": rows.low,
        "z1": rows.high,
        "inlet_degC": exchange.inlet + shown,
        "inlet_swing_K": followed.tiers.swing if followed else unknown,
        "inlet_band_K": followed.tiers.band if followed else unknown,
        "outlet_degC": exchange.outlet + shown,
    }


def openings(solution: Solution) -> dict[str, Any]:
    """One row an opening; flows are into the hall, out of it negative, at the reference density."""
    exchange, found = solution.solver.exchange, solution.plan.openings
    flow, heat = exchange.opening_fluxes(solution.solver.state)
    shown = solution.air.reference_temperature - ZERO_CELSIUS
    moving = np.abs(flow) > 1e-9
    carried = np.where(moving, heat / np.where(moving, flow, 1.0) / exchange.heat_capacity, 0.0)
    groups = [solution.point.groups.get(o.group) for o in found]
    share = [o.area / g.area if g else 0.0 for o, g in zip(found, groups, strict=True)]
    boxes = np.array([o.box for o in found]).reshape(-1, 6)
    return {
        "name": [o.name for o in found],
        "group": [o.group for o in found],
        "kind": [o.kind for o in found],
        "wall": [o.wall for o in found],
        **{name: boxes[:, n] for n, name in enumerate(("x0", "x1", "y0", "y1", "z0", "z1"))},
        "area_m2": [o.area for o in found],
        "flow_m3_s": flow,
        "mass_flow_kg_s": flow * solution.air.density,
        "temperature_degC": carried + shown,
        "pressure_Pa": [g.pressure if g else 0.0 for g in groups],
        "capacity_m3_s": [g.capacity * s if g else 0.0 for g, s in zip(groups, share, strict=True)],
        "utilisation": [g.utilisation if g else 0.0 for g in groups],
        "power_kW": [g.power * s / 1e3 if g else 0.0 for g, s in zip(groups, share, strict=True)],
    }


def partitions(solution: Solution) -> dict[str, Any]:
    """One row a thin wall; heat that passes it is positive towards +axis."""
    walls = solution.plan.partitions
    boxes = np.array([w.box for w in walls], float).reshape(-1, 6)
    ends = {name: boxes[:, n] for n, name in enumerate(("x0", "x1", "y0", "y1", "z0", "z1"))}
    envelope, heat = solution.solver.envelope, np.zeros(len(walls))
    if envelope:
        heat[[n for n, w in enumerate(walls) if w.u_value]] = envelope.through(solution.solver.state.t)
    return {"name": np.array([w.name for w in walls], str), **ends, "heat_W": heat}


def screens(solution: Solution) -> dict[str, Any]:
    """One row a screen; flow at the reference density and loss of pressure are positive towards +axis."""
    solved = solution.solver.flow.screens
    if solved is None:
        return {}
    stated = solution.plan.screens
    boxes = np.array([s.box for s in stated], float).reshape(-1, 6)
    flow, loss = solved.flows(solution.solver.state)
    shown = solution.air.reference_temperature - ZERO_CELSIUS
    return {
        "name": [s.name for s in stated],
        "group": [s.path[-1] for s in stated],
        "axis": [s.axis for s in stated],
        **{name: boxes[:, n] for n, name in enumerate(("x0", "x1", "y0", "y1", "z0", "z1"))},
        "area_m2": [s.area for s in stated],
        "loss_coefficient": [s.loss for s in stated],
        "flow_m3_s": flow,
        "temperature_degC": solved.temperatures(solution.solver.state) + shown,
        "pressure_loss_Pa": loss * solution.air.density,
    }


def heat_ledger(solution: Solution) -> dict[str, Any]:
    """Where every electrical watt ends as heat: the hall's air, liquid, other rooms, outside; what walls give it."""
    rows: list[tuple[str, str, float]] = []
    for unit, power in zip(solution.plan.units, solution.unit_power, strict=True):
        if unit.role == "cooler":
            continue
        rows.append(("hall", unit.name, power * unit.air_fraction))
        if unit.air_fraction < 1.0:
            rows.append(("liquid", unit.name, power * (1.0 - unit.air_fraction)))
    given = solution.solver.wall_heat()
    rows += [("walls", w.wall, float(watts)) for w, watts in zip(solution.plan.walls, given, strict=True)]
    losses = solution.power.heat if solution.power else ()
    rows += [(heat.place, f"{heat.element} {heat.item}", heat.watts) for heat in losses]
    return {
        "place": [r[0] for r in rows],
        "item": [r[1] for r in rows],
        "watts": np.array([r[2] for r in rows]),
    }


def residuals(watched: Monitor) -> dict[str, Any]:
    names = ("iteration", "time_s", "mass", "heat", "change_K")
    rows = np.array(watched.residuals, float).reshape(-1, len(names))
    return dict(zip(names, rows.T, strict=True))


def monitor(solution: Solution) -> dict[str, Any]:
    watched = solution.solver.monitor
    shown = solution.air.reference_temperature - ZERO_CELSIUS
    shape = len(watched.inlets), len(solution.plan.units)
    inlets = np.array(watched.inlets, np.float32).reshape(shape) + np.float32(shown)
    names = [f"{u.name}_degC" for u in solution.plan.units]
    return {"time_s": np.array(watched.times), **dict(zip(names, inlets.T, strict=True))}
