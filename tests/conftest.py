"""What every test shares: `--slow`, `--ptx`, the devices found here, and floating-point errors that raise.

With `--ptx` the device is "cuda" alone, each kernel compiled to PTX and executed by the interpreter in tests/ptx
(pip install minehall[gpu]; no card, no driver). With `--card` it is "cuda" alone on the card of this machine.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import nullcontext
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

DEVICES = ["numpy", "cpu"] if find_spec("numba") else ["numpy"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run the tests marked slow too")
    parser.addoption(
        "--ptx", action="store_true", help="run operators as CUDA kernels, in an interpreter of their PTX"
    )
    parser.addoption("--card", action="store_true", help="run operators as CUDA kernels, on the card here")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each device of this machine in turn for `device`; for `loops` those that go cell by cell."""
    interpreted = metafunc.config.getoption("--ptx") or metafunc.config.getoption("--card")
    if "device" in metafunc.fixturenames:
        metafunc.parametrize("device", ["cuda"] if interpreted else DEVICES)
    if "loops" in metafunc.fixturenames:
        compiled = ["cuda"] if interpreted else [name for name in DEVICES if name != "numpy"]
        metafunc.parametrize("loops", compiled or ["uncompiled"], indirect=True)


@pytest.fixture(scope="session", autouse=True)
def cards(request: pytest.FixtureRequest) -> Iterator[None]:
    """What launches CUDA kernels: nothing, with `--ptx` the interpreter, with `--card` the card."""
    start = nullcontext()
    if request.config.getoption("--ptx"):
        sys.path.insert(0, str(Path(__file__).parent / "ptx"))
        from launcher import Interpreted

        from kernels.gpu import launch

        start = launch.use(Interpreted(counting=False))
    elif request.config.getoption("--card"):
        sys.path.insert(0, str(Path(__file__).parent / "gpu"))
        from lent import Lent

        from kernels.gpu import card, launch

        start = launch.use(Lent(card.opened()))
    with start:
        yield


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--slow"):
        return
    skip = pytest.mark.skip(reason="slow: run with --slow")
    slow = {"slow", "many_launches"} if config.getoption("--ptx") else {"slow"}
    for item in items:
        if slow & set(item.keywords):
            item.add_marker(skip)


@pytest.fixture(autouse=True)
def floating_point_errors_raise() -> Iterator[None]:
    """A NaN or an overflow fails the test where it is born; underflow to zero is harmless."""
    with np.errstate(all="raise", under="ignore"):
        yield


@pytest.fixture
def ops(device: str) -> SimpleNamespace:
    """The operators of `kernels` on that device, by name."""
    import kernels

    return kernels.on(device)  # type: ignore[no-any-return]
