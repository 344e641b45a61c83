"""The ladder: which rows change as the density rises, and which kind of rack serves which density."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ..units import Power
from .entry import Entry


class LadderKind(Entry):
    """The kind of rack taken up to a power."""

    up_to: Power
    kind: str


class LadderSpec(Entry):
    """Rows whose racks change, and their kinds in rising order."""

    rows: Annotated[tuple[str, ...], Field(min_length=1)]
    kinds: Annotated[tuple[LadderKind, ...], Field(min_length=1)]
