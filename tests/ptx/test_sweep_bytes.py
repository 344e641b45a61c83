"""Bytes that the model of a card declares for a power flow against those that its PTX asks for."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("numba_cuda", reason="needs numba-cuda: pip install minehall[gpu]")
sys.path.insert(0, str(Path(__file__).parents[1] / "kernels"))

import launcher
import test_sweep_devices as power

from kernels.gpu import launch
from kernels.gpu.sweep import sweep_on_cuda
from thermo.bench.sweep_bytes import scenario_bytes

COUNT = 128  # scenarios, whole blocks: four warps
NEAR = 0.1


def test_declared_bytes_of_a_power_flow_are_those_asked_for():
    """Each pass over a scenario's scratch counts. Tables are read by all threads alike: a sector for a warp."""
    net = power.network()
    run = launcher.Interpreted()
    with launch.use(run):
        found = power.solve(
            sweep_on_cuda, net, power.powers(np.linspace(0.2, 1, COUNT)), whole=False, limit=12
        )
    network = SimpleNamespace(**vars(net), size=net.parent.size, groups=range(3), places=range(3))
    declared = scenario_bytes(network, float(found.passes.mean()))
    asked = sum(per_scenario(counts) for counts in run.counts.values())
    assert abs(declared - asked) < NEAR * asked, f"{declared:.0f} declared, {asked:.0f} asked for"


def per_scenario(counts) -> float:
    """What threads load and store of their own."""
    return (counts.own["ld"] + counts.own["st"]) / COUNT
