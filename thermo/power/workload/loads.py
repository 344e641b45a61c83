"""Power of racks in time as a share of their crest: training in steps with checkpoints, inference as a random load.

Quasi-static: samples are a tenth of a second apart, and nothing faster is claimed.
"""

from __future__ import annotations

import numpy as np

from ...case.workload import Workload

SEED = 20260  # of offsets and random loads: the same case gives the same load
SPREAD = 0.25  # standard deviation of inference over the span from trough to crest; weak: chosen


def shares(workload: Workload, times: np.ndarray, racks: int) -> np.ndarray:
    """Share of the crest (racks, T) at times [s], evenly spaced from 0."""
    rng = np.random.default_rng(SEED)
    return (training if workload.kind == "training" else inference)(workload, times, racks, rng)


def training(workload: Workload, times: np.ndarray, racks: int, rng: np.random.Generator) -> np.ndarray:
    """Trapezoids in time, checkpoints between them.

    A share sqrt(correlation) of the racks works on one job in unison, the others each on their own: then two racks
    taken at random have that correlation.
    """
    alone = rng.permutation(racks) >= round(np.sqrt(workload.correlation) * racks)
    offset = np.where(alone, rng.uniform(0, 1, racks), 0.0)[:, None]
    level = workload.trough + (1 - workload.trough) * trapezoid(
        (times / workload.period + offset) % 1.0, workload.duty, workload.edge / workload.period
    )
    begin = 0.5 * workload.duration
    since = (times - begin + offset * workload.checkpoint_every) % workload.checkpoint_every
    return np.where(since < workload.checkpoint_length, workload.checkpoint, level)


def trapezoid(position: np.ndarray, duty: float, edge: float) -> np.ndarray:
    """0 to 1 over a step's position 0 to 1: rises over `edge`, falls over `edge` from `duty` on; its mean is duty."""
    return np.asarray(np.clip(np.minimum(position / edge, (duty + edge - position) / edge), 0.0, 1.0))


def inference(workload: Workload, times: np.ndarray, racks: int, rng: np.random.Generator) -> np.ndarray:
    """Ornstein-Uhlenbeck loads about the middle between trough and crest, with that correlation between racks."""
    kept = np.exp(-(times[1] - times[0]) / workload.period)
    own = rng.standard_normal((racks, times.size))
    common = rng.standard_normal(times.size)
    noise = np.sqrt(workload.correlation) * common + np.sqrt(1 - workload.correlation) * own
    state = np.empty_like(noise)
    state[:, 0] = noise[:, 0]
    for k in range(1, times.size):
        state[:, k] = kept * state[:, k - 1] + np.sqrt(1 - kept**2) * noise[:, k]
    return np.asarray(workload.trough + (1 - workload.trough) * np.clip(0.5 + SPREAD * state, 0.0, 1.0))
