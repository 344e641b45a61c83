"""What a solved network means, piece by piece, against figures reckoned by hand."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from thermo.power.judgement import fault, harmonics, unbalance
from thermo.power.judgement.headroom import headroom
from thermo.power.judgement.phases import named, rephase, stranded
from thermo.power.judgement.selectivity import selective_to
from thermo.power.states.breaker import iec60898, time_to_trip, ul489

ABC = np.exp(-2j * np.pi / 3 * np.arange(3))


def test_balanced_voltages_have_no_unbalance():
    v = 240 * ABC * np.exp(0.3j)
    assert unbalance.negative_sequence_factor(v) == pytest.approx(0, abs=1e-15)
    assert unbalance.nema_unbalance(v) == pytest.approx(0, abs=1e-15)
    np.testing.assert_allclose(np.abs(unbalance.sequences(v)), [0, 240, 0], atol=1e-12)


def test_negative_sequence_of_a_made_up_mixture():
    """3 % negative and 5 % zero sequence put in come out again, over (scenario, node)."""
    back = np.conj(ABC)
    v = 230 * (ABC + 0.03 * back * np.exp(1j) + 0.05)
    many = np.broadcast_to(v, (4, 7, 3))
    np.testing.assert_allclose(unbalance.negative_sequence_factor(many), 0.03, rtol=1e-12)
    # the zero sequence is not in the line voltages, and IEC's approximation by them agrees to second order
    assert unbalance.nema_unbalance(v) == pytest.approx(0.03, rel=0.05)


def test_nema_by_its_textbook_example():
    """Line voltages 460, 467, 450: mean 459, deviation 9, 1.96 % (NEMA MG 1, 14.36's example)."""
    assert unbalance.deviation(np.array([460.0, 467.0, 450.0])) == pytest.approx(9 / 459, rel=1e-12)


def test_neutral_currents():
    assert unbalance.neutral_current(100 * ABC) == pytest.approx(0, abs=1e-12)
    assert unbalance.neutral_current(np.array([100.0, 0, 0], complex)) == pytest.approx(100)
    # a balanced third harmonic of 30 % gives 3 x 30 % in the neutral
    assert unbalance.neutral_current(100 * ABC, 0.3) == pytest.approx(90, rel=1e-12)


def test_harmonic_factors_by_hand():
    """F_HL of a six-pulse rectifier, 1/h: sum of h^2/h^2 over sum of 1/h^2."""
    spectrum = {h: 1 / h for h in (5, 7, 11, 13)}
    below = 1 + sum(1 / h**2 for h in spectrum)
    assert harmonics.loss_factor(spectrum) == pytest.approx(5 / below, rel=1e-12)
    assert harmonics.k_factor(spectrum, 0.5) == pytest.approx(5 / below / 4, rel=1e-12)
    assert harmonics.distortion(spectrum) == pytest.approx(np.sqrt(below - 1), rel=1e-12)
    assert harmonics.permissible_load({}, 0.1) == 1.0
    assert harmonics.permissible_load(spectrum, 0.1) == pytest.approx(np.sqrt(1.1 / (1 + 0.5 / below)))
    assert harmonics.triplen({3: 0.3, 9: 0.4, 5: 0.9, 15: 0.0}) == pytest.approx(0.5)
    assert harmonics.load_loss_growth({}, 0.1) == 1.0


def chain(*, r: float = 0.0) -> fault.FaultLevel:
    """Source, 20 kV grid of 500 MVA, 630 kVA 20/0.4 kV of 4 %, 10 m of cable: IEC 60909's kind of example."""
    parent = np.array([0, 0, 1, 2])
    grid = 1.1 * 20e3**2 / 500e6 * (0.1 + 1j) / abs(0.1 + 1j)
    transformer = 0.4**2 / 0.63 * 0.04 * (0.3 + 1j) / abs(0.3 + 1j)
    cable = complex(0.27 + r, 0.08) * 1e-2
    positive = np.array([0, grid, transformer, cable])
    zero = np.array([0, 0, transformer, 4 * cable])
    volts, c = np.array([20e3, 20e3, 400.0, 400.0]), np.array([1.1, 1.1, 1.05, 1.05])
    return fault.along(parent, positive, zero, np.array([0, 0, 50.0, 0]), volts, c)


def test_fault_level_at_the_grid_is_what_the_utility_said():
    found = chain()
    assert np.sqrt(3) * 20e3 * found.three_phase[1] == pytest.approx(500e6, rel=1e-12)
    assert np.isnan(found.three_phase[0])
    assert np.isnan(found.phase_neutral[1])


def test_fault_levels_below_a_transformer_by_hand():
    found = chain()
    grid = 1.1 * 400**2 / 500e6 * (0.1 + 1j) / abs(0.1 + 1j)
    transformer = 400**2 / 630e3 * 0.04 * (0.3 + 1j) / abs(0.3 + 1j)
    z1 = grid + transformer + complex(2.7e-3, 0.8e-3)
    z0 = transformer + 4 * complex(2.7e-3, 0.8e-3)
    assert found.three_phase[3] == pytest.approx(1.05 * 400 / np.sqrt(3) / abs(z1), rel=1e-12)
    assert found.phase_neutral[3] == pytest.approx(np.sqrt(3) * 1.05 * 400 / abs(2 * z1 + z0), rel=1e-12)
    kappa = 1.02 + 0.98 * np.exp(-3 * z1.real / z1.imag)
    assert found.peak[3] == pytest.approx(np.sqrt(2) * kappa * found.three_phase[3], rel=1e-12)
    assert found.x_over_r[3] == pytest.approx(z1.imag / z1.real, rel=1e-12)
    # the zero sequence of a Dyn transformer has no grid in it: a little more than the three-phase fault
    assert 1.0 < found.phase_neutral[2] / found.three_phase[2] < 1.05


def test_peak_factor_and_making_capacity():
    assert fault.peak_factor(np.array([0.0, 200.0])) == pytest.approx([2.0, 1.02])
    np.testing.assert_allclose(fault.making_capacity(np.array([10e3, 50e3, 65e3])), [17e3, 105e3, 143e3])
    assert fault.voltage_factor(400.0, 0.06) == 1.05
    assert fault.voltage_factor(400.0, 0.10) == 1.10
    assert fault.voltage_factor(20e3, 0.05) == 1.10
    # IEC 60909-4's 630 kVA transformers: x_T 0.0386, K_T 0.975
    assert fault.transformer_correction(0.0386, 1.05) == pytest.approx(0.975, abs=5e-4)


def test_small_breaker_below_a_large_one_is_selective_until_the_magnets():
    below, above = (iec60898(16.0, "B"), 16.0), (ul489(400.0), 400.0)
    limit = selective_to(below, above, 20e3)
    assert limit == pytest.approx(8 * 400, rel=0.03)  # where the upper one's magnets may act; a step is 3 %
    assert selective_to(below, above, 3000.0) == np.inf
    late = time_to_trip(below[0].late, 2000 / 16.0)
    assert late < time_to_trip(above[0].early, 2000 / 400.0)


def test_equal_breakers_in_series_are_never_selective():
    one = (ul489(63.0), 63.0)
    assert selective_to(one, one, 10e3) == pytest.approx(1.001 * one[0].late.pick_up * 63.0, rel=1e-9)


def test_room_stranded_and_freed():
    """Six single-phase loads on one phase: two each frees all of it, in four moves."""
    shares = np.tile([1.0, 0.0, 0.0], (6, 1))
    found = rephase(np.full(6, 5e3), shares, np.ones((1, 6)), np.ones(1))
    assert found.optimal
    assert found.before == pytest.approx([60e3])
    assert found.after == pytest.approx([0], abs=1e-6)
    assert len(found.moved) == 4
    assert stranded(np.array([[3.0, 2.0, 1.0]])) == pytest.approx(3.0)


def test_rephasing_is_the_best_of_all_ways():
    """Against trying all 3^6 ways, on a board that carries two busways."""
    rng = np.random.default_rng(5)
    power = rng.uniform(2e3, 9e3, 6)
    shares = np.eye(3)[rng.integers(0, 3, 6)]
    feeds = np.array([[1.0] * 6, [1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1]])
    found = rephase(power, shares, feeds, np.ones(3))
    fullest = [
        (feeds @ (power[:, None] * np.eye(3)[list(way)])).max(axis=1).sum()
        for way in product(range(3), repeat=6)
    ]
    best = (feeds @ (power[:, None] * found.shares)).max(axis=1).sum()
    # a move costs a hundredth of a mean unit: at most six of them may be saved at the price of that much room
    assert best <= min(fullest) + 6e-2 * power.mean() + 1e-6
    np.testing.assert_allclose(found.shares.sum(axis=1), 1.0)


def test_nothing_to_move():
    found = rephase(np.full(3, 1e3), np.full((3, 3), 1 / 3), np.ones((1, 3)), np.ones(1))
    assert found.moved == ()
    assert found.after == pytest.approx([0], abs=1e-9)


def test_phases_are_named():
    assert named(np.array([0.0, 1, 0])) == "b"
    assert named(np.array([0.5, 0, 0.5])) == "ac"
    assert named(np.array([14, 13, 13]) / 40) == "a 35 % b 32 % c 32 %"


def test_headroom_follows_the_way_to_the_source():
    """Transformer (100 A left, fullest phase 80 A), below it a busway with 50 A left in its fullest phase."""
    current = np.array([[900.0, 920, 910], [350.0, 300, 320], [10.0, 10, 10]])
    allowed = np.array([1000.0, 400.0, np.inf])
    tree = np.array([[-1, 1], [0, 0], [1, 0]])
    found = headroom(current, allowed, np.full(3, 240.0), tree)
    np.testing.assert_allclose(found.phases[0], 240 * np.array([100.0, 80, 90]))
    np.testing.assert_allclose(found.phases[1], 240 * np.array([50.0, 80, 80]))
    np.testing.assert_allclose(found.phases[2], found.phases[1])
    assert found.binding.tolist() == [0, 1, 1]
    assert found.balanced[1] == pytest.approx(3 * 50 * 240)
    assert found.stranded[1] == pytest.approx(60 * 240)
