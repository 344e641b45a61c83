"""The zero-equation model in the room of Annex 20: a quick look follows the jet, and is too fast where air is slow."""

import numpy as np
import pytest

from thermo.verify.rooms import ceiling_jet, room


@pytest.mark.slow
def test_the_ceiling_jet_of_a_quick_look():
    level = (*ceiling_jet.LEVELS[0], "numerics.turbulence=zero-equation")
    (found,) = room.solved(ceiling_jet.NAME, (level,))
    x, u, known = ceiling_jet.along_jet(found)
    jet = x < ceiling_jet.CORNER
    rest = ((u - known) / known)[jet]
    assert abs(np.mean(rest)) < 0.10  # as published for k-epsilon; 1 % here
    assert np.max(np.abs(rest)) < 0.20  # 14 %: it spreads a little too fast from its start on
    _, u, known = ceiling_jet.across_room(found)
    assert room.root_mean_square(u - known) < 0.20  # 0.16; k-epsilon 0.07: the return is three times too fast
