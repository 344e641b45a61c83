"""Random trees with every kind of branch, load and shunt: the compiled sweep against the plain one in numpy."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest

from thermo.power import Network, solve

GROUPS = ("Dyn1", "Dyn11", "YNyn0", "Dyn5")


def made(seed):
    """A document of 25 nodes: four-wire and full lines, transformers, wye and delta ZIP loads, shunts."""
    random = np.random.default_rng(seed)
    nodes, lines, transformers, loads, shunts = [{"id": 0, "u": 400.0}], [], [], [], []
    for k in range(1, 25):
        above = int(random.integers(0, k))
        nodes.append({"id": k, "u": nodes[above]["u"]})
        r, x = random.uniform(1e-3, 4e-3, 2)
        if random.random() < 0.2:
            u1, u2 = nodes[above]["u"], float(random.choice([208.0, 400.0]))
            nodes[k]["u"] = u2
            transformers.append({"f": above, "t": k, "u1": u1, "u2": u2, "vector_group": str(random.choice(GROUPS)),
                                 "r_lv_ohm": r, "x_lv_ohm": x})  # fmt: skip
        elif random.random() < 0.4:
            full = random.uniform(0, 1e-3, (3, 3))
            lines.append(
                {"f": above, "t": k, "r": (full + np.eye(3) * r).tolist(), "x": (np.eye(3) * x).tolist()}
            )
        else:
            lines.append({"f": above, "t": k, "r1": r, "x1": x, "r0": 3 * r, "x0": 2 * x})
        loads += [_load(random, k) for _ in range(int(random.integers(0, 3)))]
        if random.random() < 0.2:
            shunts.append(
                {
                    "node": k,
                    "g": random.uniform(0, 1e-2, 3).tolist(),
                    "b": random.uniform(0, 1e-2, 3).tolist(),
                }
            )
    return {"source": {"node": 0}, "nodes": nodes, "lines": lines, "transformers": transformers, "loads": loads,
            "shunts": shunts}  # fmt: skip


def _load(random, node):
    shares = random.dirichlet(np.ones(3)).tolist() if random.random() < 0.5 else [0, 0, 1]
    p, q = (random.uniform(0, most, 3).tolist() for most in (1500, 400))
    connection = str(random.choice(["wye", "delta"]))
    return {"node": node, "p": p, "q": q, "connection": connection, "zip": shares}


@pytest.mark.skipif(find_spec("numba") is None, reason="numba is not installed")
@pytest.mark.parametrize("seed", range(8))
def test_compiled_equals_plain(seed):
    network = Network.from_tables(made(seed))
    factor = np.random.default_rng(seed).uniform(
        0.2, 1.2, (21, 1, 1)
    )  # a full tile of lanes and a part of one
    p, q = network.p * factor, network.q * factor
    one, two = (solve(network, p, q, device, tolerance=1e-12) for device in ("cpu", "numpy"))
    assert (one.status == 0).all()
    assert (two.status == 0).all()
    # 1e-10: steps of 1e-12 that contract by 0.5 and better
    np.testing.assert_allclose(
        one.voltage / network.base[:, None], two.voltage / network.base[:, None], atol=1e-10
    )
    np.testing.assert_allclose(one.branch_current, two.branch_current, rtol=0, atol=1e-7)  # of 100 A
    np.testing.assert_allclose(one.losses_w, two.losses_w, rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(one.voltage_min_pu, two.voltage_min_pu, rtol=1e-10)
    np.testing.assert_allclose(one.voltage_max_pu, two.voltage_max_pu, rtol=1e-10)


@pytest.mark.parametrize("loads", [[], [{"node": 0, "p": [1e3, 0, 0], "q": [0, 0, 0]}]])
def test_nothing_drawn_or_all_at_the_source(device, loads):
    nodes = [{"id": 0, "u": 400.0}, {"id": 1, "u": 400.0}]
    lines = [{"f": 0, "t": 1, "r1": 0.1}]
    network = Network.from_tables({"source": {"node": 0}, "nodes": nodes, "lines": lines, "loads": loads})
    found = solve(network, device=device)
    assert found.status.tolist() == [0]
    np.testing.assert_allclose(found.voltage[0, 1], network.source, rtol=1e-15)
    np.testing.assert_allclose(found.loss_w, 0, atol=1e-12)
