"""Room that lies idle because the phases are not loaded alike, and the moves that free it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations

import numpy as np

PHASES = "abc"
MOVE_COST = 1e-2  # of the mean movable unit's power: a move must free at least that
SECONDS, GAP = 20.0, 1e-4  # HiGHS may stop there; the gap is relative to the objective


@dataclass(frozen=True)
class Rephasing:
    """Shares (units, 3) of each unit's power by phase after the moves, and the stranded power before and after [W]."""

    shares: np.ndarray
    moved: tuple[int, ...]
    before: np.ndarray  # (elements)
    after: np.ndarray
    optimal: bool


def stranded(loads: np.ndarray) -> np.ndarray:
    """Power [W] that the two lesser phases could carry more: 3 max - sum, over loads (..., 3) [W]."""
    return np.asarray(3 * loads.max(axis=-1) - loads.sum(axis=-1))


def rephase(power: np.ndarray, shares: np.ndarray, feeds: np.ndarray, groups: np.ndarray) -> Rephasing:
    """The fewest moves that free the most room, by an integer programme (HiGHS).

    power (units) [W]; shares (units, 3); feeds (elements, units): the part of each unit that each element carries;
    groups (elements): weight of its room in the sum to be made small. A unit's phases are exchanged on all its feeds
    at once. Units with equal shares stay.
    """
    options = [_ways(own) for own in shares]
    movable = [u for u, ways in enumerate(options) if len(ways) > 1 and power[u] > 0 and feeds[:, u].any()]
    loads = feeds @ (power[:, None] * shares)
    new, optimal = shares.copy(), True
    if movable:
        chosen, optimal = _programme(
            power, [options[u] for u in movable], movable, (feeds, groups, loads, shares)
        )
        for u, way in zip(movable, chosen, strict=True):
            new[u] = options[u][way]
    moved = tuple(u for u in movable if not np.allclose(new[u], shares[u]))
    return Rephasing(new, moved, stranded(loads), stranded(feeds @ (power[:, None] * new)), optimal)


def _ways(own: np.ndarray) -> np.ndarray:
    """Distinct shares that exchanging phases gives, the present one first."""
    found: list[np.ndarray] = []
    for order in permutations(range(3)):
        way = own[list(order)]
        if not any(np.allclose(way, other) for other in found):
            found.append(way)
    return np.array(found)


def _programme(
    power: np.ndarray, options: Sequence[np.ndarray], movable: Sequence[int], fixed: tuple[np.ndarray, ...]
) -> tuple[list[int], bool]:
    """The way chosen for each movable unit. Unknowns: one binary a way, then the fullest phase of each element."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_matrix

    feeds, weight, loads, shares = fixed
    starts = np.concatenate([[0], np.cumsum([len(ways) for ways in options])])
    count, elements = int(starts[-1]), feeds.shape[0]
    scale = power[list(movable)].mean()
    movable_part = np.zeros((elements, 3, count))
    one_each = np.zeros((len(movable), count + elements))
    cost = np.concatenate([np.zeros(count), weight])
    for n, u in enumerate(movable):
        columns = slice(starts[n], starts[n + 1])
        movable_part[:, :, columns] = feeds[:, u, None, None] * power[u] / scale * options[n].T[None]
        one_each[n, columns] = 1
        cost[starts[n] + 1 : starts[n + 1]] = MOVE_COST
    stay = feeds[:, movable] @ (power[movable, None] * shares[movable])
    fullest = -np.repeat(np.eye(elements), 3, axis=0)
    within = np.hstack([movable_part.reshape(3 * elements, count), fullest])
    found = milp(
        cost,
        integrality=np.concatenate([np.ones(count), np.zeros(elements)]),
        bounds=Bounds(0, np.concatenate([np.ones(count), np.full(elements, np.inf)])),
        constraints=[
            LinearConstraint(csr_matrix(within), -np.inf, ((stay - loads) / scale).ravel()),
            LinearConstraint(csr_matrix(one_each), 1, 1),
        ],
        options={"time_limit": SECONDS, "mip_rel_gap": GAP},
    )
    if found.x is None:
        return [0] * len(movable), False
    return [int(np.argmax(found.x[a:b])) for a, b in pairwise(starts)], found.status == 0


def named(shares: np.ndarray) -> str:
    """Phases with their shares, such as "a" or "a 35 % b 33 % c 32 %"."""
    used = [(PHASES[p], share) for p, share in enumerate(shares) if share > 0]
    if len({round(share, 6) for _, share in used}) == 1:
        return "".join(phase for phase, _ in used)
    return " ".join(f"{phase} {100 * share:.0f} %" for phase, share in used)
