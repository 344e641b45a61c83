"""Networks from files and batches of them: the solved hall, closed forms, loads of every kind, what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from thermo.netfile import NetworkError
from thermo.power import Network, solve

REFERENCE = Path(__file__).parent / "reference_power"
PHASES = np.exp(-2j * np.pi / 3 * np.arange(3))
Z = 0.02 + 0.05j


def document(**tables):
    """Source, a line, one balanced load of 60 kW and 20 kvar at 415 V; `tables` replaces or adds."""
    return {
        "source": {"node": 0},
        "nodes": [{"id": 0, "u": 415.0}, {"id": 1, "u": 415.0}],
        "lines": [{"f": 0, "t": 1, "r1": Z.real, "x1": Z.imag}],
        "loads": [{"node": 1, "p": [20e3] * 3, "q": [20e3 / 3] * 3}],
    } | tables


@pytest.fixture(scope="module")
def hall():
    """The network, p and q (S, L, 3), and its stored solution."""
    network = Network.from_json(REFERENCE / "hall_net.json")
    with np.load(REFERENCE / "hall_net.npz") as stored:
        p = np.moveaxis(stored["p"], 2, 0)
        return network, p, p * stored["tan_phi"], np.moveaxis(stored["v"], 2, 0), stored["total_loss_w"]


def test_reference_hall_from_its_file(hall, device):
    network, p, q, v, loss = hall
    found = solve(network, p, q, device=device)
    assert found.status.tolist() == [0] * len(p)
    # 1e-8: the bound that the reference suggests; its tools agree to 4e-12
    assert np.abs((found.voltage - v) / network.base[:, None]).max() < 1e-8
    np.testing.assert_allclose(found.loss_w, loss, rtol=1e-9)  # steps of 1e-10
    drawn = (found.voltage[:, 0] * found.branch_current[:, 0].conj()).sum(axis=1)
    np.testing.assert_allclose(drawn.real, p.sum(axis=(1, 2)) + found.loss_w, rtol=1e-10)


def test_past_the_nose_is_flagged_and_never_a_number(hall, device):
    network, p, q, *_ = hall
    factor = np.array([1.0, 5.0, 1.0])[:, None, None]
    found = solve(network, p[:1] * factor, q[:1] * factor, device=device)
    assert found.status.tolist() == [0, 1, 0]
    for numbers in (found.voltage, found.branch_current, found.loss_w, found.losses_w, found.voltage_min_pu,
                    found.voltage_max_pu, found.loading):  # fmt: skip
        assert np.isnan(numbers[1]).all()
        assert not np.isnan(numbers[[0, 2]]).any()


def test_reductions_are_those_of_the_full_output(hall, device):
    network, p, q, *_ = hall
    whole, short = (solve(network, p, q, device, outputs=o) for o in (("voltage", "branch_current"), ()))
    assert short.voltage is None
    np.testing.assert_array_equal(short.losses_w, whole.losses_w)
    loaded = np.abs(whole.voltage[:, network.load_node]) / network.base[network.load_node, None]
    loaded = np.where(p + q != 0, loaded, np.nan)
    np.testing.assert_allclose(short.voltage_min_pu, np.nanmin(loaded, axis=(1, 2)), rtol=1e-14)
    np.testing.assert_allclose(short.voltage_max_pu, np.nanmax(loaded, axis=(1, 2)), rtol=1e-14)
    transformer = np.flatnonzero(network.transformers)[0]
    largest = np.abs(whole.branch_current[:, transformer]).max(axis=1)
    np.testing.assert_allclose(short.loading[:, 0], largest / (2.5e6 / np.sqrt(3) / 415), rtol=1e-13)


def test_two_nodes_meet_the_quadratic(device):
    network = Network.from_tables(document())
    found = solve(network, device=device, tolerance=1e-13)
    s, volts = complex(network.p[0, 0], network.q[0, 0]), 415 / np.sqrt(3)
    cross = 2 * (Z * s.conjugate()).real - volts**2  # u^2 + cross u + |z s|^2 = 0, u = |V|^2
    u = (-cross + np.sqrt(cross**2 - 4 * abs(Z * s) ** 2)) / 2
    exact = np.conj((u + Z * s.conjugate()) / volts) * PHASES
    # 1e-12: the sweeps stop at a step of 1e-13
    np.testing.assert_allclose(found.voltage[0, 1] / volts, exact / volts, rtol=0, atol=1e-12)


@pytest.mark.parametrize("shares", [(1, 0, 0), (0, 1, 0), (0.3, 0.3, 0.4)])
@pytest.mark.parametrize("connection", ["wye", "delta"])
def test_loads_follow_their_law(device, shares, connection):
    load = {"node": 1, "p": [20e3, 5e3, 0], "q": [3e3, 1e3, 0], "connection": connection, "zip": shares}
    found = solve(Network.from_tables(document(loads=[load])), device=device)
    v, i = found.voltage[0, 1], found.branch_current[0, 1]
    across = v - np.roll(v, -1) if connection == "delta" else v
    u = np.abs(across) / (415 if connection == "delta" else 415 / np.sqrt(3))
    s = (shares[0] * u**2 + shares[1] * u + shares[2]) * np.array([20e3 + 3e3j, 5e3 + 1e3j, 0])
    expected = np.conj(s / across)
    expected = expected - np.roll(expected, 1) if connection == "delta" else expected
    np.testing.assert_allclose(i, expected, rtol=1e-9, atol=1e-9)  # of 100 A, steps of 1e-10


def test_a_full_matrix_is_taken_as_given(device):
    r, x = np.diag([0.02, 0.03, 0.04]) + 0.005, np.diag([0.05, 0.06, 0.04]) + np.arange(9).reshape(3, 3) / 1e3
    lines = [{"f": 0, "t": 1, "r": r.tolist(), "x": x.tolist()}]
    found = solve(Network.from_tables(document(lines=lines)), device=device)
    v, i = found.voltage[0], found.branch_current[0]
    np.testing.assert_allclose(v[0] - v[1], (r + 1j * x) @ i[1], rtol=1e-8)
    np.testing.assert_allclose(found.loss_w[0], (i[1].conj() @ (r + 1j * x) @ i[1]).real, rtol=1e-9)


def test_sequences_and_matrix_say_the_same(device):
    z1, z0 = 0.02 + 0.05j, 0.06 + 0.2j
    z = z1 * np.eye(3) + (z0 - z1) / 3
    loads = [{"node": 1, "p": [20e3, 5e3, 0], "q": [3e3, 0, 0]}]
    as_sequences = {"f": 0, "t": 1, "r1": 0.02, "x1": 0.05, "r0": 0.06, "x0": 0.2}
    as_matrix = {"f": 0, "t": 1, "r": z.real.tolist(), "x": z.imag.tolist()}
    one, two = (solve(Network.from_tables(document(lines=[line], loads=loads)), device=device)
                for line in (as_sequences, as_matrix))  # fmt: skip
    np.testing.assert_allclose(one.voltage, two.voltage, rtol=1e-13)


@pytest.mark.parametrize("group", ["Dyn1", "Dyn5", "Dyn11", "YNyn0", "YNyn6"])
def test_a_vector_group_turns_by_its_hours(device, group):
    nodes = [{"id": 0, "u": 10e3}, {"id": 1, "u": 400.0}]
    transformer = {
        "f": 0,
        "t": 1,
        "u1": 10e3,
        "u2": 400.0,
        "sn": 1e6,
        "uk": 0.06,
        "pk": 1e4,
        "vector_group": group,
    }
    network = Network.from_tables(
        document(
            nodes=nodes,
            lines=[],
            transformers=[transformer],
            loads=[{"node": 1, "p": [1.0] * 3, "q": [0] * 3}],
        )
    )
    v = solve(network, device=device).voltage[0, 1]
    hours = int(group.lstrip("DYNyn"))
    exact = 400 / np.sqrt(3) * PHASES * np.exp(-1j * np.pi / 6 * hours)
    np.testing.assert_allclose(v, exact, rtol=0, atol=1e-4)  # [V]; 3 W of 1 MVA behind 6 % move 4e-5


def test_nodes_in_any_order_and_lines_either_way_round(device):
    nodes = [{"id": name, "u": 415.0} for name in ("far", "source", "near")]
    lines = [{"f": "far", "t": "near", "r1": 0.01}, {"f": "near", "t": "source", "r1": 0.02}]
    loads = [{"node": "far", "p": [9e3, 0, 0], "q": [0, 0, 0]}]
    network = Network.from_tables(document(source={"node": "source"}, nodes=nodes, lines=lines, loads=loads))
    straight = [{"f": 0, "t": 1, "r1": 0.03}]
    other = Network.from_tables(
        document(lines=straight, loads=[{"node": 1, "p": [9e3, 0, 0], "q": [0, 0, 0]}])
    )
    v = solve(network, device=device).voltage[0]
    np.testing.assert_allclose(v[0], solve(other, device=device).voltage[0, 1], rtol=1e-9)  # steps of 1e-10


def test_a_closed_tie_is_the_line_it_is(device):
    """Two equal lines side by side are one of half the impedance; the tie carries half."""
    line = {"f": 0, "t": 1, "r1": Z.real, "x1": Z.imag, "r0": 3 * Z.real, "x0": 3 * Z.imag}
    half = {key: value / 2 if key not in "ft" else value for key, value in line.items()}
    loads = [{"node": 1, "p": [20e3, 5e3, 0], "q": [3e3, 0, 0]}]
    ring = Network.from_tables(document(lines=[line, line], loads=loads))
    one, two = (
        solve(net, device=device) for net in (ring, Network.from_tables(document(lines=[half], loads=loads)))
    )
    np.testing.assert_allclose(one.voltage, two.voltage, rtol=1e-8)  # ties close to 1e-9
    np.testing.assert_allclose(
        one.tie_current[0, 0], two.branch_current[0, 1] / 2, rtol=0, atol=1e-5
    )  # of 45 A
    np.testing.assert_allclose(one.loss_w, two.loss_w, rtol=1e-6)
    lost = solve(ring, ring.p * 500, ring.q * 500, device=device)
    assert lost.status[0] == 1
    assert np.isnan(lost.voltage).all()
    assert np.isnan(lost.tie_current).all()


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({"source": {"node": 7}}, "source.node: no node has the id 7"),
        ({"loads": [{"node": 9, "p": [1, 1, 1], "q": [0, 0, 0]}]}, "loads[0].node: no node has the id 9"),
        ({"loads": [{"node": 1, "p": [1, 1], "q": [0, 0, 0]}]}, "loads[0].p: three numbers"),
        ({"loads": [{"node": 1, "p": [1, 1, 1]}]}, "loads[0].q: missing"),
        ({"lines": [{"f": 0, "t": 1, "r1": 0.1, "ohm": 3}]}, "lines[0].ohm: unknown"),
        ({"lines": []}, "nodes [1] are not connected"),
        ({"nodes": [{"id": 0, "u": 415.0}, {"id": 1, "u": -3}]}, "nodes[1].u: a number above 0"),
        (
            {"transformer": {"f": 0, "t": 1, "u1": 415, "u2": 415, "vector_group": "Yzn5"}},
            "transformers[0]: vector group 'Yzn5' is not modelled; there are Dyn1",
        ),
    ],
)
def test_bad_tables_say_where_and_how(tables, words):
    with pytest.raises(NetworkError) as error:
        Network.from_tables(document(**tables))
    assert words in str(error.value)


def test_bad_files_and_shapes_are_said(tmp_path, device):
    path = tmp_path / "net.json"
    path.write_text(json.dumps(document())[:-1])
    with pytest.raises(NetworkError, match="not JSON"):
        Network.from_json(path)
    with pytest.raises(NetworkError, match="cannot be read"):
        Network.from_json(tmp_path / "none.json")
    network = Network.from_tables(document())
    with pytest.raises(ValueError, match="1 loads, 3 phases"):
        solve(network, np.zeros((2, 3, 3)), np.zeros((2, 3, 3)), device=device)
    with pytest.raises(ValueError, match="not finite"):
        solve(network, np.full((1, 3), np.nan), np.zeros((1, 3)), device=device)
    with pytest.raises(ValueError, match="no output is called volts"):
        solve(network, device=device, outputs=("volts",))
