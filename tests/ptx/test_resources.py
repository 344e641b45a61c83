"""What kernels take of a card is what tests/ptx/resources.json says, and nothing there is forbidden."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("numba_cuda", reason="needs numba-cuda: pip install minehall[gpu]")

import every_operator
import resources

import kernels
from kernels.gpu import march

# sums over lists and fields, and the units' temperatures, are in float64 on every device
WIDE = {
    "absolute_parts", "cell_parts", "exhaust_tiers", "inlet_rows", "place_rows", "spread_levels", "stray_parts",
    "whole_sums",
}  # fmt: skip
OF_POWER = {"sweep"}
MARCHED = (
    "momentum_six", "scalar_six", "scalar_six_more", "scalar_four_more", "energy_four", "epsilon_four",
)  # fmt: skip
BLOCK = dict.fromkeys(
    ("jacobi_two_sweeps", "jacobi_four_sweeps", "descend_alone", "ascend_alone"), 512
) | dict.fromkeys(MARCHED, march.WIDE * march.HIGH)  # threads; of the others at most 256
REGISTERS = 65536  # of a multiprocessor, sm_80 to sm_100


@pytest.mark.parametrize("architecture", resources.ARCHITECTURES)
def test_every_build_is_as_kept(architecture):
    """A change that is meant: `python tests/ptx/resources.py` writes the table anew, and the diff shows it."""
    kept = {name: rows[architecture] for name, rows in resources.table().items()}
    assert resources.measure(architecture) == kept


@pytest.mark.parametrize("precision", resources.PRECISIONS)
def test_every_operator_of_the_air_is_recorded(precision):
    real = np.dtype(precision).type
    assert {name for name, _ in every_operator.calls(real)} == set(kernels.OPERATORS) - OF_POWER
    found = {f"{name} {precision}" for name in every_operator.record(real)}
    assert found == {name for name in resources.table() if name.endswith(precision)}


def rows():
    for name, builds in resources.table().items():
        kernel, precision = name.split()
        for architecture, row in builds.items():
            yield pytest.param(kernel, precision, row, id=f"{kernel}-{precision}-{architecture}")


@pytest.mark.parametrize(("kernel", "precision", "row"), list(rows()))
def test_nothing_spills_or_calls_or_widens(kernel, precision, row):
    assert row["spill_bytes"] == row["stack_bytes"] == row["calls"] == 0
    assert row["shared_bytes"] <= 48 * 1024
    assert row["float64"] == 0 or precision == "float64" or kernel in WIDE
    threads = BLOCK.get(kernel, 256)
    assert row["registers"] * threads <= REGISTERS  # a block fits
    if precision == "float32":
        most = (
            96 if kernel in MARCHED else 80
        )  # 672, 800 threads of the 2048 that a multiprocessor can hold, or more
        assert row["registers"] <= most
