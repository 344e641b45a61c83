"""The air bench: machine, operators, whole halls and, when asked for, the peer, all in one document."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from .. import device, grid, scene
from ..air import properties
from ..case import Case
from ..plan import Plan
from . import following, machine, operators, peer, whole
from .peer_case import PeerHall
from .peer_march import March

SCHEMES = ("upwind", "second")
PEER_ITERATIONS = 1000
IN_CACHE = 6 * 2**20  # [bytes] of a triad that never meets the memory

Say = Callable[[str], None]


@dataclass(frozen=True)
class Wanted:
    """What to measure: devices, repetitions, threads in use; whole runs and the peer, or not."""

    devices: tuple[str, ...] = ("auto",)
    repeat: int = 3
    threads: int = 1
    whole: bool = True
    peer: bool = False
    peer_iterations: int = PEER_ITERATIONS
    triad_bytes: int = 0  # 0: by the machine's caches


def document(
    case: Case, plan: Plan, wanted: Wanted, say: Say, swinging: tuple[Case, Plan] | None = None
) -> dict[str, Any]:
    """Measure; `say` is told what is being measured. swinging: a second hall, followed through time.

    Raises thermo.device.DeviceError, and peer_case.NoPeer before anything is measured.
    """
    wanted = replace(wanted, devices=tuple(device.on(name).device for name in wanted.devices))
    if wanted.peer:
        for hall in filter(None, ((case, plan), swinging)):
            peer.ready(_peer_hall(*hall))
    out: dict[str, Any] = {"bench": "air", "machine": machine.describe(), "threads": wanted.threads}
    out["machine"]["load_at_start"] = machine.load()
    tables = []
    for name in wanted.devices:
        say(f"operators on {name}")
        tables.append(operators.measure(case, plan, name, wanted.repeat, wanted.threads))
    say("triad")
    out["triad"] = _triad(wanted)  # after the operators: its arrays would be in their peak memory
    out["operators"] = tables
    out |= _halls(case, plan, wanted, say)
    if swinging and out["following"] is None:
        out["following"] = _following(_peer_hall(*swinging), wanted, say)
    _best_of(out["triad"], _triad(wanted))
    rate = 1e9 * out["triad"]["all_threads_GB_s" if wanted.threads > 1 else "one_thread_GB_s"]
    for table in tables:
        operators.add_shares(table, rate)
    out["machine"]["load_at_end"] = machine.load()
    return out


def _halls(case: Case, plan: Plan, wanted: Wanted, say: Say) -> dict[str, Any]:
    """Whole halls and the peer: to the steady answer, or through time for a case that states its time step."""
    if not wanted.whole and not wanted.peer:
        return {"whole": [], "peer": None, "following": None}
    hall = _peer_hall(case, plan)
    if case.numerics.time_step is not None:
        return {"whole": [], "peer": None, "following": _following(hall, wanted, say)}
    runs = whole.Hall(case, plan, wanted.devices[0], wanted.repeat)
    schemes = _schemes(case) if wanted.whole or wanted.peer else ()
    own = [_whole(runs.with_scheme(scheme), say) for scheme in schemes]
    found = _peer(hall, own, wanted, say) if wanted.peer else None
    return {"whole": own, "peer": found, "following": None}


def _following(hall: PeerHall, wanted: Wanted, say: Say) -> dict[str, Any]:
    say("through time")
    own = following.measure(hall, wanted.devices[0])
    if not wanted.peer:
        return {"own": own, "peer": None}
    say("OpenFOAM, through time")
    return {"own": own, "peer": {"version": peer.version(), **following.beside(hall, own)}}


def _schemes(case: Case) -> tuple[str, ...]:
    """First and second order, and the case's own when it is another."""
    own = case.numerics.scheme
    return SCHEMES if own in SCHEMES else (*SCHEMES, own)


def _triad(wanted: Wanted) -> dict[str, Any]:
    size = wanted.triad_bytes or machine.triad_bytes()
    cores = int(machine.describe()["cores"] or 1)
    return {
        "arrays_MiB": size / 2**20,
        "one_thread_GB_s": machine.triad(1, size) / 1e9,
        "all_threads_GB_s": machine.triad(cores, size) / 1e9,
        "all_threads": cores,
        "one_thread_in_cache_GB_s": machine.triad(1, min(size, IN_CACHE), 20) / 1e9,
    }


def _best_of(triad: dict[str, Any], again: dict[str, Any]) -> None:
    """Keep the faster of two measurements: others may have used the memory during one."""
    for name in triad:
        triad[name] = max(triad[name], again[name])


def _whole(hall: whole.Hall, say: Say) -> dict[str, Any]:
    say(f"whole hall, {hall.case.numerics.scheme}")
    return whole.measure(hall)


def _peer_hall(case: Case, plan: Plan) -> PeerHall:
    return PeerHall(case, plan, scene.build(plan, grid.build(plan, case.grid)), properties.from_case(case))


def _peer(hall: PeerHall, own: list[dict[str, Any]], wanted: Wanted, say: Say) -> dict[str, Any]:
    runs = []
    for one in own:
        if one["scheme"] in SCHEMES:
            say(f"OpenFOAM, {one['scheme']}, {wanted.peer_iterations} iterations")
            with tempfile.TemporaryDirectory() as folder:
                march = March(one["scheme"], wanted.peer_iterations)
                found = peer.run(hall, Path(folder), march)
            runs.append(beside(found, one, hall))
    return {"name": "OpenFOAM", "version": peer.version(), "runs": runs}


def beside(found: peer.PeerRun, own: dict[str, Any], hall: PeerHall) -> dict[str, Any]:
    """One scheme of the peer with what it cost, and over our cost in this very run.

    ratio_to_stop: the peer until all inlets stayed in the band over its window, over ours to the automatic stop.
    ratio_to_band: each until its inlets stay in the band about its own end. None where one of them has no end.
    """
    settled = found.settled(whole.BAND)
    arrived = found.arrived(whole.BAND) if settled else None
    to_stop, to_band = (found.cpu_to(n) if n else None for n in (settled, arrived))
    end = found.end() - 273.15
    ours = np.array(own["to_stop"]["inlet_degC"])
    return {
        "scheme": own["scheme"],
        "cells": hall.scene.fluid_cells,
        "inlet_degC": end.tolist(),
        "supply_heat_index": peer.supply_heat_index(hall, end + 273.15),
        "inlet_difference_K": (ours - end).tolist(),
        "largest_difference_K": float(np.abs(ours - end).max()),
        "to_stop": {"window": peer.WINDOW, "iterations": settled, "cpu_s": to_stop},
        "to_band": {"iterations": arrived, "cpu_s": to_band},
        "start_up_cpu_s": found.start_up(),
        "cpu_s_per_iteration": (float(found.cpu[-1]) - found.start_up()) / found.cpu.size,
        "process_cpu_s": found.process_cpu,
        "peak_resident_MiB": found.memory / 2**20,
        "ratio_to_stop": _ratio(to_stop, own["to_stop"]["cpu_s"], own["to_stop"]["converged"]),
        "ratio_to_band": _ratio(to_band, own["to_band"]["cpu_s"], own["own_end"]["converged"]),
    }


def _ratio(peer_seconds: float | None, our_seconds: float, ours_converged: bool | str) -> float | None:
    """None where either did not get there."""
    return peer_seconds / our_seconds if peer_seconds is not None and ours_converged is True else None


def file_name(found: dict[str, Any]) -> str:
    """Carries case, size, precision, device and commit."""
    first = found["operators"][0]
    commit = found["machine"]["commit"].replace("+", "-changed") or "no-commit"
    return f"bench-air-{first['case']}-{first['cells']}-{first['precision']}-{first['device']}-{commit}.json"
