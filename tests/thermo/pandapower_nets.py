"""Nets of pandapower with its own answers, as its file holds them.

As a script, with a folder, it writes <name>.json (the net, by pandapower.to_json) and <name>.solved.json.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

EXACT = {"tolerance_mva": 1e-11}
BASE = 1e-3  # [MVA] per-unit base of the made-up nets: runpp_3ph stops at 3e-8 of it


def cigre_lv() -> Any:
    """CIGRE's low-voltage benchmark: three feeders, balanced, bus-bus switches."""
    from pandapower.networks import create_cigre_network_lv

    return create_cigre_network_lv()


def cigre_mv() -> Any:
    """CIGRE's medium-voltage benchmark: charged cables, lines open at one end."""
    from pandapower.networks import create_cigre_network_mv

    return create_cigre_network_mv(with_der="pv_wind")


def european_lv() -> Any:
    """IEEE European low-voltage feeder at the evening's peak; 905 lines, single-phase loads."""
    from pandapower.networks import ieee_european_lv_asymmetric

    net = ieee_european_lv_asymmetric("on_peak_566")
    net.sn_mva = BASE
    return net


def _feeder(group: str, shift: float) -> Any:
    """A fault level, a charged cable, a transformer with iron and a tap, a street of unbalanced loads."""
    import pandapower as pp

    net = pp.create_empty_network(sn_mva=BASE)
    grid, end, board = (
        pp.create_bus(net, kv, name=name) for kv, name in ((11, "grid"), (11, "end"), (0.4, "board"))
    )
    pp.create_ext_grid(net, grid, vm_pu=1.02, s_sc_max_mva=250, rx_max=0.1, r0x0_max=0.2, x0x_max=1.3)
    pp.create_line_from_parameters(
        net, grid, end, 2.5, 0.2, 0.1, 250, 0.4, r0_ohm_per_km=0.8, x0_ohm_per_km=0.35, c0_nf_per_km=140, parallel=2
    )  # fmt: skip
    pp.create_transformer_from_parameters(
        net, end, board, sn_mva=0.63, vn_hv_kv=11, vn_lv_kv=0.415, vkr_percent=1.1, vk_percent=4, pfe_kw=5,
        i0_percent=1, shift_degree=shift, vector_group=group, vk0_percent=3.8, vkr0_percent=1, mag0_percent=1000,
        mag0_rx=0.2, si0_hv_partial=0.9, tap_side="hv", tap_pos=-2, tap_neutral=0, tap_step_percent=2.5,
        tap_changer_type="Ratio",
    )  # fmt: skip
    for k in range(4):
        bus = pp.create_bus(net, 0.4, name=f"row {k}")
        pp.create_line_from_parameters(
            net,
            board,
            bus,
            0.05,
            0.12,
            0.08,
            300,
            0.4,
            r0_ohm_per_km=0.5,
            x0_ohm_per_km=0.25,
            c0_nf_per_km=100,
        )
        pp.create_asymmetric_load(
            net, bus, 0.03 + 0.005 * k, 0.02, 0.015, 0.005, 0.004, 0.002, type="wye", scaling=0.9
        )
        pp.create_asymmetric_load(net, bus, 0.012, 0.003, 0.006, 0.002, 0.0, 0.001, type="delta")
        pp.create_load(net, bus, p_mw=0.012, q_mvar=0.003)
        board = bus
    pp.create_sgen(net, board, p_mw=0.01, q_mvar=0.001, type="wye")
    return net


def street_dyn() -> Any:
    """Behind a Dyn5 transformer."""
    return _feeder("Dyn", 150)


def street_ynyn() -> Any:
    """Behind a YNyn0 transformer, whose zero sequence passes."""
    return _feeder("YNyn", 0)


def odds_and_ends() -> Any:
    """Balanced: voltage-dependent loads, shunt, ward, storage, switches open and closed, a tap on the low side."""
    import pandapower as pp

    net = pp.create_empty_network(f_hz=60)
    grid, board, far, alone = (
        pp.create_bus(net, kv, name=name)
        for kv, name in ((20, "grid"), (0.4, "bus"), (0.4, "bus"), (0.4, "alone"))
    )
    pp.create_ext_grid(net, grid, va_degree=10)
    pp.create_transformer_from_parameters(
        net, grid, board, sn_mva=1.0, vn_hv_kv=20, vn_lv_kv=0.41, vkr_percent=1, vk_percent=6, pfe_kw=2,
        i0_percent=0.4, shift_degree=30, tap_side="lv", tap_pos=1, tap_neutral=0, tap_step_percent=1.5,
        tap_changer_type="Ratio", parallel=2,
    )  # fmt: skip
    coupled = pp.create_bus(net, 0.4)
    pp.create_switch(net, board, coupled, et="b", z_ohm=0.001)
    pp.create_line_from_parameters(net, coupled, far, 0.1, 0.1, 0.08, 500, 0.6, g_us_per_km=40)
    opened = pp.create_line_from_parameters(net, board, far, 0.1, 0.1, 0.08, 900, 0.6)
    pp.create_switch(net, far, opened, et="l", closed=False)
    pp.create_load(
        net,
        far,
        0.2,
        0.05,
        const_z_p_percent=30,
        const_i_p_percent=20,
        const_z_q_percent=50,
        const_i_q_percent=10,
    )
    pp.create_load(net, board, 0.3, 0.1, in_service=False)
    pp.create_load(net, alone, 0.1, 0.02)
    pp.create_shunt(net, far, q_mvar=-0.05, p_mw=0.001, step=2, max_step=2)
    pp.create_ward(net, board, ps_mw=0.02, qs_mvar=0.01, pz_mw=0.03, qz_mvar=0.015)
    pp.create_storage(net, board, p_mw=0.02, max_e_mwh=1)
    return net


def balanced(net: Any) -> dict[str, list[list[float]]]:
    """Voltages [pu, degree] of phases a, b, c at every bus, by Newton."""
    import pandapower as pp

    pp.runpp(net, calculate_voltage_angles=True, trafo_model="t", **EXACT)
    return {str(k): [[r.vm_pu, r.va_degree - 120 * f] for f in range(3)] for k, r in net.res_bus.iterrows()}


def unbalanced(net: Any) -> dict[str, list[list[float]]]:
    """The same by runpp_3ph."""
    import pandapower as pp

    pp.runpp_3ph(net, max_iteration=100, **EXACT)
    rows = net.res_bus_3ph.iterrows()
    return {str(k): [[r[f"vm_{f}_pu"], r[f"va_{f}_degree"]] for f in "abc"] for k, r in rows}


NETS: dict[str, tuple[Callable[[], Any], Callable[[Any], dict]]] = {
    "cigre_lv": (cigre_lv, balanced),
    "odds_and_ends": (odds_and_ends, balanced),
    "street_dyn": (street_dyn, unbalanced),
    "street_ynyn": (street_ynyn, unbalanced),
    "cigre_mv": (cigre_mv, balanced),
    "european_lv": (european_lv, unbalanced),
}
STORED = ("cigre_lv", "odds_and_ends", "street_dyn", "street_ynyn")


def written(name: str, folder: Path) -> dict[str, list[list[float]]]:
    """Write the net's file without its libraries and pictures; the answer to it."""
    import pandapower as pp

    warnings.simplefilter("ignore")  # pandapower's own deprecations
    make, solve = NETS[name]
    net = make()
    net.std_types = {}
    for table in ("bus", "line"):
        net[table] = net[table].drop(columns="geo", errors="ignore")
    document = json.loads(pp.to_json(net))
    document["_object"] = {k: v for k, v in document["_object"].items() if _told(v)}
    (folder / f"{name}.json").write_text(json.dumps(document, separators=(",", ":")) + "\n")
    answer = solve(net)
    return {bus: v for bus, v in answer.items() if np.isfinite(v).all()}


def _told(value: Any) -> bool:
    """Not an empty table."""
    return (
        not (isinstance(value, dict) and value.get("_class") == "DataFrame")
        or '"data":[]' not in value["_object"]
    )


if __name__ == "__main__":
    for stored in STORED:
        found = written(stored, Path(sys.argv[1]))
        (Path(sys.argv[1]) / f"{stored}.solved.json").write_text(
            json.dumps(found, separators=(",", ":")) + "\n"
        )
