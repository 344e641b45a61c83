"""The judgement of one solved network as tables, units in the columns' names, rows as the elements'."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot, inf, nan

import numpy as np

from ..flow import PowerResult
from ..parts import ROOT3, Element, allowed
from ..states.breaker import time_to_trip
from . import harmonics, unbalance
from .derating import ageing_rate, breaker_factor, hot_spot, hot_spot_limit, transformer_load
from .equipment import Device
from .fault import FaultLevel, making_capacity
from .headroom import Headroom, headroom
from .selectivity import selective_to

Table = dict[str, np.ndarray]
ZERO_CELSIUS = 273.15


@dataclass(frozen=True)
class Judged:
    """A solved network with all that its judgement needs; `spectrum` of the load currents."""

    result: PowerResult  # ratings are those in the elements' own air
    devices: tuple[Device, ...]
    spectrum: harmonics.Spectrum

    @property
    def elements(self) -> tuple[Element, ...]:
        """Rows of every table here."""
        return self.result.network.elements

    @property
    def direct(self) -> np.ndarray:
        """(E) True for elements that end in DC."""
        return self.result.network.is_dc[[element.first for element in self.elements]]

    def currents(self) -> np.ndarray:
        """Largest current [A] of each phase along each element (E, 3); of DC the pole's in all three."""
        found = np.zeros((len(self.elements), 3))
        rows = self.result.network.element
        np.maximum.at(found, rows[rows >= 0], np.abs(self.result.current[rows >= 0]))
        found[self.direct] = found[self.direct, :1]
        return found


def transformers(judged: Judged) -> Table:
    """Settled temperatures and ageing at the load of the run, and the loads that air and harmonics allow."""
    rows = [r for r, element in enumerate(judged.elements) if element.type == "transformer"]
    spectrum, current = judged.spectrum, judged.currents().max(axis=1)
    columns: dict[str, list[float]] = {}
    for row in rows:
        kind, air = judged.devices[row].kind, judged.devices[row].air
        rated = kind.rated_power / (ROOT3 * judged.elements[row].voltage)
        load = current[row] / rated
        heated = load * np.sqrt(harmonics.load_loss_growth(spectrum, kind.eddy_loss))
        oil, hottest = hot_spot(kind, heated, air)
        whole = load * hypot(1, harmonics.distortion(spectrum))
        line = {
            "load_percent": 100 * load,
            "air_degC": air - ZERO_CELSIUS,
            "top_oil_degC": oil - ZERO_CELSIUS,
            "hot_spot_degC": hottest - ZERO_CELSIUS,
            "limit_degC": hot_spot_limit(kind) - ZERO_CELSIUS,
            "ageing_rate": ageing_rate(kind, hottest),
            "load_at_limit_percent": 100 * transformer_load(kind, air),
            "k_factor": harmonics.k_factor(spectrum, whole),
            "harmonic_load_percent": 100 * harmonics.permissible_load(spectrum, kind.eddy_loss),
            "root_mean_square_percent": 100 * whole,
        }
        for name, value in line.items():
            columns.setdefault(name, []).append(float(value))
    return {"name": np.array([judged.elements[r].name for r in rows])} | {
        name: np.array(values) for name, values in columns.items()
    }


def quality(judged: Judged) -> Table:
    """Unbalance of voltages where each element ends, of its currents, and its neutral."""
    network = judged.result.network
    last = np.array([_last(network.element, row) for row in range(len(judged.elements))], int)
    v, i = judged.result.voltage[last], judged.result.current[[e.first for e in judged.elements]]
    triplen = harmonics.triplen(judged.spectrum)
    currents, direct = judged.currents(), judged.direct
    return {
        "name": np.array([element.name for element in judged.elements]),
        "negative_sequence_percent": np.where(direct, nan, 100 * unbalance.negative_sequence_factor(v)),
        "nema_percent": np.where(direct, nan, 100 * unbalance.nema_unbalance(v)),
        **{f"phase_{phase}_A": currents[:, p] for p, phase in enumerate("abc")},
        "current_unbalance_percent": 100 * unbalance.deviation(currents),
        "neutral_A": np.where(direct, nan, unbalance.neutral_current(i, triplen)),
        "neutral_rating_A": np.array(
            [
                e.rating * getattr(d.kind, "neutral", nan)
                for e, d in zip(judged.elements, judged.devices, strict=True)
            ]
        ),
    }


def _last(element: np.ndarray, row: int) -> int:
    return int(np.flatnonzero(element == row)[-1])


def faults(judged: Judged, levels: FaultLevel) -> Table:
    """Prospective currents where each element begins, at its breaker, and what that breaker breaks."""
    at = judged.result.network.parent[[element.first for element in judged.elements]]
    breaking = np.array([(d.breaker.interrupting or nan) if d.breaker else nan for d in judged.devices])
    stated = np.isfinite(breaking)
    making = np.where(stated, making_capacity(np.where(stated, breaking, 1.0)), nan)
    largest = np.fmax(levels.three_phase[at], levels.phase_neutral[at])
    closing = levels.peak[at] / making > largest / breaking  # the peak is what it can less well stand
    return {
        "name": np.array([element.name for element in judged.elements]),
        "at": np.array([element.parent for element in judged.elements]),
        "three_phase_kA": levels.three_phase[at] / 1e3,
        "peak_kA": levels.peak[at] / 1e3,
        "phase_neutral_kA": levels.phase_neutral[at] / 1e3,
        "x_over_r": levels.x_over_r[at],
        "interrupting_kA": breaking / 1e3,
        "utilisation": np.where(closing, levels.peak[at] / making, largest / breaking),
        "judged_kA": np.where(closing, levels.peak[at], largest) / 1e3,
        "at_limit_kA": np.where(closing, making, breaking) / 1e3,
    }


def room(judged: Judged) -> Headroom:
    """Power that may be added below every element."""
    elements, network = judged.elements, judged.result.network
    rows = {element.name: row for row, element in enumerate(elements)}
    limits = np.array([allowed(element) or inf for element in elements])
    gain = _gains(judged)
    tree = np.array(
        [[rows.get(e.parent, -1), e.type == "transformer" or k in gain] for k, e in enumerate(elements)], int
    )
    loads = judged.result.unit_power.sum()
    factor = float((1 / np.sqrt(1 + network.tan_phi**2)).min()) if loads > 0 else 1.0
    # of DC a third for each of three alike columns
    volts = np.array([element.voltage for element in elements]) / np.where(judged.direct, 3.0, ROOT3)
    volts = volts * np.where(
        np.isfinite(judged.result.table["voltage_pu"]), judged.result.table["voltage_pu"], 1.0
    )
    drawn = np.array([gain.get(row, 1.0) for row in range(len(elements))])
    return headroom(judged.currents(), limits, volts * factor, tree.reshape(-1, 2), drawn)


def _gains(judged: Judged) -> dict[int, float]:
    """Watts more that converters draw for a watt more that they give, by row; those that spread it over all phases."""
    network = judged.result.network
    return {
        row: converter.curve.marginal(float(given))
        for row, converter, (given, _) in zip(
            network.electronics.converter_row, network.converters, judged.result.converted, strict=True
        )
        if converter.cuts
    }


def headrooms(judged: Judged, found: Headroom) -> Table:
    """Room in kW by phase, what is full first, and what the phases' imbalance strands."""
    names = np.array([element.name for element in judged.elements])
    limited = found.binding >= 0
    binding = np.where(limited, names[np.maximum(found.binding, 0)], "")
    kilowatts = np.where(np.isfinite(found.phases), found.phases / 1e3, nan)
    return {
        "name": names,
        "binding": binding,
        **{f"phase_{phase}_kW": kilowatts[:, p] for p, phase in enumerate("abc")},
        "balanced_kW": 3 * kilowatts.min(axis=1),
        "stranded_kW": np.where(limited, found.stranded / 1e3, nan),
    }


def breakers(judged: Judged, found: Headroom, levels: FaultLevel) -> Table:
    """Every breaker: its rating in its own air, its load, when it trips at it, and up to where it trips alone."""
    rows = [row for row, device in enumerate(judged.devices) if device.band is not None]
    current = judged.currents().max(axis=1)
    lines = [_breaker(judged, row, float(current[row]), levels) for row in rows]
    columns = {name: np.array([line[name] for line in lines]) for name in lines[0]} if lines else {}
    own = found.own.min(axis=1)[rows] * 3 / 1e3 if rows else np.zeros(0)
    return {
        "name": np.array([judged.elements[row].name for row in rows], str),
        **columns,
        "headroom_kW": np.where(np.isfinite(own), own, nan),
    }


def _breaker(judged: Judged, row: int, current: float, levels: FaultLevel) -> dict[str, float | str]:
    device, element = judged.devices[row], judged.elements[row]
    assert device.band is not None
    assert device.breaker is not None
    here = _rating_here(device)
    above = _breaker_above(judged, row)
    upper = judged.devices[above]
    sure = nan
    if above >= 0 and upper.band is not None:
        highest = float(np.nan_to_num(levels.three_phase[element.first]))
        sure = selective_to((device.band, here), (upper.band, _rating_here(upper)), highest)
    return {
        "standard": device.breaker.standard,
        "air_degC": device.breaker_air - ZERO_CELSIUS,
        "rating_A": device.breaker_rating,
        "carries_A": element.breaker,
        "current_A": current,
        "trips_after_s": float(time_to_trip(device.band.early, current / here)),
        "trips_before_s": float(time_to_trip(device.band.late, current / here)),
        "above": judged.elements[above].name if above >= 0 else "",
        "selective_to_kA": sure / 1e3,
    }


def _rating_here(device: Device) -> float:
    return device.breaker_rating * breaker_factor(device)


def _breaker_above(judged: Judged, row: int) -> int:
    """Row of the next element towards the source that has a breaker; -1 where there is none."""
    rows = {element.name: at for at, element in enumerate(judged.elements)}
    above = rows.get(judged.elements[row].parent, -1)
    while above >= 0 and judged.devices[above].band is None:
        above = rows.get(judged.elements[above].parent, -1)
    return above
