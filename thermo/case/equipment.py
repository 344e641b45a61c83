"""Equipment as its maker describes it: racks, miners, shelves, fans, pads, louvres, coolers.

The same models read the library's files and a case's own `equipment:` section. Every entry names its
`source`. Values are SI inside: m, m3/s, W, Pa, K.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated

from pydantic import AfterValidator, Field

from ..units import (
    Airflow,
    Bound,
    Flow,
    Fraction,
    Length,
    Measured,
    Number,
    Percentage,
    Power,
    Pressure,
    Speed,
    Temperature,
    Voltage,
    Width,
)
from .electrical import BuswayKind, CableKind, PsuKind, TransformerKind
from .electronics import (
    BatteryKind,
    GeneratorKind,
    PowerShelfKind,
    RectifierKind,
    TransferSwitchKind,
    UpsKind,
)
from .entry import Count, Entry, Kind, Size
from .racks import InletLimit

Points = Sequence[tuple[float, float]]


def _rising(points: Points) -> Points:
    """The points, when their first numbers rise."""
    if any(b[0] <= a[0] for a, b in pairwise(points)):
        raise ValueError("the first number of each point must be greater than that of the point before it")
    return points


def _falling_flow(points: Points) -> Points:
    """The points, when flow falls as pressure rises and the first is free delivery."""
    if len(points) < 2:
        raise ValueError("a fan curve needs at least two points, of pressure and flow")
    if points[0][0] != 0.0:
        raise ValueError('the first point is the free flow, at "0 Pa"')
    if any(b[1] >= a[1] for a, b in pairwise(points)):
        raise ValueError("the flow must fall from point to point as the pressure rises")
    return points


def _some(points: Points) -> Points:
    """The points, when there are any."""
    if not points:
        raise ValueError("give at least one point")
    return points


def _climbing_pressure(points: Points) -> Points:
    """The points, when pressure rises with speed."""
    if any(b[1] <= a[1] for a, b in pairwise(points)):
        raise ValueError("the pressure drop must rise from point to point")
    return points


Factor = Annotated[Percentage, Bound()]
InletCurve = Annotated[tuple[tuple[Temperature, Factor], ...], AfterValidator(_rising)]
FanCurve = Annotated[
    tuple[tuple[Pressure, Flow], ...],
    AfterValidator(_rising),
    AfterValidator(_falling_flow),
]
FaceSpeed = Annotated[Speed, Bound()]
Saturation = Annotated[tuple[tuple[FaceSpeed, Fraction], ...], AfterValidator(_some), AfterValidator(_rising)]
PressureDrop = Annotated[
    tuple[tuple[FaceSpeed, Annotated[Pressure, Bound()]], ...],
    AfterValidator(_some),
    AfterValidator(_rising),
    AfterValidator(_climbing_pressure),
]
PowerFactor = Annotated[Number, Bound(0.0, 1.0)]
SomePower = Annotated[Power, Bound()]
SystemVoltage = Annotated[Voltage, Bound()]


class RackKind(Kind):
    """A rack of servers that draws air in at the front and blows it out at the rear."""

    size: Size
    power: SomePower  # AC at the cords
    airflow: Airflow  # a flow, a flow per power of air heat, or a temperature rise
    tiers: Count = 6
    machines: Count = 1
    limit: InletLimit = "A2"
    air_fraction: Fraction = 1.0  # share of the power that heats the hall's air: 1 - liquid capture
    power_curve: InletCurve = ()  # factor on power against inlet temperature
    airflow_curve: InletCurve = ()
    power_factor: PowerFactor = 0.99  # lagging, at every load; weak: usual at half load and more
    psu: str = ""  # class of its power supplies
    power_shelf: str = ""  # kind of its power shelves; its power is still that at the cords
    power_shelves: Count = 1  # of them in the rack
    voltage: SystemVoltage | None = None  # of the supply it is built for, line to line; any where not said


class MachineKind(Kind):
    """One miner."""

    size: Size  # width, length along the air, height
    power: SomePower
    airflow: Airflow
    limit: InletLimit
    power_curve: InletCurve = ()
    airflow_curve: InletCurve = ()
    power_factor: PowerFactor = 0.99  # lagging, at every load; weak: usual at half load and more
    psu: str = ""
    voltage: SystemVoltage | None = None  # of the supply it is built for, line to line; any where not said


class ShelfKind(Kind):
    """A bay of shelving full of miners, all drawing air from the same side."""

    size: Size
    machine: str
    machines: Count
    tiers: Count = 5


class FanKind(Kind):
    """A wall exhaust fan: static pressure against flow, for air of 1.2 kg/m3."""

    opening: tuple[Width, Width]  # of the wall it needs
    curve: FanCurve
    motor_power: Power = 0.0  # electrical, each

    @property
    def free_flow(self) -> float:
        """[m3/s] at no pressure."""
        return self.curve[0][1]

    @property
    def highest_pressure(self) -> float:
        """[Pa] of the curve's last point."""
        return self.curve[-1][0]


class PadKind(Kind):
    """A wet pad: saturation efficiency and pressure drop (air of 1.2 kg/m3) against face velocity."""

    thickness: Length = 0.0
    saturation_efficiency: Saturation
    pressure_drop: PressureDrop

    @property
    def highest_velocity(self) -> float:
        """[m/s] of the figures."""
        return max(self.saturation_efficiency[-1][0], self.pressure_drop[-1][0])


class LouvreKind(Kind):
    """An intake louvre: loss in velocity heads of the air in its free area."""

    loss_coefficient: Annotated[Number, Bound()]
    free_area: Annotated[Fraction, Bound()] = 1.0  # of the face

    @property
    def face_loss(self) -> float:
        """Loss coefficient on the face velocity."""
        return self.loss_coefficient / self.free_area**2


class CoolerKind(Kind):
    """A perimeter cooler: draws room air in and blows it out at its set point while its capacity lasts."""

    size: Size
    airflow: Annotated[Flow, Bound()]
    capacity: SomePower
    supply_temperature: Temperature
    tiers: Count = 1
    fan_power: Power = 0.0


class Equipment(Entry):
    """A case's own equipment, looked up before the library's."""

    racks: dict[str, RackKind] = Field(default_factory=dict)
    machines: dict[str, MachineKind] = Field(default_factory=dict)
    shelves: dict[str, ShelfKind] = Field(default_factory=dict)
    fans: dict[str, FanKind] = Field(default_factory=dict)
    pads: dict[str, PadKind] = Field(default_factory=dict)
    louvres: dict[str, LouvreKind] = Field(default_factory=dict)
    coolers: dict[str, CoolerKind] = Field(default_factory=dict)
    transformers: dict[str, TransformerKind] = Field(default_factory=dict)
    busways: dict[str, BuswayKind] = Field(default_factory=dict)
    cables: dict[str, CableKind] = Field(default_factory=dict)
    psus: dict[str, PsuKind] = Field(default_factory=dict)
    ups: dict[str, UpsKind] = Field(default_factory=dict)
    rectifiers: dict[str, RectifierKind] = Field(default_factory=dict)
    transfer_switches: dict[str, TransferSwitchKind] = Field(default_factory=dict)
    generators: dict[str, GeneratorKind] = Field(default_factory=dict)
    batteries: dict[str, BatteryKind] = Field(default_factory=dict)
    power_shelves: dict[str, PowerShelfKind] = Field(default_factory=dict)


FAMILIES: dict[str, type[Kind]] = {
    "racks": RackKind,
    "machines": MachineKind,
    "shelves": ShelfKind,
    "fans": FanKind,
    "pads": PadKind,
    "louvres": LouvreKind,
    "coolers": CoolerKind,
    "transformers": TransformerKind,
    "busways": BuswayKind,
    "cables": CableKind,
    "psus": PsuKind,
    "ups": UpsKind,
    "rectifiers": RectifierKind,
    "transfer_switches": TransferSwitchKind,
    "generators": GeneratorKind,
    "batteries": BatteryKind,
    "power_shelves": PowerShelfKind,
}


def volume_flow(airflow: Measured, air_heat: float, heat_capacity: float) -> float:
    """[m3/s] of a unit that gives `air_heat` [W] to air of `heat_capacity` rho cp [J/(m3 K)]."""
    if airflow.dimension == "flow":
        return airflow.value
    if airflow.dimension == "flow per power":
        return airflow.value * air_heat
    return air_heat / (heat_capacity * airflow.value)
