"""The loader: YAML 1.2 scalars, marks, bases, overrides, every error at once, and a text that loads again."""

from __future__ import annotations

import contextlib
import json
import os
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thermo.casefile import CaseError, load
from thermo.check import examine
from thermo.marked import Mark, read

GOOD = Path(__file__).parents[1] / "cases" / "good.yaml"
SMALL = """\
site: {dry_bulb: 30 degC}
hall:
  size: [12 m, 8 m, 3 m]
racks:
  row_a:
    kind: air_rack_20kW
    at: [1 m, 2 m]
    facing: -y
"""


def problems(path: Path, *overrides: str) -> list[str]:
    with pytest.raises(CaseError) as caught:
        load(path, overrides)
    return caught.value.problems


@pytest.fixture
def small(tmp_path: Path) -> Path:
    file = tmp_path / "small.yaml"
    file.write_text(SMALL)
    return file


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("010", 10),
        ("0x10", "0x10"),
        ("1_000", "1_000"),
        ("1e3", 1000.0),
        ("-.5", -0.5),
        ("2026-11-22", "2026-11-22"),
        (".inf", ".inf"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("'5'", "5"),
        ('"true"', "true"),
        ("+y", "+y"),
        ("[3 m, -1 m]", ["3 m", "-1 m"]),
    ],
)
def test_scalars_follow_yaml_1_2(text: str, value: object) -> None:
    found = read(f"key: {text}\n", "f").root["key"]
    assert found == value
    assert type(found) is type(value)


def test_keys_are_words() -> None:
    assert read("{no: 1, 3: 2, 1e3: 3}", "f").root == {"no": 1, "3": 2, "1e3": 3}


def test_marks_point_at_keys_and_values() -> None:
    found = read(SMALL, "f")
    assert found.keys[("hall", "size")] == Mark("f", 3, 3)
    assert found.values[("hall", "size")] == Mark("f", 3, 9)
    assert found.values[("hall", "size", "1")] == Mark("f", 3, 16)
    assert found.values[("hall",)] == Mark("f", 2, 1), "a block is found by its key"


def test_aliases_are_read_but_bombs_are_not() -> None:
    assert read("{a: &x [1 m], b: *x}", "f").root == {"a": ["1 m"], "b": ["1 m"]}
    bomb = "a0: &a0 [x]\n" + "".join(
        f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 12)
    )
    assert "too many values" in read(bomb, "f").problems[0][1]


def test_deep_nesting_is_a_message() -> None:
    assert "nested too deeply" in read("[" * 3000 + "]" * 3000, "f").problems[0][1]


def test_values_are_si_and_the_name_comes_from_the_file(small: Path, tmp_path: Path) -> None:
    loaded = load(small)
    assert loaded.case.name == "small"
    assert loaded.case.site.dry_bulb == pytest.approx(303.15)
    assert loaded.case.racks["row_a"].at == (1.0, 2.0, 0.0)
    assert loaded.folder == tmp_path
    hall = tmp_path / "my hall"
    hall.mkdir()
    (hall / "case.yaml").write_text(SMALL)
    assert load(hall).case.name == "my_hall", "a folder's case takes the folder's name, made safe for files"


def test_locate_finds_the_nearest_thing_written(small: Path) -> None:
    loaded = load(small)
    assert loaded.locate(("racks", "row_a", "at", 1)) == f"{small}:7:15"
    assert loaded.locate(("racks", "row_a", "pitch")) == f"{small}:5:3"
    assert loaded.locate(("grid", "cell")) == f"{small}:1:1"


def test_every_problem_is_told_at_once(small: Path) -> None:
    small.write_text(
        SMALL.replace("12 m", "12")
        .replace("facing: -y", "facing: up\n    powr: 3 kW")
        .replace("1 m,", "1 kg,")
    )
    found = problems(small)
    assert [p.removeprefix(f"{small}:").split(": ")[:2] for p in found] == [
        ["3:10", "hall.size.0"],
        ["7:10", "racks.row_a.at.0"],
        ["8:13", "racks.row_a.facing"],
        ["9:5", "racks.row_a.powr"],
    ]


def test_a_base_is_merged_under_its_case(small: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(
        "base: small.yaml\nracks:\n  row_a: {count: 3}\n  row_b: {kind: k, at: [5 m, 2 m], facing: +y}\n"
    )
    loaded = load(other)
    assert loaded.case.name == "other", "a name is not inherited"
    assert loaded.case.racks["row_a"].count == 3
    assert loaded.case.racks["row_a"].kind == "air_rack_20kW"
    assert list(loaded.case.racks) == ["row_a", "row_b"]
    assert loaded.locate(("racks", "row_a", "kind")) == f"{small}:6:11"
    assert loaded.locate(("racks", "row_a", "count")) == f"{other}:3:18"


def test_null_removes_what_the_base_has(small: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("base: small.yaml\nracks: {row_a: null}\n")
    loaded = load(other)
    assert loaded.case.racks == {}
    assert loaded.locate(("racks", "row_a")) == f"{other}:2:16"


def test_faults_of_a_base_are_told_in_the_base(small: Path, tmp_path: Path) -> None:
    small.write_text(SMALL.replace("12 m", "12"))
    (tmp_path / "sub").mkdir()
    other = tmp_path / "sub" / "other.yaml"
    other.write_text("base: ../small.yaml\ngrid: {cell: 3}\n")
    found = problems(other)
    assert len(found) == 2
    assert found[0].startswith(f"{small}:3:10: hall.size.0: ")
    assert found[1].startswith(f"{other}:2:14: grid.cell: ")


def test_overrides_set_what_is_written_and_what_is_not(small: Path) -> None:
    overrides = [
        'racks.row_a.power="40 kW"',
        "grid.cell=0.5 m",
        "hall.size[2]=4 m",
        "racks.row_a.overrides.2.power=5 kW",
        "racks.row_b={kind: k, at: [5 m, 2 m], facing: +y}",
        "name=renamed",
    ]
    case = load(small, overrides).case
    assert case.racks["row_a"].power == 40e3
    assert case.grid.cell == 0.5
    assert case.hall.size == (12.0, 8.0, 4.0)
    assert case.racks["row_a"].overrides[2].power == 5e3
    assert case.racks["row_b"].facing == "+y"
    assert case.name == "renamed"


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("grid.cel=1 m", "grid has no 'cel'; did you mean 'cell'?"),
        ("gird.cell=1 m", "the case has no 'gird'; did you mean 'grid'?"),
        ("racks.row_x.power=1 kW", "racks has no 'row_x'; did you mean 'row_a'?"),
        ("hall.size[3]=1 m", "hall.size has 3 values; use 0 to 2, not '3'"),
        ("title.x=1", "single value"),
        ("grid.cell", "write path=value"),
        ("=3", "write path=value"),
        ("grid.cell=3", 'grid.cell: 3 has no unit; write for example "3 m"'),
        ("grid={cell: [", "something is missing here; write the value"),
    ],
)
def test_an_override_that_cannot_be_says_why(small: Path, override: str, message: str) -> None:
    found = problems(small, override)
    assert any(p.startswith(f"--set {override}: ") and message in p for p in found), found


def test_the_stored_text_loads_to_the_same_case(tmp_path: Path) -> None:
    loaded = load(GOOD, ["racks.row_a.power=30 kW", 'title="no: 12:30"'])
    again = tmp_path / "again.yaml"
    again.write_text(loaded.text)
    assert load(again).case == loaded.case


def test_files_that_are_no_cases_get_a_message(tmp_path: Path) -> None:
    assert "no such file; the folder holds no case.yaml" in problems(tmp_path)[0]
    assert "no such file; `minehall new NAME`" in problems(tmp_path / "none.yaml")[0]
    result = tmp_path / "hall.vtkhdf"
    result.write_bytes(b"\x89HDF\r\n\x1a\n")
    assert "is a result file" in problems(result)[0]
    assert "cannot be opened" in problems(tmp_path / ("n" * 300))[0]
    assert "cannot be opened" in problems(Path("nul\0"))[0]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_gets_a_message(small: Path) -> None:
    small.chmod(0)
    assert "cannot be opened: Permission denied" in problems(small)[0]


def test_a_byte_order_mark_and_line_ends_of_windows_are_fine(small: Path) -> None:
    small.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    assert load(small).case.racks["row_a"].kind == "air_rack_20kW"


MORE = """\
base: GOOD
site: {altitude: 5 m, air: {density: 1.2 kg/m3, prandtl: 0.7, expansion: 0.003 1/K}}
openings:
  tiles: {kind: supply, wall: floor, at: [8 m, 1 m], size: [1 m, 1 m], flow: 1 m3/s, temperature: 18 degC, count: 1}
  gap: {kind: pressure, wall: ceiling, at: [8 m, 1 m], size: [1 m, 1 m], turbulence: {intensity: 10 %, length: 5 cm}}
racks:
  row_a: {overrides: {2: {power: 5 kW, kind: own, limit: A1, feed: {bus_a: 100 %}}}, exhaust: mixed}
shelves: {wall: {kind: shelf_s19_20, at: [6 m, 4 m], facing: -y, feed: board_1, machines: 4, size: [1 m, 1 m, 2 m]}}
coolers: {unit: {kind: perimeter_cooler_100kW, at: [1 m, 6 m], facing: +y, supply_temperature: 20 degC}}
numerics: {scheme: upwind, tolerance: 0.1 K, time_step: 0.1 s, buoyancy: false}
equipment: {racks: {own: {source: made up, size: [0.75 m, 1.2 m, 2 m], power: 9 kW, airflow: 12 K}}}
"""
JUNK: list[object] = [None, True, -1, "junk", "3 kg", "5 kW", [], ["1 m"], {}, {"x": {}}]


def _places(node: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    below = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(place for key, value in below for place in _places(value, (*path, key)))]


@pytest.mark.parametrize("junk", JUNK, ids=repr)
def test_junk_anywhere_is_told_or_taken_but_never_breaks(tmp_path: Path, junk: object) -> None:
    file = tmp_path / "case.yaml"
    file.write_text(MORE.replace("GOOD", str(GOOD)))
    examine(load(file))
    everything = read(load(file).text, "f").root
    for place in _places(everything)[1:]:
        written = deepcopy(everything)
        parent = written
        for key in place[:-1]:
            parent = parent[key]
        parent[place[-1]] = junk
        file.write_text(json.dumps(written))  # JSON is YAML
        with contextlib.suppress(CaseError):
            examine(load(file))  # any other exception fails the test


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_damage_to_a_file_raises_anything_else(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Cut, double or overwrite a piece of a good file: it loads, or it is a CaseError with located lines."""
    content = bytearray(GOOD.read_bytes())
    start = data.draw(st.integers(0, len(content) - 1))
    end = data.draw(st.integers(start, min(start + 40, len(content))))
    content[start:end] = data.draw(
        st.binary(max_size=12) | st.sampled_from([b":", b"- ", b"[", b"{}", b"\n", b"  ", b"1e9 m"])
    )
    file = tmp_path_factory.mktemp("damaged") / "case.yaml"
    file.write_bytes(bytes(content))
    try:
        load(file)
    except CaseError as error:
        found = error.problems
    else:
        return
    assert found
    assert all(problem.startswith(str(file)) for problem in found)
