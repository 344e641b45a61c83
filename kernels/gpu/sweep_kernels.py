"""The kernels of the sweep, a thread a scenario; see `kernels.sweep` for the method.

Scratch of a batch, scenario fastest: `leaf_power` and `leaf_current` of every leaf, `chain_voltage` at every chain's
end and its `chain_current`, `top` the voltage at the trunk's end; all (rows, 6, scenarios).
"""

from __future__ import annotations

import numpy as np

from ..jit import cell, cuda
from ..sweep_tree import POWER, SHUNT
from .launch import exact_kernel
from .sweep_cells import (
    behind_branch,
    behind_whip,
    beyond,
    entered,
    load_current,
    minus,
    over,
    plus,
    power_drawn,
    put_three,
    square,
    three,
    times,
    times_transposed,
)

SOLVED = 0
INNER = 6  # as in kernels.sweep
TILE = 32
PADDED = TILE + 1  # rows that begin in different banks
ROWS = 4  # of a tile at once: threads along y of a block of two dimensions
ONE = np.uint64(1)
ZERO = np.uint64(0)
NONE = (0j, 0j, 0j)


@exact_kernel
def take_powers(out, given, which, column, row, columns, count):
    """out[row[c], s] = given[which[s], column[c]], or 0 where that is negative: turned by tiles in shared memory."""
    tile = cuda.shared.array((TILE, PADDED), np.float64)
    x, y = cuda.threadIdx.x, cuda.threadIdx.y
    c, s = cuda.blockIdx.x * TILE + x, cuda.blockIdx.y * TILE + y
    for k in range(0, TILE, ROWS):
        if 0 <= c < columns and 0 <= s + k < count:
            of = column[c]
            tile[y + k, x] = given[which[s + k], np.uint64(of)] if of >= 0 else 0.0
    cuda.syncthreads()
    c, s = cuda.blockIdx.x * TILE + y, cuda.blockIdx.y * TILE + x
    for k in range(0, TILE, ROWS):
        if 0 <= c + k < columns and 0 <= s < count:
            out[row[c + k], s] = tile[x, y + k]


@cell
def residual(e, v, i, zth):
    """e - Z I - V."""
    return minus(minus(e, v), times(zth, ZERO, i))


@cell
def newton_step(v, i, r, zth, power):
    """See `kernels.sweep.correct_top`."""
    a = (
        i[0] * v[0] * (power / square(v[0])),
        i[1] * v[1] * (power / square(v[1])),
        i[2] * v[2] * (power / square(v[2])),
    )
    x = r
    for _ in range(INNER):
        y = a[0] * x[0].conjugate(), a[1] * x[1].conjugate(), a[2] * x[2].conjugate()
        x = plus(r, times(zth, ZERO, y))
    return x


@exact_kernel
def begin_scenarios(
    leaf_current, chain_current, top, leaf_power, chain_step, step_leaf, leaf_node, leaf_law, idle,
    e, zth, power, count,
):  # fmt: skip
    """A first guess: the trunk's end as if every load stood there, every load at that share of no load's voltage."""
    s = cuda.grid(1)
    if 0 <= s < count:
        s = np.uint64(s)
        whole = NONE
        for leaf in range(leaf_law.size):
            whole = plus(whole, three(leaf_power, leaf, s))
        v = e[0], e[1], e[2]
        i = power_drawn(whole[0], v[0]), power_drawn(whole[1], v[1]), power_drawn(whole[2], v[2])
        v = plus(v, newton_step(v, i, residual(v, v, i, zth), zth, power))
        put_three(top, ZERO, s, v)
        share = over_source(v[0], e[0]) + over_source(v[1], e[1]) + over_source(v[2], e[2])
        factor = share * (1.0 / square(share))
        for chain in range(chain_step.size - 1):
            i = NONE
            for leaf in range(step_leaf[chain_step[chain]], step_leaf[chain_step[chain + 1]]):
                i = plus(
                    i,
                    guessed(leaf_current, leaf_power, leaf, s, leaf_law[leaf], idle, leaf_node[leaf], factor),
                )
            put_three(chain_current, chain, s, i)


@cell
def over_source(v, e):
    """A third of V / E."""
    return v * e.conjugate() * (1.0 / (3.0 * square(e)))


@cell
def guessed(leaf_current, leaf_power, leaf, s, law, idle, node, factor):
    """Current of a leaf with constant power at no load's voltage, times a factor."""
    i = NONE
    if law == POWER:
        power = three(leaf_power, leaf, s)
        i = (
            guessed_phase(power[0], idle[node, 0], factor),
            guessed_phase(power[1], idle[node, 1], factor),
            guessed_phase(power[2], idle[node, 2], factor),
        )
    put_three(leaf_current, leaf, s, i)
    return i


@cell
def guessed_phase(power, v, factor):
    """0 where no voltage is to be had without load."""
    return power_drawn(power, v) * factor if square(v) > 0.0 else 0j


@exact_kernel
def sweep_scenarios(
    status, passes, leaf_current, chain_voltage, chain_current, top, which, leaf_power,
    up, chain_step, step_node, step_leaf, leaf_node, leaf_load, leaf_law, kind, e, zth, power,
    impedance, z1, zm, turns, shunt, law, nominal, tight, most, count,
):  # fmt: skip
    """Sweep until nothing moves, not a number is met, or `most` sweeps are made."""
    s = cuda.grid(1)
    if 0 <= s < count:
        s = np.uint64(s)
        v = three(top, ZERO, s)
        source = e[0], e[1], e[2]
        done, moving = 0, True
        while moving and done < most:
            excess = 0.0
            for chain in range(up.size):
                excess += swept(
                    leaf_current, chain_voltage, chain_current, s, v, chain, leaf_power,
                    up, chain_step, step_node, step_leaf, leaf_node, leaf_load, leaf_law, kind,
                    impedance, z1, zm, turns, shunt, law, nominal, tight,
                )  # fmt: skip
            i = gathered(chain_current, s, up, chain_step, step_node, turns)
            r = residual(source, v, i, zth)
            excess += open_at_top(r, source, tight)
            done += 1
            if excess > 0.0:
                v = plus(v, newton_step(v, i, r, zth, power))
            else:
                moving = False
                if excess == 0.0:
                    status[which[s]] = SOLVED
        passes[which[s]] = done
        put_three(top, ZERO, s, v)


@cell
def swept(
    leaf_current, chain_voltage, chain_current, s, v, chain, leaf_power,
    up, chain_step, step_node, step_leaf, leaf_node, leaf_load, leaf_law, kind,
    impedance, z1, zm, turns, shunt, law, nominal, tight,
):  # fmt: skip
    """Voltages along a chain from the currents of the last sweep, and every leaf's new current; what those moved."""
    v = entered(chain_voltage, s, v, chain, up, chain_step, step_node, turns)
    i = three(chain_current, chain, s)
    drawn, excess = NONE, 0.0
    for step in range(chain_step[chain], chain_step[chain + 1]):
        node = step_node[step]
        if step > ZERO:  # the first node is the trunk's end
            v = behind_branch(v, i, node, kind[node], impedance, z1, zm)
        for leaf in range(step_leaf[step], step_leaf[step + ONE]):
            old = three(leaf_current, leaf, s)
            if leaf_law[leaf] == SHUNT:
                new = times(shunt, node, v)
            else:
                there = behind_whip(v, old, leaf_node[leaf], node, z1, zm)
                power = three(leaf_power, leaf, s)
                new = load_current(leaf_law[leaf], power, there, law, leaf_load[leaf], nominal)
            excess += beyond(new, old, tight)
            put_three(leaf_current, leaf, s, new)
            i = minus(i, old)
            drawn = plus(drawn, new)
    put_three(chain_voltage, chain, s, v)
    put_three(chain_current, chain, s, drawn)
    return excess


@cell
def gathered(chain_current, s, up, chain_step, step_node, turns):
    """Add the new current of every chain to the chain it hangs on; all of it."""
    for chain in range(up.size - 1, 0, -1):
        i = times_transposed(turns, step_node[chain_step[chain]], three(chain_current, chain, s))
        put_three(chain_current, up[chain], s, plus(three(chain_current, up[chain], s), i))
    return three(chain_current, ZERO, s)


@cell
def open_at_top(r, e, tight):
    """What is left open at the trunk's end beyond `tight` of the source."""
    return (
        over(r[0], tight * square(e[0])) + over(r[1], tight * square(e[1])) + over(r[2], tight * square(e[2]))
    )
