"""Pictures and pages: what must be on them, and what a machine without OpenGL gets."""

import re
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pytest
from synthetic_hall import hall

from thermo import metrics
from thermo.doctor import gl
from thermo.result import write
from thermo.views import anchors, camera, colours, export, figure3d, oneline, plan, report, sheet
from thermo.views.layers import to_points


@pytest.fixture(scope="module")
def result():
    return metrics.add_metrics(hall(cell=0.6))


@pytest.fixture(scope="module")
def needs_gl():
    try:
        gl.find_window()
    except gl.NoGL as reason:
        pytest.skip(f"no OpenGL: {str(reason).splitlines()[0]}")


def pixels(path, colour, within=40):
    """How many pixels of a PNG are near a colour (each channel within so many of 255)."""
    from matplotlib.colors import to_rgb
    from matplotlib.image import imread

    wanted = 255 * np.array(to_rgb(colour))
    return int((np.abs(255 * imread(path)[..., :3] - wanted) < within).all(axis=2).sum())


def cooled(result, **changes):
    """The result with columns of its racks table replaced."""
    racks = result.table("racks")
    return result.extended(
        {"racks": racks | {k: np.full(len(racks["name"]), v) for k, v in changes.items()}}, {}
    )


# --- 3D ------------------------------------------------------------------------------------------------------


def test_render_shows_the_racks_above_their_limit_in_red(result, tmp_path, needs_gl):
    from thermo.views import scene3d

    red = colours.MARGINS[0].colour
    scene3d.draw(result, tmp_path / "hot.png")
    scene3d.draw(cooled(result, inlet_worst_tier_degC=20.0, utilisation=0.2), tmp_path / "cool.png")
    # the legend has one red patch in both; two racks and the marks of their labels come on top
    assert pixels(tmp_path / "hot.png", red) > pixels(tmp_path / "cool.png", red) + 2000


def test_labels_name_the_worst_units_with_their_own_limits(result):
    said = [anchor.text for anchor in anchors.unit_anchors(result)]
    assert said[0].startswith("A11  ")
    assert "limit 32" in said[0]
    assert len(said) >= 3
    assert {a.text.split(":")[0] for a in anchors.opening_anchors(result)} == {"pads", "fans"}
    assert "bus_a 94 %" in {a.text for a in anchors.busway_anchors(result)}


def composed(result, monkeypatch):
    """The picture around an empty scene, unwritten, with the labels of three racks that stand side by side."""
    from matplotlib.figure import Figure

    made = []
    monkeypatch.setattr(Figure, "savefig", lambda figure, path, dpi: made.append(figure))
    side_by_side = [
        (anchor, (900.0 + 20 * n, 500.0)) for n, anchor in enumerate(anchors.unit_anchors(result)[:3])
    ]
    figure3d.compose(
        result, figure3d.Drawn(np.ones((700, camera.WIDTH, 3)), None, side_by_side, 1.0), "unused.png"
    )
    made[0].canvas.draw()
    return made[0]


def test_the_picture_says_that_the_grids_error_is_not_in_its_figures(result, monkeypatch):
    banded = cooled(result, inlet_gci_K=0.3, inlet_numerical_K=0.4)
    told = [{text.get_text() for text in composed(r, monkeypatch).texts} for r in (result, banded)]
    assert "Inlets: grid error not included, run with --gci" in told[0]
    assert not any("not included" in text for text in told[1])
    assert any(text.startswith("±: ") for text in told[1])


def test_labels_side_by_side_can_all_be_read(result, monkeypatch):
    banded = cooled(result, name="miners10", inlet_gci_K=12.3, inlet_numerical_K=12.3)
    figure = composed(banded, monkeypatch)
    boxes = sorted(
        (text.get_bbox_patch().get_window_extent() for text in figure.axes[0].texts), key=lambda box: box.x0
    )
    assert len(boxes) == 3
    assert all(left.x1 < right.x0 for left, right in pairwise(boxes))


def test_the_hall_is_seen_from_the_front_of_the_worst_rack(result):
    assert camera.direction_of_view(result)[1] < 0  # A11 faces -y
    turned = cooled(result, facing="+y")
    assert camera.direction_of_view(turned)[1] > 0


def test_points_next_to_solids_take_air_values_only():
    cells = np.array([[[1.0, 5.0, 1000.0]]])
    points = to_points(cells, np.array([[[True, True, False]]]))
    np.testing.assert_allclose(points[0, 0], [1, 3, 5, 1])  # the last touches no air: the lowest


def test_temperature_scale_changes_hue_at_band_edges():
    scale = colours.temperature_map()

    def colour(degC):
        return np.array(scale((degC - colours.LOW) / (colours.HIGH - colours.LOW))[:3])

    for band in colours.BANDS[:-1]:
        step = np.abs(colour(band.top + 0.1) - colour(band.top - 0.1)).max()
        assert step > 0.03  # within a band 0.2 K change the colour by less than 0.01 to 0.02


# --- plan, one-line ------------------------------------------------------------------------------------------


def test_plan_shows_small_rows_again_enlarged(result, monkeypatch):
    drawn = []
    monkeypatch.setattr(plan, "draw_sheet", lambda drawing, path, over: drawn.append(drawing))
    plan.draw(result, "unused.svg")
    windows, scale = sheet._details(drawn[0], 17 / 48, 17.0)
    assert len(windows) == 2  # rows A and B; the shelf bays can be read in the hall itself
    assert scale > 2 * 17 / 48
    assert {u["name"]: u["text"] for u in drawn[0].units}["A11"] == ["A11", "34.1"]


def test_plan_of_a_case_needs_no_result(tmp_path):
    from thermo.plan import Opening, Plan, Unit

    unit = Unit("A0", ("racks", "a"), "rack", "air_rack_40kW", (1, 1.6, 2, 3.2, 0, 2), "+y", 1.0, power=40e3)
    fan = Opening("f0", "f", ("openings", "f"), "fan", "x_max", (8, 8, 1, 2, 1, 2))
    floor = Opening("s", "s", ("openings", "s"), "supply", "floor", (3, 5, 1, 2, 0, 0))
    path = plan.draw_plan(Plan((8, 5, 3), (unit,), (fan, floor)), tmp_path / "plan.png", "tiny")
    assert pixels(path, plan.ROLE_COLOURS["rack"]) > 1000
    assert pixels(path, colours.OPENINGS["fan"][1]) > 1000


def test_one_line_tree_groups_loads_under_what_feeds_them(result):
    root = oneline.tree(result)
    nodes = {node.name: node for node in oneline.walk(root) if node.type != "load"}
    assert [child.name for child in root.children] == ["tx_1", "tx_2"]
    group = nodes["bus_a"].children[0]
    assert group.text[:3] == ["row_a", "12 racks", "480 kW"]
    assert group.text[3] == "whips up to 63 %"
    assert not any(node.type == "whip" for node in oneline.walk(root))


def test_one_line_has_no_two_leaves_in_one_column(result):
    root = oneline.tree(result)
    count = oneline.place(root)
    leaves = [node.x for node in oneline.walk(root) if not node.children]
    assert sorted(leaves) == list(range(count))
    assert root.x == pytest.approx(sum(c.x for c in root.children) / 2)


def test_one_line_colours_by_loading(result, tmp_path):
    orange = colours.loading_colour(93.5)
    path = oneline.draw(result, tmp_path / "one.png")
    quiet = result.table("power/elements") | {"loading_percent": np.full(36, 10.0)}
    cold = oneline.draw(result.extended({"power/elements": quiet}, {}), tmp_path / "cold.png")
    assert pixels(path, orange) > pixels(cold, orange) + 500


def test_one_line_of_five_hundred_elements_is_long_and_not_wide(result, tmp_path):
    """120 feeders of four elements: a page 1 800 points wide at most, words that do not lie on one another."""
    rows = [("tx", "transformer", "source"), ("board", "board", "tx")]
    for n in range(166):
        rows += [(f"f{n}", "cable", "board"), (f"b{n}", "busway", f"f{n}"), (f"p{n}", "board", f"b{n}")]
    columns = dict(zip(("name", "type", "parent"), (list(c) for c in zip(*rows, strict=True)), strict=True))
    ones = np.ones(len(rows))
    table = columns | {
        "kind": [""] * len(rows), "place": ["hall"] * len(rows), "loading_percent": 50 * ones, "rating_A": 100 * ones,
        "loss_kW": ones, "voltage_pu": ones, "power_kW": ones, "current_A": 50 * ones, "ok": ones > 0,
    }  # fmt: skip
    many = result.extended({"power/elements": table}, {})
    picture = oneline.draw(many, tmp_path / "many.svg").read_text("utf-8")
    wide, tall = (float(n) for n in re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', picture).groups())
    assert wide < 1800 < tall
    assert oneline.ROW * 72 > 2 * 7.6 * 1.3  # two lines of 7.6 points fit between two rows


# --- report --------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """Collects what a browser would fetch, every id, and the text."""

    def __init__(self, text):
        super().__init__()
        self.fetched, self.ids, self.words, self.tags = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        for name, value in attributes:
            if name in ("src", "href", "xlink:href"):
                self.fetched.append(value)
            if name == "id":
                self.ids.append(value)

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture
def without_gl(monkeypatch):
    def none(off_screen=True):
        raise gl.NoGL(f"none here: {gl.APT}")

    monkeypatch.setattr(gl, "find_window", none)


def test_report_stands_alone_and_says_what_binds(result, tmp_path, needs_gl):
    assert report.write(result, tmp_path / "page.html") == []
    page = Page((tmp_path / "page.html").read_text(encoding="utf-8"))
    assert all(re.match(r"#|data:", target) for target in page.fetched)
    assert "script" not in page.tags
    assert len(page.ids) == len(set(page.ids))
    words = " ".join(page.words)
    assert "OVER THE LIMIT: rack inlet at A11" in words
    assert "pads at 70 % saturation efficiency" in words
    assert "The heat balance closes to 0.210 %" in words


def test_report_without_gl_still_comes_and_says_what_is_wrong(result, tmp_path, without_gl):
    loose = {"converged": False, "balance": {"mass_percent": 0.0, "heat_percent": 3.0}}
    loose["unsteady"] = {"period_s": 62.0, "span_s": 310.0, "mean_error_K": 0.02, "mean_band_K": 0.081}
    named = result.extended({"assumptions": {"text": ["<script>alert(1)</script>"]}}, loose)
    warnings = report.write(named, tmp_path / "page.html")
    assert "did not converge" in warnings[0]
    assert gl.APT in warnings[1]
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "libosmesa6" in text
    assert "IS OPEN BY 3.000 %" in text
    assert "period 62 s. Means over 310 s, uncertain by 0.08 K at most (95 %)" in text
    assert "<svg" in text
    assert "script" not in Page(text).tags
    report.write(named, tmp_path / "again.html")
    assert (tmp_path / "again.html").read_text(encoding="utf-8") == text


def test_report_of_a_hall_without_power_or_openings(tmp_path, without_gl):
    whole = hall(cell=1.2)
    tables = {"racks": whole.table("racks")}
    bare = type(whole)(whole.grid, {"T": whole.field("T")}, tables, summary={"case": "bare"})
    report.write(bare, tmp_path / "page.html")
    assert "No limit was evaluated" in (tmp_path / "page.html").read_text(encoding="utf-8")


# --- export --------------------------------------------------------------------------------------------------


def test_export_vtr_reads_back(result, tmp_path):
    pv = pytest.importorskip("pyvista")
    (path,) = export.export(result, "vtr", tmp_path)
    mesh = pv.read(path)
    air = result.field("blocked").ravel() == 0
    np.testing.assert_array_equal(mesh.cell_data["T"][air], result.field("T").ravel()[air])


def test_export_csv_has_units_in_its_second_line(result, tmp_path):
    paths = {path.name: path for path in export.export(result, "csv", tmp_path)}
    lines = paths["power_elements.csv"].read_text().splitlines()
    assert lines[0].startswith("name,kind,type,parent,place,loading_percent")
    assert lines[1].startswith(",,,,,%")
    assert lines[2].startswith("tx_1,")
    assert len(lines) == 2 + 36


def test_export_json_is_json(result, tmp_path):
    import json

    (path,) = export.export(result, "json", tmp_path)
    document = json.loads(path.read_text())
    assert document["run"]["binding"]["where"] == "A11"
    assert document["tables"]["racks"]["name"][0] == "A0"


def test_export_of_a_stored_result(result, tmp_path):
    from thermo.result import open_result

    with open_result(write(tmp_path / "a.vtkhdf", result)) as stored:
        assert len(export.export(stored, "csv", tmp_path / "out")) == len(stored.table_names)
