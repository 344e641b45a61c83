"""Screens: the pressure that air loses in them, how they turn it, and the momentum of the jets that leave their holes.

A screen's faces lie between two air cells and their velocity is an unknown. Lists of faces of one component;
`flux` is mass flux over reference density, `vel` the velocity; both are the same where density is constant.
"""

from __future__ import annotations

import numpy as np

from .jit import cell, cpu_loop, prange
from .slices import row_sums

HALF = np.float32(0.5)
ZERO = np.float32(0.0)


@cell
def drag_at(loss, area, gap, speed, flux, vel, c, n):
    """What screen face n, of place `c`, adds to the diagonal [m3/s] and to the source [m/s2]."""
    moving = abs(flux[c])
    slope = loss[n] * max(moving, speed[n])
    return slope * area[n], (slope - HALF * loss[n] * moving) * vel[c] / gap[n]


@cell
def thrust_at(start, source, weight, flux, vel, n):
    """Thrust of the jets that reach face n [m/s2]."""
    total = ZERO
    for entry in range(start[n], start[n + 1]):
        q = source[entry]
        if weight[entry] * flux[q] > ZERO:
            total += weight[entry] * flux[q] * vel[q]
    return total


@cell
def turning_at(start, source, before, weight, flux, vel, n):
    """What air that comes to face n out of screens does not bring of the velocity it had [m/s2]."""
    total = ZERO
    for entry in range(start[n], start[n + 1]):
        total += max(weight[entry] * flux[source[entry]], ZERO) * vel[before[entry]]
    return total


@cpu_loop
def screen_drag_on_cpu(wall, force, face, loss, area, gap, speed, flux, vel):
    """Add a screen's loss K rho u^2 / 2 to the diagonal `wall` [m3/s] and the source `force` [m/s2] of momentum.

    K |G| u / 2 is linearised about the present velocity with the slope K max(|G|, speed), which is positive and at
    least half of the true one: the implicit step is stable whatever K. loss: K [-]; area [m2]; gap: between the
    centres on either side [m]; speed: typical of the screen [m/s], on which the pressure correction counts.
    """
    for n in prange(face.size):
        c = face[n]
        resisting, pushing = drag_at(loss, area, gap, speed, flux, vel, c, n)
        wall[c] += resisting
        force[c] += pushing


@cpu_loop
def screen_jets_on_cpu(force, face, start, source, weight, flux, vel):
    """Add the thrust of jets, weight * G u at their screen, to `force` [m/s2] of the faces behind it.

    Entries `start[n]` to `start[n + 1]` are the screen faces `source` that push face n. weight [1/m] is positive
    for faces above the screen, which jets reach when they blow upwards, negative for those below.
    """
    for n in prange(face.size):
        force[face[n]] += thrust_at(start, source, weight, flux, vel, n)


@cpu_loop
def screen_turn_on_cpu(force, face, start, source, before, weight, flux, vel):
    """Take from `force` [m/s2] the velocity along a screen that air leaves in it.

    Faces beside screens, whose velocity `vel` is along them; entries `start[n]` to `start[n + 1]` are the screen
    faces `source` that the air comes through, and the faces `before` on their other side. weight [1/m]: the share that
    is lost, of the part of the screen that feeds face n over the face's volume; positive above the screen, negative
    below: air that goes the other way has not been in the screen.
    """
    for n in prange(face.size):
        force[face[n]] -= turning_at(start, source, before, weight, flux, vel, n)


def screen_drag_in_numpy(wall, force, face, loss, area, gap, speed, flux, vel):
    """See `screen_drag_on_cpu`."""
    moving = np.abs(flux[face])
    slope = loss * np.maximum(moving, speed)
    wall[face] += slope * area
    force[face] += (slope - HALF * loss * moving) * vel[face] / gap


def screen_jets_in_numpy(force, face, start, source, weight, flux, vel):
    """See `screen_jets_on_cpu`."""
    thrust = weight * flux[source] * vel[source]
    force[face] += row_sums(np.where(weight * flux[source] > ZERO, thrust, ZERO), start).astype(force.dtype)


def screen_turn_in_numpy(force, face, start, source, before, weight, flux, vel):
    """See `screen_turn_on_cpu`."""
    lost = np.maximum(weight * flux[source], ZERO) * vel[before]
    force[face] -= row_sums(lost, start).astype(force.dtype)
