"""pandapower nets: radial or with loops of lines, balanced and unbalanced loads."""

from .net import read

__all__ = ["read"]
