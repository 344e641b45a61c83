"""A ladder's page: the headline, the table, what is missing."""

import json

import pytest
from synthetic_hall import hall

from thermo import metrics
from thermo.doctor import gl
from thermo.result import write
from thermo.views import ladder


def rung(density, inlet, busway, where="A3"):
    first = ("rack inlet", where, inlet) if inlet > busway else ("busway", "bus_a", busway)
    binding = dict(zip(("limit", "where", "utilisation"), first, strict=True))
    return {
        "density_kW": density,
        "binding": binding,
        "utilisations": {"rack inlet": inlet, "busway": busway},
    }


@pytest.fixture
def folder(tmp_path):
    rungs = [rung(40, 1.2, 0.9), rung(10, 0.4, 0.5), rung(20, 0.8, 0.7)]
    (tmp_path / "ladder.json").write_text(json.dumps({"case": "hall", "rungs": rungs, "limit_kW": 30.0}))
    result = metrics.add_metrics(hall(cell=1.2))
    for density in (10, 20, 40):
        write(tmp_path / f"rung_{density}kW" / "hall.vtkhdf", result)
    return tmp_path


def test_rungs_rise_and_results_are_found(folder):
    found = ladder.open_ladder(folder)
    assert [r["density_kW"] for r in found.rungs] == [10, 20, 40]
    assert sorted(found.results) == [10.0, 20.0, 40.0]
    assert ladder.limit_names(found) == ["rack inlet", "busway"]


def test_headline_names_density_limit_and_place(folder):
    found = ladder.open_ladder(folder)
    assert ladder.headline(found) == "The hall's limit is 30.0 kW a rack: rack inlet at A3 binds first."
    free = ladder.Ladder(found.document | {"limit_kW": None}, {})
    assert ladder.headline(free) == "No limit is reached up to 40 kW a rack."


def test_page_has_a_row_a_rung_and_a_picture(folder, tmp_path):
    try:
        gl.find_window()
    except gl.NoGL:
        pytest.skip("no OpenGL")
    assert ladder.write(ladder.open_ladder(folder), tmp_path / "l.html") == []
    text = (tmp_path / "l.html").read_text(encoding="utf-8")
    assert 'class="n over">120</td>' in text
    assert 'class="n near">90</td>' in text
    assert "data:image/png" in text


def test_page_without_results_says_what_is_missing(folder, tmp_path):
    bare = ladder.Ladder(ladder.open_ladder(folder).document, {})
    assert "pictures are missing" in ladder.write(bare, tmp_path / "l.html")[0]


def test_a_folder_without_a_ladder_is_named(tmp_path):
    with pytest.raises(ladder.NotALadder, match=r"holds no ladder\.json"):
        ladder.open_ladder(tmp_path)
    (tmp_path / "ladder.json").write_text("{")
    with pytest.raises(ladder.NotALadder, match=r"ladder\.json:1:2: not JSON"):
        ladder.open_ladder(tmp_path)
