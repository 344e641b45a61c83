"""The machine: its name, its load, the versions, and how fast its memory answers (the STREAM triad)."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import perf_counter_ns, process_time_ns
from typing import Any

import numpy as np

CHUNK = 65_536  # entries; both passes over a piece stay in a core's own cache, memory is met once
BEYOND_CACHE = 4  # the three arrays together, in sizes of the largest cache
LEAST_BYTES = 192 * 2**20  # of the three arrays, where the caches are not known
MOST_SHARE = 0.25  # of the memory that is free


def describe() -> dict[str, Any]:
    """Processor, cores, memory, versions, commit."""
    cpu = re.search(r"model name\s*:\s*(.+)", _read("/proc/cpuinfo"))
    return {
        "processor": cpu.group(1) if cpu else platform.processor(),
        "cores": os.cpu_count(),
        "largest_cache_MiB": largest_cache() / 2**20,
        "system": platform.platform(),
        "python": platform.python_version(),
        **{name: _version(name) for name in ("minehall", "numpy", "numba")},
        "commit": commit(),
    }


def load() -> float:
    """Mean number of tasks that ran or wanted to, over the last minute."""
    return float(os.getloadavg()[0])


def commit() -> str:
    """Of the working tree this module stands in, with + when it is changed; "" outside one."""
    folder = Path(__file__).parent

    def git(*words: str) -> str:
        try:
            ended = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=False)
        except OSError:
            return ""
        return ended.stdout.strip() if ended.returncode == 0 else ""

    changed = "+" if git("status", "--porcelain", "--untracked-files=no") else ""
    return git("rev-parse", "--short", "HEAD") + changed


def clock(threads: int) -> Callable[[], int]:
    """[ns] of the process's CPU with one thread, which others on the machine disturb least; else of the wall."""
    return process_time_ns if threads == 1 else perf_counter_ns


def largest_cache() -> int:
    """[bytes], 0 where the system does not say."""
    sizes = [0]
    for size in Path("/sys/devices/system/cpu/cpu0/cache").glob("index*/size"):
        found = re.fullmatch(r"(\d+)([KM]?)", size.read_text().strip())
        if found:
            sizes.append(int(found.group(1)) * {"": 1, "K": 2**10, "M": 2**20}[found.group(2)])
    return max(sizes)


def triad_bytes() -> int:
    """Of the three arrays together: well beyond the largest cache, within the memory that is free."""
    free = re.search(r"MemAvailable:\s*(\d+)", _read("/proc/meminfo"))
    most = MOST_SHARE * int(free.group(1)) * 2**10 if free else LEAST_BYTES
    return int(min(most, max(LEAST_BYTES, BEYOND_CACHE * largest_cache())))


def triad(threads: int, total: int, repeat: int = 3) -> float:
    """a = b + 3 c in float32, three arrays of `total` bytes together; best of `repeat` [bytes/s].

    Counted as McCalpin's STREAM does: two reads and a write, without the line a write fetches first.
    """
    size, now = max(total // 12, threads), clock(threads)
    a, b, c = (np.full(size, value, np.float32) for value in (0.0, 1.0, 2.0))
    edges = [size * n // threads for n in range(threads + 1)]
    best = np.inf
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(repeat + 1):  # the first touches the memory
            begun = now()
            list(pool.map(lambda n: _triad(a, b, c, edges[n], edges[n + 1]), range(threads)))
            best = min(best, (now() - begun) / 1e9)
    return 12.0 * size / best


def _triad(a: np.ndarray, b: np.ndarray, c: np.ndarray, first: int, end: int) -> None:
    three = np.float32(3.0)
    for at in range(first, end, CHUNK):
        piece = slice(at, min(at + CHUNK, end))
        np.multiply(c[piece], three, out=a[piece])
        np.add(a[piece], b[piece], out=a[piece])


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
