"""Prospective short-circuit currents along a radial network: the largest, as in IEC 60909-0.

Loads behind rectifiers add nothing; motors are not modelled. Node k hangs on parent[k]; impedances [ohm] at the
node's own voltage, resistances cold (20 degC), the largest fault level of the source.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LOW_VOLTAGE = 1000.0  # [V]
# making capacity over breaking capacity [-] of breakers up to so many kA: IEC 60947-2, table 2
MAKING = ((6e3, 1.5), (10e3, 1.7), (20e3, 2.0), (50e3, 2.1), (np.inf, 2.2))


@dataclass(frozen=True)
class FaultLevel:
    """At every node (n), [A]; NaN at an ideal source, which has no limit, and for earth faults above a transformer."""

    three_phase: np.ndarray  # I''k3
    peak: np.ndarray  # i_p of it
    phase_neutral: np.ndarray  # I''k1
    x_over_r: np.ndarray


def voltage_factor(volts: float | np.ndarray, window: float) -> np.ndarray:
    """c_max [-] of IEC 60909-0, table 1: 1.05 where low voltage stays within 6 %, else 1.10."""
    return np.where((np.asarray(volts) <= LOW_VOLTAGE) & (window <= 0.06), 1.05, 1.10)


def transformer_correction(reactance_pu: float, c_max: float) -> float:
    """K_T [-] = 0.95 c_max / (1 + 0.6 x_T): IEC 60909-0, equation (12a)."""
    return 0.95 * c_max / (1 + 0.6 * reactance_pu)


def along(
    parent: np.ndarray,
    positive: np.ndarray,
    zero: np.ndarray,
    ratio: np.ndarray,
    volts: np.ndarray,
    c: np.ndarray,
) -> FaultLevel:
    """Fault levels (n) of a tree.

    positive, zero: series impedance of the branch into a node; ratio: line-to-line voltage of its parent over its own
    where the branch is a transformer with a delta on the source's side, else 0; volts: nominal line to line; c: c_max.
    """
    z1, z0 = np.zeros(parent.size, complex), np.full(parent.size, complex(np.nan, np.nan))
    for k in _outwards(parent):
        if parent[k] == k:
            z1[k] = positive[k]  # of a source itself, such as a generator's own
            continue
        up, delta = parent[k], ratio[k] > 0
        z1[k] = positive[k] + (z1[up] / ratio[k] ** 2 if delta else z1[up])
        z0[k] = zero[k] + (0 if delta else z0[up])
    live = np.abs(z1) > 0
    size = np.where(live, np.abs(z1), 1.0)
    three = np.where(live, c * volts / (np.sqrt(3) * size), np.nan)
    r_over_x = np.where(z1.imag > 0, z1.real / np.where(z1.imag > 0, z1.imag, 1.0), np.inf)
    peak = np.sqrt(2) * peak_factor(r_over_x) * three
    single = np.sqrt(3) * c * volts / np.where(np.isnan(z0), np.nan, np.maximum(np.abs(2 * z1 + z0), 1e-300))
    x_over_r = np.where(r_over_x > 0, 1 / np.where(r_over_x > 0, r_over_x, 1.0), np.inf)
    return FaultLevel(three, peak, single, np.where(live, x_over_r, np.nan))


def _outwards(parent: np.ndarray) -> np.ndarray:
    """Nodes in an order in which a parent comes before its children."""
    depth, node = np.zeros(parent.size, int), np.arange(parent.size)
    while (parent[node] != node).any():
        depth += parent[node] != node
        node = parent[node]
    return np.argsort(depth, kind="stable")


def peak_factor(r_over_x: np.ndarray) -> np.ndarray:
    """kappa [-] = 1.02 + 0.98 exp(-3 R/X): IEC 60909-0, equation (55)."""
    return np.asarray(1.02 + 0.98 * np.exp(-3 * np.minimum(r_over_x, 200.0)))


def making_capacity(breaking: np.ndarray) -> np.ndarray:
    """Peak [A] that a breaker of a breaking capacity [A] can close on."""
    limits = np.array([limit for limit, _ in MAKING])
    factors = np.array([factor for _, factor in MAKING])
    return np.asarray(breaking * factors[np.searchsorted(limits, breaking)])
