"""What the card's code takes for granted of numba-cuda, tried on numba-cuda itself: the arguments a launch hands over.

The driver is not needed for it; only what asks for the current context is given another answer.
"""

from __future__ import annotations

from importlib.util import find_spec
from types import SimpleNamespace

import numpy as np
import pytest

from kernels.gpu.card import _Pointer

pytestmark = pytest.mark.skipif(
    find_spec("numba_cuda") is None, reason="it is numba-cuda that is tried: pip install minehall[gpu]"
)
PLACE = 1 << 40  # an address


@pytest.fixture
def context(monkeypatch):
    """A context that is none, where numba asks for one."""
    from numba.cuda import api
    from numba.cuda.cudadrv import devices

    none = SimpleNamespace()
    monkeypatch.setattr(devices, "get_context", lambda *number: none)
    monkeypatch.setattr(api, "current_context", lambda *number: none)


class Like:
    """An array of CuPy's at PLACE that looks like one of numpy's; one without entries is nowhere."""

    def __init__(self, array: np.ndarray):
        self.__cuda_array_interface__ = {
            "shape": array.shape, "typestr": array.dtype.str, "version": 3, "strides": None, "stream": 7,
            "data": (PLACE if array.size else 0, False), "descr": [("", array.dtype.str)],
        }  # fmt: skip


ARRAYS = [
    np.zeros(10, np.float32), np.zeros(3), np.zeros((4, 3, 3), complex), np.zeros(5, bool), np.zeros(5, np.uint8),
    np.zeros(7, np.int64), np.zeros(7, np.uint64), np.zeros((2, 6, 9)), np.zeros(0, np.float32), np.zeros((0, 6, 4)),
    np.zeros((1, 6, 1)),
]  # fmt: skip


@pytest.mark.parametrize("array", ARRAYS, ids=lambda array: f"{array.dtype}{list(array.shape)}")
def test_an_array_is_handed_over_as_the_interpreter_is_given_it(context, array):
    """Its type, so that what is compiled is what was tried; its words in their order; nothing that a launch refuses."""
    from cuda.core._kernel_arg_handler import ParamHolder
    from numba.cuda import api, types
    from numba.cuda.dispatcher import _Kernel
    from numba.cuda.typing.typeof import typeof

    wrapped = api.from_cuda_array_interface.__wrapped__(
        _Pointer(Like(array)).__cuda_array_interface__, owner=object(), sync=False
    )
    kind = typeof(wrapped)
    assert (kind.ndim, kind.layout, kind.mutable) == (array.ndim, "C", True)
    assert isinstance(kind, types.Array)
    assert str(kind.dtype) == str(typeof(array).dtype)
    words: list = []
    _Kernel._prepare_args(SimpleNamespace(extensions=()), kind, wrapped, 0, [], words)
    place = PLACE if array.size else 0
    strides = array.strides if array.size else words[-array.ndim :]  # of nothing, whatever they are
    assert words == [0, 0, array.size, array.itemsize, place, *array.shape, *strides]
    ParamHolder(words)


@pytest.mark.parametrize(
    "number", [3, 2.5, True, np.float32(1.5), np.float64(1.5), np.uint64(7), np.bool_(True)], ids=repr
)
def test_a_number_is_handed_over(context, number):
    from cuda.core._kernel_arg_handler import ParamHolder
    from numba.cuda.dispatcher import _Kernel
    from numba.cuda.typing.typeof import typeof

    words: list = []
    _Kernel._prepare_args(SimpleNamespace(extensions=()), typeof(number), number, 0, [], words)
    assert getattr(words[0], "value", words[0]) == number
    ParamHolder(words)
