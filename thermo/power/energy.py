"""Where the source's power goes: loads by their own law, losses by place from currents and voltages, what is stored.

Each term is computed by itself; what is left open between them is what the sweeps, or a mistake, left open.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .solution import Solution
from .tree import DELTA, PHASOR, Network

# of the source's energy. Sweeps leave 3e-11 and less open on all feeders of the tests; a millionth of any loss above a
# thousandth of the power is more than this
CLOSE = 1e-9


@dataclass(frozen=True)
class Balance:
    """Mean powers [W] or energies [J], alike: of scenarios (S), or of samples in time. NaN without a solution."""

    source: np.ndarray  # (S) given by the source
    loads: np.ndarray  # (S) drawn at the loads
    losses: np.ndarray  # (S, places)
    places: tuple[str, ...]
    stored: np.ndarray  # (S) into batteries and other stores

    @property
    def open(self) -> np.ndarray:
        """(source - loads - losses - stored) / source (S) [-]; of the largest term where the source gives nothing."""
        terms = np.column_stack([self.source, self.loads, self.losses, self.stored])
        left = self.source - self.loads - self.losses.sum(axis=1) - self.stored
        whole = np.where(np.abs(self.source) > 0, np.abs(self.source), np.abs(terms).max(axis=1))
        return np.asarray(np.divide(left, whole, out=np.zeros_like(left), where=whole != 0))

    @property
    def closes(self) -> bool:
        """Whether every scenario that has a solution closes to CLOSE."""
        found = self.open
        return bool((np.abs(found[np.isfinite(found)]) <= CLOSE).all())

    def over(self, seconds: np.ndarray) -> Balance:
        """Energies [J] of a course whose samples (S) last so long [s], as one scenario."""

        def total(power: np.ndarray) -> np.ndarray:
            return np.asarray((power.T * seconds).T.sum(axis=0, keepdims=True))

        return Balance(
            total(self.source), total(self.loads), total(self.losses), self.places, total(self.stored)
        )


def balance(network: Network, solution: Solution, p: np.ndarray, q: np.ndarray) -> Balance:
    """The balance of scenarios p [W], q [var] (S, L, 3), solved with voltages and currents."""
    assert solution.voltage is not None
    assert solution.branch_current is not None
    v, i, root = solution.voltage, solution.branch_current, network.root
    heads = [root, *(source.node for source in network.sources)]
    given = (v[:, heads] * i[:, heads].conj()).real.sum(axis=(1, 2))
    watts = np.einsum("skf,kfg,skg->sk", i.conj(), network.impedance, i).real
    watts += np.einsum("skf,kfg,skg->sk", v.conj(), network.shunt, v).real
    losses = watts @ (network.place[:, None] == np.arange(len(network.places)))
    for k, tie in enumerate(network.ties):
        assert solution.tie_current is not None
        j = solution.tie_current[:, k]
        losses[:, tie.place] += np.einsum("sf,fg,sg->s", j.conj(), tie.impedance, j).real
    stored = np.zeros(len(v)) if solution.stored_w is None else solution.stored_w
    if solution.converter_w is not None:
        _convert(network, solution.converter_w, losses)
    return Balance(given, drawn(network, v, p, q), losses, network.places, stored)


def _convert(network: Network, converter_w: np.ndarray, losses: np.ndarray) -> None:
    """Losses of converters and batteries, what they draw less what they give and store, into (S, places)."""
    for k, converter in enumerate(network.converters):
        given, taken = converter_w[:, k].T
        losses[:, converter.place] += taken - given - converter.balance(given)[2]
    for store in network.stores:
        losses[:, store.place] += store.drawn - store.stored


def drawn(network: Network, v: np.ndarray, p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Power [W] (S) that loads draw at voltages v (S, n, 3); injected currents by what they meet."""
    at = v[:, network.load_node]
    across = np.where((network.connection == DELTA)[:, None], at - np.roll(at, -1, axis=-1), at)
    u = np.abs(across) / network.nominal[:, None]
    law = network.law[None]
    scale = law[..., :1] + law[..., 1:2] * u + law[..., 2:] * u**2
    injected = (at * (p - 1j * q)).real
    watts = np.where((network.connection == PHASOR)[:, None], injected, scale * p)
    return np.asarray(watts.sum(axis=(1, 2)))
