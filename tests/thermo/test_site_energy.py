"""Energy of a hall over a moving load: given = drawn + lost by place + stored; a millionth that is missing shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from electronic_hall import below, hall, ups
from small_hall import case, plan, powers, rack

from thermo.power import site_energy
from thermo.power.energy import CLOSE
from thermo.power.flow import load_powers, solve
from thermo.power.judgement.judge import document, judge
from thermo.power.network import build
from thermo.power.solution import swept

WORKLOAD = {"period": "2 s", "edge": "0.2 s", "duration": "20 s", "checkpoint_length": "5 s"}
BATTERY = {"type": "battery", "kind": "bess_50", "from": "board", "discharging": "20 kW"}


def electronic():
    """Racks behind a UPS that charges, beside a battery that discharges."""
    made = hall(
        {"workload": WORKLOAD},
        ups=ups(charging="3 kW"),
        feeder=below("ups"),
        store=BATTERY,
    )
    return made, plan(*(rack(f"R{n}", 1.0 + n) for n in range(4)))


def judged(ops, made, laid_out):
    result = solve(build(made, laid_out), powers(laid_out), ops.sweep)
    return judge(made, laid_out, result, lambda path: 303.15, ops.sweep)


def energies(ops, made, laid_out):
    """Balance of a few load cases, and what it is taken from."""
    network = build(made, laid_out)
    p = load_powers(network, powers(laid_out)[:, None] * np.array([0.3, 0.8, 1.0]))
    solution = swept(network, p, p * network.tan_phi[:, None], ops.sweep)
    return network, solution, p


@pytest.mark.parametrize(
    "made", [electronic(), (case({"workload": WORKLOAD}), plan(rack(), rack("R1", 5.0)))]
)
def test_a_run_accounts_for_its_energy(ops, made):
    found = judged(ops, *made)
    said = document(found)["closure"]
    assert said["closes"]
    assert abs(said["open"]) < said["bound"]
    assert abs(said["course_open"]) < said["bound"]
    table = found.tables["power/energy"]
    rows = dict(zip(table["term"], table["power_kW"], strict=True))
    assert rows["given to the site"] == pytest.approx(found.result.utility_power / 1e3)
    lost = [kw for term, kw in rows.items() if term.startswith("lost: ")]
    assert sum(lost) == pytest.approx(
        found.result.loss / 1e3, rel=1e-9
    )  # the flow's own sum, otherwise ordered
    course = dict(zip(table["term"], table["course_kWh"], strict=True))
    # 20 s of the racks' course, and all terms together
    assert course["drawn at the cords"] < rows["drawn at the cords"] * 20 / 3600
    parts = [kwh for term, kwh in course.items() if term not in ("given to the site", "left open")]
    assert sum(parts) == pytest.approx(course["given to the site"], rel=1e-9)


def test_batteries_are_in_the_balance(ops):
    found = judged(ops, *electronic())
    rows = dict(zip(*(found.tables["power/energy"][c] for c in ("term", "power_kW")), strict=True))
    # 3 kW into the UPS's battery at 0.95 (its kind's default), 20 kW out of the other at 90 %
    ups_efficiency = found.result.network.converters[0].efficiency
    assert rows["stored"] == pytest.approx(3 * ups_efficiency - 20 / 0.9)
    assert rows["given to the site"] < rows["drawn at the cords"]


def test_a_millionth_of_any_term_that_is_missing_shows(ops):
    network, solution, p = energies(ops, *electronic())
    found = site_energy.of_solution(network, solution, p)
    assert found.closes
    for name in ("source", "loads", "stored"):
        assert not replace(found, **{name: getattr(found, name) * (1 - 1e-6)}).closes, name
    told = [k for k in range(len(found.places)) if (found.losses[:, k] > found.source * CLOSE / 1e-6).any()]
    assert {found.places[k] for k in told} == {"outside", "switch_room", "hall"}
    for place in told:
        lost = found.losses.copy()
        lost[:, place] *= 1 - 1e-6
        assert not replace(found, losses=lost).closes, found.places[place]


def test_a_millionth_of_a_wrong_loss_shows(ops):
    """The balance takes losses from currents and curves: it sees a resistance or a curve that the flow did not have."""
    network, solution, p = energies(ops, *electronic())
    other = replace(network, impedance=network.impedance * (1 + 1e-6))
    assert not site_energy.of_solution(other, solution, p).closes
    converter = network.converters[0]
    curve = replace(converter.curve, no_load=converter.curve.no_load * (1 + 1e-6))
    other = replace(network, converters=(replace(converter, curve=curve), *network.converters[1:]))
    assert not site_energy.of_solution(other, solution, p).closes
