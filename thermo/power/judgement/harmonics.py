"""What harmonics of the load current cost a transformer. A spectrum is order -> share of the fundamental."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt

Spectrum = Mapping[int, float]


def distortion(spectrum: Spectrum) -> float:
    """Total harmonic distortion [-] of the current."""
    return sqrt(sum(share**2 for order, share in spectrum.items() if order > 1))


def triplen(spectrum: Spectrum) -> float:
    """Root of the sum of squares of the third, ninth, fifteenth ... [-], what the neutral collects."""
    return sqrt(sum(share**2 for order, share in spectrum.items() if order > 1 and order % 6 == 3))


def loss_factor(spectrum: Spectrum, power: float = 2.0) -> float:
    """F_HL [-] = sum h^2 I_h^2 / sum I_h^2: IEEE C57.110, equation (11); power 0.8 gives F_HL-STR of stray losses."""
    squares = {1: 1.0} | {order: share**2 for order, share in spectrum.items() if order > 1}
    return sum(order**power * square for order, square in squares.items()) / sum(squares.values())


def k_factor(spectrum: Spectrum, load: float = 1.0) -> float:
    """K [-] = sum h^2 (I_h / I_rated)^2 of UL 1561 at a root-mean-square load over the rated current."""
    return loss_factor(spectrum) * load**2


def permissible_load(spectrum: Spectrum, eddy: float) -> float:
    """Root-mean-square load [-] with no more winding loss at its worst place than at rated sinusoidal current.

    I_max = sqrt((1 + P_EC-R) / (1 + F_HL P_EC-R)), eddy = P_EC-R the rated eddy-current loss over the ohmic loss there:
    IEEE C57.110, dry-type procedure.
    """
    return sqrt((1 + eddy) / (1 + loss_factor(spectrum) * eddy))


def load_loss_growth(spectrum: Spectrum, eddy: float) -> float:
    """Load loss with the spectrum over that of a sinusoidal current of the same fundamental [-].

    eddy: share of eddy-current loss in the ohmic loss; all ohmic loss grows with the square of the whole current.
    """
    whole = 1 + distortion(spectrum) ** 2
    return whole * (1 + eddy * loss_factor(spectrum)) / (1 + eddy)
