"""Whether the air of a room stands still where no unit's inlet can tell."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .state import State

FLOW_STOP = 2e-3  # of the highest speed: most that any velocity may change over a window


@dataclass
class Stillness:
    """Compares velocities and temperatures with those of a window before; window by window."""

    then: dict[str, np.ndarray] = field(default_factory=dict)
    since: int = 0
    flow: float = np.inf  # change of velocity over the highest speed
    heat: float = np.inf  # change of temperature [K]

    def look(self, state: State, iteration: int, window: int) -> None:
        """Take note of the fields when a window has passed since the last look."""
        if self.then and iteration - self.since < window:
            return
        now = {name: getattr(state, name).copy() for name in ("u", "v", "w", "t")}
        if self.then:
            change = {name: float(np.abs(now[name] - before).max()) for name, before in self.then.items()}
            speed = max(float(np.abs(now[name]).max()) for name in "uvw")
            self.flow = max(change[name] for name in "uvw") / max(speed, 1e-9)
            self.heat = change["t"]
        self.then, self.since = now, iteration

    def travel(self) -> float:
        """Change of temperature over the last whole window [K]; infinite while the air itself still changes."""
        return self.heat if self.flow < FLOW_STOP else float("inf")

    def __str__(self) -> str:
        return f"velocities still change by {100 * self.flow:.1f} % of the highest, temperatures by {self.heat:.2f} K"


def circulation(state: State, area: np.ndarray) -> float:
    """Air that rises through the mean horizontal plane [m3/s]; `area` of each padded cell's floor [m2]."""
    rising = np.maximum(state.w.reshape(area.shape), 0.0)
    layers = area.shape[0] - 4
    return float(np.sum(rising * area, dtype=np.float64)) / layers
