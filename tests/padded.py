"""A small graded hall of random fields and masks, padded as the operators want it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

PAD = 2
C = (
    0.09,
    1.44,
    1.92,
    1.0,
    1.3,
    0.41,
    9.8,
    11.53,
    1.5e-5,
    1e5,
    1e-7,
    1e-9,
)  # as `kernels.turbulence` orders them


def sizes(inner: Any, dtype: Any) -> np.ndarray:
    """Cell sizes [m] with two ghosts as wide as their neighbours."""
    return np.pad(np.asarray(inner, dtype), PAD, mode="edge")


def gaps(d: np.ndarray) -> np.ndarray:
    """Distance between centres across the low face [m]."""
    return (0.5 * (d + np.concatenate([d[:1], d[:-1]]))).astype(d.dtype)


def box(widths: tuple[Any, Any, Any], dtype: Any = np.float64) -> SimpleNamespace:
    """Sizes, masks and zero fields of a box all of air with walls all round; widths along x, y, z [m]."""
    d = tuple(sizes(w, dtype) for w in widths)
    shape = (d[2].size, d[1].size, d[0].size)
    air = np.zeros(shape)
    air[PAD:-PAD, PAD:-PAD, PAD:-PAD] = 1
    return masked(d, air, dtype)


def masked(d: tuple[np.ndarray, ...], air: np.ndarray, dtype: Any) -> SimpleNamespace:
    """The hall whose air cells are 1 in `air` (padded)."""
    opens = tuple((air * np.roll(air, 1, 2 - axis)).astype(np.uint8).ravel() for axis in range(3))
    nz, ny, nx = air.shape
    return SimpleNamespace(
        shape=air.shape, dtype=dtype, d=d, h=tuple(gaps(w) for w in d), r=tuple(1 / gaps(w) for w in d),
        fluid=air.astype(np.uint8).ravel(), open=opens,
        act=opens, constants=np.array(C, dtype), strides=(1, nx, nx * ny), rdt=np.full(nz, 4.0, dtype),
    )  # fmt: skip


def zeros(hall: SimpleNamespace, value: float = 0.0) -> np.ndarray:
    """A new flat field."""
    return np.full(int(np.prod(hall.shape)), value, hall.dtype)


def coefficients(hall: SimpleNamespace, value: float = 0.0) -> list[np.ndarray]:
    """Seven fields: of the neighbours below and above along x, y, z, and the rest."""
    return [zeros(hall, value) for _ in range(7)]


def swept(hall: SimpleNamespace, a: list[np.ndarray], q: np.ndarray) -> np.ndarray:
    """One Jacobi sweep with coefficients in the order of `coefficients`; ghosts keep their values."""
    inner = (slice(PAD, -1),) * 3
    new = a[6].copy()
    for n, step in enumerate(hall.strides):
        new += a[2 * n] * np.roll(q, step) + a[2 * n + 1] * np.roll(q, -step)
    out = q.copy()
    out.reshape(hall.shape)[inner] = new.reshape(hall.shape)[inner]
    return out


def core(hall: SimpleNamespace, field: np.ndarray) -> np.ndarray:
    """View without ghosts, (nz, ny, nx)."""
    return field.reshape(hall.shape)[PAD:-PAD, PAD:-PAD, PAD:-PAD]


def volumes(hall: SimpleNamespace) -> np.ndarray:
    """Cell volumes without ghosts [m3]."""
    dx, dy, dz = (w[PAD:-PAD] for w in hall.d)
    return dz[:, None, None] * dy[:, None] * dx


def centres(d: np.ndarray) -> np.ndarray:
    """Coordinates of the cell centres, ghosts too; the first cell's low face lies at 0 [m]."""
    low = np.concatenate([[0.0], np.cumsum(d[:-1], dtype=np.float64)])
    return (low - low[PAD] + 0.5 * d).astype(d.dtype)


def random_hall(dtype: Any, cells: tuple[int, int, int] = (7, 5, 6), seed: int = 1) -> SimpleNamespace:
    """`cells` along x, y, z with a fifth of them solid, two outlets, and random fields u, v, w, p, t, k, eps, nue."""
    rng = np.random.default_rng(seed)
    d = tuple(sizes(rng.uniform(0.1, 0.3, n), dtype) for n in cells)
    air = np.zeros([n + 2 * PAD for n in reversed(cells)])
    air[PAD:-PAD, PAD:-PAD, PAD:-PAD] = rng.random(cells[::-1]) < 0.8
    hall = masked(d, air, dtype)
    hall.act = _with_outlets(hall, air)
    n = air.size
    for name in ("u", "v", "w", "p", "t", "q"):
        setattr(hall, name, rng.standard_normal(n).astype(dtype))
    for name in ("k", "eps"):
        setattr(hall, name, rng.uniform(0.01, 0.1, n).astype(dtype))
    hall.nue = hall.fluid * rng.uniform(1e-3, 1e-2, n).astype(dtype)
    hall.source, hall.wall = (rng.uniform(0.0, 1.0, n).astype(dtype) for _ in range(2))
    hall.rdt = rng.uniform(2.0, 8.0, hall.shape[0]).astype(dtype)
    return hall


def _with_outlets(hall: SimpleNamespace, air: np.ndarray) -> tuple[np.ndarray, ...]:
    """Unknown faces: those between air cells, and pressure outlets in the floor and at the high end of x."""
    act = [a.reshape(hall.shape).copy() for a in hall.open]
    act[2][PAD] = air[PAD]
    act[0][:, :, -PAD] = air[:, :, -PAD - 1]
    return tuple(a.ravel() for a in act)


def everywhere_equal(got: np.ndarray, wanted: np.ndarray, rounding: float) -> None:
    """Equal to `rounding` units in the last place of the largest value, also where nothing was to be written."""
    assert got.dtype == wanted.dtype
    largest = float(np.max(np.abs(wanted)))
    np.testing.assert_allclose(got, wanted, rtol=0, atol=rounding * float(np.finfo(got.dtype).eps) * largest)


def pressure_faces(hall: SimpleNamespace) -> list[np.ndarray]:
    """A / h [m] on the x, y, z faces where the velocity is an unknown, else 0; not padded."""
    out = []
    for axis in range(3):
        more = [slice(PAD, -PAD)] * 3
        more[2 - axis] = slice(PAD, -PAD + 1)
        act = hall.act[axis].reshape(hall.shape)[tuple(more)].astype(np.float64)
        for other in range(3):
            shape = [1, 1, 1]
            shape[2 - other] = -1
            act = act * (
                hall.d[other][PAD:-PAD] if other != axis else 1 / hall.h[axis][PAD : 1 - PAD]
            ).reshape(shape)
        out.append(act)
    return out
