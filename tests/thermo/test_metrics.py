"""Metrics against numbers worked out by hand on halls small enough for that."""

import numpy as np
import pytest
from synthetic_hall import columns, hall

from thermo import metrics
from thermo.result import Result

EXACT = 1e-6  # float32 temperatures near 30 degC carry 2e-6 relative; sums of few terms
RACK = {
    "role": "rack",
    "facing": "+x",
    "x0": 0.0,
    "x1": 1.0,
    "z0": 0.0,
    "z1": 2.0,
    "airflow_m3_s": 1.0,
    "inlet_degC": 25.0,
    "outlet_degC": 37.0,
    "supply_degC": 20.0,
    "limit_degC": 32.0,
    "limit_name": "ASHRAE A1 allowable",
    "power_kW": 10.0,
}


def rack(name, y, **changes):
    return RACK | {"name": name, "y0": y, "y1": y + 1.0} | changes


def room(rows, t=None, **tables):
    """A room of 1 m cubes, 5 x 4 x 3, with racks of 1 x 1 x 2 along its x = 0 wall."""
    grid = [np.arange(n + 1.0) for n in (5, 4, 3)]
    t = np.full((3, 4, 5), 20.0) if t is None else t
    blocked = np.zeros(t.shape, np.uint8)
    for row in rows:
        blocked[:2, int(row["y0"]), 0] = 1
    fields = {"T": (t + 273.15).astype(np.float32), "blocked": blocked}
    return Result(grid, fields, tables={"racks": columns(rows)} | tables)


def test_shi_rhi():
    rows = [rack("A0", 0), rack("A1", 1, airflow_m3_s=2.0, inlet_degC=22.0, outlet_degC=32.0)]
    numbers = metrics.indices(room(rows))
    # (1*5 + 2*2) / (1*17 + 2*12) = 9/41
    assert numbers["shi"] == pytest.approx(9 / 41, rel=EXACT)
    assert numbers["rhi"] == pytest.approx(32 / 41, rel=EXACT)


def test_coolers_are_no_racks():
    rows = [rack("A0", 0), rack("C", 1, role="cooler", inlet_degC=35.0, outlet_degC=20.0)]
    assert metrics.supply_heat_index(room(rows)) == pytest.approx(5 / 17, rel=EXACT)
    # cooler: 35 in, 20 out; the rack's rise is 12: 15/12
    assert metrics.return_temperature_index(room(rows)) == pytest.approx(125.0, rel=EXACT)


def test_rti_from_the_openings():
    openings = {"flow_m3_s": [3.0, -1.0, -2.0], "temperature_degC": [20.0, 26.0, 32.0]}
    # return (26 + 2*32)/3 = 30, supply 20, rise 12
    assert metrics.return_temperature_index(room([rack("A0", 0)], openings=openings)) == pytest.approx(
        100 * 10 / 12
    )


def test_rci_counts_only_what_is_above_recommended():
    tiers = {"rack": ["A0", "A0", "B", "M"], "inlet_degC": [30.0, 20.0, 23.5, 60.0]}
    rows = [rack("A0", 0), rack("B", 1, limit_degC=25.0, limit_name="ASHRAE H1"), rack("M", 2, role="shelf")]
    # above: 3 (30-27) and 1.5 (23.5-22); allowed 5 + 5 + 3
    assert metrics.rack_cooling_index_high(room(rows, tiers=tiers)) == pytest.approx(
        100 * (1 - 4.5 / 13), rel=EXACT
    )


def test_rci_of_racks_held_to_the_recommended_range():
    rows = [rack("A0", 0, limit_degC=27.0, inlet_degC=28.0)]
    assert metrics.rack_cooling_index_high(room(rows)) == pytest.approx(80.0, rel=EXACT)  # 1 of 32-27


def test_partial_pue():
    rows = [rack("A0", 0), rack("A1", 1, power_kW=30.0)]
    tables = {"power/elements": {"loss_kW": [1.0, 0.5]}, "openings": {"power_kW": [2.0], "flow_m3_s": [1.0]}}
    assert metrics.partial_pue(room(rows, **tables)) == pytest.approx(43.5 / 40, rel=EXACT)


def test_hot_spots_are_connected_and_touch_a_front():
    t = np.full((3, 4, 5), 20.0)
    t[0, 0, 1] = 40.0  # before A0 ...
    t[0, 1, 1] = 34.0  # ... and A1: one region
    t[1, 3, 1] = 33.0  # before A3: another
    t[2, 2, 3] = 60.0  # hot, but before nobody
    rows = [rack("A0", 0), rack("A1", 1), rack("A3", 3)]
    spots = metrics.hot_spots(room(rows, t))
    assert [s.racks for s in spots] == [("A0", "A1"), ("A3",)]
    assert spots[0].peak_degC == pytest.approx(40.0, rel=EXACT)
    assert spots[0].at_m == (1.5, 0.5, 0.5)
    assert [s.volume_m3 for s in spots] == [2.0, 1.0]


def test_each_rack_is_held_to_its_own_limit():
    t = np.full((3, 4, 5), 38.0)
    rows = [rack("A0", 0), rack("M", 2, role="shelf", limit_degC=40.0)]
    assert [s.racks for s in metrics.hot_spots(room(rows, t))] == [("A0",)]
    assert metrics.hot_spots(room(rows, t), limit_degC=37.0)[0].limit_degC == 37.0


def test_intake_depth_reaches_into_the_aisle():
    t = np.full((3, 4, 5), 33.0)
    assert metrics.hot_spots(room([rack("A0", 0)], t), depth=0.1)[0].volume_m3 == 2.0  # one layer, two high
    assert metrics.hot_spots(room([rack("A0", 0)], t), depth=3.0)[0].volume_m3 == 6.0


@pytest.mark.parametrize(
    ("facing", "expected"),
    [
        ("+x", (slice(0, 2), slice(1, 2), slice(3, 4))),
        ("-x", (slice(0, 2), slice(1, 2), slice(1, 2))),
        ("+y", (slice(0, 2), slice(2, 3), slice(2, 3))),
        ("-y", (slice(0, 2), slice(0, 1), slice(2, 3))),
    ],
)
def test_front_cells(facing, expected):
    row = rack("A0", 1, facing=facing, x0=2.0, x1=3.0)
    assert metrics.front_cells(room([row]).grid, row, 0.6) == expected


def test_excess_is_positive_exactly_in_hot_spots():
    result = hall(cell=0.6)
    excess = metrics.intake_excess(result)
    spots = metrics.hot_spots(result)
    volume = 0.6**3 * (excess > 0).sum()  # intakes of racks and shelves do not overlap in this hall
    assert spots
    assert sum(s.volume_m3 for s in spots) == pytest.approx(volume, rel=1e-3)  # 0.6 m up to rounding of 48/80


def test_binding_is_the_largest_utilisation():
    limits = {
        "limit": ["rack inlet", "busway", "busway", "fans"],
        "where": ["A0", "bus_a", "bus_b", "fans"],
        "utilisation": [0.7, 0.9, 1.2, np.nan],
    }
    result = room([rack("A0", 0)], limits=limits)
    assert metrics.binding(result) == {
        "limit": "busway",
        "where": "bus_b",
        "utilisation": 1.2,
        "judged": "over",
    }
    assert {k: v["where"] for k, v in metrics.worst_by_limit(result).items()} == {
        "busway": "bus_b",
        "rack inlet": "A0",
    }
    assert metrics.binding(room([rack("A0", 0)]))["limit"] is None


def test_add_metrics_fills_tables_and_summary():
    result = metrics.add_metrics(hall(cell=0.6))
    assert len(result.rows("hotspots")) == len(result.summary["hotspots"]) > 0
    assert result.summary["binding"]["limit"] == "rack inlet"
    assert {row["name"] for row in result.rows("metrics")} == set(metrics.UNITS)
    assert result.summary["case"] == "synthetic"
