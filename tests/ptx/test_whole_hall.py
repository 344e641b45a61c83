"""Whole halls through `--device cuda` without a card: every kernel's own PTX executed, launched by the card's own code.

CuPy and numba.cuda are the card that is none (tests/fake_card.py); what it launches is compiled to PTX as for a real
one and run by the interpreter, with races and unset memory looked for in the first launches of each kernel.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import yaml
from fake_card import FakeCard
from launcher import Interpreted

import kernels
from kernels.gpu import card, launch
from kernels.gpu.launch import Kernel
from thermo import couple, device
from thermo.air import solver as air_solver
from thermo.air.averages import FIELDS_EVERY, Mean
from thermo.air.stack import Stack
from thermo.assembly import assemble
from thermo.casefile import load
from thermo.check import examine
from thermo.plan import Partition, Plan, Screen, WallHeat

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "thermo"))
from box_hall import SIZE, even, opening, solver, step_at_once, through, unit

pytestmark = pytest.mark.skipif(
    find_spec("numba_cuda") is None,
    reason="kernels are compiled by numba-cuda: pip install minehall[gpu]",
)
ITERATIONS = 50
WATCHED = 2  # launches of each kernel with a shadow of its memory
CLOSE = 1e-4  # of a field's range: fifty iterations of single precision, summed and rounded in another order

NETWORK = {
    "source": {"voltage": "34.5 kV", "fault_level": "490 MVA", "x_over_r": 8},
    "elements": {
        "tx": {"type": "transformer", "kind": "oil_1000kVA_34k5_415", "from": "source", "place": "outside"},
        "board": {"type": "board", "from": "tx", "place": "outside", "breaker": {"rating": "1600 A"}},
        "feeder": {
            "type": "cable", "kind": "cu_xlpe_300mm2", "from": "board", "length": "15 m", "place": "outside",
            "breaker": {"rating": "630 A"},
        },
        "bus": {
            "type": "busway", "kind": "busway_630A", "from": "feeder",
            "path": [["0.25 m", "1.75 m", "2.25 m"], ["2 m", "1.75 m", "2.25 m"]],
        },
    },
    "whips": {"racks": {"kind": ["whip_63A"], "length": "3 m", "breaker": {"continuous": "80 %"}}},
}  # fmt: skip
HALL = {
    "name": "tiny",
    "site": {"dry_bulb": "24 degC"},
    "hall": {"size": ["3 m", "3.5 m", "2.5 m"]},
    "racks": {
        "A": {"kind": "plain", "label": "A{i}", "at": ["0.5 m", "1.5 m"], "facing": "-y", "count": 2, "feed": "bus"}
    },
    "power": NETWORK,
    "openings": {
        "tiles": {
            "kind": "supply", "wall": "floor", "at": ["0.5 m", "0.25 m"], "size": ["1.5 m", "1 m"],
            "flow": "1 m3/s", "temperature": "18 degC",
        },
        "vent": {
            "kind": "pressure", "wall": "ceiling", "at": ["0.5 m", "2.75 m"], "size": ["1.5 m", "0.5 m"],
            "temperature": "18 degC",
        },
    },
    "equipment": {
        "racks": {
            "plain": {
                "source": "made up for this test", "size": ["0.75 m", "1 m", "2 m"],
                "power": "10 kW", "airflow": "12 K",
            }
        }
    },
    "grid": {"cell": "0.4 m"},
    "numerics": {"iterations": ITERATIONS, "prove_steady": "no"},
}  # fmt: skip


@pytest.fixture(scope="module")
def interpreted():
    """Compiles once for all tests here."""
    return Interpreted(counting=False, watched=WATCHED)


@pytest.fixture
def fake(interpreted, monkeypatch):
    """The card that is none is the one that device "cuda" opens."""

    def run(function, fastmath, blocks, threads, arguments):
        interpreted(Kernel(function, fastmath), blocks, threads, tuple(arguments))

    made = FakeCard(run)
    monkeypatch.setattr(card, "libraries", lambda: (made.cupy, made.cuda))
    monkeypatch.setattr(launch, "_start", [])
    card.opened.cache_clear()
    kernels.without_card.cache_clear()
    yield made
    card.opened.cache_clear()
    kernels.without_card.cache_clear()


@pytest.fixture
def listed(fake, monkeypatch):
    """Kernels that each operator started, by its name."""
    of, started = device.on, dict.fromkeys(kernels.OPERATORS, 0)

    def on(name):
        ops = of(name)
        if name != "cuda":
            return ops
        return SimpleNamespace(
            **{**vars(ops), **{name: counted(name, getattr(ops, name)) for name in started}}
        )

    def counted(name, operator):
        def call(*arguments):
            before, copies = fake.started, fake.events["copy to host"] + fake.events["copy from host"]
            operator(*arguments)
            if name != "sweep":  # which takes powers from the host and gives it the answer
                assert fake.events["copy to host"] + fake.events["copy from host"] == copies
            started[name] += fake.started - before

        return call

    monkeypatch.setattr(device, "on", on)
    return started


def solved(folder, name):
    (folder / "case.yaml").write_text(yaml.safe_dump(HALL), encoding="utf-8")
    case = load(folder / "case.yaml")
    return couple.solve(case.case, examine(case), name, lambda news: None)


def close(there, own):
    """Every field and inlet within CLOSE of its range."""
    for name, field in vars(own.state).items():
        np.testing.assert_allclose(
            getattr(there.state, name), field, rtol=0, atol=CLOSE * np.ptp(field), err_msg=name
        )
    inlets = np.array(own.monitor.inlets)
    if inlets.size:
        np.testing.assert_allclose(there.monitor.inlets, inlets, rtol=0, atol=CLOSE * np.ptp(own.state.t))


def same_network(there, own):
    """Every number that the network's tables hold, outages included; its losses have warmed the air."""
    assert any(row["place"] == "hall" and row["item"] == "bus load loss" for row in own.rows("heat_ledger"))
    for name in ("elements", "contingency", "breakers", "conductors", "faults"):
        for column, values in own.table(f"power/{name}").items():
            found = there.table(f"power/{name}")[column]
            if (
                values.dtype.kind == "f"
            ):  # inlets, and with them losses, differ by what single precision rounds
                np.testing.assert_allclose(found, values, rtol=1e-6, atol=1e-9, err_msg=f"{name}.{column}")
            else:
                np.testing.assert_array_equal(found, values, err_msg=f"{name}.{column}")


def test_a_whole_hall_on_cuda_is_the_processor_s(fake, listed, tmp_path, monkeypatch):
    monkeypatch.setattr(air_solver, "POLISH", 2)  # sixty of one step show no more than two
    monkeypatch.setattr("kernels.hierarchy.COARSEST", 40)  # a grid between the finest and the coarsest
    there, own = solved(tmp_path, "cuda"), solved(tmp_path, "cpu")
    same_network(assemble(there, "text"), assemble(own, "text"))
    assert own.scene.fluid_cells <= 2000
    assert there.device == "cuda"
    assert there.outcome.iterations == own.outcome.iterations == ITERATIONS
    close(there.solver, own.solver)
    assert fake.events["replay"] >= ITERATIONS - 1
    assert np.ptp(own.solver.state.t) > 5  # it is warm behind the racks: there was something to compare
    elsewhere = (
        UNUSED | WITHIN_LEGS | WITHIN_EQUATIONS | set().union(*(needed for _, needed in OTHERS.values()))
    )
    assert {name for name, count in listed.items() if not count} == elsewhere


FLOOR = Partition("floor", ("hall", "partitions", "floor"), "z", (0.0, 4.0, 0.0, 3.0, 0.5, 0.5))
TILE = Screen("tile", ("hall", "screens", "tile"), "z", (1.0, 2.0, 1.0, 2.0, 0.5, 0.5), 20.0, jet_area=0.25)
SIDES = (
    WallHeat("ceiling", ("hall", "walls", "ceiling"), 310.0, None, 0.0),
    WallHeat("y_max", ("hall", "walls", "y_max"), 280.0, 2.0, 3.0),
)
BESIDE = Partition("w", ("hall", "partitions", "w"), "x", (3.0, 3.0, 0.0, 3.0, 0.0, 1.0), 2.0)
ENDS = (
    opening("in", "supply", "floor", (1, 1), (2, 2), flow=0.4),
    opening("out", "pressure", "ceiling", (1, 1), (2, 2)),
)
# hall and numerics, and the operators that run in it and not in the hall above
OTHERS = {
    "central": (
        (Plan(SIZE, (unit(),), through()), {"scheme": "central", "turbulence": "zero-equation"}),
        {"central_scalar", "central_momentum", "mixing_length", "wall_energy"},
    ),
    "walls": (
        (Plan(SIZE, (unit(),), through(), walls=SIDES, partitions=(BESIDE,)), {}),
        {"wall_heat", "scalar_beside_walls", "scalar", "jacobi"},
    ),
    "screens": (
        (Plan(SIZE, (), ENDS, partitions=(FLOOR,), screens=(TILE,)), {}),
        {"screen_drag", "screen_jets", "screen_turn", "part_sums", "part_levels"},
    ),
    "closed": ((Plan(SIZE, (unit(),), (), symmetry=("y_min",)), {"density": "constant"}), {"pin"}),
}  # fmt: skip
WITHIN_LEGS = {
    "relax",
    "residual",
    "restrict",
    "prolong",
}  # of a V-cycle: `descend` and `ascend` are made of them
WITHIN_EQUATIONS = {
    "momentum",
    "buoyancy",
    "turbulent_energy",
    "epsilon",
}  # solved in one call; `scalar` and `jacobi` too, where walls change no coefficients
UNUSED = {"add"}  # by these halls


@pytest.mark.parametrize("name", OTHERS)
def test_other_halls_on_cuda_are_the_processor_s(fake, listed, name):
    (plan, numerics), needed = OTHERS[name]
    there, own = (solver(plan, even(), where, **numerics) for where in ("cuda", "cpu"))
    for found in (there, own):
        for _ in range(3):
            found.advance()
    close(there, own)
    assert needed <= {name for name, count in listed.items() if count}


@pytest.mark.parametrize("name", ["screens", pytest.param("walls", marks=pytest.mark.slow), "closed"])
def test_halls_stacked_on_cuda_are_the_processor_s_alone(fake, name):
    """Each with another flow and at a time step of its own, in the same launches."""
    (plan, numerics), _ = OTHERS[name]
    flows = (0.4, 0.5)

    def halls(where):
        for flow in flows:
            changed = plan.openings and (replace(plan.openings[0], flow=flow), *plan.openings[1:])
            found = solver(replace(plan, openings=changed), even(), where, **numerics)
            found.set_time_step(found.step_size * flow)
            yield found

    there, own = Stack(list(halls("cuda"))), list(halls("cpu"))
    for _ in range(3):
        step_at_once(there)
    for one, other in zip(there.solvers, own, strict=True):
        for _ in range(3):
            other.advance()
        other.monitor.inlets.clear()  # a stack by itself keeps none
        close(one, other)
        assert one.mass_error == pytest.approx(other.mass_error, rel=1e-3)  # of sums of what rounding leaves


def test_means_of_fields_are_taken_on_cuda(fake, listed):
    found = solver(Plan(SIZE, (unit(),), through()), even(), "cuda")
    mean = Mean(found.ops, found.fields.settle(), found.exchange)
    for _ in range(2 * FIELDS_EVERY):
        mean.add(found.fields.settle(), found.fields.seen(), 0.0)
    assert listed["add"] == 2 * len(mean.sums)
    total = found.ops.home.get(mean.sums["t"])
    np.testing.assert_array_equal(total, 2 * found.state.t.astype(np.float64))
