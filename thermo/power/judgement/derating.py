"""The network's ratings in the air that its elements stand in.

Nothing is rated up in cold air; air above a limit leaves a hundredth of the rating, so that the limit still shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ...case.electrical import BuswayKind, CableKind, TransformerKind
from ..flow import PowerResult
from ..network import HallNetwork
from ..parts import Element, allowed
from ..states import breaker as breakers
from ..states import conductor, transformer
from .equipment import Device

LEAST = 0.01


def derated(result: PowerResult, devices: Sequence[Device]) -> PowerResult:
    """The same flow judged by the ratings that hold in the elements' own air; its table gains `air_degC`."""
    network = result.network
    rows = [_element(element, device) for element, device in zip(network.elements, devices, strict=True)]
    rating = np.array([allowed(element) for element in rows])
    current = result.table["current_A"]
    loading = np.divide(current, rating, out=np.zeros(len(rows)), where=rating > 0)
    table = result.table | {
        "rating_A": rating,
        "loading_percent": 100 * loading,
        "ok": np.isfinite(current) & (loading <= 1),
        "air_degC": np.array([device.air for device in devices]) - transformer.ZERO_CELSIUS,
    }
    return replace(result, network=_with(network, rows), table=table)


def _with(network: HallNetwork, rows: Sequence[Element]) -> HallNetwork:
    return replace(network, elements=tuple(rows))


def _element(element: Element, device: Device) -> Element:
    own, protection = factor(device), breaker_factor(device)
    return replace(
        element,
        rating=element.rating * own,
        largest=element.largest * factor(replace(device, kind=device.largest)),
        breaker=element.breaker * protection,
        largest_breaker=element.largest_breaker * protection,
    )


def factor(device: Device) -> float:
    """Rating in the element's own air over the rating stated [-]."""
    kind, share = device.kind, 1.0
    if isinstance(kind, TransformerKind):
        share = transformer_load(kind, device.air)
    elif isinstance(kind, BuswayKind | CableKind):
        share = float(conductor.ampacity_in(conductor_of(kind), device.air)) / kind.rated_current
    return min(1.0, max(share, LEAST))


def breaker_factor(device: Device) -> float:
    """The same of its breaker."""
    if device.band is None:
        return 1.0
    return min(1.0, max(float(breakers.rating_in(1.0, device.breaker_air, device.band)), LEAST))


def conductor_of(kind: BuswayKind | CableKind, runs: int = 1) -> conductor.Conductor:
    """A run's thermal constants."""
    material = getattr(kind, "material", "copper")
    return conductor.Conductor(
        kind.rated_current * runs,
        kind.limit_temperature,
        kind.reference_temperature,
        kind.time_constant,
        conductor.OFFSETS[material],
    )


# ------------------------------------------------------------------------------------------ transformers


def oil_of(kind: TransformerKind) -> transformer.OilTransformer:
    """Thermal constants of an oil transformer's nameplate."""
    usual = transformer.DISTRIBUTION_ONAN
    return replace(
        usual,
        loss_ratio=kind.load_loss / max(kind.no_load_loss, 1e-3),
        oil_rise=kind.oil_rise,
        gradient=usual.gradient if kind.hot_spot_rise is None else kind.hot_spot_rise,
        oil_time=kind.oil_time_constant,
        winding_time=usual.winding_time if kind.winding_time_constant is None else kind.winding_time_constant,
    )


def dry_of(kind: TransformerKind) -> transformer.DryTransformer:
    """Thermal constants of a dry transformer's nameplate."""
    usual = transformer.DryTransformer()
    return replace(
        usual,
        rise=usual.rise if kind.hot_spot_rise is None else kind.hot_spot_rise,
        winding_time=usual.winding_time if kind.winding_time_constant is None else kind.winding_time_constant,
    )


def hot_spot_limit(kind: TransformerKind) -> float:
    """[K]: stated; else 120 degC of normal cyclic loading (IEC 60076-7), or a dry system's temperature."""
    if kind.hot_spot_limit is not None:
        return kind.hot_spot_limit
    return transformer.ZERO_CELSIUS + (
        transformer.DRY_SYSTEMS[kind.insulation] if kind.cooling == "dry" else 120.0
    )


def hot_spot(kind: TransformerKind, load: float, air: float) -> tuple[float, float]:
    """Top oil (NaN in a dry one) and hot spot [K] that a constant load settles at."""
    if kind.cooling == "dry":
        return np.nan, air + float(transformer.dry_settled(dry_of(kind), load))
    state = transformer.settled(oil_of(kind), load, air)
    return float(state.oil), float(state.hot_spot)


def ageing_rate(kind: TransformerKind, hottest: float) -> float:
    """Rate of ageing [-] at a hot spot [K]; 1 at the rated one."""
    if kind.cooling == "dry":
        return float(transformer.dry_ageing(hottest, kind.insulation))
    return float(transformer.ageing(hottest, kind.paper == "upgraded"))


def transformer_load(kind: TransformerKind, air: float) -> float:
    """Constant load [-] whose hot spot settles at the limit in air of a temperature [K]."""
    limit = hot_spot_limit(kind)
    if kind.cooling == "oil":
        return float(transformer.load_at(oil_of(kind), limit, air))
    dry = dry_of(kind)
    return float(max(limit - air, 0.0) / dry.rise) ** (1 / float(dry.exponent))
