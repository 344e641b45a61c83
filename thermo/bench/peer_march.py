"""How the peer marches: schemes, solvers, steps and monitors, to a steady state or through time."""

from __future__ import annotations

from dataclasses import dataclass

MONITOR_EVERY = 5  # iterations or steps
NEVER = 10**7
PRESSURE_LEVEL = "pRefCell 0; pRefValue 0;"  # read only where no opening sets it
RELAXATION = {"p_rgh": 0.3, "U": 0.7, "T": 0.7, "k": 0.5, "epsilon": 0.5}
STEADY, TRANSIENT = "buoyantBoussinesqSimpleFoam", "buoyantBoussinesqPimpleFoam"


@dataclass(frozen=True)
class March:
    """So many iterations to a steady state (SIMPLE), or steps of `time_step` [s] through time (PISO, Euler)."""

    scheme: str  # ours; the peer's second order is linear-upwind momentum
    steps: int
    time_step: float | None = None

    @property
    def solver(self) -> str:
        return STEADY if self.time_step is None else TRANSIENT

    def dictionaries(self, units: list[str]) -> dict[str, str]:
        """The files of `system`, with a monitor of the front of each unit."""
        return {
            "fvSchemes": self._schemes(),
            "fvSolution": self._solution(),
            "controlDict": self._control(units),
        }

    def _schemes(self) -> str:
        second = self.scheme != "upwind"
        momentum = "linearUpwind grad(U)" if second else "upwind"
        temperature = "limitedLinear 1" if second else "upwind"
        limited = "grad(U) cellLimited Gauss linear 1;" if second else ""
        gauss = "bounded Gauss" if self.time_step is None else "Gauss"
        return f"""ddtSchemes {{ default {"steadyState" if self.time_step is None else "Euler"}; }}
gradSchemes {{ default Gauss linear; {limited} }}
divSchemes
{{
    default none;
    div(phi,U) {gauss} {momentum};
    div(phi,T) {gauss} {temperature};
    div(phi,k) {gauss} upwind;
    div(phi,epsilon) {gauss} upwind;
    div((nuEff*dev2(T(grad(U))))) Gauss linear;
}}
laplacianSchemes {{ default Gauss linear uncorrected; }}
interpolationSchemes {{ default linear; }}
snGradSchemes {{ default uncorrected; }}
"""

    def _solution(self) -> str:
        final, outer = "", f"SIMPLE {{ nNonOrthogonalCorrectors 0; {PRESSURE_LEVEL} }}"
        equations = " ".join(f"{name} {value};" for name, value in RELAXATION.items() if name != "p_rgh")
        relaxation = f"fields {{ p_rgh {RELAXATION['p_rgh']}; }} equations {{ {equations} }}"
        if self.time_step is not None:
            final = 'p_rghFinal { $p_rgh; relTol 0.01; } "(U|T|k|epsilon)Final" { $U; relTol 0.1; }'
            correctors = "nOuterCorrectors 1; nCorrectors 2; nNonOrthogonalCorrectors 0;"
            outer = f"PIMPLE {{ momentumPredictor yes; {correctors} {PRESSURE_LEVEL} }}"
            relaxation = 'equations { ".*" 1; }'
        return f"""solvers
{{
    p_rgh
    {{
        solver GAMG; smoother GaussSeidel; tolerance 1e-8; relTol 0.05;
        cacheAgglomeration on; nCellsInCoarsestLevel 50; agglomerator faceAreaPair; mergeLevels 1;
    }}
    "(U|T|k|epsilon)" {{ solver smoothSolver; smoother symGaussSeidel; tolerance 1e-9; relTol 0.1; }}
    {final}
}}
{outer}
relaxationFactors {{ {relaxation} }}
"""

    def _control(self, units: list[str]) -> str:
        monitors = "".join(
            f'inlet_{name} {{ type surfaceFieldValue; libs ("libfieldFunctionObjects.so"); '
            f"writeControl timeStep; writeInterval {MONITOR_EVERY}; log no; writeFields no; "
            f"regionType patch; name front_{name}; operation areaAverage; fields (T); }}\n"
            for name in units
        )
        step = self.time_step or 1.0
        return f"""application {self.solver};
startFrom startTime; startTime 0; stopAt endTime; endTime {self.steps * step:.9g}; deltaT {step:.9g};
writeControl timeStep; writeInterval {NEVER}; writeFormat ascii; timeFormat general; timePrecision 9;
runTimeModifiable no;
functions
{{
{monitors}}}
"""
