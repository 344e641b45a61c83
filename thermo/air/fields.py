"""The fields of one hall where they are solved, and what the host sees of them.

On a card the host has a mirror of the fields, fresh only where and when it looks: `whole` everywhere, `border` at the
places that units, openings and looks use, `seen` there too but not to be written to. What is written to the first two
is taken over before the next step. In the host's own memory all three are the fields themselves.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from .. import device
from ..scene import Scene
from .envelope import Envelope
from .state import LIMITS, State

Places = dict[str, np.ndarray]


class Fields:
    """`live`: the fields where they are solved."""

    def __init__(self, ops: SimpleNamespace, state: State, places: Places):
        self.ops, self.home, self.host = ops, ops.home, state
        self.live: State = self.home.moved(state)
        self.fresh, self.written = "", ""  # of the mirror: "", "border" or "whole"
        self.before: State | None = None
        self.places = {name: np.unique(cells) for name, cells in places.items()} if self.home.replays else {}
        self.listed = (
            {name: np.zeros(state.t.size, bool) for name in self.places} if self.home.replays else {}
        )
        self.strays = [device.sums() for _ in LIMITS]
        self.counts = self.home.moved(self.strays)
        if self.home.replays:
            self.strays = self.home.landing(self.strays)
            self._list()

    # --- what the host sees ---------------------------------------------------------------------------

    def whole(self) -> State:
        """All fields, for the host to read and write."""
        if not self.home.replays:
            return self.live
        if self.fresh != "whole":
            self.settle()
            self.home.fetch(self.host, self.live)
        self.fresh = self.written = "whole"
        return self.host

    def border(self) -> State:
        """The fields at the places listed, for the host to read and write; nothing elsewhere."""
        state = self.seen()
        self.written = self.written or "border"
        return state

    def seen(self) -> State:
        """The fields at the places listed, for the host to read."""
        if not self.home.replays:
            return self.live
        if not self.fresh:
            self._gather()
            self.fresh = "border"
        return self.host

    def see(self, name: str, places: np.ndarray) -> None:
        """Let a field be seen at these places too."""
        if not self.home.replays or self.listed[name][places].all():
            return
        self.settle()
        self.places[name] = np.union1d(self.places[name], places)
        self._list()
        self.fresh = ""

    # --- steps ----------------------------------------------------------------------------------------

    def settle(self) -> State:
        """Take over what the host has written; the fields as they are solved."""
        if self.written == "whole":
            self.home.update(self.live, self.host)
        elif self.written and self.home.replays:
            self._scatter()
        self.written = ""
        return self.live

    def stepped(self) -> None:
        """The fields have changed: the mirror is stale."""
        self.fresh = ""

    def take(self, state: State) -> None:
        """Go on from the values of another state, where fields are solved; what the host wrote is forgotten."""
        self.written = self.fresh = ""
        self.live.take(state)

    def switch(self, state: State) -> None:
        """Go on with another state, where fields are solved."""
        self.settle()
        self.live, self.fresh = state, ""

    def keep(self) -> State:
        """The time level before, for steps of several iterations: a copy of the fields as they are."""
        if self.before is None:
            self.before = self.live.copy()
        self.before.take(self.live)
        return self.before

    def finite(self) -> bool:
        """No NaN in velocity, temperature or k, and nothing beyond LIMITS."""
        live = self.settle()
        for count, (name, most) in zip(self.counts, LIMITS.items(), strict=True):
            self.ops.strays(count, getattr(live, name), most)
        self.home.fetch(self.strays, self.counts)
        return not any(count[0] for count in self.strays)

    # --- the border -----------------------------------------------------------------------------------

    def _list(self) -> None:
        """Lists of the places, and room for their values on both sides."""
        for name, places in self.places.items():
            self.listed[name][places] = True
        values = {name: np.zeros(places.size, self.host.t.dtype) for name, places in self.places.items()}
        order = {name: np.arange(places.size) for name, places in self.places.items()}
        self.lists = self.home.moved((self.places, order, values))
        self.values = self.home.landing(values)

    def _gather(self) -> None:
        places, order, values = self.lists
        for name in self.places:
            self.ops.carry(values[name], order[name], getattr(self.live, name), places[name], 0)
        self.home.fetch(self.values, values)
        for name, cells in self.places.items():
            getattr(self.host, name)[cells] = self.values[name]

    def _scatter(self) -> None:
        places, order, values = self.lists
        for name, cells in self.places.items():
            self.values[name][:] = getattr(self.host, name)[cells]
        self.home.update(values, self.values)
        for name in self.places:
            self.ops.carry(getattr(self.live, name), places[name], values[name], order[name], 0)


def border(scene: Scene, envelope: Envelope | None) -> Places:
    """Flat places of each field that units, openings, walls and screens read or write between iterations."""
    found: dict[str, list[Any]] = {name: [np.zeros(0, np.int64)] for name in ("u", "v", "w", "t", "k", "eps")}
    through = (*scene.openings, *scene.fronts, *scene.rears, *(patch for _, patch in scene.screens))
    for patch in through:
        found["uvw"[patch.axis]].append(patch.face)
    for patch in (*scene.openings, *scene.rears):
        for name in ("t", "k", "eps"):
            found[name].append(patch.behind)
    found["t"] += [patch.air for patch in (*scene.openings, *scene.fronts)]
    if envelope:
        found["t"] += [envelope.beside, envelope.beyond]
    return {name: np.concatenate(places).astype(np.int64) for name, places in found.items()}
