"""Kernels to PTX and to machine code with no driver and no GPU, from numba-cuda's wheels alone."""

from __future__ import annotations

import contextlib
import re
import types
from collections.abc import Iterator
from unittest import mock

ARCHITECTURES = ((8, 0), (9, 0), (10, 0))


@contextlib.contextmanager
def _as_if_on(capability: tuple[int, int]) -> Iterator[None]:
    """numba-cuda asks the current device what to compile cell functions for: answer in its place."""
    from numba.cuda import dispatcher

    device = types.SimpleNamespace(compute_capability=capability)
    with mock.patch.object(dispatcher, "get_current_device", return_value=device):
        yield


def to_ptx(function, signature: tuple, capability: tuple[int, int] = (9, 0), *, fastmath: bool = True) -> str:
    """PTX of a Python function as a kernel."""
    from numba import cuda

    with _as_if_on(capability):
        return cuda.compile_ptx(function, signature, cc=capability, fastmath=fastmath)[0]


def to_machine_code(ptx: str, capability: tuple[int, int]) -> dict[str, int]:
    """Assemble; returns registers, spill bytes, stack bytes and shared bytes of the kernel."""
    from cuda.bindings import nvjitlink

    options = [f"-arch=sm_{capability[0]}{capability[1]}", "-verbose", "-Xptxas=-v"]
    link = nvjitlink.create(len(options), options)
    try:
        source = ptx.encode()
        nvjitlink.add_data(link, nvjitlink.InputType.PTX, source, len(source), "kernel.ptx")
        nvjitlink.complete(link)
        log = bytearray(nvjitlink.get_info_log_size(link))
        nvjitlink.get_info_log(link, log)
    finally:
        nvjitlink.destroy(link)
    return _resources(log.decode(errors="replace"))


def _resources(log: str) -> dict[str, int]:
    spills = re.findall(r"(\d+) bytes spill stores, (\d+) bytes spill loads", log)
    return {
        "registers": max(int(n) for n in re.findall(r"Used (\d+) registers", log)),
        "spill_bytes": sum(int(a) + int(b) for a, b in spills),
        "stack_bytes": max([0, *(int(n) for n in re.findall(r"(\d+) bytes stack frame", log))]),
        "shared_bytes": max([0, *(int(n) for n in re.findall(r"(\d+) bytes smem", log))]),
    }


def float64_count(ptx: str) -> int:
    """Instructions that compute in float64."""
    return sum(".f64" in op for op in re.findall(r"^\s+(?:@!?%p\d+ )?([a-z][a-z0-9_.:]*)", ptx, re.M))
