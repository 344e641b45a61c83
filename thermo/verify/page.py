"""The table of verification, as text for a terminal and as the page of the documentation."""

from __future__ import annotations

from .finding import Finding

HEAD = """# Verification

Written by `minehall verify --out docs`; do not edit. The air solver against exact solutions and published
benchmarks: whether the equations are solved right. Whether they are the right ones is another matter:
[validation](validation.md).

All cases run the hall's own operators in air of constant density, in double precision, laminar but for the last.
`second` is van Leer's limiter, the default of halls; `central` and laminar rows that name no scheme are without it
(`numerics.scheme`). Differences and tolerances are shares of the reference; of the lid's speed for profiles; of 1 for
orders, so that an order of 1.8 differs from 2 by 20 %. `tests/validation/` holds every row; those that take seconds
run with the ordinary tests.

![Profiles of the lid-driven cavity and errors of the manufactured solution](verification.png)

| case | quantity | reference | measured | difference | tolerance | met |
|---|---|---|---|---|---|---|
"""
TAIL = """
## Where the figures come from

| case | source | tolerance because |
|---|---|---|
"""
THIN = """
## What this does not show

- With the limiter the order between two neighbouring grids is erratic (1.2 to 3.2 for velocity in the manufactured
  solution): its dissipative errors and the dispersive ones of second order have opposite signs and cancel on some
  grids. The table gives the mean over three refinements, 12 to 96 cells. From 48 cells on its errors are smaller
  than those of central differences.
- The ideal gas (`numerics.density`) is not among them.
- Turbulence has no exact solutions. Its wall functions for shear and heat (Jayatilleke) are held to correlations of
  developed flow between plates, where they were made for; beside still, warm or separated air they are rougher, and
  racks, fans and coolers are not verified here.
- k and epsilon are first-order upwind in every scheme.
- In time the solver is first order (implicit Euler).
- The manufactured solutions are two-dimensional, in each of the three pairs of axes; of the other cases the cube and
  the ducts are three-dimensional.
"""


def lines(found: list[Finding]) -> list[str]:
    """One line a finding, for a terminal."""
    return [
        f"{'ok  ' if f.ok else 'MISS'} {f.case:<28} {f.quantity:<48} {f.reference:>10.6g} {f.measured:>10.6g} "
        f"{f.difference:>+9.3%} of {100 * f.tolerance:.3g} %"
        for f in found
    ]


def markdown(found: list[Finding]) -> str:
    """The page."""
    rows = "\n".join(
        f"| {f.case} | {f.quantity} | {f.reference:.6g} | {f.measured:.6g} | {f.difference:+.3%} "
        f"| {_allowed(f)} | {'yes' if f.ok else '**no**'} |"
        for f in found
    )
    reasons = dict.fromkeys((f.case, f.source, f.why) for f in found)
    sources = "\n".join(f"| {case} | {source} | {why} |" for case, source, why in reasons)
    return HEAD + rows + "\n" + TAIL + sources + "\n" + THIN


def _allowed(f: Finding) -> str:
    share = f"{100 * f.tolerance:.3g} %"
    return f"at most {share} less" if f.sense == "at least" else share
