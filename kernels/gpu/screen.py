"""Screens, a thread a face; see `kernels.screen`."""

from __future__ import annotations

import numpy as np

from ..jit import cuda
from ..screen import drag_at, thrust_at, turning_at
from .launch import kernel, launch


@kernel
def drag_faces(wall, force, face, loss, area, gap, speed, flux, vel, faces):
    """Arguments as `screen_drag_on_cpu`."""
    n = cuda.grid(1)
    if 0 <= n < faces:
        c = np.uint64(face[n])
        resisting, pushing = drag_at(loss, area, gap, speed, flux, vel, c, n)
        wall[c] += resisting
        force[c] += pushing


@kernel
def jet_faces(force, face, start, source, weight, flux, vel, faces):
    """Arguments as `screen_jets_on_cpu`."""
    n = cuda.grid(1)
    if 0 <= n < faces:
        force[np.uint64(face[n])] += thrust_at(start, source, weight, flux, vel, n)


@kernel
def turned_faces(force, face, start, source, before, weight, flux, vel, faces):
    """Arguments as `screen_turn_on_cpu`."""
    n = cuda.grid(1)
    if 0 <= n < faces:
        force[np.uint64(face[n])] -= turning_at(start, source, before, weight, flux, vel, n)


def screen_drag_on_cuda(wall, force, face, loss, area, gap, speed, flux, vel):
    """See `screen_drag_on_cpu`."""
    launch(drag_faces, (face.size,), wall, force, face, loss, area, gap, speed, flux, vel, face.size)


def screen_jets_on_cuda(force, face, start, source, weight, flux, vel):
    """See `screen_jets_on_cpu`."""
    launch(jet_faces, (face.size,), force, face, start, source, weight, flux, vel, face.size)


def screen_turn_on_cuda(force, face, start, source, before, weight, flux, vel):
    """See `screen_turn_on_cpu`."""
    launch(turned_faces, (face.size,), force, face, start, source, before, weight, flux, vel, face.size)
