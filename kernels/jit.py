"""The only importer of numba: decorators that compile, or do nothing where numba is absent.

Four of them, used in every operator file:

- `cell`: what happens at one cell; inlined into the loops (later also into the CUDA kernels).
- `cpu_loop`: a loop over cells with `prange`, threads by `threads(n)`.
- `cpu_serial`: a short loop (lists of walls, racks, coarse grids) that threads would only slow down.
- `cpu_lanes`: a very short loop without allocation, called inside others.

Places along a row are unsigned (`i = np.uint64(n)`): a signed one may be negative for all that the compiler knows when
it makes vectors, and sizes such as dx[i] were then gathered one by one, which took a third of some loops' time.

numba's own cache does not notice a changed function in another file, so it is put in a folder named by
a hash of every file here. GNU OpenMP spins idle threads by default, which made two threads 30 times
slower than one on a busy machine. Passive ones must be woken for every loop, which takes 50 to 80 us. So they spin for
about as long as the next loop is away, no longer: two threads then take 0.85 of the time on an idle machine, 1.2 of it
beside two other jobs (2.4 when they spin ten times as long). Both must be set before numba loads.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FunctionType
from typing import Any


def _cache_folder() -> Path:
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "minehall" / "numba" / digest.hexdigest()[:16]


def allowed(limits: Path = Path("/sys/fs/cgroup/cpu.max")) -> int:
    """Processors that may be kept busy: those here, or as many as a container has the time of (Linux, cgroup v2)."""
    here = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = limits.read_text().split()
        return max(1, min(here, int(quota) // int(period)))
    except (OSError, ValueError):  # no container, or one without a limit: "max"
        return here


os.environ.setdefault("NUMBA_NUM_THREADS", str(allowed()))
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GOMP_SPINCOUNT", "2000")
os.environ.setdefault("NUMBA_CUDA_LOW_OCCUPANCY_WARNINGS", "0")  # coarse grids are small, and lists
os.environ.setdefault("NUMBA_CACHE_DIR", str(_cache_folder()))

try:
    import numba
    from numba import prange

    HAVE_NUMBA = True
except ImportError:
    HAVE_NUMBA = False
    prange = range  # type: ignore[misc]

LLVM_KNOWN = range(15, 23)  # versions whose options are known: an unknown one ends the process
# Sums may be reordered and products contracted; NaN and infinity keep their meaning (a NaN must be seen).
_FAST = {"contract", "reassoc", "nsz", "arcp"}
_OPTIONS: dict[str, Any] = {"error_model": "numpy", "fastmath": _FAST}
_UNCOUNTED: dict[str, Any] = {"_nrt": False}
_APART: dict[str, Any] = {}  # arrays given to a loop do not overlap


def _let_vectors_fill() -> dict[str, Any]:
    """Two things that numba offers no option for; what the second one is called is returned.

    What a row leaves after whole vectors goes in half vectors: a quarter less time on rows of twenty cells, never more.
    Loops that write several arrays are vectorised only where those do not overlap, as numba takes for granted in its
    parallel loops.
    """
    from numba.core.codegen import ll
    from numba.core.cpu import CPUTargetOptions
    from numba.core.options import TargetOptions

    if ll.llvm_version_info[0] in LLVM_KNOWN:
        ll.set_option("", "-epilogue-vectorization-minimum-VF=4")
    CPUTargetOptions.noalias = TargetOptions.Mapping("noalias")
    return {"noalias": True}


if HAVE_NUMBA:
    _APART = _let_vectors_fill()


def cell(function: Callable) -> Callable:
    """Compile a function of one cell; call it from loops only."""
    return numba.njit(forceinline=True, **_OPTIONS)(function) if HAVE_NUMBA else function


class Loop:
    """A loop over cells compiled twice, each when first called: for one thread, and with `prange` for several.

    Starting a parallel region costs as much as a thousand cells, also on one thread (measured).
    """

    def __init__(self, function: Callable):
        self.py_func = function
        self._many = numba.njit(parallel=True, cache=True, nogil=True, **_OPTIONS)(function)
        self._one = numba.njit(cache=True, nogil=True, **_OPTIONS, **_APART)(_renamed(function, "_alone"))

    def __call__(self, *arguments: Any) -> None:
        (self._one if _threads == 1 else self._many)(*arguments)


def _renamed(function: Callable, suffix: str) -> Callable:
    """The function under another name: numba's cache tells functions apart by name, not by how they are compiled."""
    twin = FunctionType(function.__code__, function.__globals__, function.__name__ + suffix)
    twin.__qualname__, twin.__module__ = function.__qualname__ + suffix, function.__module__
    return twin


def cpu_loop(function: Callable) -> Callable:
    """Compile a loop over cells whose outermost `prange` runs on the threads that `threads` says."""
    return Loop(function) if HAVE_NUMBA else function


def cpu_serial(function: Callable) -> Callable:
    """Compile a loop for one thread."""
    return numba.njit(cache=True, nogil=True, **_OPTIONS)(function) if HAVE_NUMBA else function


def cpu_lanes(function: Callable) -> Callable:
    """Compile a short loop over lanes that allocates nothing: its arrays are not reference-counted at every call.

    Counting is atomic, and took a third of the time of a sweep's loops of sixteen numbers.
    """
    return numba.njit(cache=True, nogil=True, **_OPTIONS, **_UNCOUNTED)(function) if HAVE_NUMBA else function


@contextmanager
def compiling(tell: Callable[[int], None]) -> Iterator[None]:
    """Within it `tell` is called whenever a loop is about to be compiled, with the number of those before it.

    What lies in numba's cache is loaded, and not told of.
    """
    if not HAVE_NUMBA:
        yield
        return
    from numba.core.event import Event, Listener, install_listener

    class Told(Listener):
        count = depth = 0

        def on_start(self, event: Event) -> None:
            self.depth += 1
            if self.depth == 1:  # what a loop calls is compiled within it
                tell(self.count)
                self.count += 1

        def on_end(self, event: Event) -> None:
            self.depth -= 1

    with install_listener("numba:compile", Told()):
        yield


def threads(count: int) -> None:
    """Use `count` threads (at most what the machine has) in the `cpu_loop`s that follow."""
    global _threads
    count = max(1, min(count, thread_limit()))
    if HAVE_NUMBA and count != _threads:
        numba.set_num_threads(count)
        _threads = count


def __getattr__(name: str) -> Any:
    """`cuda`, for `kernels.gpu` alone: numba's, which takes a while to import."""
    if name == "cuda":
        from numba import cuda

        return cuda
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def thread_count() -> int:
    """Threads the `cpu_loop`s use now."""
    return _threads


def thread_limit() -> int:
    """The most threads `threads` will give."""
    return int(numba.config.NUMBA_NUM_THREADS) if HAVE_NUMBA else 1  # type: ignore[attr-defined]


_threads = thread_limit()
