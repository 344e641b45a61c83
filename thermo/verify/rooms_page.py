"""The page and the picture of the rooms that were measured."""

from __future__ import annotations

from pathlib import Path

from .finding import Finding
from .rooms import ceiling_jet, heated_channel, rising, separation, tall_cavity

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
- The way back along the floor of Annex 20 is a third too fast, and slows with every finer grid; the spread between
  grids is the numerical error of each figure, largest for the step's reattachment (7 % between the last two).
- **Wall functions below their range.** Channel and tall cavity are of so low a Reynolds number that the first
  cells lie in the viscous layer; refining makes no better answer there.
- **Free convection along a wall** is where the model is weakest: the wall passes a fifth too much heat at the lower
  Rayleigh number.
- Of wall functions in that cavity no published figure was found; the range for the step is from memory.
- **Plumes** are a quarter too fast and three fifths too warm on their axis. The exponents are the theory's on the
  finest grid and 0.1 off on the others: the source is one cell wide in each, so this is not converged in its cells.
- The tunnel and the channel stand on end because only side walls can be symmetry planes; gravity is off there.
- Data centres that were measured have [their own page](validation-halls.md).
"""
PANELS = (ceiling_jet.draw, separation.draw, tall_cavity.draw, heated_channel.draw, rising.draw)


def markdown(found: list[Finding]) -> str:
    """The page."""
    return HEAD + tables(found) + THIN


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
