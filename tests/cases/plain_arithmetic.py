"""Utilisations of one rung in plain arithmetic: case YAML, library YAML, result file. Nothing of thermo.

What each takes from the result file (everything else from the YAML files):

    rack inlet    inlets of the tiers; the supply from pad curve, wet bulb and the flows below
    rack airflow  inlets, for the response of the equipment's fans; the flow given as for fans
    fans, pads    temperature of the air at the fans; pressure and velocity from a balance of the curves
    transformer, board, cable, busway, breaker
                  inlets, for the response of power; voltages at the cords, by which power becomes current; the air
                  around elements and breakers, which their ratings follow
    hot spot, harmonics
                  amperes of transformers
    voltage       amperes of the line before, and where units stand: see plain_voltage.py

It knows what the cases that ship use: one feed a unit, three-phase racks, single-phase miners, exhaust fans of
one group, intakes with louvres, some with pads.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import exp, sqrt
from pathlib import Path
from typing import Any

import h5py
import yaml

LIBRARY = Path(__file__).resolve().parents[2] / "thermo" / "library"
CFM = 0.3048**3 / 60
FACTORS = {
    "m": 1.0, "%": 0.01, "W": 1.0, "kW": 1e3, "A": 1.0, "V": 1.0, "kV": 1e3, "kVA": 1e3, "degC": 1.0, "K": 1.0,
    "Pa": 1.0, "inH2O": 249.08891, "m/s": 1.0, "cfm": CFM, "m3/s": 1.0, "cfm/kW": CFM / 1e3,
    "mm2": 1e-6, "mohm/m": 1e-3, "Hz": 1.0, "MVA": 1e6,
}  # fmt: skip
ASHRAE = {"A1": 32.0, "A2": 35.0, "A3": 40.0, "A4": 45.0}  # highest allowable dry bulb [degC]
ZERO = 273.15

BIMETAL, BREAKER_AIR = 105.0, 40.0  # [degC] where a thermal-magnetic breaker trips, in which it is rated
HOT_SPOT, OIL_RISE, GRADIENT = (
    120.0,
    60.0,
    27.6,
)  # [degC, K] of oil transformers where the library says nothing else
SPECTRUM = {
    3: 0.05,
    5: 0.04,
    7: 0.03,
    9: 0.015,
    11: 0.01,
    13: 0.01,
}  # of load currents where a case says nothing else
EDDY = 0.1  # eddy-current loss over ohmic loss of transformers

Used = dict[str, dict[str, float]]  # limit -> place -> utilisation


def number(text: str) -> float:
    """ "34.5 kV" in SI, temperatures in degC."""
    value, unit = text.split()
    return float(value) * FACTORS[unit]


def points(curve: list[list[str]]) -> list[tuple[float, float]]:
    return [(number(x), number(y)) for x, y in curve]


def between(curve: list[tuple[float, float]], x: float) -> float:
    """Straight between points, flat outside."""
    if x <= curve[0][0]:
        return curve[0][1]
    for (x0, y0), (x1, y1) in pairwise(curve):
        if x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return curve[-1][1]


@cache
def shelf_of(family: str) -> dict[str, dict[str, Any]]:
    return yaml.safe_load((LIBRARY / f"{family}.yaml").read_text(encoding="utf-8"))


def library(family: str, name: str) -> dict[str, Any]:
    return shelf_of(family)[name]


@dataclass(frozen=True)
class Unit:
    """A rack, or a bay of miners: what it asks for at the inlets that the result holds."""

    name: str
    section: str  # "racks" | "shelves"
    feed: str
    limit: float  # [degC]
    inlets: list[float]  # [degC] of its tiers
    power: float  # [W]
    airflow: float  # [m3/s] at the reference density, that of outdoor air
    air_heat: float  # [W]
    amps: list[float]  # [A] in phases a, b, c
    rated_amps: float  # [A] in its fullest phase at rated power and voltage
    volts_pu: float


class Rung:
    """One rung of a case: `case` the folder, `density` in kW, `result` the file."""

    def __init__(self, case: Path, density: float, result: Path) -> None:
        self.case = yaml.safe_load((case / "case.yaml").read_text(encoding="utf-8"))
        self.density = density
        with h5py.File(result) as file:
            self.tiers = columns(file["tiers"])
            self.racks = columns(file["racks"])
            self.openings = columns(file["openings"])
            stood, switched = columns(file["power/elements"]), columns(file["power/breakers"])
        self.air = dict(zip(stood["name"], stood["air_degC"], strict=True))
        self.breaker_air = dict(zip(switched["name"], switched["air_degC"], strict=True))
        self.elements = self.case["power"]["elements"]
        self.outdoors()
        self.units = [*self.ai_racks(), *self.miners()]
        self.balance()

    # --- air outdoors -----------------------------------------------------------------------------

    def outdoors(self) -> None:
        """Pressure of the standard atmosphere, humidity by the psychrometer equation over Magnus' formula."""
        site = self.case["site"]
        self.dry_bulb, self.wet_bulb = number(site["dry_bulb"]), number(site["wet_bulb"])
        self.pressure = 101325 * (1 - 2.25577e-5 * number(site.get("altitude", "0 m"))) ** 5.2559
        self.vapour = self.vapour_at(self.dry_bulb)
        self.reference = self.pressure / (287.05 * (self.dry_bulb + ZERO))  # dry, as airflows are stated for
        self.heat_capacity = self.reference * 1006

    def vapour_at(self, dry_bulb: float) -> float:
        """[Pa] in air of the site's wet bulb."""
        saturated = 611.2 * exp(17.62 * self.wet_bulb / (243.12 + self.wet_bulb))
        return saturated - 6.62e-4 * self.pressure * (dry_bulb - self.wet_bulb)

    def humidity(self, dry_bulb: float) -> float:
        """[kg/kg]"""
        vapour = self.vapour_at(dry_bulb)
        return 0.622 * vapour / (self.pressure - vapour)

    def density_of(self, celsius: float, vapour: float) -> float:
        return ((self.pressure - vapour) / 287.05 + vapour / 461.5) / (celsius + ZERO)

    # --- equipment --------------------------------------------------------------------------------

    def kind_at(self, row: str) -> tuple[str, float]:
        """Kind and power [W] of a row's racks on this rung."""
        if row in self.case["ladder"]["rows"]:
            fits = (k for k in self.case["ladder"]["kinds"] if self.density * 1e3 <= number(k["up_to"]))
            return next(fits)["kind"], self.density * 1e3
        return self.case["racks"][row]["kind"], number(self.case["racks"][row]["power"])

    def ai_racks(self) -> list[Unit]:
        found = []
        for name, row in self.case["racks"].items():
            kind_name, power = self.kind_at(name)
            kind = library("racks", kind_name)
            heat = power * number(kind.get("air_fraction", "100 %"))
            text = kind["airflow"]
            flow = number(text)
            if text.endswith("/kW"):
                flow *= heat
            elif text.endswith(" K"):
                flow = heat / (self.heat_capacity * flow)
            for n in range(row["count"]):
                label = row.get("label", name + "{i}").replace("{i}", str(n))
                found.append(self.unit(("racks", label, row["feed"]), kind, (power, heat, flow), [1 / 3] * 3))
        return found

    def miners(self) -> list[Unit]:
        """Bays of single-phase machines, dealt to the phases round and round along the row."""
        found = []
        for name, row in self.case["shelves"].items():
            shelf = library("shelves", row["kind"])
            machine, count = library("machines", shelf["machine"]), shelf["machines"]
            power, flow = count * number(machine["power"]), count * number(machine["airflow"])
            for n in range(row["count"]):
                dealt = [0, 0, 0]
                for m in range(n * count, (n + 1) * count):
                    dealt[m % 3] += 1
                phases = [share / count for share in dealt]
                found.append(
                    self.unit(("shelves", f"{name}{n}", row["feed"]), machine, (power, power, flow), phases)
                )
        return found

    def unit(
        self, place: tuple[str, str, str], kind: dict[str, Any], rated: tuple[float, ...], phases: list[float]
    ) -> Unit:
        """`place`: section, name, feed. Power and flow follow the mean inlet on the kind's curves."""
        section, name, feed = place
        inlets = [
            t for rack, t in zip(self.tiers["rack"], self.tiers["inlet_degC"], strict=True) if rack == name
        ]
        mean = sum(inlets) / len(inlets)
        more = between(points(kind["power_curve"]), mean) if "power_curve" in kind else 1.0
        faster = between(points(kind["airflow_curve"]), mean) if "airflow_curve" in kind else 1.0
        colder = (self.dry_bulb + ZERO) / (mean + ZERO)  # fans move a volume: its density over the reference
        power, heat, flow = rated[0] * more, rated[1] * more, rated[2] * faster * colder
        limit = kind.get("limit", "A2")
        volts = self.racks["voltage_pu"][self.racks["name"].index(name)]
        nominal = self.secondary(feed) / sqrt(3) * kind.get("power_factor", 0.99)
        each = volts * nominal
        return Unit(
            name,
            section,
            feed,
            ASHRAE[limit] if limit in ASHRAE else number(limit),
            inlets,
            power,
            flow,
            heat,
            [power * share / each for share in phases],
            rated[0] * max(phases) / nominal,
            volts,
        )

    def secondary(self, element: str) -> float:
        """[V] line to line behind the transformer that an element hangs on."""
        while self.elements[element]["type"] != "transformer":
            element = self.elements[element]["from"]
        return number(library("transformers", self.elements[element]["kind"])["secondary_voltage"])

    # --- the hall's own airflow -------------------------------------------------------------------

    def balance(self) -> None:
        """Hall pressure at which intakes let in the mass that the fans throw out, by halving."""
        low, high = 0.0, 2000.0
        for _ in range(60):
            self.draught = 0.5 * (low + high)
            entering = sum(self.intake(group)[0] for group in self.group("intake"))
            low, high = (self.draught, high) if entering < self.fans() else (low, self.draught)
        streams = [self.intake(group) for group in self.group("intake")]
        self.mass = sum(mass for mass, _, _ in streams)
        self.supply = sum(mass * celsius for mass, celsius, _ in streams) / self.mass

    def group(self, kind: str) -> list[str]:
        return [name for name, opening in self.case["openings"].items() if opening["kind"] == kind]

    def intake(self, name: str) -> tuple[float, float, float]:
        """Mass flow [kg/s], temperature [degC] inside, velocity on the face [m/s]."""
        opening = self.case["openings"][name]
        outside = self.density_of(self.dry_bulb, self.vapour)
        louvre = library("louvres", opening["louvre"])
        loss = 0.5 * outside * louvre["loss_coefficient"] / number(louvre["free_area"]) ** 2
        pad = library("pads", opening["pad"]) if "pad" in opening else None
        drops = [(0.0, 0.0), *points(pad["pressure_drop"])] if pad else [(0.0, 0.0)]
        slow, fast = 0.0, 50.0
        for _ in range(60):
            v = 0.5 * (slow + fast)
            lost = loss * v**2 + between(drops, v) * outside / 1.2
            slow, fast = (v, fast) if lost < self.draught else (slow, v)
        celsius = self.dry_bulb
        if pad:
            efficiency = between(points(pad["saturation_efficiency"]), v)
            celsius -= efficiency * (self.dry_bulb - self.wet_bulb)
        width, height = (number(length) for length in opening["size"])
        gained = (1 + self.humidity(celsius)) / (1 + self.humidity(self.dry_bulb))
        return v * width * height * opening.get("count", 1) * outside * gained, celsius, v

    def exhaust_density(self) -> float:
        """[kg/m3] at the temperature the result holds for the fans; all water of the pads is in it."""
        rows = zip(self.openings["kind"], self.openings["temperature_degC"], strict=True)
        warm = [celsius for kind, celsius in rows if kind == "fan"]
        mixed = [(self.intake(group)[0], self.intake(group)[1]) for group in self.group("intake")]
        humidity = sum(m * self.humidity(t) for m, t in mixed) / sum(m for m, _ in mixed)
        vapour = self.pressure * humidity / (0.622 + humidity)
        return self.density_of(sum(warm) / len(warm), vapour)

    def fans(self) -> float:
        """Mass flow [kg/s] thrown out at the draught."""
        (name,) = self.group("fan")
        opening = self.case["openings"][name]
        density = self.exhaust_density()
        curve = points(library("fans", opening["fan"])["curve"])
        return (
            opening.get("running", opening.get("count", 1))
            * between(curve, self.draught * 1.2 / density)
            * density
        )

    # --- utilisations -----------------------------------------------------------------------------

    def used(self) -> Used:
        """Every limit's utilisation at every place, but voltage."""
        (fan,) = self.group("fan")
        last = number(library("fans", self.case["openings"][fan]["fan"])["curve"][-1][0])
        pads = {}
        for name in self.group("intake"):
            if "pad" in self.case["openings"][name]:
                curve = points(library("pads", self.case["openings"][name]["pad"])["saturation_efficiency"])
                pads[name] = self.intake(name)[2] / curve[-1][0]
        given = self.mass / self.reference
        return {
            "rack inlet": {u.name: self.inlet_used(u) for u in self.units},
            "rack airflow": {"hall": sum(u.airflow for u in self.units) / given},
            "fans": {fan: self.draught / (last * self.exhaust_density() / 1.2)},
            "pads": pads,
            **self.electrical(),
        }

    def inlet_used(self, unit: Unit) -> float:
        return max(0.0, max(unit.inlets) - self.supply) / (unit.limit - self.supply)

    def electrical(self) -> Used:
        """Amperes of everything that hangs on an element, summed phase by phase, over what it carries."""
        found: Used = {}
        for name, element in self.elements.items():
            below = [u for u in self.units if name in self.path(u.feed)]
            amps = max(sum(u.amps[phase] for u in below) for phase in range(3))
            rating = self.rating(element) * self.warm(name, element)
            self.judge(found, name, (element["type"], amps), (rating, element.get("breaker")))
            if element["type"] == "transformer":
                self.judge_transformer(found, name, element["kind"], amps / self.rating(element))
        whips = self.case["power"]["whips"]
        for unit in self.units:
            whip = whips[unit.section]
            kinds = whip["kind"] if isinstance(whip["kind"], list) else [whip["kind"]]
            largest = max(kinds, key=lambda kind: number(library("cables", kind)["ampacity"]))
            name, rating = f"{unit.name}.{unit.feed}", number(library("cables", largest)["ampacity"])
            breaker = {"rating": f"{rating} A"} | whip["breaker"] if "breaker" in whip else None
            rating *= self.warm(name, {"type": "cable", "kind": largest})
            self.judge(found, name, ("cable", max(unit.amps)), (rating, breaker))
        return found

    def judge(
        self, found: Used, name: str, flow: tuple[str, float], allowed: tuple[float, dict[str, str] | None]
    ) -> None:
        kind, amps = flow
        rating, breaker = allowed
        if rating:
            found.setdefault(kind, {})[name] = amps / rating
        if breaker:
            cool = sqrt((BIMETAL - self.breaker_air[name]) / (BIMETAL - BREAKER_AIR))
            carries = number(breaker["rating"]) * min(1.0, cool) * number(breaker.get("continuous", "80 %"))
            found.setdefault("breaker", {})[name] = amps / carries

    def warm(self, name: str, element: dict[str, Any]) -> float:
        """Rating in the element's own air over that stated."""
        family, limit, reference = {"cable": ("cables", 90, 30), "busway": ("busways", 105, 35)}.get(
            element["type"], ("", 0, 0)
        )
        if not family:
            assert OIL_RISE + GRADIENT + self.air[name] <= HOT_SPOT or element["type"] == "board"
            return 1.0
        kind = library(family, element["kind"])
        limit = number(kind.get("limit_temperature", f"{limit} degC"))
        reference = number(kind.get("reference_temperature", f"{reference} degC"))
        return min(1.0, sqrt((limit - self.air[name]) / (limit - reference)))

    def judge_transformer(self, found: Used, name: str, kind: str, load: float) -> None:
        """Hot spot of IEC 60076-7 at the sinusoidal load of equal loss; load against IEEE C57.110."""
        losses = library("transformers", kind)
        ratio = number(losses["load_loss"]) / number(losses["no_load_loss"])
        squares = {1: 1.0} | {order: share**2 for order, share in SPECTRUM.items()}
        whole = sum(squares.values())
        factor = sum(order**2 * square for order, square in squares.items()) / whole
        square = load**2 * whole * (1 + EDDY * factor) / (1 + EDDY)
        rise = OIL_RISE * ((1 + ratio * square) / (1 + ratio)) ** 0.8 + GRADIENT * square**0.8
        found.setdefault("hot spot", {})[name] = rise / (HOT_SPOT - self.air[name])
        most = sqrt((1 + EDDY) / (1 + EDDY * factor))
        found.setdefault("harmonics", {})[name] = load * sqrt(whole) / most

    def path(self, element: str) -> list[str]:
        """An element and all it hangs on."""
        found = []
        while element != "source":
            found.append(element)
            element = self.elements[element]["from"]
        return found

    @staticmethod
    def rating(element: dict[str, Any]) -> float:
        """[A] a phase; 0 where none is stated."""
        if element["type"] == "transformer":
            kind = library("transformers", element["kind"])
            return number(kind["rated_power"]) / (sqrt(3) * number(kind["secondary_voltage"]))
        if element["type"] == "cable":
            return number(library("cables", element["kind"])["ampacity"]) * element.get("runs", 1)
        if element["type"] == "busway":
            return number(library("busways", element["kind"])["rated_current"])
        return number(element["rating"]) if "rating" in element else 0.0


def columns(table: h5py.Group) -> dict[str, list[Any]]:
    """A table of the result file, text as str."""
    return {
        name: [x.decode() if isinstance(x, bytes) else x for x in column[...].tolist()]
        for name, column in table.items()
    }
