"""The fields of one hall while it is solved, with what is needed to step them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .mesh import Mesh

# name: (where on the cell, unit, meaning)
FIELDS = {
    "u": ("x face", "m/s", "velocity along x"),
    "v": ("y face", "m/s", "velocity along y"),
    "w": ("z face", "m/s", "velocity along z"),
    "p": ("centre", "m2/s2", "pressure over density, without the hydrostatic part"),
    "t": ("centre", "K", "temperature above the reference"),
    "k": ("centre", "m2/s2", "turbulent kinetic energy"),
    "eps": ("centre", "m2/s3", "its dissipation"),
}
K_START, EPS_START = 0.01, 0.01
# what no hall's air reaches: the speed of sound, a thousand kelvin, eddies as fast as a storm
LIMITS = {"u": 340.0, "v": 340.0, "w": 340.0, "t": 1000.0, "k": 1e4}


@dataclass
class State:
    """Flat padded fields; in a copy that is only kept, nue may be empty where it follows from k and epsilon."""

    u: np.ndarray
    v: np.ndarray
    w: np.ndarray
    p: np.ndarray
    t: np.ndarray
    k: np.ndarray
    eps: np.ndarray
    nue: np.ndarray

    def copy(self) -> State:
        return State(**{name: value.copy() for name, value in vars(self).items()})

    def take(self, other: State) -> None:
        """Copy another state's values into this one's arrays, of fields that both hold."""
        for name, value in vars(other).items():
            if value.size and getattr(self, name).size:
                getattr(self, name)[:] = value

    def arrays(self) -> tuple[np.ndarray, ...]:
        """The fields in their order."""
        return tuple(vars(self).values())


def at_rest(mesh: Mesh, temperature: float, viscosity: float) -> State:
    """Still air at `temperature` above the reference [K]."""
    return State(
        mesh.field(),
        mesh.field(),
        mesh.field(),
        mesh.field(),
        mesh.field(temperature),
        mesh.field(K_START),
        mesh.field(EPS_START),
        mesh.fluid * mesh.dtype(viscosity),
    )
