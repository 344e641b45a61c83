"""The parts of a network: an element's row, the impedance of a run, the whip that carries a rack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

from ..case import Case
from ..case.electrical import BuswayKind, CableKind
from ..case.power import Breaker, Whip
from ..library import find
from ..plan import Unit
from .route import Point

SOURCE = "source"  # what an element at the point of connection names in `from`
ROOT3 = sqrt(3)
# type of an element -> family of its kind in the library; a board has none
FAMILIES = {
    "transformer": "transformers", "cable": "cables", "busway": "busways", "whip": "cables", "ups": "ups",
    "rectifier": "rectifiers", "transfer_switch": "transfer_switches", "generator": "generators",
    "battery": "batteries",
}  # fmt: skip


def called(kind: str) -> str:
    """A type of element in words."""
    return "UPS" if kind == "ups" else kind.replace("_", " ")


@dataclass(frozen=True)
class Element:
    """One row of the elements table. Ratings are per phase [A]; 0 = none stated."""

    name: str
    kind: str  # library name; "" for a board
    type: str  # "board", or one of FAMILIES
    parent: str  # element it hangs on, or "source"
    place: str  # "outside" | "switch_room" | "hall"
    first: int  # its first node: its branch begins at the parent's
    rating: float  # of the element itself
    breaker: float = 0.0  # what its breaker carries for hours
    voltage: float = 0.0  # [V] nominal at its outgoing side, line to line or pole to pole
    rated_power: float = 0.0  # [VA] transformers; [W] of what converts, stores or generates
    no_load_loss: float = 0.0  # [W] transformers, at rated voltage
    rated_primary: float = 0.0  # [V] transformers, line to line
    largest: float = 0.0  # whips: rating of the largest kind the case allows, what no purchase gets around
    largest_breaker: float = 0.0  # whips: what the breaker of that kind carries for hours


def impedance(frequency: float, kind: BuswayKind | CableKind, length: float) -> tuple[complex, complex]:
    """Z1 and Zm [ohm] of a four-wire run: a phase conductor, and the neutral that all phases share.

    With Z0 = Z1 + 3 Zn the mutual term (Z0 - Z1)/3 is the neutral's own impedance.
    """
    x = kind.reactance * frequency / kind.frequency
    return complex(kind.resistance, x) * length, complex(kind.resistance / kind.neutral, x) * length


def two_poles(kind: BuswayKind | CableKind, length: float) -> tuple[complex, complex]:
    """Z1 and Zm [ohm] of a DC run, there and back. Resistance as stated: skin effect at 50 Hz is left in."""
    return complex(2 * kind.resistance * length), 0j


def carries(breaker: Breaker | None, rating: float) -> float:
    """Current [A] that a breaker carries for hours; 0 where there is none."""
    return (breaker.rating or rating) * breaker.continuous if breaker else 0.0


def whip_of(whips: Mapping[str, Whip], unit: Unit) -> Whip | None:
    """The whip stated for a unit's row, else for its collection ("racks", "shelves")."""
    section, row = unit.path[:2]
    return whips.get(row) or whips.get(section)


def peak_current(unit: Unit, share: float, volts: float, direct: bool = False) -> float:
    """Current [A] in the fullest phase of a unit's feed at a nominal line-to-line voltage; of DC in a pole.

    A unit of several feeds must do on any one of them when the others are lost.
    """
    most = share if len(unit.feeds) == 1 else 1.0
    if direct:
        return unit.power * most / volts
    return unit.power * most * max(unit.phase_shares) / unit.power_factor / (volts / ROOT3)


def choose(case: Case, whip: Whip, current: float) -> tuple[str, CableKind]:
    """The first of a whip's kinds that carries a current [A], behind its breaker; the last where none does."""
    for name in whip.kind:
        kind: CableKind = find(case, "cables", name)
        rating = kind.ampacity * whip.runs
        if current <= min(rating, carries(whip.breaker, rating) or rating):
            break
    return name, kind


def largest(case: Case, whip: Whip) -> float:
    """Rating [A] of the largest of a whip's kinds."""
    return max(find(case, "cables", name).ampacity for name in whip.kind) * whip.runs


def top(unit: Unit) -> Point:
    """Where a cord enters a unit: the middle of its top."""
    x0, x1, y0, y1, _, z1 = unit.box
    return ((x0 + x1) / 2, (y0 + y1) / 2, z1)


def allowed(element: Element) -> float:
    """Current [A] that an element and its breaker both carry for hours; 0 = no limit stated."""
    stated = [limit for limit in (element.rating, element.breaker) if limit > 0]
    return min(stated, default=0.0)
