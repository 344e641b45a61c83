"""CIGRE's low-voltage network from pandapower as a network file, and pandapower's own answer to it.

As a script, with a file's name, it writes tests/thermo/feeders/cigre_lv.json.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np


def cigre_lv() -> dict:
    """{"network": document, "voltage": {bus: {phase: [re, im]}}, "three_wire": []}; balanced."""
    import pandapower as pp
    from pandapower.networks import create_cigre_network_lv

    net = create_cigre_network_lv()
    pp.runpp(net, tolerance_mva=1e-12, calculate_voltage_angles=True, trafo_model="t")
    return {"network": _document(net), "voltage": _voltages(net), "three_wire": []}


def _document(net) -> dict:
    closed = net.switch[net.switch.et == "b"]
    assert closed.closed.all()
    assert (net.line.c_nf_per_km == 0).all()
    nodes = [{"id": int(k), "u": bus.vn_kv * 1e3} for k, bus in net.bus.iterrows()]
    lines = [{"f": int(s.bus), "t": int(s.element)} for _, s in closed.iterrows()]
    for _, line in net.line.iterrows():
        z = complex(line.r_ohm_per_km, line.x_ohm_per_km) * line.length_km / line.parallel
        lines.append({"f": int(line.from_bus), "t": int(line.to_bus), "r1": z.real, "x1": z.imag})
    loads = [
        {"node": int(load.bus), "p": [load.p_mw * 1e6 / 3] * 3, "q": [load.q_mvar * 1e6 / 3] * 3}
        for _, load in net.load.iterrows()
    ]
    transformers = [_transformer(row) for _, row in net.trafo.iterrows()]
    source = {"node": int(net.ext_grid.bus.iloc[0]), "u_pu": float(net.ext_grid.vm_pu.iloc[0])}
    return {"source": source, "nodes": nodes, "lines": lines, "transformers": transformers, "loads": loads}


def _transformer(row) -> dict:
    assert (row.pfe_kw, row.i0_percent) == (0, 0)
    size = row.vn_lv_kv**2 / row.sn_mva
    r = row.vkr_percent / 100 * size
    x = ((row.vk_percent / 100 * size) ** 2 - r**2) ** 0.5
    return {"f": int(row.hv_bus), "t": int(row.lv_bus), "u1": row.vn_hv_kv * 1e3, "u2": row.vn_lv_kv * 1e3,
            "vector_group": f"Dyn{round(row.shift_degree / 30)}", "r_lv_ohm": r, "x_lv_ohm": x}  # fmt: skip


def _voltages(net) -> dict:
    found = {}
    for k, bus in net.res_bus.iterrows():
        v = bus.vm_pu * net.bus.vn_kv[k] * 1e3 / 3**0.5 * np.exp(1j * np.radians(bus.va_degree))
        phases = v * np.exp(-2j * np.pi / 3 * np.arange(3))
        found[str(k)] = {str(f + 1): [float(u.real), float(u.imag)] for f, u in enumerate(phases)}
    return found


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(cigre_lv(), separators=(",", ":")) + "\n")
