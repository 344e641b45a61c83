"""Rules at their edges: what touches is fine, what overlaps is not; and what `check` adds up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from thermo.case import Case
from thermo.casefile import CaseError, load
from thermo.check import examine, shapes, warnings
from thermo.check.regions import label
from thermo.check.totals import totals

GOOD = Path(__file__).parents[1] / "cases" / "good.yaml"
TEMPLATES = Path(__file__).parents[2] / "thermo" / "templates"
CASES = Path(__file__).parents[2] / "cases"


def problems(*overrides: str) -> list[str]:
    with pytest.raises(CaseError) as caught:
        examine(load(GOOD, overrides))
    return caught.value.problems


@pytest.mark.parametrize(
    "file", [GOOD, *sorted(TEMPLATES.glob("*.yaml")), *sorted(CASES.glob("*/case.yaml"))], ids=str
)
def test_good_cases_pass_without_a_warning(file: Path) -> None:
    loaded = load(file)
    assert warnings(loaded, examine(loaded)) == []


@pytest.mark.parametrize(
    "override",
    [
        "racks.row_a.at=[7 m, 4 m]",  # 7 + 4 * 0.75 = 10: flush with the wall
        "racks.row_a.pitch=0.75 m",  # exactly the width
        "racks.row_a.at=[1 m, 6.55 m]",  # rear at 7.75: exactly one cell before the wall
        "hall.partitions.wall.at=4.2 m",  # along the rear of the row
        "openings.fans.pitch=1.5 m",  # fans side by side
        "site.wet_bulb=30 degC",  # saturated air
        "racks.row_a.airflow=59 K",
        "racks.row_a.airflow=2.1 K",
        "openings.pads.at=[4 m, 1.5 m]",  # to the corner of its wall
    ],
)
def test_the_last_thing_that_fits_is_accepted(override: str) -> None:
    examine(load(GOOD, [override, "openings.fans.running=2"]))


@pytest.mark.parametrize(
    ("override", "fragment"),
    [
        ("racks.row_a.at=[7.01 m, 4 m]", "A3 stands 0.01 m beyond x_max (10 m)"),
        (
            "hall.partitions.lid={axis: y, at: 3 m, from: [1 m, 0 m], to: [4 m, 2.25 m]}",
            "the front of A0 has no air before lid",
        ),
        (
            "hall.partitions.lid={axis: y, at: 4.4 m, from: [1 m, 0 m], to: [4 m, 2.25 m]}",
            "the rear of A0 has 0.2 m of air before lid",
        ),
        ("racks.row_a.pitch=0.74 m", "share 0.01 x 1.2 x 2.25 m"),
        ("racks.row_a.at=[1 m, 6.6 m]", "the rear of A0 has 0.2 m of air before the wall"),
        ("openings.fans.pitch=1.4 m", "fans1 and fans0 share 0.15 m2 of y_max"),
        ("racks.row_a.airflow=61 K", "air would leave A0 61 K hotter"),
        ("openings.pads.at=[4.1 m, 1.5 m]", "reaches 0.1 m beyond x_max"),
    ],
)
def test_a_little_more_is_not(override: str, fragment: str) -> None:
    found = problems(override, "openings.fans.running=2")
    assert any(fragment in problem for problem in found), found


def test_all_rules_speak_at_once_in_the_order_of_the_file() -> None:
    found = problems("site.wet_bulb=35 degC")
    assert len(found) == 1
    assert found[0].startswith("--set site.wet_bulb=35 degC: site.wet_bulb: 35 degC is above")
    both = problems("site.wet_bulb=35 degC", "racks.row_a.pitch=0.5 m", "grid.cell=5 mm")
    assert len(both) == 3


def test_too_small_is_a_warning_and_no_problem() -> None:
    loaded = load(GOOD, ["racks.row_a.power=80 kW"])
    said = warnings(loaded, examine(loaded))
    assert any("good.yaml:" in line and "carries 400 A; its loads draw" in line for line in said), said


def test_totals_are_sums_of_the_case() -> None:
    loaded = load(GOOD)
    document = totals(loaded.case, examine(loaded))
    racks = document["units"]["racks"]
    assert (racks["count"], racks["power_kW"], racks["liquid_kW"]) == (4, pytest.approx(80), 0)
    assert document["power"]["transformers_kVA"] == pytest.approx(1000)
    assert document["power"]["load_kVA"] == pytest.approx(80 / 0.99)
    assert [group["name"] for group in document["openings"]] == ["pads", "fans"]
    assert document["openings"][0]["area_m2"] == pytest.approx(9.0)


def test_assumptions_name_what_decides() -> None:
    said = "\n".join(examine(load(GOOD)).assumptions)
    assert "30.0 degC, wet bulb 20.0 degC" in said
    assert "A0 to A3 (air_rack_20kW): 20 kW each" in said
    assert "inlets up to 35.0 degC (ASHRAE A2 allowable)" in said
    assert "1 of 2 fans stand still" in said


def test_parts_of_a_hall_are_told_apart() -> None:
    air = np.ones((4, 3, 2), bool)
    walls = [np.zeros(air.shape, bool) for _ in range(3)]
    assert label(air, walls).max() == 1
    walls[0][1] = True  # a wall between x cells 1 and 2
    assert label(air, walls).max() == 2
    walls[0][1, 2, 1] = False  # with a hole in it
    assert label(air, walls).max() == 1
    air[:, 1, :] = False  # a row of racks along x: two aisles, joined nowhere
    walls[0][...] = False
    labels = label(air, walls)
    assert labels.max() == 2
    assert (labels[:, 1, :] == 0).all()
    assert len(np.unique(labels[:, 0, :])) == 1


def test_a_winding_way_is_still_a_way() -> None:
    air = np.zeros((7, 7, 1), bool)
    air[::2] = True  # seven lanes ...
    for lane in range(1, 7, 2):
        air[lane, 0 if lane % 4 == 1 else -1] = True  # ... joined at alternating ends
    walls = [np.zeros(air.shape, bool) for _ in range(3)]
    assert label(air, walls).max() == 1


def test_arithmetic_of_boxes() -> None:
    box = (0.0, 1.0, 0.0, 1.0, 0.0, 1.0)
    assert shapes.overlap(box, (0.5, 2.0, 0.0, 1.0, 1.5, 2.0)) == (0.5, 1.0, -0.5)
    assert shapes.beyond(box, (1.0, 1.0, 1.0)) == ""
    assert (
        shapes.beyond((-0.5, 1.25, 0, 1, 0, 1), (1, 1, 1))
        == "0.5 m beyond x_min and 0.25 m beyond x_max (1 m)"
    )
    assert shapes.covered((0, 2, 0, 2, 0, 0), 2, box) == 0.25
    assert shapes.covered((0, 2, 0, 2, 3, 3), 2, box) == 0.0


def test_a_case_is_frozen() -> None:
    case: Case = load(GOOD).case
    with pytest.raises(Exception, match="frozen"):
        case.title = "changed"  # type: ignore[misc]
