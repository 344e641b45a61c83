"""The page and the picture of the rooms that were measured."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np

from ..gci import FORMAL, band_of, observed_order
from .finding import Finding
from .rooms import ceiling_jet, filling, heated_channel, rising, separation, tall_cavity

HEAD = """# Validation

Written by `minehall verify --rooms --out docs`; do not edit. Rooms that were measured (one simulated directly),
each solved from its case file in `thermo/verify/rooms/` by what solves a hall, with the defaults of halls:
standard k-epsilon with wall functions, second order with limiter, single precision. No constant was fitted.
Whether the equations are solved right is another matter: [verification](verification.md).

The band is what such models are known for in print, not what the measurement is good for: a figure inside it says
that the solver does what others do. How far it is from the measurement is the column before. A **no** with a
reason is known and stands; the tests notice when it changes.
Differences are shares of the reference; of the reference speed, of the span of temperature, or of 1 where the
reference is 0.

![Profiles of the rooms against the measured points](validation.png)

| room | quantity | reference | coarser grids | here | difference | band | in it |
|---|---|---|---|---|---|---|---|
"""
OTHERS = """
## What others reach, and why the bands

| room | published | the band is so wide because |
|---|---|---|
"""
GRIDS = """
## What the grid leaves open

Of figures that the solution alone makes, on three grids: the order at which they were seen to converge, and how far
the finest grid's may be from what ever finer ones would give, by the grid convergence index (Celik et al. 2008, with
a safety factor of 1.25 and orders kept between 0.5 and 2, as `minehall run --gci` has it). "none": the figures of the
three grids do not go one way, and the index is taken at the lowest order.

| room | quantity | here | order | band |
|---|---|---|---|---|
"""
SOURCES = """
## Where the reference figures come from

| room | source |
|---|---|
"""
THIN = """
## What this shows, and what it does not

- **The far corner of the ceiling.** In Annex 20 the measured jet leaves the ceiling before the far wall, and the
  air there runs back; standard k-epsilon keeps it attached, here as elsewhere. The points beyond 6.6 m are drawn
  and not judged.
- The way back along the floor of Annex 20 is a third too fast, and slows with every finer grid.
- **The step's reattachment and the plume's axis move with the grid**, as the bands say: with wall functions the first
  cell is part of the model, and the step's finest first cells lie at the foot of the log law; cells finer still would
  fall into the viscous layer. What agrees there agrees on these grids.
- **Wall functions below their range.** Channel and tall cavity are of so low a Reynolds number that the first
  cells lie in the viscous layer; refining makes no better answer there.
- **Free convection along a wall** is where the model is weakest: the wall passes a fifth too much heat at the lower
  Rayleigh number.
- Of wall functions in that cavity no published figure was found; the range for the step is from memory.
- **Plumes** are a quarter too fast and over a half too warm on their axis. The exponents are the theory's on the
  finest grid and 0.1 off on the others: half the source is one cell wide there and two on the finest, so this is not
  converged in its cells and has no order to rely on. A fourth grid with four cells would tell; it has over two million.
- **The filling box** stands a twelfth of its height too low because the plume entrains more than the theory's
  coefficient of 0.1: put the flux of the plume above, on the same cells, in the theory and its interface is where it
  is found (0.42). Above and below, the layers are even to a few hundredths of a kelvin, and the interface does not
  wear away.
- The tunnel and the channel stand on end because only side walls can be symmetry planes; gravity is off there.
- Data centres that were measured have [their own page](validation-halls.md).
"""
PANELS = (ceiling_jet.draw, separation.draw, tall_cavity.draw, heated_channel.draw, rising.draw, filling.draw)


def markdown(found: list[Finding]) -> str:
    """The page."""
    return HEAD + tables(found) + grids(found) + THIN


def grids(found: list[Finding]) -> str:
    """Rows of what the grid leaves open; empty where no figure has three grids."""
    rows = [_grid_row(f) for f in found if len(f.sizes) == 3]
    return GRIDS + "\n".join(rows) + "\n" if rows else ""


def _grid_row(f: Finding) -> str:
    values = [np.array([value]) for value in (*f.coarser, f.measured)]
    finer = [coarse / fine for coarse, fine in pairwise(f.sizes)]
    seen = observed_order(f.measured, *f.coarser[::-1], *finer[::-1])
    open_ = float(band_of(values, finer, FORMAL["second"])[0][0])
    monotone = (f.coarser[1] - f.measured) * (f.coarser[0] - f.coarser[1]) > 0
    order = f"{seen:.1f}" if monotone and np.isfinite(seen) else "none"
    share = 100 * open_ / abs(f.measured)
    return f"| {f.case} | {f.quantity} | {f.measured:.4g} | {order} | {open_:.2g} ({share:.0f} %) |"


def tables(found: list[Finding]) -> str:
    """Rows of figures, what others reach, and sources; the first table's head is the page's own."""
    rows = "\n".join(_row(f) for f in found)
    why: dict[tuple[str, str], list[str]] = {}
    for f in found:
        known = why.setdefault((f.case, f.others), [])
        known += [] if f.why in known else [f.why]
    others = "\n".join(f"| {case} | {known} | {'; '.join(w)} |" for (case, known), w in why.items())
    sources = "\n".join(
        f"| {case} | {source} |" for case, source in dict.fromkeys((f.case, f.source) for f in found)
    )
    return rows + "\n" + OTHERS + others + "\n" + SOURCES + sources + "\n"


def _verdict(f: Finding) -> str:
    return "yes" if f.ok else f"**no**: {f.miss}" if f.miss else "**no**"


def _row(f: Finding) -> str:
    coarser = ", ".join(f"{v:.4g}" for v in f.coarser)
    judged = f"{100 * f.difference:+.1f} % | {100 * f.tolerance:.3g} % | {_verdict(f)}"
    return f"| {f.case} | {f.quantity} | {f.reference:.4g} | {coarser} | {f.measured:.4g} | {judged} |"


def draw(path: Path) -> None:
    """The picture; the rooms are solved once, also for the table."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12.0, 7.4), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(2, 3).ravel()
    for panel, draw_on in zip(panels, PANELS, strict=False):
        draw_on(panel)
    for panel in panels[len(PANELS) :]:
        panel.axis("off")
    figure.savefig(path, dpi=100)
