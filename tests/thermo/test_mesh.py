"""Mesh: masks, distances and wall lists of small boxes, counted by hand."""

import numpy as np
import pytest
from box_hall import even, hall, opening, unit

from thermo.air import mesh as meshes
from thermo.plan import Partition, Plan

SIZE = (3.0, 1.0, 0.5)
FACES = even(SIZE, (3, 2, 2))  # cells of 1 x 0.5 x 0.25 m


def built(plan, faces=FACES, dtype=np.float64):
    where = hall(plan, faces)
    return meshes.build(where, dtype), where


def entries(rows):
    return rows.start[-1]


def test_sizes_are_padded_and_masks_mark_the_air():
    mesh, _ = built(Plan(SIZE, (), ()))
    assert mesh.shape == (6, 6, 7)
    assert mesh.size == 252
    assert mesh.strides == (1, 7, 42)
    assert mesh.d[0].tolist() == [1.0] * 7
    assert mesh.h[2].tolist() == [0.25] * 6
    assert mesh.fluid.sum() == 12
    assert np.all(mesh.core(mesh.fluid) == 1)
    assert [a.sum() for a in mesh.open] == [2 * 4, 1 * 6, 1 * 6]
    assert [a.sum() for a in mesh.act] == [8, 6, 6]


def test_distances_between_centres_of_unequal_cells():
    mesh, _ = built(Plan(SIZE, (), ()), (np.array([0.0, 1.0, 3.0]), FACES[1], FACES[2]))
    assert mesh.d[0].tolist() == [1.0, 1.0, 1.0, 2.0, 2.0, 2.0]
    assert mesh.h[0].tolist() == [1.0, 1.0, 1.0, 1.5, 2.0, 2.0]


def test_wall_lists_of_an_empty_box():
    mesh, _ = built(Plan(SIZE, (), ()))
    walls = mesh.wall_cells
    assert walls.cells.size == 12
    assert entries(walls) == 2 * (2 * 2 + 3 * 2 + 3 * 2)
    # u lives on 2 x 2 x 2 inner x faces; each has a y wall and a z wall on both of its sides
    u = mesh.wall_faces[0]
    assert u.face.size == 8
    assert entries(u) == 8 * 4
    half_pieces = {
        (0.25, 0.5 * 1.0 * 0.25),
        (0.125, 0.5 * 1.0 * 0.5),
    }  # distance, area of a y and of a z wall
    assert set(zip(walls.distance[u.entry].tolist(), u.area.tolist(), strict=True)) == half_pieces
    # v lives on 3 x 1 x 2 faces: z walls beside all, x walls beside those at the ends
    v = mesh.wall_faces[1]
    assert v.face.size == 6
    assert entries(v) == 6 * 2 + 4 * 2
    # the end cells, the y and the z walls: all the shear area that the inner faces see
    assert v.area.sum() == pytest.approx(6 * 1.0 * 0.5 + 4 * 0.5 * 0.25)


def test_a_symmetry_plane_is_no_wall():
    mesh, _ = built(Plan(SIZE, (), (), symmetry=("y_max",)))
    assert entries(mesh.wall_cells) == 32 - 6
    assert entries(mesh.wall_faces[0]) == 32 - 8  # u no longer feels the wall at y_max
    assert entries(mesh.wall_faces[1]) == 20  # v is normal to it
    assert [a.sum() for a in mesh.act] == [8, 6, 6]


def test_a_partition_is_a_wall_for_both_sides():
    wall = Partition("p", ("partitions", "p"), "x", (1.0, 1.0, 0.0, 0.5, 0.0, 0.25))  # one face
    mesh, _ = built(Plan(SIZE, (), (), (), (wall,)))
    assert mesh.open[0].sum() == 8 - 1
    assert entries(mesh.wall_cells) == 32 + 2
    assert entries(mesh.wall_faces[0]) == 32 - 4  # its face is no unknown any more
    assert entries(mesh.wall_faces[1]) == 20 + 2  # v beside it, a half piece on either side
    assert entries(mesh.wall_faces[2]) == 20 + 2


def test_a_pressure_opening_is_an_unknown_and_no_wall():
    way = opening("out", "pressure", "x_max", (0.0, 0.0), (1.0, 0.5), SIZE)
    mesh, where = built(Plan(SIZE, (), (way,)))
    assert mesh.act[0].sum() == 8 + 4
    assert mesh.open[0].sum() == 8
    assert entries(mesh.wall_cells) == 32 - 4
    assert entries(mesh.wall_faces[0]) == 32 + 4 * 2  # only the air side of its faces has walls
    assert np.all(mesh.act[0][where.openings[0].face] == 1)


def test_fixed_faces_are_neither_unknown_nor_wall():
    size = (4.0, 3.0, 2.0)
    way = opening("in", "supply", "x_min", (0.0, 0.0), (3.0, 2.0), size, flow=1.0)
    mesh, where = built(Plan(size, (unit(),), (way,)), even(size))
    fixed = [*where.fronts, *where.rears, *where.openings]
    for patch in fixed:
        assert np.all(mesh.act[patch.axis][patch.face] == 0)
        assert np.all(mesh.open[patch.axis][patch.face] == 0)
    # x_max; both y walls; the floor less the rack's footprint; the ceiling; top and two sides of the rack
    assert entries(mesh.wall_cells) == 24 + 2 * 32 + (48 - 4) + 48 + 3 * 4


def test_pressure_coefficients_are_area_over_distance_where_unknown():
    way = opening("out", "pressure", "x_max", (0.0, 0.0), (1.0, 0.5), SIZE)
    where = hall(Plan(SIZE, (), (way,)), (np.array([0.0, 1.0, 3.0]), FACES[1], FACES[2]))
    x, y, z = meshes.pressure_coefficients(where)
    area = 0.5 * 0.25
    assert [x[0, 0, 0], x[0, 0, 1], x[0, 0, 2]] == pytest.approx([0.0, area / 1.5, area / 2.0])
    assert y[0, 1].tolist() == pytest.approx([1.0 * 0.25 / 0.5, 2.0 * 0.25 / 0.5])
    assert np.count_nonzero(z) == 4
