"""What a sweep does at a branch and at a load for one scenario; three phases are a tuple of complex numbers.

Scratch has shape (rows, 6, scenarios): real parts of the three phases, then imaginary ones, neighbouring scenarios
side by side. Tables of the network are read by all threads alike.
"""

from __future__ import annotations

from ..jit import cell
from ..sweep_lanes import power_current, zip_current
from ..sweep_tree import FOUR_WIRE, FULL, PHASOR, POWER, ZIP


@cell
def three(rows, at, s):
    """Three phases of row `at`."""
    return (
        complex(rows[at, 0, s], rows[at, 3, s]),
        complex(rows[at, 1, s], rows[at, 4, s]),
        complex(rows[at, 2, s], rows[at, 5, s]),
    )


@cell
def put_three(rows, at, s, x):
    """Keep three phases in row `at`."""
    rows[at, 0, s], rows[at, 3, s] = x[0].real, x[0].imag
    rows[at, 1, s], rows[at, 4, s] = x[1].real, x[1].imag
    rows[at, 2, s], rows[at, 5, s] = x[2].real, x[2].imag


@cell
def plus(x, y):
    """x + y."""
    return x[0] + y[0], x[1] + y[1], x[2] + y[2]


@cell
def minus(x, y):
    """x - y."""
    return x[0] - y[0], x[1] - y[1], x[2] - y[2]


@cell
def square(x):
    """|x|^2."""
    return x.real * x.real + x.imag * x.imag


@cell
def times(m, k, x):
    """m_k x with a 3x3 matrix."""
    return (
        m[k, 0, 0] * x[0] + m[k, 0, 1] * x[1] + m[k, 0, 2] * x[2],
        m[k, 1, 0] * x[0] + m[k, 1, 1] * x[1] + m[k, 1, 2] * x[2],
        m[k, 2, 0] * x[0] + m[k, 2, 1] * x[1] + m[k, 2, 2] * x[2],
    )


@cell
def times_transposed(m, k, x):
    """m_k^T x."""
    return (
        m[k, 0, 0] * x[0] + m[k, 1, 0] * x[1] + m[k, 2, 0] * x[2],
        m[k, 0, 1] * x[0] + m[k, 1, 1] * x[1] + m[k, 2, 1] * x[2],
        m[k, 0, 2] * x[0] + m[k, 1, 2] * x[1] + m[k, 2, 2] * x[2],
    )


@cell
def behind_wire(v, i, z1, zm):
    """V - Z1 I - Zm (I_a + I_b + I_c)."""
    n = zm * (i[0] + i[1] + i[2])
    return v[0] - n - z1 * i[0], v[1] - n - z1 * i[1], v[2] - n - z1 * i[2]


@cell
def behind_branch(v, i, node, kind, impedance, z1, zm):
    """Voltage at the far end of the branch into `node`."""
    if kind == FOUR_WIRE:
        return behind_wire(v, i, z1[node], zm[node])
    if kind == FULL:
        return minus(v, times(impedance, node, i))
    return v


@cell
def entered(chain_voltage, s, v, chain, up, chain_step, step_node, turns):
    """Voltage that feeds a chain: `v` the first, the others that at the end of the chain they hang on."""
    if chain > 0:
        v = times(turns, step_node[chain_step[chain]], three(chain_voltage, up[chain], s))
    return v


@cell
def behind_whip(v, i, at, node, z1, zm):
    """Voltage at a leaf, which may have a wire of its own."""
    return behind_wire(v, i, z1[at], zm[at]) if at != node else v


@cell
def power_drawn(power, v):
    """conj(S / V) of one phase."""
    real, imag = power_current(power.real, power.imag, v.real, v.imag)
    return complex(real, imag)


@cell
def zip_drawn(power, v, law, nominal):
    """The current of one phase, or between two, of a load with shares of constant power, current, impedance."""
    real, imag = zip_current(power.real, power.imag, v.real, v.imag, law, nominal)
    return complex(real, imag)


@cell
def load_current(lawful, power, v, law, load, nominal):
    """Current of a load in each phase at its voltage; a law of `sweep_tree`, all but a shunt's."""
    if lawful == POWER:
        return power_drawn(power[0], v[0]), power_drawn(power[1], v[1]), power_drawn(power[2], v[2])
    if lawful == PHASOR:
        return power
    if lawful == ZIP:
        return (
            zip_drawn(power[0], v[0], law[load], nominal[load]),
            zip_drawn(power[1], v[1], law[load], nominal[load]),
            zip_drawn(power[2], v[2], law[load], nominal[load]),
        )
    ab = zip_drawn(power[0], v[0] - v[1], law[load], nominal[load])
    bc = zip_drawn(power[1], v[1] - v[2], law[load], nominal[load])
    ca = zip_drawn(power[2], v[2] - v[0], law[load], nominal[load])
    return ab - ca, bc - ab, ca - bc


@cell
def over(move, bound):
    """What one phase moved beyond its bound, both squared; not a number stays one."""
    excess = square(move) - bound
    return 0.0 if excess <= 0.0 else excess


@cell
def beyond(new, old, tight):
    """What three currents moved beyond `tight` of themselves."""
    return (
        over(new[0] - old[0], tight * square(new[0]))
        + over(new[1] - old[1], tight * square(new[1]))
        + over(new[2] - old[2], tight * square(new[2]))
    )
