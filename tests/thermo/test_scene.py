"""Scene: what each cell and face is, and whose faces are whose, counted by hand."""

import numpy as np
import pytest
from box_hall import SIZE, even, hall, opening, through, unit

from thermo.plan import Partition, Plan, Solid
from thermo.scene import AIR, FIXED, OPEN, PRESSURE, SOLID, SYMMETRY, UNIT, WALL, SceneError

# even(): 8 x 6 x 4 cells of 0.5 m


def block(box, name="s"):
    return Solid(name, ("solids", name), box)


def test_cells_are_counted():
    found = hall(Plan(SIZE, (unit(),), (), (block((0.0, 0.5, 0.0, 0.5, 0.0, 2.0)),)), even())
    assert np.count_nonzero(found.cells == UNIT) == 2 * 2 * 2
    assert np.count_nonzero(found.cells == SOLID) == 4
    assert found.fluid_cells == 8 * 6 * 4 - 8 - 4
    assert found.air_volume == pytest.approx(24.0 - 1.0 - 0.5)
    with pytest.raises(ValueError, match="read-only"):
        found.cells[0, 0, 0] = SOLID


def test_faces_of_an_empty_box():
    x, y, z = hall(Plan(SIZE, (), ()), even()).faces
    assert [f.shape for f in (x, y, z)] == [(4, 6, 9), (4, 7, 8), (5, 6, 8)]
    assert np.all(x[:, :, 1:-1] == OPEN)
    assert np.all(x[:, :, [0, -1]] == WALL)
    assert np.count_nonzero(y == OPEN) == 4 * 5 * 8
    assert np.count_nonzero(z == WALL) == 2 * 48


def test_a_rack_draws_at_its_front_and_gives_at_its_rear():
    # facing -y: the front is its low y face at y = 1 m, plane 2; air lies at j = 1. Air leaves along +y.
    found = hall(Plan(SIZE, (unit(),), ()), even())
    front, rear = found.fronts[0], found.rears[0]
    assert (front.axis, front.sign, rear.axis, rear.sign) == (1, -1, 1, 1)
    assert front.area.sum() == pytest.approx(1.0)
    assert front.area.size == rear.area.size == 4
    assert sorted(set(front.layer)) == [0, 1]
    padded = np.pad(found.cells, 2, constant_values=SOLID).ravel()
    for patch in (front, rear):
        assert np.all(padded[patch.air] == AIR)
        assert np.all(padded[patch.behind] == UNIT)
    assert np.count_nonzero(found.faces[1] == FIXED) == 8
    assert np.all(found.faces[1][:2, 2, 3:5] == FIXED)
    assert np.all(found.faces[0][:2, 2:4, [3, 5]] == WALL)  # its sides


@pytest.mark.parametrize(
    ("facing", "axis", "sign"), [("+x", 0, 1), ("-x", 0, -1), ("+y", 1, 1), ("-y", 1, -1)]
)
def test_every_facing(facing, axis, sign):
    # A face's index is its cell's on the high side: it is the air cell of a patch whose flow along +axis enters air.
    found = hall(Plan(SIZE, (unit(facing=facing),), ()), even())
    for patch, outward in ((found.fronts[0], sign), (found.rears[0], -sign)):
        stride = (1, 12)[axis]
        assert (patch.axis, patch.sign) == (axis, outward)
        assert np.all(patch.air - patch.behind == outward * stride)
        assert np.array_equal(patch.face, patch.air if outward > 0 else patch.behind)


def test_openings_in_every_wall():
    walls = {
        "x_min": (0.5, 1.0), "x_max": (0.5, 1.0), "y_min": (0.5, 1.0), "y_max": (0.5, 1.0),
        "floor": (0.5, 1.0), "ceiling": (0.5, 1.0),
    }  # fmt: skip
    ways = tuple(
        opening(w, "supply" if "min" in w else "pressure", w, low, (1.5, 1.5)) for w, low in walls.items()
    )
    found = hall(Plan(SIZE, (), ways), even())
    for patch, way in zip(found.openings, ways, strict=True):
        assert patch.area.sum() == pytest.approx(0.5)
        assert patch.sign == (1 if way.wall in ("x_min", "y_min", "floor") else -1)
        assert np.all((patch.face == patch.air) if patch.sign > 0 else (patch.face == patch.behind))
    kinds = np.concatenate([f.ravel() for f in found.faces])
    assert np.count_nonzero(kinds == FIXED) == 2 * 2
    assert np.count_nonzero(kinds == PRESSURE) == 4 * 2


def test_a_solid_covers_part_of_an_opening():
    found = hall(Plan(SIZE, (), through(), (block((0.0, 0.5, 0.0, 1.5, 0.0, 2.0)),)), even())
    assert found.openings[0].area.sum() == pytest.approx(1.5 * 2.0)


def test_a_partition_closes_its_faces_only():
    wall = Partition("p", ("partitions", "p"), "x", (2.0, 2.0, 0.5, 2.0, 0.0, 1.5))
    x, y, z = hall(Plan(SIZE, (), (), (), (wall,)), even()).faces
    assert np.count_nonzero(x[:, :, 4] == WALL) == 3 * 3
    assert np.all(x[:3, 1:4, 4] == WALL)
    assert np.all(x[:, :, [3, 5]] == OPEN)
    assert np.count_nonzero(y == WALL) == 2 * 32
    assert np.count_nonzero(z == WALL) == 2 * 48


def test_symmetry_planes():
    x, y, _ = hall(Plan(SIZE, (), (), symmetry=("x_max", "y_min")), even()).faces
    assert np.all(x[:, :, -1] == SYMMETRY)
    assert np.all(x[:, :, 0] == WALL)
    assert np.all(y[:, 0] == SYMMETRY)


def test_a_rack_against_a_wall_has_no_air_before_it():
    with pytest.raises(SceneError, match=r"racks.R: the front \(intake\) of R has no air"):
        hall(Plan(SIZE, (unit(box=(1.5, 2.5, 0.0, 1.0, 0.0, 1.0)),), ()), even())
    with pytest.raises(SceneError, match=r"the rear \(exhaust\) of R has no air"):
        hall(Plan(SIZE, (unit(box=(1.5, 2.5, 0.0, 1.0, 0.0, 1.0), facing="+y"),), ()), even())


def test_an_opening_that_no_cell_meets_is_refused():
    with pytest.raises(SceneError, match=r"openings.slit: no air lies behind slit"):
        hall(Plan(SIZE, (), (opening("slit", "supply", "x_min", (0.9, 0.0), (1.1, 0.1)),)), even())


def test_a_box_that_no_cell_shows_is_refused():
    with pytest.raises(SceneError, match=r"solids.sheet: sheet is too thin"):
        hall(Plan(SIZE, (), (), (block((1.0, 1.2, 0.0, 3.0, 0.0, 2.0), "sheet"),)), even())
