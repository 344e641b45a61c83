"""NetBox's power tables: panels, feeds, outlets, ports and cables, as CSV or as its REST interface's JSON."""

from .network import read

__all__ = ["read"]
