"""The two legs of a V-cycle on one grid: smooth and hand the residual down, take the correction and smooth.

Each is several operators of `multigrid` in one call, which a card makes in fewer passes, and on small grids in one.
"""

from __future__ import annotations

from .multigrid import (
    prolong_in_numpy,
    prolong_on_cpu,
    relax_in_numpy,
    relax_on_cpu,
    residual_in_numpy,
    residual_on_cpu,
    restrict_in_numpy,
    restrict_on_cpu,
)


def descend_on_cpu(
    phi, spare, rhs, cx, cy, cz, inverse, planes, below_phi, below_rhs, nx, ny, nz, mx, my, mz,
    fx, fy, fz, ox, oy, oz, first, second,
):  # fmt: skip
    """Two sweeps of phi, in place; below_rhs = the residual they leave, summed over the children; below_phi = 0.

    spare: a field with phi's ghosts. planes: see `residual_on_cpu`. nx ...: padded sizes, mx ...: of the grid below,
    fx ...: coarsening factors, ox ...: as for `multigrid.restrict_on_cpu`.
    """
    relax_on_cpu(phi, spare, rhs, cx, cy, cz, inverse, nx, ny, nz, first, second)
    residual_on_cpu(spare, phi, rhs, cx, cy, cz, planes, nx, ny, nz)
    restrict_on_cpu(below_rhs, spare, nx, ny, nz, mx, my, mz, fx, fy, fz, ox, oy, oz)
    below_phi[:] = 0


def ascend_on_cpu(
    phi, spare, rhs, cx, cy, cz, inverse, planes, below_phi, tx, ty, tz, nx, ny, nz, mx, my,
    fx, fy, fz, ox, oy, oz, first, second,
):  # fmt: skip
    """Add to phi what the grid below has found, interpolated, and two sweeps; in place.

    tx, ty, tz: the face coefficients below across which a correction is smooth. The rest as `descend_on_cpu`.
    """
    prolong_on_cpu(phi, below_phi, tx, ty, tz, planes, nx, ny, nz, mx, my, fx, fy, fz, ox, oy, oz)
    relax_on_cpu(phi, spare, rhs, cx, cy, cz, inverse, nx, ny, nz, first, second)


def descend_in_numpy(
    phi, spare, rhs, cx, cy, cz, inverse, planes, below_phi, below_rhs, nx, ny, nz, mx, my, mz,
    fx, fy, fz, ox, oy, oz, first, second,
):  # fmt: skip
    """See `descend_on_cpu`."""
    relax_in_numpy(phi, spare, rhs, cx, cy, cz, inverse, nx, ny, nz, first, second)
    residual_in_numpy(spare, phi, rhs, cx, cy, cz, planes, nx, ny, nz)
    restrict_in_numpy(below_rhs, spare, nx, ny, nz, mx, my, mz, fx, fy, fz, ox, oy, oz)
    below_phi[:] = 0


def ascend_in_numpy(
    phi, spare, rhs, cx, cy, cz, inverse, planes, below_phi, tx, ty, tz, nx, ny, nz, mx, my,
    fx, fy, fz, ox, oy, oz, first, second,
):  # fmt: skip
    """See `ascend_on_cpu`."""
    prolong_in_numpy(phi, below_phi, tx, ty, tz, planes, nx, ny, nz, mx, my, fx, fy, fz, ox, oy, oz)
    relax_in_numpy(phi, spare, rhs, cx, cy, cz, inverse, nx, ny, nz, first, second)
