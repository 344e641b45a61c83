"""The growing tables of a network's nodes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .parts import ROOT3
from .route import Route


@dataclass
class Nodes:
    """Columns, a row a node."""

    parent: list[int] = field(default_factory=list)
    turns: list[np.ndarray] = field(default_factory=list)
    z1: list[complex] = field(default_factory=list)
    zm: list[complex] = field(default_factory=list)
    base: list[float] = field(default_factory=list)
    element: list[int] = field(default_factory=list)
    routes: list[Route] = field(default_factory=list)
    dc: list[bool] = field(default_factory=list)

    def add(
        self, parent: int, element: int, z: tuple[complex, complex] = (0j, 0j), *, route: Route = ()
    ) -> int:
        """A node at the end of a line with (z1, zm), at its parent's voltage; its number."""
        self.parent.append(parent)
        self.turns.append(np.eye(3))
        self.z1.append(z[0])
        self.zm.append(z[1])
        self.base.append(self.base[parent] if self.base else 1.0)
        self.element.append(element)
        self.routes.append(route)
        self.dc.append(self.dc[parent] if self.dc else False)
        return len(self.parent) - 1

    def volts(self, node: int) -> float:
        """Nominal [V], line to line or, of DC, pole to pole."""
        return self.base[node] * (1.0 if self.dc[node] else ROOT3)
