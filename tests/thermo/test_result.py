"""The result file: what VTK reads back, what our reader reads back, what a failed write leaves."""

import os
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest
from synthetic_hall import hall

from thermo.result import Result, open_result, plain, write


@pytest.fixture(scope="module")
def result():
    return hall(cell=0.6)


@pytest.fixture(scope="module")
def path(result, tmp_path_factory):
    return write(tmp_path_factory.mktemp("out") / "synthetic.vtkhdf", result)


def test_pyvista_reads_the_grid_and_the_fields(result, path):
    pv = pytest.importorskip("pyvista")
    mesh = pv.read(path)
    assert isinstance(mesh, pv.RectilinearGrid)
    np.testing.assert_array_equal(mesh.x, result.grid.xf)
    np.testing.assert_array_equal(mesh.z, result.grid.zf)
    air = result.field("blocked").ravel() == 0
    np.testing.assert_array_equal(mesh.cell_data["T"][air], result.field("T").ravel()[air])
    np.testing.assert_array_equal(mesh.cell_data["U"], result.field("U").reshape(-1, 3))
    np.testing.assert_array_equal(mesh.cell_data["vtkGhostType"], result.field("blocked").ravel() * 32)


def test_vtk_leaves_solid_cells_out_of_a_slice(result, path):
    pv = pytest.importorskip("pyvista")
    centres = result.grid.centres
    cut = pv.read(path).slice(normal="z", origin=(1, 1, centres.zf[1]))
    assert cut.n_cells == int((result.field("blocked")[1] == 0).sum())


def test_solids_hold_numbers(result, path):
    assert np.isnan(result.field("T")).any()  # the solver's array has NaN in solids ...
    with open_result(path) as stored:
        assert np.isfinite(stored.field("T")).all()  # ... the file has none


def test_everything_comes_back(result, path):
    with open_result(path) as stored:
        assert stored.table_names == sorted(result.table_names)
        for name in result.table_names:
            assert list(stored.table(name)) == list(result.table(name))
            for column, values in result.table(name).items():
                np.testing.assert_array_equal(stored.table(name)[column], values)
        assert stored.summary == plain(result.summary)
        assert stored.case_text == result.case_text
        assert stored.attributes == result.attributes
        np.testing.assert_array_equal(stored.state("u"), result.state("u"))
        np.testing.assert_array_equal(stored.field("blocked"), result.field("blocked"))


def test_units_stand_in_the_file(path):
    with h5py.File(path) as file:
        assert file["racks/inlet_degC"].attrs["units"] == "degC"
        assert file["racks/x0"].attrs["units"] == "m"
        assert file["openings/flow_m3_s"].attrs["units"] == "m3/s"
        assert file["VTKHDF/CellData/T"].attrs["units"] == "K"


def test_no_text_lies_where_vtk_would_crash_on_it(path):
    texts = []
    with h5py.File(path) as file:
        file["VTKHDF"].visititems(
            lambda n, d: (
                texts.append(n) if isinstance(d, h5py.Dataset) and h5py.check_string_dtype(d.dtype) else None
            )
        )
    assert texts == []


def test_given_units_win_over_the_name(tmp_path):
    small = Result(
        [[0, 1], [0, 1], [0, 1]],
        {"T": np.ones((1, 1, 1))},
        {"metrics": {"value": [1.0]}},
        units={"metrics/value": "%"},
    )
    with open_result(write(tmp_path / "a.vtkhdf", small)) as stored:
        assert stored.units("metrics/value") == "%"


def test_a_failed_write_leaves_the_old_file_and_nothing_else(result, tmp_path):
    path = write(tmp_path / "a.vtkhdf", result)
    before = path.read_bytes()
    broken = Result(result.grid, {"T": result.field("T"), "p": np.zeros((2, 2, 2))})
    with pytest.raises(ValueError, match="field p has shape"):
        write(path, broken)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.vtkhdf"]


def test_reading_needs_a_minehall_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="no result file"):
        open_result(tmp_path / "none.vtkhdf")
    (tmp_path / "text.vtkhdf").write_text("not hdf5")
    with pytest.raises(ValueError, match="not a readable HDF5 file"):
        open_result(tmp_path / "text.vtkhdf")
    h5py.File(tmp_path / "other.h5", "w").close()
    with pytest.raises(ValueError, match="not a Minehall result"):
        open_result(tmp_path / "other.h5")


def test_a_missing_table_names_those_there_are(result):
    with pytest.raises(KeyError, match=r"no table 'liquid'.*racks"):
        result.table("liquid")
    assert result.rows("liquid") == []


def test_columns_of_unequal_length_are_refused():
    ragged = Result([[0, 1]] * 3, {}, {"t": {"a": [1, 2], "b": [1]}})
    with pytest.raises(ValueError, match="differ in length: a 2, b 1"):
        ragged.table("t")


def test_an_empty_table_survives(tmp_path):
    empty = Result([[0, 1]] * 3, {}, {"hotspots": {"peak_degC": np.zeros(0), "racks": np.zeros(0, str)}})
    with open_result(write(tmp_path / "a.vtkhdf", empty)) as stored:
        assert stored.rows("hotspots") == []
        assert not stored.has_table("hotspots")


def test_json_gets_null_for_what_is_not_a_number():
    assert plain({"a": np.float32(1), "b": [np.nan, np.int64(2)], "c": np.array([np.inf])}) == {
        "a": 1.0,
        "b": [None, 2],
        "c": [None],
    }


def test_what_a_killed_write_left_is_cleared_away_by_the_next(result, tmp_path):
    path = tmp_path / "hall.vtkhdf"
    code = (
        "import os, sys; from pathlib import Path; sys.path[0] = sys.argv[2]\n"
        "from thermo.result import writing\n"
        "writing._write_into = lambda file, result: os.kill(os.getpid(), 9)\n"
        "writing.write(sys.argv[1], None)"
    )
    root = Path(__file__).resolve().parents[2]
    killed = subprocess.run([sys.executable, "-c", code, str(path), str(root)], cwd=root, check=False)
    assert killed.returncode == -9
    (left,) = tmp_path.iterdir()
    assert left.name.startswith(".hall.vtkhdf.part-")
    running = tmp_path / left.name.replace(left.name.rsplit("-", 1)[1], str(os.getppid()))
    running.touch()  # another process still writes
    write(path, result)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([running.name, "hall.vtkhdf"])
