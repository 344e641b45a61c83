"""What is watched while the air is solved, and what it says: settled, still moving, or swinging."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .statistics import period

AS_LONG = 0.9  # of the later window's time: what the earlier must last to be compared with it
GROWTH = 1.5  # from one window to the next: a swing that still grows is not what it will be


@dataclass
class Monitor:
    """Unit inlet temperatures at every iteration or step, and the balances now and then."""

    inlets: list[np.ndarray] = field(default_factory=list)  # above the reference [K]
    times: list[float] = field(default_factory=list)  # pseudo-time or time [s]
    residuals: list[tuple[int, float, float, float, float]] = field(default_factory=list)
    first: int = 0  # entries before this one belong to another time step

    def record(self, time: float, inlet: np.ndarray) -> None:
        self.times.append(time)
        self.inlets.append(inlet)

    def cut(self, steps: int, iteration: int) -> None:
        """Forget what came after a number of steps, and balances after an iteration."""
        del self.inlets[steps:], self.times[steps:]
        self.residuals = [row for row in self.residuals if row[0] <= iteration]

    def covering(self, span: float, step: float) -> int:
        """Entries that cover a span of time [s]; where there are not so many, with those to come in steps of `step`."""
        times = np.array(self.times[self.first :])
        seen = times[-1] - times[0] if times.size else 0.0
        if seen >= span:
            return int(times.size - np.searchsorted(times, times[-1] - span * (1 + 1e-6)))
        return max(0, times.size - 1) + int(np.ceil((span - seen) / step))

    def whole_periods(self, steps: int, step: float) -> int:
        """The least number of steps of `step` [s], `steps` or more, that is whole periods of the swing seen."""
        cycle = period(np.array(self.inlets[self.first :]), step) / step
        return round(np.ceil(steps / cycle) * cycle) if np.isfinite(cycle) else steps

    def window(self, count: int, back: int = 0) -> np.ndarray:
        """The inlets of `count` entries, `back` windows ago: (count, units)."""
        end = len(self.inlets) - back * count
        return np.array(self.inlets[max(0, end - count) : end])

    def travel(self, count: int, back: int = 0) -> float:
        """Largest peak-to-peak of any inlet in a window [K]; infinite before there is one."""
        if len(self.inlets) - self.first < (back + 1) * count:
            return float("inf")
        window = self.window(count, back)
        return float(np.max(np.ptp(window, axis=0), initial=0.0))

    def amplitude(self, count: int) -> float:
        """Largest distance of any inlet from its own mean over a window [K]."""
        window = self.window(count)
        return float(np.max(np.abs(window - window.mean(axis=0)), initial=0.0))

    def growing(self, count: int) -> bool:
        """True when the travel of this window is well above that of the one before."""
        return self.travel(count) > GROWTH * self.travel(count, 1)

    def filling(self, looks: int, share: float) -> bool:
        """True when over some looks the hall stored, or gave up, more than a share of the heat it was given."""
        stored = [heat for _, _, _, heat, _ in self.residuals[-max(1, looks) :]]
        return bool(stored) and abs(float(np.mean(stored))) > share

    def swinging(self, count: int, tolerance: float) -> bool:
        """True when inlets go on moving about a mean that has settled: an unsteady hall, not a slow one."""
        now, before = self.travel(count), self.travel(count, 1)
        if now < tolerance or not self._two_windows(count):
            return False
        return bool(now > 0.7 * before and self._drift(count) < 0.4 * now)

    def wavering(self, count: int, tolerance: float) -> bool:
        """True when inlets, though they move, stay as near to a mean that has settled as settled inlets may travel."""
        most = max(self.travel(count), self.travel(count, 1))
        if not tolerance <= most < 2 * tolerance or self.growing(count) or not self._two_windows(count):
            return False
        return self._drift(count) < tolerance

    def _two_windows(self, count: int) -> bool:
        """True once the window before lasts as long as this: after steps have grown it lasts less."""
        times = self.times[-2 * count :]
        if len(self.inlets) - self.first < 2 * count:
            return False
        return times[count - 1] - times[0] >= AS_LONG * (times[-1] - times[count])

    def _drift(self, count: int) -> float:
        """How far the mean of the inlet that moved most is from its mean in the window before [K]."""
        return float(
            np.abs(self.window(count).mean(axis=0) - self.window(count, 1).mean(axis=0)).max(initial=0.0)
        )
