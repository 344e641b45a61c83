"""Run OpenFOAM on a hall and read off what it cost to reach the answer."""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .peer_case import NoPeer, PeerHall, refuse_what_differs, write
from .peer_march import MONITOR_EVERY, STEADY, March

WINDOW = 200  # iterations all inlets must stay within the band for the peer to count as settled
PACKAGE_FOLDER = "/usr/share/openfoam"  # Debian's; its bashrc is broken, this variable alone is enough
INSTALL = "apt-get install -y --no-install-recommends openfoam"


@dataclass(frozen=True)
class PeerRun:
    """What a run of the peer left: inlets [K] at `iteration`, and CPU seconds after every iteration."""

    iteration: np.ndarray
    inlets: np.ndarray  # (looks, units)
    cpu: np.ndarray  # [s] at iteration 1, 2, ... since the process began
    process_cpu: float  # [s] of the whole process
    memory: int  # [bytes] peak resident

    def start_up(self) -> float:
        """CPU seconds before the first iteration: those at its end, less a mean iteration."""
        return float(self.cpu[0] - (self.cpu[-1] - self.cpu[0]) / (self.cpu.size - 1))

    def cpu_to(self, iteration: int) -> float:
        """CPU seconds from the first iteration to the end of this one."""
        return float(self.cpu[iteration - 1]) - self.start_up()

    def settled(self, band: float) -> int | None:
        """First iteration at whose end every inlet has stayed within `band` [K] for WINDOW iterations."""
        back = WINDOW // MONITOR_EVERY
        for n in range(back, self.iteration.size):
            if np.ptp(self.inlets[n - back : n + 1], axis=0).max() < band:
                return int(self.iteration[n])
        return None

    def arrived(self, band: float) -> int:
        """First iteration from which every inlet stays within `band` [K] of its own end."""
        away = np.abs(self.inlets - self.end()).max(axis=1) > band
        last = int(np.flatnonzero(away).max(initial=-1))
        return int(self.iteration[min(last + 1, self.iteration.size - 1)])

    def end(self) -> np.ndarray:
        """Mean inlets over the last tenth of the looks [K]."""
        return self.inlets[-max(1, self.iteration.size // 10) :].mean(axis=0)


def version() -> str:
    """Of the peer's solver; raises NoPeer when it is not here."""
    return _solver_says(r"OpenFOAM-?\s*\(?v?(\d+)") or "unknown"


def solver(name: str = STEADY) -> str:
    """Path of one of the peer's solvers; raises NoPeer when it is not here."""
    found = shutil.which(name)
    if found is None:
        raise NoPeer(f"OpenFOAM's {name} is not here; on Debian: {INSTALL}")
    return found


def environment() -> dict[str, str]:
    """What the packaged solver needs to find its settings."""
    return {"WM_PROJECT_DIR": PACKAGE_FOLDER, **os.environ}


def _solver_says(pattern: str) -> str:
    said = subprocess.run([solver(), "-help"], env=environment(), capture_output=True, text=True, check=False)
    found = re.search(pattern, said.stdout + said.stderr)
    return found.group(1) if found else ""


def run(hall: PeerHall, folder: Path, march: March) -> PeerRun:
    """Write the case into `folder`, solve it on one core, read its monitors.

    Raises NoPeer when the solver is not here, cannot state the case, or fails.
    """
    command = [solver(march.solver)]
    write(hall, folder, march)
    log = folder / "log"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with log.open("w", encoding="utf-8") as out:
        ended = subprocess.run(
            command, cwd=folder, env=environment(), stdout=out, stderr=subprocess.STDOUT, check=False
        )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    text = log.read_text(encoding="utf-8", errors="replace")
    if ended.returncode:
        raise NoPeer(
            f"{march.solver} failed (exit {ended.returncode}):\n" + "\n".join(text.splitlines()[-15:])
        )
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    iteration, inlets = read_inlets(hall, folder)
    cpu = np.array([float(s) for s in re.findall(r"ExecutionTime = ([\d.]+) s", text)])
    return PeerRun(iteration, inlets, cpu, used, after.ru_maxrss * 1024)


def read_inlets(hall: PeerHall, folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """(iterations, mean inlet of every unit [K]): the fronts carry the unit's rise, taken off here."""
    columns = []
    for unit in hall.plan.units:
        path = folder / "postProcessing" / f"inlet_{unit.name}" / "0" / "surfaceFieldValue.dat"
        rows = np.loadtxt(path, comments="#", ndmin=2)
        columns.append(rows[:, 1] - hall.rise(unit))
    looks = MONITOR_EVERY * np.arange(1, len(rows) + 1)
    return looks, np.stack(columns, axis=1)


def ready(hall: PeerHall) -> None:
    """Raise NoPeer unless the peer is here and can state the case."""
    solver()
    refuse_what_differs(hall)


def supply_heat_index(hall: PeerHall, inlet: np.ndarray) -> float | None:
    """Heat that reaches the inlets over all heat up to the outlets, from inlets [K]."""
    flow = np.array([unit.airflow for unit in hall.plan.units])
    rise = np.array([hall.rise(unit) for unit in hall.plan.units])
    supply = [(o.flow, o.temperature) for o in hall.plan.openings if o.kind == "supply"]
    if not supply:
        return None
    given = sum(q * t for q, t in supply) / sum(q for q, _ in supply)
    warmed = float(np.sum(flow * (inlet - given)))
    return warmed / (warmed + float(np.sum(flow * rise)))
