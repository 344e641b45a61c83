"""The result of a run: one writer, one lazy reader.

On disk a result is one HDF5 file `<case>.vtkhdf`. `/VTKHDF` is a RectilinearGrid with cell fields that VTK
>= 9.7 and ParaView >= 6.2 open; the case, the tables, the run document and the restart state stand in groups
of their own beside it, so that no text ever lies inside `/VTKHDF`.
"""

from .model import Faces, Result, column_unit, plain
from .reading import open_result
from .writing import FORMAT, write

__all__ = ["FORMAT", "Faces", "Result", "column_unit", "open_result", "plain", "write"]
