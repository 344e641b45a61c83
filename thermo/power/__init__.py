"""Three-phase distribution: networks, their flow, their losses by place, their limits."""

from .solution import Solution, solve
from .tree import Network

__all__ = ["Network", "Solution", "solve"]
