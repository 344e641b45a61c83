"""How many more kilowatts each place of the network can take, phase by phase, before something is full."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Headroom:
    """Of every element (E): power [W] that may be added below it, to first order."""

    own: np.ndarray  # (E, 3) by its own limit alone
    phases: np.ndarray  # (E, 3) by every limit on its way to the source
    binding: (
        np.ndarray
    )  # (E) row of the element that is full first, for a balanced load; -1 where nothing limits

    @property
    def balanced(self) -> np.ndarray:
        """(E) [W] of a three-phase load; negative: so much must go."""
        return np.asarray(3 * self.phases.min(axis=1))

    @property
    def stranded(self) -> np.ndarray:
        """(E) [W] that single-phase loads could still add where a balanced one finds a phase full."""
        return np.asarray(np.maximum(self.phases, 0.0).sum(axis=1) - np.maximum(self.balanced, 0.0))


def headroom(
    current: np.ndarray,
    allowed: np.ndarray,
    watts_per_ampere: np.ndarray,
    tree: np.ndarray,
    drawn: np.ndarray | None = None,
) -> Headroom:
    """Room of elements in depth-first order.

    current (E, 3) [A]; allowed (E) [A], infinite without a limit; watts_per_ampere (E) of one phase at its voltage and
    the loads' power factor; tree (E, 2): row of the element above (-1: source), and 1 for a transformer or converter,
    which spreads a phase's load: above it the fullest phase counts for all three; drawn (E): watts more that an element
    draws for a watt more that it gives. First order: loads draw more current as the voltage falls.
    """
    own = (allowed[:, None] - current) * watts_per_ampere[:, None]
    phases, binding = own.copy(), np.where(np.isfinite(allowed), np.arange(allowed.size), -1)
    for e, (above, turns) in enumerate(tree):
        if above < 0:
            continue
        given = np.full(3, phases[above].min()) if turns else phases[above]
        if drawn is not None:
            given = given / drawn[e]
        if given.min() < phases[e].min():
            binding[e] = binding[above]
        phases[e] = np.minimum(phases[e], given)
    return Headroom(own, phases, binding)
