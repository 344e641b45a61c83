"""The `power:` section: a radial three-phase network, from the utility to the cords of every rack.

Elements hang on one another by `from`; a rack's `feed` names the element it hangs on. A breaker sits where
its element begins. Places say where losses become heat.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from ..units import (
    ApparentPower,
    Bound,
    Current,
    Energy,
    Fraction,
    Frequency,
    Number,
    Power,
    Temperature,
    Time,
    Voltage,
    Width,
)
from .entry import Count, Entry, Point
from .workload import Workload

Place = Literal["outside", "switch_room", "hall"]
Rating = Annotated[Current, Bound()]
Volts = Annotated[Voltage, Bound()]


def _as_list(kind: Any) -> Any:
    """One kind alone is a list of one."""
    kinds = [kind] if isinstance(kind, str) else kind
    if not isinstance(kinds, list | tuple) or not kinds or not all(isinstance(k, str) for k in kinds):
        raise PydanticCustomError(
            "kind", "name a cable kind, whip_63A, or several by size, [whip_32A, whip_63A]"
        )
    return kinds


def _two_points(path: Any) -> Any:
    """A line has two ends."""
    if not isinstance(path, list | tuple) or len(path) < 2:
        raise PydanticCustomError(
            "path", "a path needs two points or more, for example [[3 m, 2.7 m, 2.8 m], [9 m, 2.7 m, 2.8 m]]"
        )
    return path


def _orders(spectrum: Any) -> Any:
    """Orders above the fundamental."""
    if any(order < 2 for order in spectrum):
        raise PydanticCustomError(
            "harmonics", 'harmonics have orders from 2 on, for example {3: "5 %", 5: "4 %"}'
        )
    return spectrum


# weak: supplies with active power factor correction at half load and more distort by 3 to 8 %, from memory
SPECTRUM = {3: 0.05, 5: 0.04, 7: 0.03, 9: 0.015, 11: 0.01, 13: 0.01}
Spectrum = Annotated[dict[int, Fraction], AfterValidator(_orders)]
WhipKinds = Annotated[
    tuple[str, ...], BeforeValidator(_as_list, json_schema_input_type=str | tuple[str, ...])
]
Path = Annotated[tuple[Point, ...], BeforeValidator(_two_points)]


class Breaker(Entry):
    """Overcurrent protection: its rating (default: that of what it protects) and what it carries for hours.

    80 % is the rule of UL 489 and NEC 210.20 for a breaker that is not listed for 100 % and a load of 3 h
    and more.
    """

    rating: Rating | None = None
    continuous: Annotated[Fraction, Bound()] = 0.8
    standard: Literal["UL 489", "IEC 60898", "IEC 60947-2", "electronic"] = "UL 489"  # its trip curve
    curve: Literal["B", "C", "D"] = "C"  # IEC 60898 only
    interrupting: Rating | None = None  # short-circuit current it breaks; not said: not judged


class Utility(Entry):
    """The point of connection. `voltage` is line to line at no load; no fault level: an ideal source."""

    voltage: Volts
    fault_level: Annotated[ApparentPower, Bound()] | None = None
    x_over_r: Annotated[Number, Bound()] = 8.0  # weak: usual of medium-voltage supplies, from memory


class TransformerElement(Entry):
    """A transformer; its voltages may replace those of the kind. In the hall it needs its position `at`."""

    type: Literal["transformer"]
    kind: str
    from_: str = Field(alias="from")
    place: Place = "outside"
    at: Point | None = None
    primary_voltage: Volts | None = None
    secondary_voltage: Volts | None = None


class BoardElement(Entry):
    """A switchboard or panel: busbars without impedance behind an incoming breaker."""

    type: Literal["board"]
    from_: str = Field(alias="from")
    place: Place = "switch_room"
    rating: Rating | None = None  # of the busbars
    breaker: Breaker | None = None


class CableElement(Entry):
    """Parallel runs of a cable. In the hall it needs its `path`, which says where its heat goes."""

    type: Literal["cable"]
    kind: str
    from_: str = Field(alias="from")
    place: Place = "switch_room"
    runs: Count = 1
    length: Width
    path: Path | None = None
    breaker: Breaker | None = None


class BuswayElement(Entry):
    """A busway along `path`, fed at its first point; racks tap it at the point nearest to them."""

    type: Literal["busway"]
    kind: str
    from_: str = Field(alias="from")
    place: Place = "hall"
    path: Path
    length: Width | None = None  # a check on the path
    breaker: Breaker | None = None


class UpsElement(Entry):
    """A UPS; its output's voltage is its kind's. In the hall it needs its position `at`."""

    type: Literal["ups"]
    kind: str
    from_: str = Field(alias="from")
    place: Place = "switch_room"
    at: Point | None = None
    mode: Literal["double conversion", "eco", "bypass"] = "double conversion"
    on_failure: Literal["bypass", "drop"] = "bypass"  # what a failed inverter does to the load
    battery_energy: Energy | None = None  # default: its kind's
    charging: Power = 0.0  # drawn for its battery besides


class RectifierElement(Entry):
    """A rectifier that makes a DC bus: what hangs on it is DC, with two poles."""

    type: Literal["rectifier"]
    kind: str
    from_: str = Field(alias="from")
    place: Place = "switch_room"
    at: Point | None = None


class TransferSwitchElement(Entry):
    """A transfer switch, static or not: fed by `from` while that lives, else by `alternate`."""

    type: Literal["transfer_switch"]
    kind: str
    from_: str = Field(alias="from")
    alternate: str
    place: Place = "switch_room"
    at: Point | None = None
    breaker: Breaker | None = None


class GeneratorElement(Entry):
    """A generator: a source that starts when what a transfer switch prefers to it is lost."""

    type: Literal["generator"]
    kind: str
    place: Place = "outside"
    at: Point | None = None

    from_: ClassVar[str] = ""  # it hangs on nothing


class BatteryElement(Entry):
    """A battery on a board: it draws or gives what is stated while its board is alive.

    One that a transfer switch names as its alternate makes the voltage itself when the switch turns to it.
    """

    type: Literal["battery"]
    kind: str
    from_: str = Field(alias="from")
    place: Place = "outside"
    at: Point | None = None
    charging: Power = 0.0  # at its terminals
    discharging: Power = 0.0
    state_of_charge: Fraction = 0.5  # at the start
    breaker: Breaker | None = None

    @model_validator(mode="after")
    def _one_way(self) -> BatteryElement:
        if self.charging and self.discharging:
            raise PydanticCustomError("battery", "a battery charges or discharges; leave one of them out")
        return self


class Whip(Entry):
    """The cord from an element to a rack or shelf bay.

    A list of kinds means the first of them that carries the load: the cord is bought with the rack.
    """

    kind: WhipKinds  # one, or several by size
    length: Width
    runs: Count = 1
    breaker: Breaker | None = None  # in the tap-off; default rating: the cord's


Converting = UpsElement | RectifierElement | TransferSwitchElement | GeneratorElement | BatteryElement
PowerElement = Annotated[
    TransformerElement | BoardElement | CableElement | BuswayElement | Converting, Field(discriminator="type")
]


class PowerSystem(Entry):
    """Utility, elements by name, and whips by "racks", "shelves" or the name of a row."""

    source: Utility
    frequency: Annotated[Frequency, Bound()] = 60.0
    elements: dict[str, PowerElement]
    whips: dict[str, Whip] = Field(default_factory=dict)
    resistances: Literal["warm", "stated"] = (
        "warm"  # of cables and busways: at the temperature that their current makes, or as stated
    )
    voltage_window: Annotated[Fraction, Bound()] = 0.1  # largest change of voltage at a rack, IEC 60038
    unbalance_limit: Annotated[Fraction, Bound()] = 0.02  # of the negative-sequence voltage, EN 50160
    switch_room_temperature: Temperature = 313.15  # the air there: what breakers are rated in
    cap_latency: Annotated[Time, Bound()] = 10.0  # from losing a feed until the racks' power cap holds; weak
    harmonics: Spectrum = Field(
        default_factory=lambda: dict(SPECTRUM)
    )  # of the load current, over its fundamental
    workload: Workload | None = None
