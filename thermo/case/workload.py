"""How the AI racks' power moves from second to second, and what the miners do about it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from ..units import Bound, Fraction, Power, Time
from .entry import Entry

Span = Annotated[Time, Bound()]


class Workload(Entry):
    """What all racks do; a rack's `power` is its crest. Miners on shelves are the load that can be curtailed.

    Defaults of training: weak, from published talks: crests and troughs of seconds in near unison over a job, edges of
    a fraction of a second, checkpoints of a minute.
    """

    kind: Literal["training", "inference"] = "training"
    period: Span = 2.0  # of a training step; of inference: the time its load is alike
    duty: Annotated[Fraction, Bound()] = 0.8  # share of a step at the crest
    edge: Span = 0.2  # from trough to crest
    trough: Fraction = 0.4  # power between crests, and the least of inference, over the crest's
    correlation: Fraction = 1.0  # between the powers of two racks
    checkpoint_every: Span = 1800.0
    checkpoint_length: Span = 60.0
    checkpoint: Fraction = 0.3  # power while one is written
    duration: Span = 180.0  # of what is solved; a checkpoint begins in its middle
    contract: Annotated[Power, Bound()] | None = None  # most that the site may draw from the utility
    miner_latency: Span = 5.0  # from what the racks draw until the miners have followed

    @model_validator(mode="after")
    def _fits(self) -> Workload:
        if self.edge > min(self.duty, 1 - self.duty) * self.period:
            most = min(self.duty, 1 - self.duty) * self.period
            raise PydanticCustomError(
                "workload",
                "an edge of {edge} does not fit into a step; at most {most}, or a longer period",
                {"edge": f"{self.edge:g} s", "most": f"{most:.3g} s"},
            )
        return self
