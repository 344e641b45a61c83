"""The ladder's binding limits, recomputed from the YAML files and the result files without importing thermo."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from plain_arithmetic import Rung
from plain_fault import fault_used
from plain_voltage import voltage_used

ROOT = Path(__file__).resolve().parents[2]
# 1 %: what is asked of the ladder. The arithmetic itself is good to 0.3 %: currents are added without their
# angles, humidity is Magnus' formula, the air at the fans is their mean. Below a utilisation of 0.05, 0.0005.
WITHIN = {"rel": 0.01, "abs": 5e-4}
DENSITIES = {"smoke": "3.5,20,80,132", "retrofit_hall": "3.5,10,20,40,80,132"}
# Beyond plain arithmetic: phasors, which bind on no rung here; tests/thermo/test_judged_network.py
ELSEWHERE = {"voltage unbalance", "neutral"}
CASES = [
    "smoke",
    pytest.param("retrofit_hall", marks=[pytest.mark.slow, pytest.mark.timeout(2400)]),
]


@pytest.fixture(scope="module", params=CASES)
def climbed(request, tmp_path_factory):
    """(document, recomputed rungs) of one case's ladder, solved by the command in a process of its own."""
    name = request.param
    case, folder = ROOT / "cases" / name, tmp_path_factory.mktemp(name)
    command = [sys.executable, "-m", "thermo", "ladder", str(case), "--rungs", DENSITIES[name]]
    ended = subprocess.run(
        [*command, "--out", str(folder), "--json"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    document = json.loads(ended.stdout)
    rungs = [Rung(case, one["density_kW"], folder / one["result"]) for one in document["rungs"]]
    return document, rungs


def all_used(rung):
    faults = fault_used(rung)
    return rung.used() | {"voltage": voltage_used(rung)} | ({"fault current": faults} if faults else {})


def worst(places):
    return max(places.items(), key=lambda item: item[1])


def test_this_test_sees_nothing_of_thermo():
    for name in ("plain_arithmetic.py", "plain_fault.py", "plain_voltage.py"):
        text = Path(__file__).with_name(name).read_text(encoding="utf-8")
        assert "import thermo" not in text
        assert "from thermo" not in text


def test_the_binding_limit_of_every_rung(climbed):
    for one, rung in zip(climbed[0]["rungs"], climbed[1], strict=True):
        used = all_used(rung)
        limit = max(used, key=lambda name: worst(used[name])[1])
        bound = one["binding"]
        assert bound["limit"] == limit, one["density_kW"]
        assert bound["utilisation"] == pytest.approx(worst(used[limit])[1], **WITHIN)
        # Neighbours may be within the arithmetic's own error of each other: the place named is the worst or as bad.
        assert used[limit][bound["where"]] == pytest.approx(worst(used[limit])[1], rel=0.003)


def test_every_limit_of_every_rung(climbed):
    for one, rung in zip(climbed[0]["rungs"], climbed[1], strict=True):
        used = all_used(rung)
        assert set(one["utilisations"]) - ELSEWHERE == set(used)
        for limit, places in used.items():
            assert one["utilisations"][limit] == pytest.approx(worst(places)[1], **WITHIN), (
                one["density_kW"],
                limit,
            )


def test_the_limit_lies_where_the_recomputed_lines_cross_one(climbed):
    document, rungs = climbed
    tables = [{limit: worst(places)[1] for limit, places in all_used(rung).items()} for rung in rungs]
    crossings = []
    for limit in tables[0]:
        for n, table in enumerate(tables):
            if table[limit] >= 1:
                below, low = rungs[max(n - 1, 0)].density, tables[max(n - 1, 0)][limit]
                share = (1 - low) / (table[limit] - low) if n else 1.0
                crossings.append(below + share * (rungs[n].density - below))
                break
    assert document["limit_kW"] == pytest.approx(min(crossings), rel=0.01)


def test_only_what_no_liquid_takes_heats_the_air(climbed):
    for rung in climbed[1]:
        rows = list(
            zip(*(rung.racks[key] for key in ("name", "air_heat_kW", "liquid_kW", "power_kW")), strict=True)
        )
        plain = {unit.name: unit for unit in rung.units}
        for name, heat, liquid, power in rows:
            # The powers of the last look at the inlets, 20 iterations before the end at most.
            assert heat == pytest.approx(plain[name].air_heat / 1e3, rel=2e-3)
            assert heat + liquid == pytest.approx(power, rel=1e-9)


def test_the_smoke_ladder_meets_limits_of_four_kinds(climbed):
    document, _ = climbed
    if document["case"] == "smoke":
        bound = [one["binding"]["limit"] for one in document["rungs"]]
        assert bound == ["pads", "rack airflow", "rack inlet", "breaker"]
