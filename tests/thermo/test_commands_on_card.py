"""What `minehall run` does besides one run, on the card that is none: three grids, a file, a start from a file."""

from __future__ import annotations

import sys
from pathlib import Path

import fake_operators
import numpy as np
import pytest

from thermo import cli, gci
from thermo.assembly import assemble
from thermo.result import open_result

sys.path.insert(0, str(Path(__file__).resolve().parent))
from test_on_card import SMOKE, alike, give, loaded, solved


@pytest.fixture
def fake(monkeypatch):
    made = fake_operators.card()
    give(monkeypatch, made)
    return made


AB = SMOKE.parents[1] / "retrofit_hall_ab"
SHORT = ("numerics.iterations=20", "numerics.prove_steady=no")


def test_three_grids_each_from_the_fields_of_the_one_before(fake, tmp_path):
    """As `run --gci` does, and `run --from` on another grid."""

    def study_on(name):
        def solve(ratio, start):
            return solved(loaded(SMOKE, tmp_path, f"grid.cell={0.36 * ratio} m", *SHORT), name, start)

        found = gci.study(solve)
        return found, gci.with_bands(assemble(found[-1], "text"), found)

    (card, banded), (own, bands) = study_on("cuda"), study_on("cpu")
    for one, other in zip(card, own, strict=True):
        alike(one, other)
    for name, column in bands.table("gci").items():
        np.testing.assert_array_equal(banded.table("gci")[name], column, err_msg=name)


def test_a_result_and_what_starts_from_it(fake, tmp_path, capsys):
    """The file of a run on the card holds what the processor's does, and is started from, on the card."""
    arguments = ["--set", "grid.cell=0.5 m", *(part for one in SHORT for part in ("--set", one)), "--quiet"]
    for name in ("cuda", "cpu"):
        command = ["run", str(SMOKE), "--device", name, "--out", str(tmp_path / name), *arguments]
        assert cli.run(command) == 3
        again = [
            *command[:4],
            "--out",
            str(tmp_path / f"{name}_on"),
            "--from",
            str(tmp_path / name / "smoke.vtkhdf"),
        ]
        assert cli.run([*again, *arguments]) == 3
    capsys.readouterr()
    for folder in ("", "_on"):
        with (
            open_result(tmp_path / f"cuda{folder}" / "smoke.vtkhdf") as card,
            open_result(tmp_path / f"cpu{folder}" / "smoke.vtkhdf") as own,
        ):
            assert card.table_names == own.table_names
            for table in own.table_names:
                for column, values in own.table(table).items():
                    np.testing.assert_array_equal(
                        card.table(table)[column], values, err_msg=f"{table}.{column}"
                    )
            for state in own.state_names:
                np.testing.assert_array_equal(card.state(state), own.state(state), err_msg=state)
            assert card.summary["device"] == "cuda"


def test_contingencies(fake, capsys):
    """The command as given; `tests/ptx/test_network_commands.py` has the card's own sweep."""
    said = {}
    for name in ("cuda", "cpu"):
        assert cli.run(["contingency", str(AB), "--loads", "0.8,1.1", "--device", name, "--json"]) == 0
        said[name] = capsys.readouterr().out
    assert said["cuda"] == said["cpu"]
    assert '"fdr_b2"' in said["cpu"]
