"""Converters, batteries, shelves and what they do in an outage: on the page and in the one-line diagram."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from synthetic_hall import hall

from thermo import casefile, layout, metrics
from thermo.power import flow, network
from thermo.power.judgement.judge import judge
from thermo.views import electrical, oneline, report

CASE = Path(__file__).resolve().parents[2] / "cases" / "ai_hall_chain"


@pytest.fixture(scope="module")
def result():
    """The synthetic hall's air with the network of ai_hall_chain judged."""
    import kernels

    case = casefile.load(CASE).case
    plan = layout.build_plan(case)
    sweep = kernels.on("numpy").sweep
    solved = flow.solve(network.build(case, plan), np.array([u.power for u in plan.units]), sweep)
    found = judge(case, plan, solved, lambda path: 305.0, sweep)
    with np.errstate(all="ignore"):
        base = metrics.add_metrics(hall(cell=1.0))
    return base.extended({"power/elements": found.result.table} | found.tables, {})


def test_the_page_tells_what_converters_do(result):
    shown = electrical.context(result)
    rows = {row["name"]: row for row in shown["converters"]}
    assert set(rows) == {"ups_a", "ups_b", "sts_s", "rect_d"}
    assert (rows["ups_b"]["mode"], rows["rect_d"]["mark"]) == ("eco", "")
    assert shown["batteries"][0]["doing"] == "gives 100.0 kW"
    assert [row["kind"] for row in shown["shelves"]] == ["orv3_33kW", "dc_800V_54V_36kW"]
    assert shown["shelves"][0]["racks"] == "A0 and 7 like it"
    outage = next(row for row in shown["outages"] if row["lost"] == "tx_a")
    assert outage["after"].endswith("gen_a runs after 15 s; ats_a to gen_a after 15.5 s")
    assert any(row["lost"] == "source" for row in shown["outages"])


def test_the_report_carries_it(result, tmp_path, monkeypatch):
    monkeypatch.setattr(report, "scene", lambda *args: "")
    report.write(result, tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text("utf-8")
    for words in ("Converters", "Batteries", "Power shelves", "ups_a on battery for 10."):
        assert words in page, words


def test_a_generator_hangs_on_nothing_in_the_diagram(result, tmp_path):
    root = oneline.tree(result)
    assert [node.name for node in root.children] == ["tx_a", "tx_b", "gen_a"]
    assert [node.name for node in oneline._wired(root)] == ["tx_a", "tx_b"]
    drawn = oneline.draw(result, tmp_path / "one.svg").read_text("utf-8")
    assert drawn.count("stroke-dasharray") == 2  # each switch's alternate
