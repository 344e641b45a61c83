"""The equipment library: every file reads, every entry is physically possible and names its source."""

import pytest
from pydantic import TypeAdapter, ValidationError

from thermo import library
from thermo.case.equipment import FAMILIES, Equipment, FanKind, PadKind, RackKind, volume_flow
from thermo.units import CFM, INCH_WATER, Measured

AIR = 1.15 * 1010  # [J/(m3 K)] rho cp of warm air at sea level


class OwnEquipment:
    """What `find` needs of a case."""

    def __init__(self, **families):
        self.equipment = Equipment.model_validate(families)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_reads_and_names_its_sources(family):
    assert library.names(family)
    for name in library.names(family):
        kind = library.find(None, family, name)
        assert isinstance(kind, FAMILIES[family])
        assert len(kind.source) > 20, f"{family}.{name} does not say where its figures come from"


@pytest.mark.parametrize("name", library.names("racks"))
def test_racks_warm_the_air_plausibly(name):
    kind = library.find(None, "racks", name)
    heat = kind.power * kind.air_fraction
    rise = heat / (AIR * volume_flow(kind.airflow, heat, AIR))
    assert 8 < rise < 25, "servers are built for 10 to 20 K; outside 8 to 25 K a figure is mistyped"


def test_miner_closes_its_own_heat_balance():
    s19 = library.find(None, "machines", "s19")
    heat = 1.15 * 1006 * s19.airflow.value * (38.8 - 23.1)  # the source's own temperatures
    assert heat == pytest.approx(
        s19.power, rel=0.06
    )  # field notes close it to 1 % with their own air density


def test_shelves_hold_machines_that_exist_and_fit():
    for name in library.names("shelves"):
        shelf = library.find(None, "shelves", name)
        machine = library.find(None, "machines", shelf.machine)
        face = shelf.machines * machine.size[0] * machine.size[2]
        assert face < shelf.size[0] * shelf.size[2]
        assert machine.size[1] <= shelf.size[1]


def test_fan_has_the_published_points():
    fan = library.find(None, "fans", "wall_fan_54in")
    assert fan.free_flow == pytest.approx(31000 * CFM)
    assert fan.highest_pressure == pytest.approx(1.5 * INCH_WATER)


def test_pads_lose_efficiency_and_gain_drop_with_speed():
    for name in library.names("pads"):
        pad = library.find(None, "pads", name)
        efficiencies = [e for _, e in pad.saturation_efficiency]
        assert efficiencies == sorted(efficiencies, reverse=True)
        assert pad.highest_velocity == 2.5


def test_louvre_loss_on_its_face():
    assert library.find(None, "louvres", "weather_louvre").face_loss == pytest.approx(8.0)  # 2 heads / 0.5^2


def test_airflow_in_its_three_forms_agree():
    flow = volume_flow(Measured(15.0, "temperature difference"), 20e3, AIR)
    assert volume_flow(Measured(flow, "flow"), 20e3, AIR) == flow
    assert volume_flow(Measured(flow / 20e3, "flow per power"), 20e3, AIR) == pytest.approx(flow, rel=1e-12)


def test_a_case_comes_before_the_library():
    entry = {"source": "test bench", "size": ["1 m", "1 m", "2 m"], "power": "5 kW", "airflow": "10 K"}
    case = OwnEquipment(racks={"air_rack_20kW": entry, "bench": entry})
    assert library.find(case, "racks", "air_rack_20kW").power == 5000
    assert library.find(case, "racks", "air_rack_40kW").power == 40800
    assert library.names("racks", case)[:2] == ("air_rack_20kW", "bench")


def test_unknown_names_are_answered_with_a_suggestion():
    with pytest.raises(library.UnknownKind, match="did you mean 'air_rack_40kW'"):
        library.find(None, "racks", "air_rack_40")
    with pytest.raises(library.UnknownKind, match="no shelf is called 'zzz'; there are shelf_s19_20"):
        library.find(None, "shelves", "zzz")
    with pytest.raises(library.UnknownKind, match="no equipment family 'chairs'"):
        library.find(None, "chairs", "zzz")


@pytest.mark.parametrize(
    ("model", "change", "words"),
    [
        (FanKind, {"curve": [["0 Pa", "10 m3/s"], ["50 Pa", "11 m3/s"]]}, "flow must fall"),
        (FanKind, {"curve": [["10 Pa", "10 m3/s"], ["50 Pa", "9 m3/s"]]}, "free flow"),
        (FanKind, {"curve": [["0 Pa", "10 m3/s"], ["0 Pa", "9 m3/s"]]}, "must be greater"),
        (FanKind, {"curve": [["0 Pa", "10 m3/s"]]}, "at least two points"),
        (PadKind, {"saturation_efficiency": []}, "at least one point"),
        (PadKind, {"pressure_drop": [["1 m/s", "9 Pa"], ["2 m/s", "8 Pa"]]}, "must rise"),
        (RackKind, {"air_fraction": "120 %"}, "more than 100 %"),
        (RackKind, {"source": ""}, "at least 3"),
        (RackKind, {"colour": "black"}, "Extra inputs"),
    ],
)
def test_impossible_equipment_is_refused(model, change, words):
    sound = {
        FanKind: {"opening": ["1 m", "1 m"], "curve": [["0 Pa", "10 m3/s"], ["50 Pa", "5 m3/s"]]},
        PadKind: {"saturation_efficiency": [["1 m/s", "80 %"]], "pressure_drop": [["1 m/s", "8 Pa"]]},
        RackKind: {"size": ["1 m", "1 m", "2 m"], "power": "5 kW", "airflow": "10 K"},
    }
    entry = {"source": "test bench", **sound[model]}
    TypeAdapter(model).validate_python(entry)
    with pytest.raises(ValidationError, match=words):
        TypeAdapter(model).validate_python(entry | change)
