"""The air bench's document as lines for a reader."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def lines(found: dict[str, Any]) -> Iterator[str]:
    """Everything measured, and on what."""
    yield from _machine(found)
    for table in found["operators"]:
        yield ""
        yield from _operators(table)
    if found["whole"]:
        yield ""
        yield from _whole(found["whole"])
    if found["following"]:
        yield ""
        yield from _following(found["following"])
    if found["peer"]:
        yield ""
        yield from _peer(found["peer"], found["whole"])


def _following(found: dict[str, Any]) -> Iterator[str]:
    own, peer = found["own"], found["peer"]
    yield (
        f"{own['case']}, {own['scheme']}, {own['cells']:,} cells, through time in steps of {own['time_step_s']:.3g} s: "
        f"{own['cpu_s_per_simulated_s']:.4f} CPU s for a simulated second on {own['device']}"
    )
    if peer:
        yield (
            f"OpenFOAM {peer['version']}, one core, same grid, same run, steps of {peer['time_step_s']:.3g} s: "
            f"{peer['cpu_s_per_simulated_s']:.4f} CPU s: {peer['ratio']:.1f}x (cost alone; answers are not compared)"
        )


def _machine(found: dict[str, Any]) -> Iterator[str]:
    m, triad = found["machine"], found["triad"]
    yield f"{m['processor']}, {m['cores']} cores, largest cache {m['largest_cache_MiB']:.0f} MiB, {m['system']}"
    yield (
        f"minehall {m['minehall']} {m['commit']}, Python {m['python']}, numpy {m['numpy']}, "
        f"numba {m['numba'] or 'absent'}; threads: {found['threads']}"
    )
    yield f"load average {m['load_at_start']:.2f} at the start, {m['load_at_end']:.2f} at the end"
    yield (
        f"triad, float32, {triad['arrays_MiB']:.0f} MiB: {triad['one_thread_GB_s']:.2f} GB/s on one thread, "
        f"{triad['all_threads_GB_s']:.2f} on {triad['all_threads']}; in cache "
        f"{triad['one_thread_in_cache_GB_s']:.1f} on one"
    )


def _operators(table: dict[str, Any]) -> Iterator[str]:
    yield (
        f"{table['case']}, {table['scheme']}, {table['precision']}, {table['cells']:,} cells, "
        f"device {table['device']}"
    )
    head = f"{'operator':20} {'calls':>5} {'cells':>8} {'ns/cell':>8} {'B/cell':>7} {'of triad':>8}"
    yield f"{head} {'ms/it':>8} {'share':>6}"
    for row in table["operators"]:
        yield (
            f"{row['operator']:20} {row['calls_per_iteration']:5} {row['cells_per_call']:8.0f} "
            f"{row['ns_per_cell']:8.2f} {row['bytes_per_cell']:7.1f} {row['share_of_triad']:8.2f} "
            f"{row['ms_per_iteration']:8.3f} {row['share_of_iteration_percent']:5.1f}%"
        )
    it, memory = table["iteration"], table["memory"]
    yield (
        f"iteration: {it['ms']:.2f} ms, {it['ns_per_cell']:.0f} ns/cell, {it['bytes_per_cell']:.0f} B/cell, "
        f"{it['share_of_triad']:.2f} of triad; outside operators {it['outside_operators_percent']:.1f} %"
    )
    parts = sorted(memory["held_by_part"].items(), key=lambda part: -part[1])
    named = ", ".join(f"{name} {size:.0f}" for name, size in parts if size >= 1)
    yield (
        f"memory: {memory['held_bytes_per_cell']:.0f} B/cell in arrays, "
        f"{memory['held_bytes_per_padded_cell']:.0f} with ghosts and solids counted as cells ({named}); "
        f"peak resident {memory['peak_resident_MiB']:.0f} MiB with the interpreter"
    )


def _whole(runs: list[dict[str, Any]]) -> Iterator[str]:
    yield f"{'whole hall':24} {'to 0.05 K of its own end':>26} {'to the automatic stop':>34}"
    for run in runs:
        band, stop = run["to_band"], run["to_stop"]
        name = f"{run['case']}, {run['scheme']}"
        spread = stop["cpu_s_of_all_runs"]
        yield (
            f"{name:24} {band['iterations']:6} its {band['cpu_s']:10.3f} CPU s "
            f"{stop['iterations']:8} its {stop['cpu_s']:10.3f} CPU s, {stop['largest_error_K']:.3f} K off"
            f" ({len(spread)} runs, {min(spread):.3f} to {max(spread):.3f} s)"
        )


def _peer(peer: dict[str, Any], own: list[dict[str, Any]]) -> Iterator[str]:
    yield f"{peer['name']} {peer['version']}, one core, same grid, same run; mean inlets in degC"
    ours = {run["scheme"]: run for run in own}
    for run in peer["runs"]:
        mine = ours[run["scheme"]]
        yield f"{run['scheme']:9} {' '.join(f'{name:>7}' for name in mine['units'])}     SHI"
        yield f"  minehall {_row(mine['to_stop']['inlet_degC'])}  {_index(mine['to_stop']['supply_heat_index'])}"
        yield f"  peer     {_row(run['inlet_degC'])}  {_index(run['supply_heat_index'])}"
        yield f"  differ   {_row(run['inlet_difference_K'])}  K, {run['largest_difference_K']:.2f} at most"
        yield from _costs(run, mine)


def _costs(run: dict[str, Any], mine: dict[str, Any]) -> Iterator[str]:
    window = run["to_stop"]["window"]
    stop = f"settled (peer: 0.05 K over {window} its; minehall: its own stop)"
    yield _cost(stop, run["to_stop"], mine["to_stop"], run["ratio_to_stop"])
    yield _cost("within 0.05 K of its own end", run["to_band"], mine["to_band"], run["ratio_to_band"])


def _cost(what: str, peer: dict[str, Any], mine: dict[str, Any], ratio: float | None) -> str:
    if ratio is None:
        return f"  {what}: one of the two did not get there"
    return (
        f"  {what}: peer {peer['iterations']} its {peer['cpu_s']:.1f} CPU s, "
        f"minehall {mine['iterations']} its {mine['cpu_s']:.3f} CPU s: {ratio:.1f}x"
    )


def _row(values: list[float]) -> str:
    return " ".join(f"{value:7.2f}" for value in values)


def _index(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"
