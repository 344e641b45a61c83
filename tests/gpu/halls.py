"""The halls that are tried on a card, and solvers of them ready to step."""

from __future__ import annotations

from pathlib import Path

from thermo import couple, device
from thermo.air import properties
from thermo.air.solver import AirSolver
from thermo.casefile import load
from thermo.check import examine
from thermo.coupling import Coupling

CASES = Path(__file__).resolve().parents[2] / "cases"
START = 5.0  # [K] above the reference


def solver(name: str, on: str, *overrides: str) -> AirSolver:
    """The hall's air at its start, units and openings as the case has them."""
    case = load(CASES / name / "case.yaml", overrides).case
    coupling = Coupling(
        case, examine(load(CASES / name / "case.yaml", overrides)), device.on(on), properties.from_case(case)
    )
    found = couple._solver(case, coupling)
    found.start(START)
    coupling.follow(found)
    return found


def solution(name: str, on: str, *overrides: str) -> couple.Solution:
    """The whole run, as `minehall run` makes it."""
    loaded = load(CASES / name / "case.yaml", overrides)
    return couple.solve(loaded.case, examine(loaded), on, lambda news: None)
