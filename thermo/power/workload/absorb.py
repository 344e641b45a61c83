"""What curtailable load can take off the swings of the rest: ramps, and a dispatch under a contract."""

from __future__ import annotations

import numpy as np


def ramp(power: np.ndarray, step: float, window: float) -> float:
    """Fastest change [W/s] of a power (T) [W], sampled every `step` s, over any `window` s."""
    lag = max(1, round(window / step))
    if power.size <= lag:
        return 0.0
    return float(np.abs(power[lag:] - power[:-lag]).max() / (lag * step))


def dispatch(rest: np.ndarray, most: float, contract: float, delays: tuple[int, int]) -> np.ndarray:
    """Power (T) [W] that a curtailable load of at most `most` W may draw beside `rest` (T) under a contract [W].

    delays: samples until it follows, and samples it looks back: it leaves room for the highest `rest` of that span, one
    step of training, so that it does not chase what it cannot follow. Causal: before the first sample that it knows
    it takes the rest to be at its first value.
    """
    latency, span = delays
    known = np.concatenate([np.full(latency + span, rest[0]), rest])
    windows = np.lib.stride_tricks.sliding_window_view(known[: rest.size + span], span + 1)
    return np.asarray(np.clip(contract - windows.max(axis=1), 0.0, most))


def excess(power: np.ndarray, contract: float) -> tuple[float, float]:
    """Highest excess [W] over a contract and the share of time above it [-]."""
    over = np.maximum(power - contract, 0.0)
    return float(over.max()), float((over > 1e-9 * contract).mean())
