"""A call of every operator that the air has, on one random hall: what the checks of all kernels are made on.

Rows along x are 64 cells with their ghosts, so that they begin where a sector of memory begins.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
from padded import PAD, coefficients, pressure_faces, random_hall, zeros

from kernels import hierarchy, sums
from kernels.limiter import momentum_stencil, scalar_stencil

CELLS = (60, 14, 9)
LISTED = 256  # rows of each list

Call = tuple[str, tuple[Any, ...]]  # operator, its arguments


def calls(dtype: Any) -> Iterator[Call]:
    """Each operator with its arguments, the power sweep excepted; those with an axis once along each."""
    hall = random_hall(dtype, CELLS)
    for part in (_transport, _second_order, _density, _mass, _grids, _walls, _lists, _fields):
        yield from part(hall, dtype)


def _cyclic(axis: int, triple: Any) -> tuple:
    return (*triple[axis:], *triple[:axis])


def _transport(hall: SimpleNamespace, dtype: Any) -> Iterator[Call]:
    nz, ny, nx = hall.shape
    a, flow, sizes = coefficients(hall, 0.1), (hall.u, hall.v, hall.w), (*hall.d, *hall.r)
    for axis in range(3):
        u, v, w = _cyclic(axis, flow)
        _, open1, open2 = _cyclic(axis, hall.open)
        yield "momentum", (
            *a, u, u, hall.t, v, w, hall.p, hall.nue, open1, open2, hall.act[axis], hall.wall, hall.source,
            *sizes, hall.rdt, axis,
        )  # fmt: skip
    g = dtype(1e-5), dtype(1.1)
    carried = (hall.nue, *hall.open)
    yield "scalar", (*a, hall.t, hall.q, *flow, *carried, hall.source, hall.fluid, *sizes, *g, hall.rdt)
    for axis in range(3):
        u, v, w = _cyclic(axis, flow)
        _, open1, open2 = _cyclic(axis, hall.open)
        given = (u, u, hall.q, v, w, hall.p, hall.nue, hall.t, open1, open2, hall.act[axis])
        yield "momentum_sweeps", (
            zeros(hall), *given, zeros(hall, 0.1), zeros(hall, 0.2), *coefficients(hall)[:6],
            *sizes, hall.h[2], hall.rdt, dtype(0.03 if axis == 2 else 0.0), dtype(0.003), axis > 0, axis, 6,
        )  # fmt: skip
    last = (hall.fluid, *coefficients(hall), *sizes, *g, hall.rdt, 16)
    yield "scalar_sweeps", (hall.t.copy(), zeros(hall), hall.q, *flow, *carried, hall.source, *last)
    for sweeps in (4, 6):
        yield "jacobi", (hall.q, zeros(hall), *coefficients(hall, 0.14), nx, ny, nz, sweeps)
    yield "buoyancy", (
        zeros(hall), hall.t, hall.act[2], hall.d[2], hall.h[2], dtype(0.03), dtype(0.003), nx * ny,
    )  # fmt: skip
    strain, lift = zeros(hall), zeros(hall)
    yield "production", (
        strain, lift, *flow, hall.t, hall.nue, *hall.open, hall.fluid, *hall.d, *hall.h, dtype(1.5e-5), dtype(0.04),
    )  # fmt: skip
    k_eps, last = (hall.k, hall.eps), (hall.fluid, *sizes, hall.constants, hall.rdt)
    yield "turbulent_energy", (*a, *k_eps, hall.q, *flow, *carried, strain, lift, *last)
    yield "epsilon", (*a, *k_eps, hall.q, *flow, *carried, strain, *last)
    last = (hall.fluid, *coefficients(hall), *sizes, hall.constants, hall.rdt, 4)
    yield (
        "turbulent_energy_sweeps",
        (zeros(hall), *k_eps, hall.q, *flow, *carried, hall.wall, zeros(hall), *last),
    )
    yield "epsilon_sweeps", (zeros(hall), *k_eps, hall.q, *flow, *carried, hall.wall.copy(), *last)
    yield "viscosity", (zeros(hall), zeros(hall), zeros(hall), *k_eps, hall.fluid, hall.constants)
    yield "mixing_length", (zeros(hall), *flow, hall.source, hall.fluid, *hall.d, dtype(1.5e-5))


def _second_order(hall: SimpleNamespace, dtype: Any) -> Iterator[Call]:
    out, flow = zeros(hall), (hall.u, hall.v, hall.w)
    stencil = scalar_stencil(hall.open, hall.strides)
    yield "limited_scalar", (out, hall.q, *flow, stencil, hall.source, *hall.d)
    yield "central_scalar", (out, hall.q, *flow, *hall.open, hall.source, *hall.d)
    for axis in range(3):
        carried, stencil = _cyclic(axis, flow), momentum_stencil(hall.open, hall.strides, axis)
        yield "limited_momentum", (out, hall.q, *carried, stencil, *hall.d, axis, True)
        yield "limited_momentum", (out, hall.q, *carried, stencil, *hall.d, axis, False)
        yield "central_momentum", (out, hall.q, *carried, *_cyclic(axis, hall.open), *hall.d, axis)


def _density(hall: SimpleNamespace, dtype: Any) -> Iterator[Call]:
    rise = dtype(0.003)
    for axis, flux in enumerate((hall.u, hall.v, hall.w)):
        beside = (hall.t, hall.open[axis])
        yield "velocity", (zeros(hall), flux, *beside, *hall.d, rise, axis)
        yield "mass_flux", (flux, zeros(hall, 0.1), *beside, hall.act[axis], *hall.d, rise, axis)
        yield "inertia", (hall.wall, flux, *beside, *hall.d, hall.rdt, rise, axis)


def _mass(hall: SimpleNamespace, dtype: Any) -> Iterator[Call]:
    yield "divergence", (zeros(hall), hall.u, hall.v, hall.w, hall.fluid, *hall.d)
    solved = (hall.u, hall.v, hall.w)
    own = (a.copy() for a in solved)  # a card leaves their ghosts
    yield "correct", (*own, hall.p, *solved, hall.q, *hall.act, *hall.h, hall.rdt)


def _grids(hall: SimpleNamespace, dtype: Any) -> Iterator[Call]:
    levels = hierarchy.build(pressure_faces(hall), [d[PAD:-PAD] for d in hall.d], dtype)
    fine, coarse, last = levels[0], levels[1], levels[-1]
    yield "relax", (fine.phi, fine.residual, hall.q, *fine.c, fine.inverse, *fine.size, *fine.weights)
    yield "residual", (fine.residual, fine.phi, hall.q, *fine.c, fine.planes, *fine.size)
    yield "restrict", (coarse.rhs, fine.residual, *fine.size, *coarse.size, *fine.joining)
    yield "prolong", (
        fine.phi, coarse.phi, *coarse.through, fine.planes, *fine.size, *coarse.size[:2], *fine.joining,
    )  # fmt: skip
    for level, below in pairwise(levels[:3]):  # by many blocks, and by one alone
        here = (level.phi, level.residual, level.rhs, *level.c, level.inverse, level.planes)
        last_of = (*level.joining, *level.weights)
        yield "descend", (*here, below.phi, below.rhs, *level.size, *below.size, *last_of)
        yield "ascend", (*here, below.phi, *below.through, *level.size, *below.size[:2], *last_of)
    here = (fine.phi, fine.residual, hall.q, *hall.act, *hall.d, *hall.r, fine.planes)
    for fresh in (True, False):
        last_of = (*coarse.size, *fine.joining, *fine.weights)
        yield "descend_finest", (*here, coarse.phi, coarse.rhs, *last_of, fresh)
    last_of = (*coarse.size[:2], *fine.joining, *fine.weights)
    yield "ascend_finest", (*here, coarse.phi, *coarse.through, *last_of)
    yield "solve_directly", (last.phi, last.rhs, last.inside, last.direct)


def _places(hall: SimpleNamespace, kind: Any = np.int32) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(cells off the ghosts, start of their rows, another such cell for each entry)"""
    rng = np.random.default_rng(5)
    inner = np.zeros(hall.shape, bool)
    inner[PAD:-PAD, PAD:-PAD, PAD:-PAD] = True
    inside = np.flatnonzero(inner)
    cells = np.sort(rng.choice(inside, LISTED, replace=False))
    start = np.concatenate([[0], np.cumsum(rng.integers(1, 4, LISTED))])
    return cells.astype(kind), start.astype(kind), rng.choice(inside, start[-1]).astype(kind)


def _walls(hall: SimpleNamespace, dtype: Any) -> Iterator[Call]:
    cells, start, _ = _places(hall)
    entries, rng = int(start[-1]), np.random.default_rng(6)
    distance, area, conductance = (rng.uniform(0.01, 0.2, entries).astype(dtype) for _ in range(3))
    entry, normal = rng.permutation(entries).astype(np.int32), rng.integers(0, 3, entries)
    c, flow, (_, sy, sz) = hall.constants, (hall.u, hall.v, hall.w), hall.strides
    yield "wall_conductance", (conductance, hall.k, cells, start, distance, c)
    yield "wall_shear", (hall.wall, cells, start, entry, area, conductance)
    rows = (cells, start, normal, distance, conductance)
    yield "wall_turbulence", (hall.source, *rows, *flow, hall.k, c, sy, sz)
    yield "wall_dissipation", (zeros(hall), cells, start, distance, hall.k, c)
    yield "wall_energy", (hall.k, cells, start, distance, *flow, c, sy, sz)
    thermal = np.array([0.71, 0.9, -1.0, 11.0], dtype)
    yield "wall_heat", (np.zeros(LISTED, dtype), hall.k, cells, distance[:LISTED], area[:LISTED], c, thermal)
    behind = (cells, start, conductance, area, distance[:LISTED])
    fields = (hall.t, hall.q, *flow, hall.nue, *hall.open, hall.source)
    g = dtype(1e-5), dtype(1.1)
    yield "scalar_beside_walls", (
        *coefficients(hall), *fields, *hall.d, *hall.r, *g, hall.rdt, *behind,
    )  # fmt: skip


def _lists(hall: SimpleNamespace, dtype: Any) -> Iterator[Call]:
    cells, start, at = _places(hall, np.int64)
    rng = np.random.default_rng(7)
    weight = rng.uniform(0.0, 1.0, start[-1]).astype(dtype)
    a, b, c, d = (rng.uniform(0.5, 1.0, LISTED).astype(dtype) for _ in range(4))
    yield "screen_drag", (hall.wall, hall.source, cells, a, b, c, d, hall.u, hall.v)
    yield "screen_jets", (hall.source, cells, start, at, weight, hall.u, hall.v)
    yield "screen_turn", (hall.source, cells, start, at, at[::-1].copy(), weight, hall.u, hall.v)
    inlet, rise, fall = (rng.uniform(0.0, 9.0, LISTED) for _ in range(3))
    yield "tier_inlets", (inlet, hall.t, start, at, weight.astype(float))
    yield "exhaust", (np.zeros(LISTED), inlet, rise, np.where(rise > 4, rise, np.nan), fall)
    source = rng.integers(0, LISTED, start[-1])
    yield "place", (hall.t, cells, start, source, weight.astype(float), inlet)


def _fields(hall: SimpleNamespace, dtype: Any) -> Iterator[Call]:
    cells, _, at = _places(hall, np.int64)
    yield "fill", (zeros(hall), 0)
    yield "copy", (zeros(hall), hall.q)
    yield "add", (zeros(hall), hall.q)
    yield "carry", (hall.q, cells, hall.t, at[:LISTED], 1)
    yield "pin", (hall.p, np.zeros(1, dtype), int(cells[0]))
    yield "imbalance", (np.zeros(sums.room(2)), hall.q, hall.q.size // 2)
    yield "strays", (np.zeros(sums.room()), hall.q, 3.0)
    start = np.array([0, 100, LISTED])
    total = np.zeros(sums.room(2))
    yield "part_sums", (total, hall.q, start, cells)
    yield "part_levels", (hall.p, total, np.eye(2), start, cells)


def shapes(dtype: Any) -> list[tuple[int, int, int]]:
    """Padded shapes of its fields: those of the hall and of the coarser grids of its pressure."""
    hall = random_hall(dtype, CELLS)
    levels = hierarchy.build(pressure_faces(hall), [d[PAD:-PAD] for d in hall.d], dtype)
    return [(nz, ny, nx) for nx, ny, nz in (level.size for level in levels)]


def record(dtype: Any) -> dict[str, tuple[Any, tuple[Any, ...]]]:
    """Every kernel of the air by name, with the arguments it was first launched with; nothing runs."""
    import kernels
    from kernels.gpu import launch

    found: dict[str, tuple[Any, tuple[Any, ...]]] = {}

    def start(kernel: Any, blocks: Any, threads: Any, arguments: tuple[Any, ...]) -> None:
        found.setdefault(kernel.name, (kernel, arguments))

    with launch.use(start):
        ops = kernels.on("cuda")
        for name, given in calls(dtype):
            getattr(ops, name)(*given)
    return found
