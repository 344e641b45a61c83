"""The electrical part of the report: what a judged network puts on the page."""

from __future__ import annotations

import numpy as np
import pytest
from small_hall import case, plan, powers, rack
from synthetic_hall import hall

from thermo import metrics
from thermo.power.flow import solve
from thermo.power.judgement.judge import judge
from thermo.power.network import build
from thermo.views import electrical, phases, report

MOVING = {"duration": "6 s", "checkpoint_length": "1 s"}


@pytest.fixture(scope="module")
def result():
    """The synthetic hall's air with the small hall's network judged: one phase too full, a cord's breaker too small."""
    import kernels

    whips = {"racks": {"kind": "cord_60", "length": "3 m", "breaker": {"rating": "20 A"}}}
    made = case(
        {"whips": whips, "source": {"voltage": "10 kV", "fault_level": "100 MVA"}, "workload": MOVING}
    )
    laid_out = plan(*(rack(f"R{n}", 1.0 + n, power=8e3, phase_shares=(1.0, 0.0, 0.0)) for n in range(6)))
    sweep = kernels.on("numpy").sweep
    flow = solve(build(made, laid_out), powers(laid_out), sweep)
    found = judge(made, laid_out, flow, lambda path: 310.0, sweep)
    with np.errstate(all="ignore"):
        base = metrics.add_metrics(hall(cell=1.0))
    return base.extended({"power/elements": found.result.table} | found.tables, {})


def test_page_names_breakers_that_trip_and_moves_that_help(result):
    shown = electrical.context(result)
    cord = next(row for row in shown["breakers"] if row["name"].startswith("R"))
    assert cord["mark"] == "over"
    assert " to " in cord["trips"]
    assert shown["stranded"].startswith(("bus", "tx", "board", "feeder"))
    assert "4 moves leave 0.0 kW" in shown["stranded"]
    assert {row["name"] for row in shown["room"]} == {"tx", "board", "feeder", "bus"}


def test_report_carries_all_of_it(result, tmp_path, monkeypatch):
    monkeypatch.setattr(report, "scene", lambda *args: "")
    report.write(result, tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text("utf-8")
    for heading in (
        "Transformers",
        "Room for more",
        "Breakers",
        "Phases",
        "The moves (4)",
        "Unbalance and neutrals",
        "Where the energy goes",
        "kWh over the moving load",
    ):
        assert heading in page


def test_phase_balance_is_drawn(result, tmp_path):
    picture = phases.draw(result, tmp_path / "phases.svg").read_text("utf-8")
    assert "<svg" in picture
    assert phases.draw(result, tmp_path / "phases.png").stat().st_size > 5000


def test_a_result_without_a_judgement_shows_none():
    assert electrical.context(hall(cell=1.0)) == {}


def test_energy_that_does_not_close_is_marked(result):
    shown = electrical.context(result)["energy"]
    assert [row["term"] for row in shown["rows"]][:2] == ["given to the site", "drawn at the cords"]
    assert float(shown["open"]) < 1e-9
    assert shown["closes"]
    result.summary["power"] = {"closure": {"closes": False}}
    assert not electrical.context(result)["energy"]["closes"]


def test_the_side_that_takes_over_is_named(result):
    row = result.rows("power/contingency")[0]
    moved = {"takes_over": "fdr_b", "takes_over_from_percent": 42.6, "takes_over_to_percent": 85.9}
    assert electrical._outage(row | moved)["takes"] == "fdr_b, 43 to 86 %"
    assert electrical._outage(row | {"takes_over": ""})["takes"] == "-"
