"""A hall as a case of OpenFOAM's buoyantBoussinesqSimpleFoam or PimpleFoam (v1912): mesh, fields, properties.

Only what both codes can state alike: constant density with buoyancy, fixed supplies, pressure openings, racks
whose exhaust is mixed. A rack's rear takes the mean of its front plus a rise; v1912 maps the mean but adds
nothing to it, so the front patch carries the rise as a fixed gradient (its eddy diffusivity set to zero), and
a source in the cells before it returns what leaves too warm: the same finite-volume balance.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..air.exchange import inlet_turbulence
from ..air.properties import PRANDTL_TURBULENT, AirProperties
from ..case import Case
from ..plan import Opening, Plan, Unit
from ..scene import Patch, Scene
from . import peer_mesh
from .peer_march import March

GRAVITY = 9.81
START_K_EPS = 0.01
FIELDS = {  # name -> class, dimensions
    "U": ("volVectorField", "[0 1 -1 0 0 0 0]"),
    "T": ("volScalarField", "[0 0 0 1 0 0 0]"),
    "p_rgh": ("volScalarField", "[0 2 -2 0 0 0 0]"),
    "k": ("volScalarField", "[0 2 -2 0 0 0 0]"),
    "epsilon": ("volScalarField", "[0 2 -3 0 0 0 0]"),
    "nut": ("volScalarField", "[0 2 -1 0 0 0 0]"),
    "alphat": ("volScalarField", "[0 2 -1 0 0 0 0]"),
}


class NoPeer(ValueError):
    """This case has something the peer cannot state, or the peer is not here; the message says what."""


@dataclass(frozen=True)
class PeerHall:
    """A hall as the peer's case needs it."""

    case: Case
    plan: Plan
    scene: Scene
    air: AirProperties

    def rise(self, unit: Unit) -> float:
        """Of the air through a unit [K]."""
        return unit.power * unit.air_fraction / (self.air.heat_capacity * unit.airflow)


def write(hall: PeerHall, folder: Path, march: March) -> int:
    """Write the whole case into `folder`; returns its cells.

    Raises NoPeer when the case has something the peer cannot state.
    """
    refuse_what_differs(hall)
    mesh = peer_mesh.build(hall.scene)
    peer_mesh.write(mesh, folder / "constant" / "polyMesh", foam_file)
    _write_fields(hall, mesh, folder / "0")
    _write_properties(hall, folder / "constant")
    for name, body in march.dictionaries([unit.name for unit in hall.plan.units]).items():
        foam_file(folder / "system" / name, "dictionary", body)
    return mesh.cells


def refuse_what_differs(hall: PeerHall) -> None:
    """Raise NoPeer for anything that the two codes would not solve alike."""
    numerics, wrong = hall.case.numerics, []
    if any(not u.mixed_exhaust or u.role == "cooler" or u.power_curve for u in hall.plan.units):
        wrong.append("units other than racks of constant power with `exhaust: mixed`")
    if any(o.kind not in ("supply", "pressure") for o in hall.plan.openings):
        wrong.append("openings other than supply and pressure")
    if hall.plan.walls or hall.case.power:
        wrong.append("walls that conduct, or a power tree")
    if numerics.buoyancy_production or not numerics.buoyancy or numerics.turbulence != "k-epsilon":
        wrong.append("numerics other than k-epsilon with buoyancy and without buoyancy_production")
    if numerics.density != "constant":
        wrong.append("density but constant (`numerics.density: constant`)")
    if wrong:
        raise NoPeer(f"{hall.case.name}: the peer has no {', no '.join(wrong)}")


def foam_file(path: Path, kind: str, body: str) -> None:
    """Write one of OpenFOAM's files with its header."""
    path.parent.mkdir(parents=True, exist_ok=True)
    header = f'version 2.0; format ascii; class {kind}; location "{path.parent.name}"; object {path.name};'
    path.write_text(f"FoamFile {{ {header} }}\n\n{body}", encoding="ascii")


# --- fields -------------------------------------------------------------------------------------------------


def _write_fields(hall: PeerHall, mesh: peer_mesh.PeerMesh, folder: Path) -> None:
    start = hall.case.numerics.start_temperature or hall.air.reference_temperature + 6.0
    inside = {"U": "(0 0 0)", "T": f"{start:.9g}", "k": START_K_EPS, "epsilon": START_K_EPS}
    sides = _sides(hall, mesh)
    for name, (kind, dimensions) in FIELDS.items():
        rows = "\n".join(f"    {patch} {{ {entry[name]} }}" for patch, entry in sides.items())
        body = f"dimensions {dimensions};\ninternalField uniform {inside.get(name, 0)};\n"
        foam_file(folder / name, kind, f"{body}boundaryField\n{{\n{rows}\n}}\n")


def _sides(hall: PeerHall, mesh: peer_mesh.PeerMesh) -> dict[str, dict[str, str]]:
    """Patch -> field -> its boundary condition."""
    sides = {}
    for name in mesh.patches:
        if name.startswith("symmetry"):
            sides[name] = dict.fromkeys(FIELDS, "type symmetryPlane;")
    sides[peer_mesh.WALLS] = _wall()
    for opening, patch in zip(hall.plan.openings, hall.scene.openings, strict=True):
        sides[f"opening_{patch.name}"] = (
            _pressure(opening) if opening.kind == "pressure" else _supply(opening, patch)
        )
    for unit, front, rear in zip(hall.plan.units, hall.scene.fronts, hall.scene.rears, strict=True):
        sides[f"front_{unit.name}"] = _front(hall, unit, front)
        sides[f"rear_{unit.name}"] = _rear(hall, unit, rear)
    return sides


def fixed(value: float | str) -> str:
    """A fixed value."""
    return f"type fixedValue; value uniform {value if isinstance(value, str) else format(value, '.9g')};"


def _inflow(patch: Patch, flow: float) -> str:
    """The vector of a uniform velocity of `flow` [m3/s] into the air (negative: out of it)."""
    speed = patch.sign * flow / float(patch.area.sum())
    return "(" + " ".join(format(speed if axis == patch.axis else 0.0, ".9g") for axis in range(3)) + ")"


def _defaults() -> dict[str, str]:
    calculated = "type calculated; value uniform 0;"
    return {"p_rgh": "type fixedFluxPressure; value uniform 0;", "nut": calculated, "alphat": calculated}


def _wall() -> dict[str, str]:
    return {
        **_defaults(),
        "U": "type noSlip;",
        "T": "type zeroGradient;",
        "k": f"type kqRWallFunction; value uniform {START_K_EPS};",
        "epsilon": f"type epsilonWallFunction; value uniform {START_K_EPS};",
        "nut": "type nutkWallFunction; value uniform 0;",
    }


def _entering(speed: float, intensity: float, length: float) -> dict[str, str]:
    k, epsilon = inlet_turbulence(speed, intensity, length)
    return {"k": fixed(k), "epsilon": fixed(epsilon)}


def _supply(opening: Opening, patch: Patch) -> dict[str, str]:
    turbulence = _entering(opening.flow / patch.area.sum(), opening.intensity, opening.length_scale)
    velocity = fixed(_inflow(patch, opening.flow))
    return {**_defaults(), **turbulence, "U": velocity, "T": fixed(opening.temperature)}


def _pressure(opening: Opening) -> dict[str, str]:
    def either(value: float) -> str:
        return f"type inletOutlet; inletValue uniform {value:.9g}; value uniform {value:.9g};"

    velocity = "type pressureInletOutletVelocity; value uniform (0 0 0);"
    turbulence = {"k": either(START_K_EPS), "epsilon": either(START_K_EPS)}
    return {**_defaults(), **turbulence, "U": velocity, "T": either(opening.temperature), "p_rgh": fixed(0.0)}


def _depth(hall: PeerHall, patch: Patch) -> float:
    """Of the cells beside a patch, normal to it [m]: all its faces lie in one plane."""
    ny, nx = (n + 2 * 2 for n in hall.scene.cells.shape[1:])
    stride, size = ((1, nx), (nx, ny), (nx * ny, None))[patch.axis]
    place = int(patch.air[0]) // stride % (size or 10**9)
    return float(hall.scene.grid.widths[patch.axis][place - 2])


def _front(hall: PeerHall, unit: Unit, patch: Patch) -> dict[str, str]:
    """Normal velocity fixed, tangential momentum leaves with the air."""
    velocity = f"uniform {_inflow(patch, -unit.airflow)}"
    gradient = hall.rise(unit) / (0.5 * _depth(hall, patch))
    return {
        **_defaults(),
        "U": f"type fixedNormalSlip; fixedValue {velocity}; value {velocity};",
        "T": f"type fixedGradient; gradient uniform {gradient:.9g};",
        "k": "type zeroGradient;",
        "epsilon": "type zeroGradient;",
        "alphat": fixed(0.0),
    }


def _rear(hall: PeerHall, unit: Unit, patch: Patch) -> dict[str, str]:
    warm = hall.air.reference_temperature + hall.rise(unit)
    turbulence = _entering(unit.airflow / patch.area.sum(), unit.intensity, unit.length_scale)
    mapped = f"type outletMappedUniformInlet; outletPatch front_{unit.name}; value uniform {warm:.9g};"
    return {**_defaults(), **turbulence, "U": fixed(_inflow(patch, unit.airflow)), "T": mapped}


# --- properties ----------------------------------------------------------------------------------------------


def _write_properties(hall: PeerHall, folder: Path) -> None:
    air = hall.air
    gravity = f"dimensions [0 1 -2 0 0 0 0];\nvalue (0 0 {-GRAVITY});\n"
    foam_file(folder / "g", "uniformDimensionedVectorField", gravity)
    fluid = (
        f"transportModel Newtonian;\nnu {air.viscosity:.9g};\nbeta {air.expansion:.9g};\n"
        f"TRef {air.reference_temperature:.9g};\nPr {air.prandtl:.9g};\nPrt {PRANDTL_TURBULENT};\n"
    )
    foam_file(folder / "transportProperties", "dictionary", fluid)
    model = "simulationType RAS;\nRAS { RASModel kEpsilon; turbulence on; printCoeffs on; }\n"
    foam_file(folder / "turbulenceProperties", "dictionary", model)
    units = zip(hall.plan.units, hall.scene.fronts, strict=True)
    sources = "".join(_given_back(hall, unit, front) for unit, front in units)
    foam_file(folder / "fvOptions", "dictionary", sources)


def _given_back(hall: PeerHall, unit: Unit, front: Patch) -> str:
    """The source [K/s] that returns to the cells before a front what its warmer face carries out of them."""
    depth, rise = _depth(hall, front), hall.rise(unit)
    speed = unit.airflow / float(front.area.sum())
    conducted = hall.air.viscosity / hall.air.prandtl * rise / (0.5 * depth)
    rate = (speed * rise - conducted) / depth
    return (
        f"back_{unit.name} {{ type scalarSemiImplicitSource; active yes; selectionMode cellZone; "
        f"cellZone front_{unit.name}; volumeMode specific; injectionRateSuSp {{ T ({rate:.9g} 0); }} }}\n"
    )
