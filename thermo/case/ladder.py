"""The ladder: which rows change as the density rises, and which kind of rack serves which density."""

from __future__ import annotations

from ..units import Power
from .entry import Entry


class LadderKind(Entry):
    """The kind of rack taken up to a power."""

    up_to: Power
    kind: str


class LadderSpec(Entry):
    """Rows whose racks change, and their kinds in rising order."""

    rows: tuple[str, ...]
    kinds: tuple[LadderKind, ...]
