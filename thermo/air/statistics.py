"""What can be said of a hall that swings: its period, means over whole periods, how certain those are.

Means of correlated samples: batch means, a batch a period (Law, Simulation Modeling and Analysis, 5th ed. 2015,
section 9.5.3); without a regular period the integral time of the autocorrelation (Sokal 1997, in Functional
Integration, eq. 2.16). The band is Student's, at 95 % (ISO/IEC Guide 98-3:2008, annex G).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

REGULAR = 0.3  # autocorrelation one period later, below which a swing has no period
STILL = 1e-3  # [K] of standard deviation, below which nothing swings
TOP = 0.8  # of the peak of the autocorrelation: the part that a parabola is fitted to
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Statistics:
    """Mean and swing of columns (units, tiers) over `span` seconds, the last `count` entries of a record [K]."""

    mean: np.ndarray
    swing: np.ndarray  # peak to peak
    error: np.ndarray  # standard error of the mean
    band: np.ndarray  # the mean lies within +-band of the true one with CONFIDENCE
    period: float  # [s], nan when the swing has none
    span: float
    count: int
    batches: float  # independent samples behind the mean: whole periods, or span over twice the integral time


def autocorrelation(series: np.ndarray) -> np.ndarray:
    """Of the columns of (n, columns) together, each with its own mean taken off; lags 0 to n - 1, 1 at lag 0.

    Estimated without the shrinking of long lags: each lag's sum is divided by its own count.
    """
    n = len(series)
    x = series - series.mean(axis=0)
    power = np.abs(np.fft.rfft(x, 2 * n, axis=0)) ** 2
    sums = np.fft.irfft(power.sum(axis=1))[:n]
    return sums / sums[0] * n / np.arange(n, 0, -1) if sums[0] > 0 else np.zeros(n)


def period(series: np.ndarray, step: float) -> float:
    """Period [s] of the regular swing of (n,) or (n, columns) in steps of `step` [s]; nan when there is none.

    The first high peak of the autocorrelation of all columns together, straight trends taken off, up to half the
    record: a swing must be seen at least twice. Between steps by a parabola through the top of the peak.
    """
    x = np.reshape(np.asarray(series, float), (len(series), -1))
    at = np.arange(len(x), dtype=float)
    at -= at.mean()
    x = x - x.mean(axis=0) - np.outer(at, at @ x / (at @ at))
    if x.std(axis=0).max(initial=0.0) < STILL:
        return float("nan")
    found = autocorrelation(x)[: len(x) // 2 + 1]
    below = np.flatnonzero(found < 0)
    if below.size == 0 or found[below[0] :].max() < REGULAR:
        return float("nan")
    return _first_peak(found, int(below[0])) * step


def _first_peak(found: np.ndarray, first: int) -> float:
    """Lag of the first peak from lag `first` on that comes near the highest."""
    height = TOP * found[first:].max()
    above = np.flatnonzero(found[first:] > height) + first
    top = above[above < above[0] + above[0] // 4]  # noise may split a peak; the next is a period away
    if top.size < 5:
        return float(top[np.argmax(found[top])])
    a, b, _ = np.polyfit(top - top.mean(), found[top], 1 + 1)
    peak = top.mean() - b / (2 * a) if a < 0 else float(top[np.argmax(found[top])])
    return float(np.clip(peak, top[0], top[-1]))


def statistics(series: np.ndarray, step: float, cycle: float | None = None) -> Statistics:
    """Of (n, columns) in steps of `step` [s], over the last whole periods when there is a period.

    cycle: the period when it is known from a longer record [s]; nan for none.
    """
    x = np.asarray(series, float)
    cycle = period(x, step) if cycle is None else cycle
    whole = int(len(x) * step / cycle + 0.02) if np.isfinite(cycle) else 0  # a step may miss at the end
    if whole < 2:
        return _correlated(x, step, cycle)
    x = x[-min(len(x), round(whole * cycle / step)) :]
    means = np.array([b.mean(axis=0) for b in np.array_split(x, whole)])
    error = means.std(axis=0, ddof=1) / np.sqrt(whole)
    return _stated(x, step, cycle, error, np.full(error.shape, float(whole)))


def _correlated(x: np.ndarray, step: float, cycle: float) -> Statistics:
    """From the integral time of each column: samples closer than twice that are no news."""
    n = len(x)
    independent = np.ones(x.shape[1])
    for column in range(x.shape[1]):
        rho = autocorrelation(x[:, column : column + 1]) * np.arange(n, 0, -1) / n
        zero = np.flatnonzero(rho <= 0)
        last = int(zero[0]) if zero.size else n
        independent[column] = np.clip(n / (1.0 + 2.0 * rho[1:last].sum()), 1.0, n)
    spread = x.std(axis=0, ddof=1) if n > 1 else np.zeros(x.shape[1])
    return _stated(x, step, cycle, spread / np.sqrt(independent), independent)


def _stated(x: np.ndarray, step: float, cycle: float, error: np.ndarray, samples: np.ndarray) -> Statistics:
    fewest = float(samples.min(initial=np.inf))
    return Statistics(
        x.mean(axis=0),
        np.ptp(x, axis=0),
        error,
        student(samples) * error,
        cycle,
        len(x) * step,
        len(x),
        fewest,
    )


def student(samples: np.ndarray) -> np.ndarray:
    """Half-width of the CONFIDENCE interval of a mean in standard errors, by independent samples."""
    from scipy.special import stdtrit

    freedom = np.maximum(samples - 1.0, 1.0)  # one sample says nothing of its error; the widest stands for it
    return stdtrit(freedom, 0.5 + 0.5 * CONFIDENCE)
