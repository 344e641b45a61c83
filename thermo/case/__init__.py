"""A case as written by its author: frozen, complete, in SI units. What is derived lives in the Plan."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .entry import Entry
from .equipment import Equipment
from .hall import Hall
from .ladder import LadderSpec
from .numerics import GridSpec, Numerics
from .openings import OpeningEntry
from .power import PowerSystem
from .racks import CoolerRow, RackRow, ShelfRow
from .site import Site


class Case(Entry):
    """One hall, in one file. Collections map a name to an entry."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")] = "case"
    title: str = ""
    site: Site
    hall: Hall
    openings: dict[str, OpeningEntry] = Field(default_factory=dict)
    racks: dict[str, RackRow] = Field(default_factory=dict)
    shelves: dict[str, ShelfRow] = Field(default_factory=dict)
    coolers: dict[str, CoolerRow] = Field(default_factory=dict)
    power: PowerSystem | None = None
    ladder: LadderSpec | None = None
    equipment: Equipment = Equipment()
    grid: GridSpec = GridSpec()
    numerics: Numerics = Numerics()

    @property
    def empty(self) -> bool:
        """A room meant to have nothing in it, as `racks: {}` says: a laboratory's, of any size."""
        return "racks" in self.model_fields_set and not (self.racks or self.shelves or self.coolers)
