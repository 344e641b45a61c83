"""What launches did, counted as they ran."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Counts:
    """What launches did: instructions times threads, and per access to global memory its bytes and 32-byte sectors.

    own: bytes of accesses in which threads read or write elements of their own, not one that all read alike.
    once: bytes of elements loaded, and stored, each counted once a launch; reached: instructions that some thread met;
    taken: branches that some thread took.
    """

    instructions: int = 0
    reached: set[int] = field(default_factory=set)
    taken: set[int] = field(default_factory=set)
    own: dict[str, int] = field(default_factory=lambda: {"ld": 0, "st": 0})
    once: dict[str, int] = field(default_factory=lambda: {"ld": 0, "st": 0})
    bytes: dict[str, int] = field(default_factory=lambda: {"ld": 0, "st": 0})
    sectors: dict[str, int] = field(default_factory=lambda: {"ld": 0, "st": 0})

    def add(self, other: Counts) -> None:
        """Count what another launch of the same program did too."""
        self.instructions += other.instructions
        self.reached |= other.reached
        self.taken |= other.taken
        for mine, its in (
            (self.own, other.own),
            (self.once, other.once),
            (self.bytes, other.bytes),
            (self.sectors, other.sectors),
        ):
            for kind in mine:
                mine[kind] += its[kind]

    def efficiency(self, kind: str = "ld") -> float:
        """Useful bytes over bytes of the sectors they touch: 1 when neighbours read neighbours."""
        return self.bytes[kind] / max(32 * self.sectors[kind], 1)
