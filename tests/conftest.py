"""What every test shares: `--slow`, the devices found here, and floating-point errors that raise."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from types import SimpleNamespace

import numpy as np
import pytest

DEVICES = ["numpy", "cpu"] if find_spec("numba") else ["numpy"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run the tests marked slow too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--slow"):
        return
    skip = pytest.mark.skip(reason="slow: run with --slow")
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(skip)


@pytest.fixture(autouse=True)
def floating_point_errors_raise() -> Iterator[None]:
    """A NaN or an overflow fails the test where it is born; underflow to zero is harmless."""
    with np.errstate(all="raise", under="ignore"):
        yield


@pytest.fixture(params=DEVICES)
def device(request: pytest.FixtureRequest) -> str:
    """Each device of this machine in turn: "numpy", and "cpu" where numba is installed."""
    return str(request.param)


@pytest.fixture
def ops(device: str) -> SimpleNamespace:
    """The operators of `kernels` on that device, by name."""
    import kernels

    return kernels.on(device)  # type: ignore[no-any-return]
