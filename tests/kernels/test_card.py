"""What stands between a card and us, said clearly; and that the card that is none catches what it is there for."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from fake_card import CUDARuntimeError, FakeCard, Misuse
from fake_operators import Named

from kernels.gpu import card, launch
from kernels.gpu.launch import Kernel
from kernels.home import DeviceError


def call(function, fastmath, blocks, threads, arguments):
    function(*arguments)


@pytest.fixture
def fake():
    return FakeCard(call)


@pytest.fixture
def found(fake):
    return card.Card(fake.cupy, fake.cuda, 0)


def raising(status, text):
    def ask():
        raise CUDARuntimeError(status, text)

    return ask


@pytest.fixture
def opened(fake, monkeypatch):
    """Opens a card of the fake's libraries and forgets it again."""
    monkeypatch.setattr(card, "libraries", lambda: (fake.cupy, fake.cuda))
    monkeypatch.setattr(launch, "_start", [])
    card.opened.cache_clear()
    yield card.opened
    card.opened.cache_clear()


def test_libraries_that_are_not_installed_are_named(monkeypatch):
    monkeypatch.setattr(card, "find_spec", lambda name: None)
    with pytest.raises(
        DeviceError, match=r"needs cupy-cuda13x, which is not installed: pip install 'minehall\[gpu\]'"
    ):
        card.libraries()


@pytest.mark.parametrize(
    ("status", "driver", "message"),
    [
        (35, 0, "no NVIDIA driver here"),
        (35, 12040, "driver is too old: it knows CUDA 12.4, 13.2 is needed"),
        (100, 13020, r"finds no card \(CUDA_VISIBLE_DEVICES is '7'\)"),
        (999, 13020, "cudaErrorUnknown"),
    ],
)
def test_no_driver_no_card_or_an_old_driver(opened, fake, monkeypatch, status, driver, message):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "7")
    fake.cupy.cuda.runtime.getDeviceCount = raising(status, "cudaErrorUnknown: it failed")
    fake.cupy.cuda.runtime.driverGetVersion = lambda: driver
    with pytest.raises(DeviceError, match=message):
        opened()


def test_a_number_beyond_the_last_card(opened):
    with pytest.raises(DeviceError, match="no device cuda:1 here: 1 found, cuda:0 to cuda:0"):
        opened(1)


def test_an_opened_card_runs_the_kernels(opened):
    found = opened()
    assert (launch.ready(), launch.array_home(), launch.arrays()) == (True, found, found.arrays)
    assert found.name == "a card that is none"


def kernel(function):
    return Kernel(Named(function.__name__, function))


def rise(field, by):
    field += by


def start(found, function, *arguments):
    found(kernel(function), (1, 1, 1), (128, 1, 1), arguments)


def test_arrays_of_the_host_are_refused(found):
    with pytest.raises(TypeError, match="rise was given an array of the host"):
        start(found, rise, np.zeros(3), 1.0)


def test_an_array_is_wrapped_once_and_let_go(found, fake):
    field = found.moved(np.zeros(3))
    for _ in range(3):
        start(found, rise, field, 1.0)
    assert len(found.wrapped) == 1
    np.testing.assert_array_equal(found.get(field), 3)
    del field
    assert (found.wrapped, fake.used) == ({}, 0)


def test_what_is_repeated_is_captured_and_replayed(found, fake):
    field, recorded = found.moved(np.zeros(3)), {}
    for _ in range(5):
        found.repeat(recorded, ("up", field), lambda: start(found, rise, field, 1.0))
    np.testing.assert_array_equal(found.get(field), 5)
    assert (fake.events["capture"], fake.events["replay"], fake.launches["rise"]) == (1, 4, 5)
    other = found.moved(np.zeros(3))  # another field is other work
    found.repeat(recorded, ("up", other), lambda: start(found, rise, other, 1.0))
    np.testing.assert_array_equal(found.get(other), 1)


@pytest.mark.parametrize(
    ("work", "message"),
    [
        (lambda found, field: found.get(field), "a copy to the host while the stream is captured"),
        (lambda found, field: found.moved(np.zeros(2)), "an allocation while"),
        (lambda found, field: found.stream.synchronize(), "a wait while"),
        (lambda found, field: start(found, lambda f: None, field), "compiled while"),
    ],
    ids=["read", "allocate", "wait", "compile"],
)
def test_what_a_capture_does_not_bear(found, work, message):
    field, recorded = found.moved(np.zeros(3)), {("x",): None}  # as if its kernels were compiled
    with pytest.raises(Misuse, match=message):
        found.repeat(recorded, ("x",), lambda: work(found, field))


def test_a_graph_of_memory_that_was_given_back(found):
    held, recorded = [found.moved(np.zeros(3))], {}
    for _ in range(2):
        found.repeat(recorded, ("up",), lambda: start(found, rise, held[0], 1.0))
    held.clear()
    with pytest.raises(Misuse, match="after it was given back"):
        found.repeat(recorded, ("up",), lambda: None)


@pytest.mark.parametrize(
    "misuse",
    [
        lambda a: float(a), lambda a: a + 1.0, lambda a: np.asarray(a),
        lambda a: a[0], lambda a: bool(a), lambda a: a[::2],
    ],
)  # fmt: skip
def test_numbers_do_not_slip_off_the_card(found, misuse):
    with pytest.raises(Misuse):
        misuse(found.moved(np.zeros(3)))


def test_what_is_held_twice_is_moved_once(found):
    field = np.zeros(3)
    one, (two, rest) = found.moved((field, [field, {"a": np.ones(2)}]))
    assert one is two
    np.testing.assert_array_equal(found.get(rest["a"]), 1)


def test_a_full_card_says_so(fake, found):
    fake.total = 100
    with pytest.raises(DeviceError, match="the card's memory is full"):
        found.moved(np.zeros(100))
    with pytest.raises(
        DeviceError, match=r"memory is full: 1000 cells need 0.00 GB, 0.00 GB can be had: about 500 cells fit"
    ):
        found.reserve(200, 1000)


def driver_error(name, text, **attributes):
    """An error as numba's driver layer has it."""
    kind = type(name, (Exception,), {"__module__": "numba.cuda.cudadrv.driver", **attributes})
    return kind(text)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (driver_error("CudaAPIError", "[2] CUDA_ERROR_OUT_OF_MEMORY", code=2), "the card's memory is full: .2. CUDA"),
        (driver_error("CudaAPIError", "[222] CUDA_ERROR_UNSUPPORTED_PTX_VERSION", code=222), "install a newer driver"),
        (driver_error("LinkerError", "ptxas died"), "kernels cannot be compiled .ptxas died.: pip install"),
        (driver_error("NvvmSupportError", "libNVVM cannot be found."), "compiled .libNVVM cannot be found.: pip"),
        (driver_error("CudaAPIError", "[719] CUDA_ERROR_LAUNCH_FAILED", code=719), "was lost: .719. CUDA_ERROR"),
    ],
)  # fmt: skip
def test_what_the_driver_says_is_told_for_what_it_is(found, error, message):
    def broken(field):
        raise error

    with pytest.raises(DeviceError, match=message):
        start(found, broken, found.moved(np.zeros(3)))


def test_what_spoils_a_capture_is_told_and_not_the_capture(found, fake, monkeypatch):
    field, recorded = found.moved(np.zeros(3)), {("up",): None}

    def spoilt():
        raise CUDARuntimeError(901, "cudaErrorStreamCaptureInvalidated")

    monkeypatch.setattr(found.stream, "end_capture", spoilt)
    with pytest.raises(Misuse, match="a copy to the host while"):
        found.repeat(recorded, ("up",), lambda: found.get(field))


def test_a_solver_that_is_gone_makes_room_before_a_hall_is_refused(fake, found):
    ring = [found.moved(np.zeros(50))]
    ring.append(ring)  # of objects that refer to each other
    fake.total = 500
    del ring
    found.reserve(400, 1000)
    assert fake.used == 0


def test_a_kernel_that_does_not_compile_is_no_lost_card(found):
    def broken(field):
        raise TypeError("no such type")

    with pytest.raises(TypeError, match="no such type"):
        start(found, broken, found.moved(np.zeros(3)))


def test_copies_to_and_fro(found):
    host = SimpleNamespace(one=np.arange(3.0))
    there, landing = found.moved([host.one]), found.landing([host.one])
    landing[0][:] = 7
    found.update(there, landing)
    found.fetch([host.one], there)
    np.testing.assert_array_equal(host.one, 7)
