"""Arrays of a hall that a stack of halls works on: lent to it while the hall is stepped there, given back after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .state import State


@dataclass
class Loan:
    """An array of a hall that the stack works on: its part of the stack's, and its own."""

    owner: Any
    name: str
    part: Any
    own: Any = None

    def take(self) -> None:
        """Let the owner have the stack's part, with its values."""
        array = getattr(self.owner, self.name)
        if array is self.part:
            return
        self.own = array
        self.part[:] = array[: self.part.size]
        object.__setattr__(self.owner, self.name, self.part)

    def give_back(self) -> None:
        """Let the owner have its own again, with the values of the stack's."""
        if getattr(self.owner, self.name) is not self.part:
            return
        self.own[: self.part.size][:] = self.part
        object.__setattr__(self.owner, self.name, self.own)


class Share:
    """What the stack holds of one hall."""

    def __init__(self, fixed: list[Loan], slots: list[dict[str, Any]]):
        self.fixed, self.slots = fixed, slots
        self.lent: list[list[Loan]] = [[] for _ in slots]  # of the states in each slot

    def take(self, states: Sequence[State]) -> None:
        """Let the stack have the hall's numbers, and these fields in its first slots."""
        for loan in self.fixed:
            loan.take()
        for slot, state in enumerate(states):
            held = self.lent[slot]
            if not (held and held[0].owner is state):
                self._release(slot)
                held[:] = [Loan(state, name, part) for name, part in self.slots[slot].items()]
            for loan in held:
                loan.take()

    def give_back(self) -> None:
        """Let the hall have everything for itself."""
        for loan in self.fixed:
            loan.give_back()
        for slot in range(len(self.slots)):
            self._release(slot)

    def _release(self, slot: int) -> None:
        for loan in self.lent[slot]:
            loan.give_back()
        self.lent[slot].clear()
