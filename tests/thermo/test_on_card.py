"""The air's way over a card: a run through `kernels.gpu.card` on a card that is none (tests/fake_card.py).

Operators are those of the processor, launched as kernels are, so every number must equal the processor's to the last
bit, whatever is uploaded, seen, recorded and replayed. What the host has not fetched is NaN in its mirror.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import yaml
from fake_card import FakeCard

import kernels
from kernels.gpu.card import Card
from kernels.gpu.launch import Kernel
from thermo import couple, device
from thermo.air.fields import Fields
from thermo.casefile import load
from thermo.check import examine

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "validation"))

SMOKE = Path(__file__).resolve().parents[2] / "cases" / "smoke" / "case.yaml"


def call(function, fastmath, blocks, threads, arguments):
    function(*arguments)


def on_card(fake):
    """The processor's operators, launched on a card."""
    card, own = Card(fake.cupy, fake.cuda, 0), kernels.on("cpu" if kernels.jit.HAVE_NUMBA else "numpy")

    def launched(name):
        def operator(*arguments):
            card(Kernel(Named(name, getattr(own, name))), (1, 1, 1), (1, 1, 1), arguments)

        return operator

    table = {name: launched(name) for name in kernels.OPERATORS if name != "sweep"}
    return SimpleNamespace(device="cuda", concurrency=own.concurrency, home=card, sweep=own.sweep, **table)


class Named:
    """An operator under its name, the same however often it is asked for."""

    def __init__(self, name, operator):
        self.__name__, self.operator = name, operator

    def __call__(self, *arguments):
        self.operator(*arguments)

    def __hash__(self):
        return hash(self.__name__)

    def __eq__(self, other):
        return self.__name__ == other.__name__


@pytest.fixture
def fake(monkeypatch):
    """The card; device "cuda" is there and what the host did not fetch is poisoned."""
    made = FakeCard(call)
    ops, of = on_card(made), device.on
    monkeypatch.setattr(device, "on", lambda name: ops if name == "cuda" else of(name))
    stepped = Fields.stepped

    def poisoned(fields):
        stepped(fields)
        if fields.home.replays:
            for field in fields.host.arrays():
                field[:] = np.nan

    monkeypatch.setattr(Fields, "stepped", poisoned)
    return made


def loaded(document, folder, *overrides):
    if isinstance(document, Path):
        return load(document, overrides)
    (folder / "case.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    return load(folder / "case.yaml", overrides)


def solved(case, name):
    return couple.solve(case.case, examine(case), name, lambda news: None, averaging=(1, 1))


def alike(card, own):
    """Every number a run leaves."""
    assert (card.outcome.converged, card.outcome.reason) == (own.outcome.converged, own.outcome.reason)
    assert card.outcome.iterations == own.outcome.iterations
    for name, field in vars(own.solver.state).items():
        np.testing.assert_array_equal(getattr(card.solver.state, name), field, err_msg=name)
    for name in ("inlets", "times", "residuals"):
        np.testing.assert_array_equal(getattr(card.solver.monitor, name), getattr(own.solver.monitor, name))
    for name in ("inlet", "outlet"):
        np.testing.assert_array_equal(getattr(card.solver.exchange, name), getattr(own.solver.exchange, name))
    np.testing.assert_array_equal(card.unit_power, own.unit_power)
    assert card.balance() == own.balance()


COARSE = ("grid.cell=0.5 m", "numerics.iterations=60")


@pytest.mark.parametrize(
    "overrides",
    [
        (),
        ("numerics.density=constant",),
        ("numerics.turbulence=zero-equation",),
        ("numerics.scheme=central", "numerics.precision=double"),
    ],
    ids=["as it is", "constant density", "zero-equation", "central double"],
)
def test_a_run_on_a_card_is_the_processor_s_to_the_last_bit(fake, tmp_path, overrides):
    case = loaded(SMOKE, tmp_path, *COARSE, *overrides)
    alike(solved(case, "cuda"), solved(case, "cpu"))
