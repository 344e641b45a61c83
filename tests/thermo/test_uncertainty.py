"""What stands beside an inlet: parts added up, what is not known left out and said, verdicts near a limit."""

from pathlib import Path

import h5py
import numpy as np
import pytest
from synthetic_hall import hall

from thermo import uncertainty
from thermo.metrics import binding, close_inlets
from thermo.result import write
from thermo.uncertainty import OK, OVER, UNSURE, ModelRecord
from thermo.views import wording

NAN = float("nan")


def test_the_parts_are_added_up():
    found = uncertainty.columns(np.array([0.3, 0.0]), np.array([0.1, 0.05]), -0.02)
    assert found["inlet_numerical_K"] == pytest.approx([0.42, 0.07])
    assert found["inlet_balance_K"] == pytest.approx([0.02, 0.02])


def test_a_grid_that_was_not_varied_adds_nothing_and_says_so():
    found = uncertainty.columns(np.full(2, NAN), np.array([0.1, 0.05]), 0.0)
    assert np.all(np.isnan(found["inlet_gci_K"]))
    assert found["inlet_numerical_K"] == pytest.approx([0.1, 0.05])
    assert uncertainty.document(grid=False)["grid"] == "not estimated (--gci)"
    assert "grid: not estimated" in uncertainty.said(grid=False)
    assert "not estimated" not in uncertainty.said(grid=True)


def test_the_models_record_stands_beside_the_numerics(monkeypatch):
    monkeypatch.setattr(uncertainty, "MODEL", ModelRecord(-0.4, 1.3, "a hall that was measured"))
    found = uncertainty.columns(np.array([0.2]), np.array([0.1]), 0.0)
    assert found["inlet_model_K"] == pytest.approx([1.3])
    assert found["inlet_numerical_K"] == pytest.approx([0.3])  # not added to it
    assert "r.m.s. 1.3 K, bias -0.4 K (a hall that was measured)" in uncertainty.said(grid=True)


def test_without_measurements_the_model_is_unknown(monkeypatch):
    monkeypatch.setattr(uncertainty, "MODEL", None)
    assert np.isnan(uncertainty.columns(np.zeros(1), np.zeros(1), 0.0)["inlet_model_K"][0])
    assert uncertainty.document(grid=True)["model"] is None
    assert "model: not measured" in uncertainty.said(grid=True)


@pytest.mark.parametrize(
    ("inlet", "model", "verdict"),
    [
        (24.0, NAN, OK),
        (26.8, NAN, UNSURE),
        (27.2, NAN, UNSURE),
        (27.5, NAN, OVER),
        (27.5, 1.0, UNSURE),
        (29.0, 1.0, OVER),
    ],
)
def test_a_limit_within_the_uncertainty_is_on_neither_side(inlet, model, verdict):
    racks = {"inlet_numerical_K": [0.3], "inlet_model_K": [model]}
    assert uncertainty.judged([inlet], [27.0], racks) == [verdict]


def test_a_unit_without_a_limit_is_over_none():
    racks = {"inlet_numerical_K": [0.3], "inlet_model_K": [NAN]}
    assert uncertainty.judged([40.0], [NAN], racks) == [OK]


def test_the_models_figures_are_those_of_the_measured_hall():
    page = (Path(__file__).resolve().parents[2] / "docs" / "validation-halls.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.split("|")] for line in page.splitlines() if "RISE POD 2 at" in line
    ]
    fronts = {
        what: [float(r[5]) for r in rows if r[2] == f"fronts, 12 sensors: {what} [K]"]
        for what in ("bias", "rms")
    }
    assert len(fronts["bias"]) == len(fronts["rms"]) == 3
    # as many sensors in each window, so windows count alike; half of the last digit given, and what a rerun may move
    assert uncertainty.MODEL.bias == pytest.approx(np.mean(fronts["bias"]), abs=0.15)
    assert uncertainty.MODEL.rms == pytest.approx(np.sqrt(np.mean(np.square(fronts["rms"]))), abs=0.15)


# --- what is said of it -----------------------------------------------------------------------------


@pytest.fixture
def no_model(monkeypatch):
    """As if no hall had been measured."""
    monkeypatch.setattr(uncertainty, "MODEL", None)


def doubtful(open_by, band=NAN):
    """The synthetic hall, its racks' inlets uncertain by so much and a grid's band; one of them is over its limit."""
    result = hall()
    racks = result.table("racks")
    count = len(racks["name"])
    racks |= uncertainty.columns(np.full(count, band), np.full(count, open_by), 0.0)
    racks["judged"] = np.array(uncertainty.judged(racks["inlet_worst_tier_degC"], racks["limit_degC"], racks))
    summary = {"uncertainty": uncertainty.document(grid=not np.isnan(band))}
    told = result.extended({"racks": racks}, summary)
    return told.extended({}, {"binding": binding(told)})


def test_the_verdict_says_when_a_limit_is_within_uncertainty(no_model):
    sure, unsure = doubtful(0.0), doubtful(50.0)
    assert sure.summary["binding"]["limit"] == "rack inlet"
    assert sure.summary["binding"]["judged"] == OVER
    assert wording.verdict(sure).startswith("OVER THE LIMIT")
    assert unsure.summary["binding"]["judged"] == UNSURE
    assert wording.verdict(unsure).startswith("WITHIN UNCERTAINTY")
    assert close_inlets(sure) == []
    assert len(close_inlets(unsure)) > 1


def test_an_inlet_is_shown_with_its_uncertainty():
    banded = doubtful(0.1, band=0.3)
    row = banded.rows("racks")[0]
    assert wording.inlet_words(row) == f"{row['inlet_worst_tier_degC']:.1f} ± 0.4"
    assert wording.inlet_note(banded) == "±: numerical error of an inlet, of grid, time and heat balance"
    del row["inlet_numerical_K"]  # of a result written before there was one
    assert wording.inlet_words(row) == f"{row['inlet_worst_tier_degC']:.1f}"


def test_what_time_and_balance_leave_open_is_not_shown_as_all_there_is():
    result = doubtful(0.04)
    row = result.rows("racks")[0]
    assert wording.inlet_words(row) == f"{row['inlet_worst_tier_degC']:.1f}"  # no "± 0.0"
    note = "Inlets: grid error not included, run with --gci; time and heat balance leave up to 0.04 K open"
    assert wording.inlet_note(result) == note
    assert wording.inlet_note(hall()) == note.split(";")[0]  # nothing is known of time and balance
    bare = result.extended({"racks": {name: [] for name in result.table("racks")}}, {})
    assert wording.inlet_note(bare) == ""


def test_the_file_says_it_of_every_inlet(tmp_path):
    path = write(tmp_path / "hall.vtkhdf", doubtful(0.4))
    with h5py.File(path) as file:
        for column in ("inlet_degC", "inlet_worst_tier_degC", "inlet_max_degC"):
            assert "not estimated" in file[f"racks/{column}"].attrs["uncertainty"]
        assert "inlet_numerical_K" in file["tiers/inlet_degC"].attrs["uncertainty"]
        assert "uncertainty" not in file["racks/outlet_degC"].attrs
