"""Steady or not, on the comparison halls: the whole hall swings however symmetric its start, the quarter does not."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest

from thermo import casefile, couple, device
from thermo.air import properties, steadiness
from thermo.air import solver as solving
from thermo.check import examine

CASES = Path(__file__).resolve().parents[2] / "cases"


def quiet(news):
    """Nobody watches."""


@pytest.fixture
def symmetric(monkeypatch):
    """No random patches at the start: every quarter of the hall is the mirror image of the others."""
    monkeypatch.setattr(solving, "DISTURBANCE", 0.0)


def ready(name, *more):
    """(case, coupling, solver) of a case that ships, at its start."""
    loaded = casefile.load(CASES / name, more)
    plan = examine(loaded)
    coupling = couple.Coupling(loaded.case, plan, device.on("auto"), properties.from_case(loaded.case))
    solver = couple._solver(loaded.case, coupling)
    solver.start((loaded.case.numerics.start_temperature or 297.15) - coupling.air.reference_temperature)
    coupling.follow(solver)
    return loaded.case, coupling, solver


def ends(solver):
    """Mean inlets of the row ends A0, A7, B0, B7."""
    return solver.exchange.unit_means(solver.exchange.inlet)[[0, 7, 8, 15]]


def test_a_symmetric_answer_of_the_whole_hall_is_found_unstable(symmetric):
    case, coupling, solver = ready("hall_a")
    for _ in range(320):  # 80 s: filled and settled, long before round-off has grown to anything
        solver.advance()
    assert np.ptp(ends(solver)) < 0.02  # the symmetric state, which a steady solver would report
    proof = couple._prove(case, coupling, solver, quiet)
    assert proof.steady is False
    assert proof.apart > 1.0  # K; the swing saturates at some 2.4 K about its mean
    assert proof.rate > 0
    assert np.ptp(ends(solver)) < 0.02  # left as it was


def test_the_whole_hall_is_followed_in_time_from_a_symmetric_start(symmetric):
    # a loose tolerance stops at the symmetric state, before it swings by itself
    case, coupling, solver = ready("hall_a", "numerics.tolerance=0.25 K")
    solver.averaging = (1, 2)  # short: what is looked for is the verdict, not a mean
    follow, prove = partial(coupling.follow, solver), partial(couple._prove, case, coupling, solver, quiet)
    outcome = solver.run(quiet, follow, prove)
    assert outcome.proof.steady is False
    assert outcome.converged == "unsteady"
    assert outcome.followed.units.swing.max() > 2.0
    assert np.isfinite(outcome.followed.units.period)


def test_the_quarter_is_steady():
    case, coupling, solver = ready("hall_a_quarter", "grid.cell=0.3 m", "numerics.scheme=second")
    outcome = solver.run(
        quiet, partial(coupling.follow, solver), partial(couple._prove, case, coupling, solver, quiet)
    )
    assert outcome.converged is True
    assert outcome.proof.steady is True
    assert outcome.proof.apart < 0.05  # K, of a kick of 0.5 K
    assert outcome.proof.cells == solver.scene.fluid_cells  # 0.6 m would not resolve its aisle
    assert steadiness.aisle(solver.scene) == pytest.approx(1.8)  # half of it is in the model
