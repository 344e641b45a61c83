"""How a run of the air ended."""

from __future__ import annotations

from dataclasses import dataclass

from .averages import Followed
from .steadiness import Proof


@dataclass
class Outcome:
    """How a run ended."""

    converged: bool | str  # True, False or "unsteady"
    iterations: int
    followed: Followed | None = None  # what a time-accurate run found
    reason: str = ""
    ended: str = ""  # "interrupted" or "diverged": the fields are the last good ones
    proof: Proof | None = None  # of a steady answer, or that it is none
