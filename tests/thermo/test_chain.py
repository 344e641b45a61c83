"""Networks cut by converters, against closed forms: a UPS between two lines, a DC bus, a closed static switch."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import numpy as np
import pytest

from thermo.power import solution
from thermo.power.converters import BATTERY, HOLDS, OFF, PASSES, Converter, LossCurve, Source, Store
from thermo.power.solution import swept
from thermo.power.tree import CONSTANT_POWER, WYE, Network, Tie, balanced_source

VOLTS = 400 / sqrt(3)
LINE = complex(0.02, 0.015)  # [ohm]
CURVE = LossCurve(200e3, 0.01, 0.02, 0.015)
LOAD = 20e3  # [W] a phase
BUS = 800.0  # [V]
POLES = 0.05  # [ohm] of both poles


def chain(*converters: Converter, z=None, dc=(), **more) -> Network:
    """source - line - board - converter - line - load: nodes 0, 1, 2, 3, all on one string."""
    n = 4
    impedance = np.zeros((n, 3, 3), complex)
    impedance[1] = impedance[3] = np.eye(3) * LINE
    for node, value in (z or {}).items():
        impedance[node] = np.eye(3) * value
    direct = np.isin(np.arange(n), dc)
    base = np.where(direct, BUS, VOLTS)
    fields = {
        "names": ("source", "board", "output", "load"),
        "parent": np.array([0, 0, 1, 2], np.int32),
        "impedance": impedance,
        "turns": np.tile(np.eye(3), (n, 1, 1)),
        "shunt": np.zeros((n, 3, 3), complex),
        "base": base,
        "source": balanced_source(400.0),
        "load_node": np.array([3], np.int32),
        "connection": np.array([WYE], np.int8),
        "law": np.tile(CONSTANT_POWER, (1, 1)),
        "nominal": base[[3]],
        "p": np.full((1, 3), LOAD),
        "q": np.zeros((1, 3)),
        "rating": np.full(n, 100.0),
        "group": np.zeros(n, np.int32),
        "groups": ("line",),
        "place": np.array([0, 0, 1, 1], np.int32),
        "places": ("yard", "hall", "room"),
        "converters": converters,
        "dc": direct,
    }
    return Network(**(fields | more))


def solved(ops, network, p=None, q=None, **more):
    return swept(network, network.p if p is None else p, network.q if q is None else q, ops.sweep, **more)


def end_of_line(e: float, z: complex, p: float, q: float = 0.0) -> tuple[float, float]:
    """|V| and |I| at the end of an impedance z behind e for a constant p + j q: the upper root of the quadratic."""
    cross = 2 * (z.real * p + z.imag * q) - e**2
    square = (-cross + sqrt(cross**2 - 4 * abs(z) ** 2 * (p**2 + q**2))) / 2
    return sqrt(square), sqrt(p**2 + q**2) / sqrt(square)


def ups(mode=HOLDS, **more) -> Converter:
    return Converter(2, VOLTS, CURVE, 2, mode, **more)


def test_a_ups_is_two_closed_forms(ops):
    """Downstream from the nominal voltage; its power and loss, balanced, upstream from the source's."""
    found = solved(ops, chain(ups(tan_phi=0.2)))
    v, i = end_of_line(VOLTS, LINE, LOAD)
    given = 3 * (LOAD + LINE.real * i**2)
    lost = 200e3 * (0.01 + 0.02 * given / 200e3 + 0.015 * (given / 200e3) ** 2)
    drawn = given + lost
    above, current = end_of_line(VOLTS, LINE, drawn / 3, 0.2 * drawn / 3)
    # 1e-9: the sweeps stop at 1e-10
    assert abs(found.voltage[0, 3, 0]) == pytest.approx(v, rel=1e-9)
    assert abs(found.voltage[0, 1, 0]) == pytest.approx(above, rel=1e-9)
    assert abs(found.branch_current[0, 1, 0]) == pytest.approx(current, rel=1e-9)
    np.testing.assert_allclose(found.converter_w[0, 0], [given, drawn], rtol=1e-9)
    losses = [3 * LINE.real * current**2, 3 * LINE.real * i**2, lost]
    np.testing.assert_allclose(found.losses_w[0], losses, rtol=1e-8)
    assert found.loading[0, 0] == pytest.approx(max(i, current) / 100, rel=1e-9)
    assert found.stored_w[0] == 0


def test_what_hangs_above_does_not_feel_the_phases_below(ops):
    """An unbalanced load below a UPS is a balanced one above it."""
    p = np.array([[[30e3, 10e3, 0.0]]])
    found = solved(ops, chain(ups()), p, 0 * p)
    above = np.abs(found.branch_current[0, 1])
    np.testing.assert_allclose(above, above[0], rtol=1e-12)
    assert np.ptp(np.abs(found.branch_current[0, 3])) > 80


def test_on_battery_nothing_is_drawn_and_the_store_pays(ops):
    found = solved(ops, chain(ups(BATTERY, efficiency=0.9)))
    given, drawn = found.converter_w[0, 0]
    cells = (given + float(CURVE.at(given))) / 0.9
    assert drawn == 0
    assert found.stored_w[0] == pytest.approx(-cells, rel=1e-12)
    assert found.losses_w[0, 2] == pytest.approx(cells - given, rel=1e-12)
    assert np.abs(found.branch_current[0, 1]).max() == pytest.approx(0, abs=1e-12)


def test_charging_is_drawn_stored_and_partly_lost(ops):
    idle, found = (solved(ops, chain(ups(charge=watts, efficiency=0.9))) for watts in (0.0, 10e3))
    assert found.converter_w[0, 0, 1] - idle.converter_w[0, 0, 1] == pytest.approx(10e3, rel=1e-9)
    assert found.stored_w[0] == pytest.approx(9e3)
    assert found.losses_w[0, 2] - idle.losses_w[0, 2] == pytest.approx(1e3, rel=1e-9)


def test_off_it_neither_gives_nor_draws(ops):
    nothing = np.zeros((1, 1, 3))
    found = solved(ops, chain(ups(OFF)), nothing, nothing)
    assert found.converter_w[0, 0].tolist() == [0, 0]
    assert found.losses_w.sum() == 0


def test_a_closed_switch_passes_its_input_on_and_loses_beside_it(ops):
    """One string of impedance with two loads, by plain iteration to the last digit."""
    found = solved(ops, chain(ups(PASSES)))
    v = below = complex(VOLTS)
    for _ in range(200):
        current = LOAD / below.conjugate()
        given = 3 * (v * current.conjugate()).real
        v = VOLTS - LINE * (current + (float(CURVE.at(given)) / 3 / v).conjugate())
        below = v - LINE * current
    assert found.voltage[0, 1, 0] == pytest.approx(v, rel=1e-9)
    assert found.voltage[0, 2, 0] == found.voltage[0, 1, 0]
    assert found.converter_w[0, 0, 0] == pytest.approx(given, rel=1e-9)
    assert found.converter_w[0, 0, 1] - given == pytest.approx(float(CURVE.at(given)), rel=1e-6)


def dc_chain(**more) -> Network:
    rectifier = Converter(2, BUS, LossCurve(100e3, 0.004, 0.01, 0.01), 2)
    fields = {"z": {3: POLES}, "dc": (2, 3), "p": np.array([[60e3, 0.0, 0.0]])}
    return chain(rectifier, **(fields | more))


def test_a_dc_bus_is_the_quadratic_of_two_nodes(ops):
    found = solved(ops, dc_chain(), tolerance=1e-14)
    v = (BUS + sqrt(BUS**2 - 4 * POLES * 60e3)) / 2
    i = 60e3 / v
    np.testing.assert_allclose(found.voltage[0, 3], v, rtol=1e-12)
    assert found.branch_current[0, 3, 0] == pytest.approx(i, rel=1e-12)
    np.testing.assert_array_equal(found.branch_current[0, 3, 1:], 0)
    given = BUS * i
    lost = 100e3 * (0.004 + 0.01 * given / 100e3 + 0.01 * (given / 100e3) ** 2)
    assert found.converter_w[0, 0].tolist() == pytest.approx([given, given + lost], rel=1e-12)
    assert found.losses_w[0, 1] == pytest.approx(POLES * i**2, rel=1e-9)
    above, current = end_of_line(VOLTS, LINE, (given + lost) / 3)
    assert abs(found.voltage[0, 1, 0]) == pytest.approx(above, rel=1e-9)
    np.testing.assert_allclose(np.abs(found.branch_current[0, 1]), current, rtol=1e-9)


def test_past_the_nose_of_one_tree_nothing_of_the_scenario_is_a_number(ops):
    """A DC line carries at most E^2 / 4R."""
    most = BUS**2 / 4 / 2.0
    p = np.array([[[0.5 * most, 0, 0]], [[1.01 * most, 0, 0]], [[0.8 * most, 0, 0]]])
    found = solved(ops, dc_chain(z={1: 0, 3: 2.0}), p, 0 * p)
    assert found.status.tolist() == [0, 1, 0]
    for numbers in (found.voltage, found.losses_w, found.converter_w, found.stored_w, found.voltage_min_pu):
        assert np.isnan(numbers[1]).all()
        assert np.isfinite(numbers[[0, 2]]).all()


def test_energy_closes_over_every_kind_at_once(ops):
    """utility + generator = loads + losses + stored, for random loads; 1e-9 of it: the sweeps stop at 1e-10."""
    network = chain(
        ups(tan_phi=0.1, charge=5e3, efficiency=0.9),
        stores=(Store(1, 0, -30e3, 0.94, 500.0),),
    )
    rng = np.random.default_rng(4)
    p = rng.uniform(0, 30e3, (50, 1, 3))
    found = solved(ops, network, p, 0.2 * p)
    source = (found.voltage[:, 0] * found.branch_current[:, 0].conj()).real.sum(axis=1)
    left = source - p.sum(axis=(1, 2)) - found.loss_w - found.stored_w
    np.testing.assert_allclose(left / source, 0, atol=1e-9)
    np.testing.assert_allclose(found.stored_w, 4.5e3 - 30e3 / 0.94)


def test_a_generator_is_the_root_of_its_own_tree(ops):
    """The board hung on a second source: nothing of the first is drawn, the rest is as before."""
    network = chain(ups())
    own = replace(network, parent=np.array([0, 1, 1, 2], np.int32), sources=(Source(1, 0.98 * VOLTS),))
    found = solved(ops, own)
    assert np.abs(found.branch_current[0, 0]).max() == 0
    np.testing.assert_allclose(np.abs(found.voltage[0, 1]), 0.98 * VOLTS)
    np.testing.assert_allclose(found.converter_w, solved(ops, network).converter_w, rtol=1e-9)


def test_scenarios_are_solved_alike_alone_and_together(ops, monkeypatch):
    network = chain(ups(PASSES), stores=(Store(1, 0, 5e3),))
    p = np.linspace(5e3, 40e3, 12).reshape(4, 1, 3)
    together = solved(ops, network, p, 0 * p)
    monkeypatch.setattr(solution, "TOGETHER", 1)
    apart = solved(ops, network, p, 0 * p)
    # 1e-11: other scenarios of a batch may add a sweep
    np.testing.assert_allclose(apart.voltage, together.voltage, rtol=1e-11)
    np.testing.assert_allclose(apart.losses_w, together.losses_w, rtol=1e-9)
    few = solved(ops, network, p, 0 * p, outputs=())
    assert few.voltage is None
    np.testing.assert_array_equal(few.stored_w, apart.stored_w)


def test_a_tie_across_a_converter_is_refused():
    tie = Tie(1, 3, np.eye(3) * LINE, 0)
    with pytest.raises(ValueError, match="a converter separates"):
        swept(chain(ups(), ties=(tie,)), np.zeros((1, 1, 3)), np.zeros((1, 1, 3)), lambda *_: None)
