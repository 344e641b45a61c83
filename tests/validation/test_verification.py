"""Every figure of `minehall verify`: quick cases always, the others with --slow."""

import pytest

from thermo import verify
from thermo.verify import page, rooms_page
from thermo.verify.finding import Finding

QUICK = [pytest.param(c, id=c.name) for c in verify.CASES if c.quick]
SLOW = [pytest.param(c, id=c.name, marks=pytest.mark.slow) for c in verify.CASES if not c.quick]


@pytest.mark.parametrize("case", QUICK + SLOW)
def test_every_figure_is_within_its_tolerance(case):
    found = list(case.findings())
    assert found
    changed = [line for line, f in zip(page.lines(found), found, strict=True) if f.ok == bool(f.miss)]
    assert not changed, "\n".join(changed)  # a known miss that is none any more must be told too


def finding(measured, reference=2.0, tolerance=0.1, **changes):
    return Finding("case", "quantity", reference, measured, tolerance, "why", "source", **changes)


def test_a_finding_judges():
    assert finding(2.19).ok
    assert not finding(2.21).ok  # more than 10 % above
    assert not finding(float("nan")).ok
    assert finding(9.0, sense="at least").ok
    assert not finding(1.79, sense="at least").ok
    assert finding(0.05, reference=0.0, scale=1.0).ok
    assert not finding(0.05, reference=0.0, scale=0.1).ok


def test_the_page_and_the_document_name_what_is_missed():
    found = [finding(2.0), finding(3.0)]
    assert page.markdown(found).count("**no**") == 1
    assert [line[:4] for line in page.lines(found)] == ["ok  ", "MISS"]
    document = verify.document(found)
    known = verify.document([finding(3.0, miss="for a reason")])
    assert (known["ok"], known["missed"], known["known_misses"]) == (True, 1, 1)
    assert (document["ok"], document["missed"], document["figures"]) == (False, 1, 2)
    assert document["findings"][1]["difference"] == pytest.approx(0.5)


def test_a_wrong_equation_is_noticed(monkeypatch):
    """One percent more viscosity in the made-up force is far outside the order's tolerance."""
    from thermo.verify import manufactured

    right = manufactured.force_u
    monkeypatch.setattr(manufactured, "force_u", lambda x, z: 1.01 * right(x, z))
    found = list(manufactured.quick())
    assert not found[0].ok


def test_cases_are_chosen_by_name_or_kind():
    names = [case.name for case in verify.choose(("step", "lid"))]
    assert names == ["step", "lid"]
    assert not any(case.room for case in verify.choose())
    assert all(case.room and not case.quick for case in verify.choose(rooms=True))
    assert {case.name for case in verify.choose(halls=True)} == {"pod-0800", "pod-1030", "pod-1245", "mockup"}
    assert not any(case.hall for case in (*verify.choose(), *verify.choose(rooms=True)))
    assert all(case.quick for case in verify.choose(quick=True))
    with pytest.raises(KeyError, match="steps"):
        verify.choose(("steps",))


def test_the_page_of_rooms_tells_measured_and_coarser_and_others():
    found = [finding(2.5, coarser=(3.0, 2.8), others="a peer: 2.2"), finding(2.1)]
    text = rooms_page.markdown(found)
    assert "| 2 | 3, 2.8 | 2.5 | +25.0 % | 10 % | **no** |" in text
    assert "a peer: 2.2" in text


def test_the_page_of_rooms_tells_what_the_grid_leaves_open():
    """Figures 1 + h^2 on cells of 4, 2 and 1: order 2, a band of 1.25 times the rest, which is 1 of 2."""
    smooth = finding(2.0, coarser=(17.0, 5.0), sizes=(4.0, 2.0, 1.0))
    back = finding(2.0, coarser=(2.1, 1.9), sizes=(4.0, 2.0, 1.0))
    text = rooms_page.markdown([smooth, back, finding(2.0, coarser=(3.0, 2.8))])
    told = text.split("## What the grid leaves open")[1].split("##")[0]
    assert "| 2 | 2.0 | 1.2 (62 %) |" in told
    assert "| 2 | none |" in told
    assert told.count("| case |") == 2  # the third has no sizes
    assert "What the grid leaves open" not in rooms_page.markdown([finding(2.0)])


def test_the_theory_of_the_filling_box():
    """Interface and flow as the balance of lift and loss wants them, and as high as the vent is wide."""
    from thermo.verify.rooms import filling

    constant = filling.flux_constant(0.1)
    assert constant == pytest.approx(0.1153, rel=1e-3)  # Morton, Taylor & Turner (1956)
    height = filling.interface(constant)
    plume = constant * filling.BUOYANCY ** (1 / 3) * (height + filling.BELOW) ** (5 / 3)
    assert filling.flow(height) == pytest.approx(plume)
    assert height == pytest.approx(1.5, abs=0.01)  # the case file's vent was chosen for half the height
    assert filling.interface(filling.flux_constant(0.16)) < height  # more entrained, less left below


def test_a_room_off_its_case_file_is_noticed(monkeypatch):
    """A jet a quarter too fast for the measured one is outside its band."""
    from thermo.verify.rooms import ceiling_jet

    monkeypatch.setattr(ceiling_jet, "SPEED", 0.8 * ceiling_jet.SPEED)
    assert not all(f.ok for f in ceiling_jet.coarse())
