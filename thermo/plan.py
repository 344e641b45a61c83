"""The hall laid out: every rack, shelf bay, cooler and opening of a Case, one by one.

A Case says "a row of twelve racks"; a Plan holds the twelve. It is plain geometry and ratings in SI
units (m, m3/s, W, K), resolved against the equipment library, and the last thing that knows words like
"rack". `thermo.scene` turns it into arrays, `thermo.power` into a network, the result file into tables.
"""

from __future__ import annotations

from dataclasses import dataclass

Box = tuple[float, float, float, float, float, float]  # x0, x1, y0, y1, z0, z1 [m]
# (inlet temperature [K], factor [-]) points, linear between, flat outside
Curve = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class PowerShelf:
    """The power shelves of one rack together."""

    kind: str  # library name
    psu: str  # class of its rectifiers
    direct: bool  # it is fed with DC
    rated: float  # [W] DC of all rectifiers
    firm: float  # [W] DC with the spare ones of every shelf failed
    volts: float  # [V] of its output


@dataclass(frozen=True)
class Unit:
    """A box the air passes through: one rack, one shelf bay of miners, or one cooler.

    Air enters through the face on the `facing` side (the front), or the top, and leaves opposite the front.
    """

    name: str  # "A3"
    path: tuple[str, ...]  # where the case file says it: ("racks", "A")
    role: str  # "rack" | "shelf" | "cooler"
    kind: str  # library name
    box: Box
    facing: str  # outward normal of the front: "+x" | "-x" | "+y" | "-y"
    airflow: float  # [m3/s] at the reference inlet temperature
    tiers: int = 6
    mixed_exhaust: bool = False  # one temperature over the whole rear
    power: float = 0.0  # [W] AC at the cords, at the reference inlet temperature; 0 for a cooler
    air_fraction: float = 1.0  # share of the power that heats the hall's air (1 - liquid capture)
    power_curve: Curve = ()  # factor on power against inlet temperature; () = constant
    airflow_curve: Curve = ()  # factor on airflow against inlet temperature; () = constant
    limit: float = 308.15  # [K] highest allowed inlet temperature
    limit_name: str = ""  # "ASHRAE A2 allowable"
    machines: int = 1  # miners in a bay, servers in a rack
    intensity: float = 0.1  # turbulence intensity of the exhaust
    length_scale: float = 0.05  # [m] turbulence length of the exhaust
    feeds: tuple[tuple[str, float], ...] = ()  # (power element, share of the load)
    phase_shares: tuple[float, float, float] = (1 / 3, 1 / 3, 1 / 3)
    power_factor: float = 0.99
    supply_temperature: float = 0.0  # [K] cooler only: discharge set point
    capacity: float = 0.0  # [W] cooler only: most heat it removes
    top_intake: bool = False  # air enters through the top instead of the front
    gap: float = 0.0  # [m] at the top of a rack through which air passes without servers; not part of `box`
    outlet: Box | None = None  # the part of `box` whose rear blows; None: all of it
    voltage: float = 0.0  # [V] line to line, of the supply it is built for; 0 = any
    shelf: PowerShelf | None = (
        None  # converts for the whole rack; None: its servers have supplies of their own
    )

    @property
    def sides(self) -> tuple[str, str]:
        """Outward normals of the faces air enters and leaves through: ("+x", "-x")."""
        rear = ("-" if self.facing[0] == "+" else "+") + self.facing[1]
        return "+z" if self.top_intake else self.facing, rear


@dataclass(frozen=True)
class Opening:
    """A rectangle in the hall's envelope through which air passes.

    kind "supply": fixed flow and temperature in. "pressure": outside pressure, air goes either way.
    "intake": louvre and/or wet pad, flow from the hall's pressure balance. "fan": exhaust fan on its curve.
    """

    name: str  # "fans3"
    group: str  # "fans": the entry of the case; one balance per group
    path: tuple[str, ...]
    kind: str  # "supply" | "pressure" | "intake" | "fan"
    wall: str  # "x_min" | "x_max" | "y_min" | "y_max" | "floor" | "ceiling"
    box: Box  # zero thickness normal to the wall
    flow: float = 0.0  # [m3/s] supply only
    temperature: float = 0.0  # [K] supply: of the air; pressure: of back-flow
    intensity: float = 0.1
    length_scale: float = 0.1  # [m]
    pad: str = ""  # library names; "" = none
    louvre: str = ""
    fan: str = ""
    running: bool = True  # fan only: a stopped fan's shutter is closed, it is wall

    @property
    def area(self) -> float:
        """[m2]"""
        x0, x1, y0, y1, z0, z1 = self.box
        sides = [d for d in (x1 - x0, y1 - y0, z1 - z0) if d > 0]
        return sides[0] * sides[1]


@dataclass(frozen=True)
class Solid:
    """A box the air cannot enter."""

    name: str
    path: tuple[str, ...]
    box: Box


@dataclass(frozen=True)
class Partition:
    """A thin wall: a rectangle of no thickness normal to one axis."""

    name: str
    path: tuple[str, ...]
    axis: str  # "x" | "y" | "z"
    box: Box  # zero thickness along `axis`
    u_value: float | None = None  # [W/(m2 K)] from air to air; None: it passes no heat
    leakage: float = 0.0  # [m2] equivalent area of its gaps


@dataclass(frozen=True)
class Screen:
    """A thin plane normal to one axis that air passes at a loss."""

    name: str
    path: tuple[str, ...]
    axis: str  # "x" | "y" | "z"
    box: Box  # zero thickness along `axis`
    loss: float  # velocity heads of the approaching air lost in it
    jet_area: float = 0.0  # open share of its area, whose jets push the air behind it; 0: none
    leaks: bool = False  # a wall with gaps: it drags on the air beside it too

    @property
    def area(self) -> float:
        """[m2]"""
        sides = [self.box[2 * a + 1] - self.box[2 * a] for a in range(3) if "xyz"[a] != self.axis]
        return sides[0] * sides[1]


@dataclass(frozen=True)
class WallHeat:
    """Heat through one side of the hall, where it is wall."""

    wall: str  # "x_min" | "x_max" | "y_min" | "y_max" | "floor" | "ceiling"
    path: tuple[str, ...]
    temperature: float | None = None  # [K] of the surface, or of the outside behind a U-value
    u_value: float | None = None  # [W/(m2 K)] between the air and that outside; None: it is the surface's
    flux: float = 0.0  # [W/m2] into the air


@dataclass(frozen=True)
class Plan:
    """Everything in the hall, one by one. `size` [m]; the origin is a floor corner, z up."""

    size: tuple[float, float, float]
    units: tuple[Unit, ...]
    openings: tuple[Opening, ...]
    solids: tuple[Solid, ...] = ()
    partitions: tuple[Partition, ...] = ()
    screens: tuple[Screen, ...] = ()
    symmetry: tuple[str, ...] = ()  # walls that are symmetry planes: "x_max", ...
    walls: tuple[WallHeat, ...] = ()  # sides of the hall that are not adiabatic
    assumptions: tuple[str, ...] = ()  # sentences that decide the answer, for `check` and the report


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a case: where (path of keys) and what, with the cure in the message."""

    path: tuple[str, ...]
    message: str
