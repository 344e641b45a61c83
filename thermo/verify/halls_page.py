"""The page and the picture of the data centres that were measured."""

from __future__ import annotations

from pathlib import Path

from .finding import Finding
from .rooms import mockup, pod
from .rooms_page import tables

HEAD = """# Validation: data centres

Written by `minehall verify --halls --out docs`; do not edit. Two data centres that were measured, each solved from
its case files in `thermo/verify/rooms/` with the defaults of halls: standard k-epsilon with wall functions, second
order with limiter, single precision, some ten CPU minutes in all. Nothing was fitted to what is compared; inputs are
those the sources state, and what they do not state is marked (A) in the case files.

Column "coarser grids" beside "here" tells the numerical error, "difference" the whole one: numerics, model, and
inputs that are not well known. Differences are shares of the reference; for temperatures of the span from the
coolers' supply to the hottest sensor; where the reference is 0 or a share, of 1. The band is what doubtful inputs and
known models excuse.

![Solved against measured temperatures and speeds](validation-halls.png)

| hall | quantity | reference | coarser grids | here | difference | band | in it |
|---|---|---|---|---|---|---|---|
"""
THIN = """
## What decides the answer, and what is thin

RISE POD 2:

- **Flow of the servers.** The case files take it from fan speed by the law published with the measurements: 5.7 to
  5.9 m3/s for all racks, more than the 3.2 to 3.9 m3/s of the coolers, so air must recirculate. The law leaves out
  the servers' own resistance. The rise between strips before and behind loaded racks says 0.7 to 0.85 of it, the
  servers' own sensors 0.52. It is an input, was not tuned, and is the largest of the errors. Runs on 0.15 m, bias and
  rms of fronts, then rears, in kelvin:

  | flow of the servers | 08:00 fronts | 08:00 rears | 10:30 fronts | 10:30 rears |
  |---|---|---|---|---|
  | by the law | -1.9, 2.4 | -2.4, 2.6 | +0.6, 3.1 | -2.0, 5.1 |
  | 0.75 of it | -1.9, 2.2 | -1.5, 1.6 | -1.3, 2.2 | -1.7, 3.4 |
  | by heat balance of the servers' sensors, 0.52 of it | -3.8, 4.3 | -0.8, 2.0 | -4.6, 5.6 | +2.0, 4.3 |

- **Leaks.** Before the racks the lowest sensor is warmer than the one above it, which air from under the racks would
  do; here the racks are closed below. With 0.3 m open under them the lowest fronts at 08:00 go from 3.2 K too cold to
  2.0 K too warm, the rms of fronts from 2.4 to 1.8 K, and the hall swings by 8 K: the truth lies between.
- **Power.** The IT meter reads 6.5 to 8.1 kW above the sum of the servers' own figures; it was shared evenly.
- **Layers.** At load the air before the racks is too cold low down and too warm at the top: 2 m high, beside the
  blanks over the servers, by 3 to 4 K. More recirculation passes over the racks here than was measured.
- Windows are near steady only: servers' masses store heat for an hour after a step.

Mock-up:

- Half of it is solved, the fan's duct, floor posts, cable trays, studs and seams are left out. Seams let past about a
  sixth of the air of the ceiling tiles; with them a half-open plate's loss comes to 3.0 instead of 4.4 Pa.
- Door strips are one panel each; the grates' vanes are one cell tall.
- The subfloor's air is as much too fast in FDS as here: what enters through its slots is less even than assumed.
- Hot aisle and ceiling come out too fast by 0.1 to 0.2 m/s, that is by half to three quarters, more than FDS's; the
  grid changes it little.
- Labels of some probes are doubtful: two pairs of probes share one place and differ by a factor of two.
"""


def markdown(found: list[Finding]) -> str:
    """The page."""
    return HEAD + tables(found) + THIN


def draw(path: Path) -> None:
    """The picture; the halls are solved once, also for the table."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11.0, 5.0), layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    pod.draw(left)
    mockup.draw(right)
    figure.savefig(path, dpi=100)
