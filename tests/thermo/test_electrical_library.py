"""The electrical part of the library against published figures it was not typed from."""

from __future__ import annotations

import pytest

from thermo.library import family

# Efficiency at half load [%] published beside the EU tier 2 losses of oil transformers
HALF_LOAD = {1000: 99.48, 1250: 99.49, 1600: 99.49, 2000: 99.50, 2500: 99.51, 3150: 99.51}


@pytest.mark.parametrize("kva", HALF_LOAD)
def test_transformers_at_half_load(kva):
    kind = family("transformers")[f"oil_{kva}kVA_34k5_415"]
    loss = kind.no_load_loss + kind.load_loss / 4
    percent = 100 * (1 - loss / (0.5 * kind.rated_power + loss))
    assert percent == pytest.approx(HALF_LOAD[kva], abs=0.015)  # two printed decimals, rounded either way


def test_busways_warm_alike():
    """Loss at rated current grows slowly with size, a slipped decimal would stand out."""
    watts = {k.rated_current: 3 * k.rated_current**2 * k.resistance for k in family("busways").values()}
    assert watts[1000] == pytest.approx(147, rel=0.01)
    assert watts[2500] == pytest.approx(338, rel=0.01)
    # Eaton uses one bar from 225 to 800 A, so the small one is cool
    assert all(30 < w < 0.2 * amps for amps, w in watts.items() if amps > 225)


def test_cables_rise_and_stay_within_their_temperature():
    """Thicker carries more; copper loss at ampacity is what a cable of that size sheds in free air."""
    cables = [k for n, k in family("cables").items() if n.startswith("cu_xlpe")]
    assert [k.ampacity for k in cables] == sorted(k.ampacity for k in cables)
    assert all(13 < k.resistance * k.ampacity**2 < 40 for k in cables)  # W/m and conductor


@pytest.mark.parametrize(
    ("name", "efficiency"),
    [
        ("platinum", {0.1: 0.82, 0.2: 0.90, 0.5: 0.94}),
        ("titanium", {0.1: 0.90, 0.2: 0.94, 0.5: 0.96}),
        ("ruby", {0.1: 0.91, 0.2: 0.95, 0.5: 0.965}),
    ],
)
def test_power_supplies_follow_their_class(name, efficiency):
    kind = family("psus")[name]
    for x, floor in efficiency.items():
        assert x / (x + kind.loss(x)) == pytest.approx(floor, abs=0.004)  # three coefficients, a smooth fit


def test_power_supply_load_inverts_loss():
    for kind in family("psus").values():
        assert kind.load(0.7 + kind.loss(0.7)) == pytest.approx(0.7, rel=1e-12)


def test_weak_figures_say_so():
    """Every entry names its source; those typed from memory begin with, or contain, the word."""
    kinds = [k for f in ("transformers", "busways", "cables", "psus") for k in family(f).values()]
    assert all(len(k.source) > 20 for k in kinds)
    assert all("weak" in k.source for k in kinds if "from memory" in k.source)
