"""The bench of power: its network solves, errors are of the tolerance, a missing peer is said. No timings."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from thermo import cli
from thermo.bench import peer_power, power
from thermo.bench.power_network import hall
from thermo.power import Network


def test_the_built_in_hall_is_like_the_reference():
    network = Network.from_tables(hall())
    assert (network.size, len(network.load_node)) == (495, 240)
    assert network.transformers.sum() == 1
    assert 2.2e6 < network.p.sum() < 2.8e6  # about the transformer's rating


def test_document_holds_rates_and_errors():
    found = power.document(None, "numpy", 64, 1, peer=False)
    assert found["minehall"]["largest_error_pu"] < 1e-8  # the tolerance asked for
    assert found["reduced"]["per_core_second"] > 0
    assert "ratio_per_core" not in found
    assert any("64 unbalanced scenarios" in line for line in power.lines(found))


@pytest.mark.skipif(find_spec("power_grid_model") is not None, reason="the peer is here")
def test_a_missing_peer_is_said(capsys):
    words = ["bench", "power", "--peer", "power-grid-model", "--device", "numpy", "--scenarios", "64"]
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    assert ended.value.code == 2
    assert "pip install" in capsys.readouterr().err


@pytest.mark.slow
def test_beside_the_peer():
    pytest.importorskip("power_grid_model", reason="the peer is not installed")
    found = power.document(None, "auto", 256, 1, peer=True)
    assert found["peer"]["largest_error_pu"] < 1e-8
    assert found["ratio_per_core"] == pytest.approx(
        found["minehall"]["per_core_second"] / found["peer"]["per_core_second"]
    )
    assert peer_power.version() in found["peer"]["code"]
