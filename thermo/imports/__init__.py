"""Networks that other programs hold, as network files and as the power section of a case."""

from .imported import Imported, ImportRefused

__all__ = ["ImportRefused", "Imported"]
