"""Networks under outages and moving loads with the card's sweep: its own PTX, launched by the card's own code.

The card is none (tests/fake_card.py); what it launches is compiled to PTX as for a real one and interpreted.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from fake_card import FakeCard
from launcher import Interpreted

import kernels
from kernels.gpu import card, launch
from kernels.gpu.launch import Kernel
from thermo import device
from thermo.power.flow import solve
from thermo.power.judgement.judge import judge
from thermo.power.network import build
from thermo.power.outage.study import study

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "thermo"))
from small_hall import case, plan, powers, rack

pytestmark = pytest.mark.skipif(
    find_spec("numba_cuda") is None,
    reason="kernels are compiled by numba-cuda: pip install minehall[gpu]",
)
CLOSE = 1e-9  # of double precision, summed in another order over some ten sweeps
AIR = 303.15  # [K]


@pytest.fixture
def fake(monkeypatch):
    """The card that is none is the one that device "cuda" opens."""
    interpreted = Interpreted(counting=False)

    def run(function, fastmath, blocks, threads, arguments):
        interpreted(Kernel(function, fastmath), blocks, threads, tuple(arguments))

    made = FakeCard(run)
    monkeypatch.setattr(card, "libraries", lambda: (made.cupy, made.cuda))
    monkeypatch.setattr(launch, "_start", [])
    card.opened.cache_clear()
    kernels.without_card.cache_clear()
    yield made
    card.opened.cache_clear()
    kernels.without_card.cache_clear()


def on_both(fake, use):
    """What `use` makes of the card's sweep and of the processor's."""
    found = []
    for name in ("cuda", "cpu"):
        before = fake.started
        found.append(use(device.on(name).sweep))
        assert (fake.started > before) == (name == "cuda")
    return found


def same(got, wanted, where):
    """Columns of a table, numbers to rounding."""
    assert got.keys() == wanted.keys()
    for name, values in wanted.items():
        if np.asarray(values).dtype.kind == "f":
            np.testing.assert_allclose(got[name], values, rtol=CLOSE, atol=CLOSE, err_msg=f"{where} {name}")
        else:
            assert np.array_equal(got[name], values), (where, name)


def test_every_element_lost_under_two_loads(fake):
    laid_out = plan(rack("R0"), rack("R1", 6.0, power=30e3))
    loads = (0.5, 1.5)
    card_s, own = on_both(fake, lambda sweep: study(case(), laid_out, loads, AIR, sweep))
    assert {"tx", "board", "feeder", "bus"} <= set(own.tables[0]["lost"].tolist())
    for load, got, wanted in zip(loads, card_s.tables, own.tables, strict=True):
        same(got, wanted, load)
    assert card_s.single_cord == own.single_cord == ("R0", "R1")


def test_a_workload_in_time(fake):
    texts = {"period": "2 s", "edge": "0.2 s", "duration": "4 s", "contract": "60 kW"}
    made = case({"workload": texts, "whips": {}})
    shelf = rack("M", 6.0, power=30e3, role="shelf", path=("shelves", "row"))
    laid_out = plan(rack("R0", power=20e3), rack("R1", 2.0, power=20e3), shelf)

    def judged(sweep):
        result = solve(build(made, laid_out), powers(laid_out), sweep)
        return judge(made, laid_out, result, lambda path: AIR, sweep).tables

    card_s, own = on_both(fake, judged)
    assert np.ptp(own["power/course"]["utility_kW"]) > 5  # the load moves
    assert card_s.keys() == own.keys()
    assert "power/workload" in own
    for table, columns in own.items():
        same(card_s[table], columns, table)
