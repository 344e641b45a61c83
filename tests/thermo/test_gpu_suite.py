"""What is tried on machines with a card runs: the tests in tests/gpu and their report, on the card that is none."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import fake_operators
import pytest

import kernels
from kernels.gpu import card, launch

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "gpu"))


@pytest.fixture
def suite(monkeypatch):
    """The module of tests, with device "cuda" there."""
    made, of = fake_operators.card(), kernels.on
    ops = fake_operators.operators(made)
    monkeypatch.setattr(kernels, "on", lambda name: ops if name.startswith("cuda") else of(name))
    monkeypatch.setattr(kernels, "without_card", lambda: "")
    monkeypatch.setattr(card, "opened", lambda number=0: ops.home)
    monkeypatch.setattr(launch, "_start", [])
    module = importlib.import_module("test_on_this_card")
    monkeypatch.setattr(module, "STEPS", 45)
    return module


def test_fields_twice_graphs_and_memory(suite, monkeypatch):
    suite.test_fields_are_the_processor_s("smoke")
    suite.test_twice_is_the_same_to_the_last_bit("smoke")
    suite.test_graphs_and_direct_launches_give_the_same(monkeypatch)
    suite.test_no_memory_is_taken_while_it_steps_and_all_is_given_back()


def test_power_flows(suite, monkeypatch):
    monkeypatch.setattr(suite, "FLOWS", 70)
    suite.test_power_flows_are_the_processor_s_and_twice_the_same()


def test_the_report_of_a_card(suite, monkeypatch, capsys):
    report, run = importlib.import_module("report"), []
    monkeypatch.setattr(report, "suite", lambda *arguments: run.append(arguments) or "passed")
    monkeypatch.setattr(report, "HALLS", ("smoke",))
    monkeypatch.setattr(report, "FLOWS", 64)
    monkeypatch.setattr(sys, "argv", ["report.py"])
    assert report.main() == 0
    assert all((report.ROOT / arguments[-1]).is_dir() for arguments in run)
    assert [arguments[0] for arguments in run] == ["--card", "tests/gpu"]
    text = capsys.readouterr().out
    assert text.startswith("card: a card that is none, 17.2 GB")
    for word in (
        "operators: passed", "halls and networks: passed", "9574 cells", "bytes a cell on the card", "graph: least",
        "direct: least", "power: 495 nodes, batches of 64",
    ):  # fmt: skip
        assert word in text


def test_doctor_tries_a_kernel(suite):
    from thermo import device

    assert device.tried("cuda").startswith("a card that is none, 17.2 GB")


def test_the_report_without_a_card_says_what_is_missing(monkeypatch, capsys):
    report = importlib.import_module("report")
    monkeypatch.setattr(
        kernels, "without_card", lambda: "no NVIDIA driver here: device cuda needs one, and a card"
    )
    assert report.main() == 6
    said = capsys.readouterr()
    assert (said.out, said.err) == (
        "",
        "no card here: no NVIDIA driver here: device cuda needs one, and a card\n",
    )


def test_operators_are_lent_the_card(suite):
    import numpy as np
    from lent import Lent

    there, own = np.arange(5.0), np.arange(5.0)
    lent = Lent(kernels.on("cuda").home)
    kernel = launch.Kernel(fake_operators.Named("add", kernels.on("numpy").add))
    lent(kernel, (1, 1, 1), (1, 1, 1), (there, np.ones(5)))
    np.testing.assert_array_equal(there, own + 1)
