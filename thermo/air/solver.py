"""The air of one hall: iterate to a steady state, or follow it in time and take means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import numpy as np

from .. import device
from ..case import Numerics
from ..scene import Scene
from . import mesh as meshes
from . import pace
from .averages import Mean
from .envelope import Envelope
from .exchange import Exchange, Passage
from .fields import Fields, border
from .inlets import Inlets
from .monitor import Monitor
from .outcome import Outcome
from .properties import PRANDTL_TURBULENT, AirProperties
from .record import Diverged, Look, Record
from .state import State, at_rest
from .statistics import statistics
from .steadiness import NEAR, Proof, kick
from .steps import FlowStep, HeatStep, lift_coefficient, turbulence_constants
from .stillness import Stillness, circulation
from .workspace import Workspace
from .zero_equation import Turbulence, turbulence_step

__all__ = ["AVERAGING", "AirSolver", "Diverged", "Outcome"]

ITERATIONS = 3000  # on the way to a steady state; air that has none by then is followed in time
CHECK = 20  # iterations between looks at balances and windows
HEAT_STOP = 0.01  # share of the heat that may still be stored when the flow is called settled; polished after
FILLED = HEAT_STOP / 4  # the same before means are taken: half of what a result may miss
EQUIPMENT_STOP = 1e-3  # relative change of powers and flows at the last look
AVERAGING = (2, 4)  # least windows of a time-accurate run: for the swing to saturate, then for the means
LONGER = 2  # times as many windows at most, while the swing grows, and while the means are uncertain
CERTAIN = 0.2  # [K] band of every mean inlet at which a time-accurate run ends
MASS_STOP = 0.15  # mass error before the correction, summed over cells, of the air that flows in
DISTURBANCE = 0.25  # [K] at the start, so that no symmetric state is held by symmetry alone
POLISH = 60  # heat steps at frozen flow after the stop, at most:
POLISHED = 5e-4  # of the heat given may then still be stored: a tenth of what a result may miss
STEADY_BAND = NEAR  # [K] about its mean: an inlet that stays this close is no reason to call a hall unsteady
SLIGHT = 0.5  # [K] about its mean: such a swing is followed in steps of one iteration
LONGEST_PERIOD = 60.0  # [s] of the slowest regular swing met in halls
STATES = 3  # kept on a card: that of now, of the step before, of the last look


class AirSolver:
    """Owns the state and steps it. `exchange` holds what the units and openings do and may be changed between steps."""

    def __init__(
        self,
        ops: SimpleNamespace,
        scene: Scene,
        exchange_of: Callable,
        air: AirProperties,
        numerics: Numerics,
    ):
        self.ops, self.scene, self.air, self.numerics = ops, scene, air, numerics
        dtype = np.float32 if numerics.precision == "single" else np.float64
        self.mesh = meshes.build(scene, dtype)
        self._exchange: Exchange = exchange_of(self.mesh)
        self.constants = turbulence_constants(air, dtype)
        self.envelope = (
            Envelope(ops, self.mesh, scene, air, self.constants) if scene.walls or scene.conducting else None
        )
        ideal = numerics.density == "ideal-gas"
        rise = 1.0 / air.reference_temperature if ideal else 0.0
        work = Workspace(self.mesh)
        self.flow_on_host = FlowStep(ops, self.mesh, scene, work, scheme=numerics.scheme, rise=rise)
        heat = HeatStep(ops, self.mesh, air, work, scheme=numerics.scheme, envelope=self.envelope)
        self.lift = lift_coefficient(air, ideal_gas=ideal) if numerics.buoyancy else 0.0
        self.gbpr = self.lift / PRANDTL_TURBULENT if numerics.buoyancy_production else 0.0
        self.stillness = Stillness()  # what decides in a room without units
        self.averaging = AVERAGING
        self.iterations, self.time = 0, 0.0
        self.mean: Mean | None = None  # of a time-accurate run, from when its swing has saturated
        self.record = Record(self)
        state = at_rest(self.mesh, 0.0, air.viscosity)
        if numerics.turbulence != "k-epsilon":
            state.k[:] = 0  # the wall law reads k: without it walls are viscous
        turbulence = turbulence_step(numerics.turbulence, ops, self.mesh, scene, self.constants, work)
        self._move(heat, turbulence, state)
        step, self.longest = pace.on_the_way(self)  # [s]
        self.set_time_step(step)

    def _move(self, heat: HeatStep, turbulence: Turbulence, state: State) -> None:
        """Put steps and fields where they are solved; raises DeviceError when there is no room."""
        home, dtype = self.ops.home, self.mesh.dtype
        steps = self.steps_on_host = (self.flow_on_host, heat, turbulence, self.constants)
        home.reserve(device.size(steps) + STATES * device.size(state), self.scene.fluid_cells)
        self.flow, self.heat, self.turbulence, self.constants = home.moved(steps)
        self.warmth = heat.warmth  # the host's
        self.fields = Fields(self.ops, state, border(self.scene, self.envelope))
        self._monitor = Monitor()
        self._inlets = Inlets(self.ops, self._exchange, self._monitor, CHECK)
        self.rdt, self.frozen_rdt = home.moved([np.ones(self.mesh.shape[0], dtype) for _ in range(2)])
        self.repeat = partial(home.repeat, {})  # iterations, as a card replays them

    # --- what the host sees -----------------------------------------------------------------------

    @property
    def state(self) -> State:
        """All fields, for the host to read and write."""
        return self.fields.whole()

    @property
    def exchange(self) -> Exchange:
        """What units and openings do; its inlets and outlets are those of the last step."""
        self._inlets.read()
        return self._exchange

    @property
    def monitor(self) -> Monitor:
        """What was watched until the last step."""
        self._inlets.read()
        return self._monitor

    @property
    def mass_error(self) -> float:
        """Of the last iteration, before its correction, summed over cells [m3/s]; infinite before the first."""
        return float(self.ops.home.get(self.flow.imbalance)[0]) if self.iterations else np.inf

    def velocities(self) -> list[np.ndarray]:
        """u, v, w as velocities [m/s] for the host."""
        return [self.ops.home.get(field) for field in self.flow.velocities(self.fields.settle())]

    def warm(self, heat: np.ndarray) -> None:
        """Let the air have so much heat in each cell (nz, ny, nx), over heat capacity [K m3/s]."""
        if self.warmth.take(heat):
            self.heat.warmth = self.ops.home.moved(self.warmth)
        self.ops.home.update(self.heat.warmth.heat, self.warmth.heat)

    # --- starting ---------------------------------------------------------------------------------

    def start(self, temperature: float) -> None:
        """Still air at `temperature` above the reference, slightly disturbed so that nothing is symmetric."""
        self.mesh.core(self.state.t)[...] = temperature + pace.stir(self.scene.grid.shape, DISTURBANCE)
        self.exchange.inlet[:] = temperature
        self.exchange.impose(self.state)

    def suggest_time_step(self) -> float:
        """Time step [s] that follows the air; the case's own where it has one."""
        return float(self.numerics.time_step or pace.following(self))

    def air_passing(self) -> float:
        """Air through the hall [m3/s]: what openings bring in, or what units move in a sealed hall."""
        incoming = float(np.nansum(np.maximum(self.exchange.opening_flow, 0.0)))
        return incoming if incoming > 0 else float(self.exchange.flow.sum())

    def air_change(self) -> float:
        """Time to replace the hall's air [s]."""
        return self.scene.air_volume / max(self.air_passing(), 1e-6)

    def set_time_step(self, step: float) -> None:
        self.step_size = step
        rdt = np.full(self.mesh.shape[0], 1.0 / step, self.mesh.dtype)
        for there, rates in ((self.rdt, rdt), (self.frozen_rdt, rdt / self.mesh.dtype(20.0))):
            self.ops.home.update(there, rates)

    # --- stepping ---------------------------------------------------------------------------------

    def advance(self, outer: int = 1) -> None:
        """One time step: `outer` iterations of the coupled equations (1 for pseudo-time)."""
        self.record.begin()
        self.time += self.step_size
        if self.record.repeating:
            self.iterations += outer
            self.monitor.record(self.time, self.record.inlet())
            return
        self.step(outer)
        self._inlets.note(self.time)
        if self.iterations % CHECK < outer:
            self._see_to_numbers(outer)

    def step(self, outer: int = 1, *, watchful: bool = False) -> None:
        """One time step of the fields; watchful: only up to the first iteration that leaves no numbers."""
        s, way = self.fields.settle(), self._inlets.follow()
        old = s if outer == 1 else self.fields.keep()
        for _ in range(outer):
            if self.flow_on_host.follow(self.fields.seen, float(self.mesh.dtype(1.0 / self.step_size))):
                self.flow.resist_as(self.flow_on_host)
            key = "iteration", *s.arrays(), *old.arrays(), *self.heat.warmth.place()
            self.repeat(key, partial(self._iterate_fields, s, old, way))
            self.fields.stepped()
            self.iterations += 1
            if watchful and not self.fields.finite():
                return

    def _iterate_fields(self, s: State, old: State, way: Exchange | Passage) -> None:
        """One iteration of the coupled equations: operators and nothing else."""
        self.flow(s, old, self.rdt, self.lift, self.constants)
        self.heat(s, old, way, self.rdt)
        if self.turbulence:
            self.turbulence(s, old, self.flow.velocities(s), self.rdt, self.gbpr)

    def _see_to_numbers(self, outer: int) -> None:
        """Raise Diverged with the place when the fields are no longer numbers; they are then the last good ones."""
        if not self.fields.finite():
            raise self.record.diverged(lambda: self.step(outer, watchful=True))

    def heat_given(self) -> float:
        """Heat that units and losses hand to the air [W]."""
        return self.exchange.heat_given() + self.warmth.total() * self.exchange.heat_capacity

    def wall_heat(self) -> np.ndarray:
        """Heat that each side of the hall with a condition gives to the air [W]."""
        if not self.envelope:
            return np.zeros(0)
        self.ops.home.fetch(self.envelope.conductance, self.heat.envelope.conductance)
        return self.envelope.heat(self.fields.seen().t)

    def balances(self) -> tuple[float, float]:
        """(mass error over incoming air, heat stored over heat given), both as fractions."""
        _, heat = self.exchange.opening_fluxes(self.fields.seen())
        given, walls = self.heat_given(), self.wall_heat()
        # coolers in a sealed hall take all of it back: the measure is what units give before that
        scale = max(abs(given), float(np.abs(self.exchange.heat).sum()), float(np.abs(walls).sum()) / 2, 1.0)
        stored = given + float(heat.sum()) + float(walls.sum())
        passing = self.air_passing()
        if passing <= 0:  # a closed room without units: what circulates
            dx, dy = self.mesh.d[:2]
            passing = circulation(self.state, np.broadcast_to(dx * dy[:, None], self.mesh.shape))
        return self.mass_error / max(passing, 1e-9), stored / scale

    def polish(self) -> None:
        """Bring temperatures to the balance of the frozen flow."""
        if self.record.repeating:
            return
        for done in range(POLISH):
            if done % CHECK == 0:
                if done and abs(self.balances()[1]) < POLISHED:
                    break
                s, way = self.fields.settle(), self._inlets.follow()
                key = "frozen flow", *s.arrays(), *self.heat.warmth.place()
            self.repeat(key, partial(self.heat, s, s, way, self.frozen_rdt))
            self.fields.stepped()
        self._see_to_numbers(1)

    # --- running ----------------------------------------------------------------------------------

    def run(
        self,
        watch: Callable[[dict], None],
        settle: Callable[[], float],
        prove: Callable[[], Proof | None] = lambda: None,
    ) -> Outcome:
        """Iterate until every inlet stays where it is for an air change, or until it is plain that it never will.

        watch: told of progress. settle: called at every check to let equipment and power follow the air;
        returns how far it moved them (a fraction). prove: called once the air is settled; when the proof says that
        the answer does not last, the air is disturbed and followed in time.
        Inlets that go on swinging at the time step that follows the air, yet stay within STEADY_BAND of their means
        and no longer spread, count as steady, and their swing is reported; a wider swing is averaged in time, and
        so is air that has not settled after ITERATIONS, unless the case says how many there may be.
        """
        verdict = self._in_steps_that_serve(watch, settle)
        while verdict == "swinging" and self.step_size > self.suggest_time_step():
            self._shorten(max(self.step_size / pace.STRETCHED, self.suggest_time_step()))
            watch({"phase": "the air swings: a shorter step", "time_step_s": self.step_size})
            verdict = self._in_steps_that_serve(watch, settle)
        window = self.window()
        travel = self.travel(window)
        endless = verdict == "unfinished" and not self.numerics.iterations and self.exchange.units
        swing = self.monitor.amplitude(window)
        if endless or (verdict == "swinging" and swing > STEADY_BAND):
            return self.follow(watch, settle, slight=not endless and swing < SLIGHT)
        self.polish()
        if verdict == "unfinished":
            what = f"inlets still move by {travel:.2f} K" if self.exchange.units else str(self.stillness)
            cure = f"try numerics.time_step: {0.5 * self.step_size:.2g} s, or more numerics.iterations"
            return Outcome(False, self.iterations, reason=f"{what}; {cure}")
        proof = Proof.told(self.record.tell(lambda: Proof.tell(prove())))
        if proof and not proof.steady:
            kick(self)
            return replace(self.follow(watch, settle), proof=proof)
        reason = f"inlets swing by {travel:.2f} K" if verdict != "settled" else ""
        return Outcome(True, self.iterations, reason=reason, proof=proof)

    def settle_roughly(self, watch: Callable[[dict], None], settle: Callable[[], float]) -> None:
        """Iterate until nothing more is to be had on this grid: settled to the tolerance, or swinging."""
        self._in_steps_that_serve(watch, settle)

    def _in_steps_that_serve(self, watch: Callable[[dict], None], settle: Callable[[], float]) -> str:
        """`_iterate`, with steps halved as often as the mass balance cannot keep up; never "hasty"."""
        while (verdict := self._iterate(watch, settle)) == "hasty":
            self._shorten(pace.shorter(self))
            watch({"phase": "mass does not balance: a shorter step", "time_step_s": self.step_size})
        return verdict

    def _shorten(self, step: float) -> None:
        """Go on with another time step, the longest from now on; what is monitored begins anew."""
        self.set_time_step(step)
        self.longest, self.monitor.first = step, len(self.monitor.inlets)

    def _iterate(self, watch: Callable[[dict], None], settle: Callable[[], float]) -> str:
        """ "settled", "wavering" by no more than that, "swinging", "unfinished", or "hasty": mass does not keep up."""
        tolerance = self.numerics.tolerance
        self.record.begin()
        while self.iterations < (self.numerics.iterations or ITERATIONS):
            self.advance()
            if self.iterations % CHECK:
                continue
            moved, mass, heat = self._look(watch, settle)
            window = self.window()
            travel = self.travel(window)
            calm = abs(heat) < HEAT_STOP and moved < EQUIPMENT_STOP
            still = calm and travel < tolerance
            if mass < MASS_STOP and (still or (calm and self.monitor.wavering(window, tolerance))):
                return "settled" if still else "wavering"
            if self.monitor.swinging(window, tolerance) and not self._spreads_within_band(window):
                return "swinging"
            if pace.too_long(self, mass, max(window, 4 * CHECK)) or pace.circling(self, still=still):
                return "hasty"
            pace.adapt(self, mass, still=still)
        return "unfinished"

    def _spreads_within_band(self, window: int) -> bool:
        """True when only a further window can tell whether inlets stay as near to their means as steady air's."""
        near = self.monitor.amplitude(window) < STEADY_BAND
        return near and self.monitor.growing(window) and self.step_size <= self.suggest_time_step()

    def travel(self, window: int) -> float:
        """Peak-to-peak of the inlet that moves most over a window [K]; in a room without units, of all the air."""
        if self.exchange.units:
            return self.monitor.travel(window)
        return self.stillness.travel()

    def _look(self, watch: Callable[[dict], None], settle: Callable[[], float]) -> tuple[float, float, float]:
        """Let equipment follow and weigh the balances: how far equipment moved, mass error, heat stored."""
        repeated = self.record.repeating
        found = self.record.look(lambda: self._found(settle))
        moved, mass, heat, self.stillness.flow, self.stillness.heat = found
        travel = min(self.travel(self.window()), 999.0)
        self.monitor.residuals.append((self.iterations, self.time, mass, heat, travel))
        if not repeated:
            news = {"iteration": self.iterations, "time_s": self.time}
            watch(news | {"mass": mass, "heat": heat, "change_K": travel})
        return moved, mass, heat

    def _found(self, settle: Callable[[], float]) -> Look:
        moved = settle()
        if not self.exchange.units:
            self.stillness.look(self.state, self.iterations, self.window())
        return moved, *self.balances(), self.stillness.flow, self.stillness.heat

    def window(self) -> int:
        """Iterations the inlets must stand still: an air change, and a minute, the period of the slowest swings."""
        span, most = max(self.air_change(), LONGEST_PERIOD), (self.numerics.iterations or 4 * ITERATIONS) // 4
        return int(max(40, min(self.monitor.covering(span, self.step_size), most)))

    def follow(
        self, watch: Callable[[dict], None], settle: Callable[[], float], *, slight: bool = False
    ) -> Outcome:
        """Time-accurate: let the swing saturate, then take means over whole periods until they are certain.

        As many windows as `averaging` says at least, LONGER times as many at most. slight: of a swing that has been
        seen to saturate at this step, and is so small that one iteration a step and the least windows are enough.
        """
        self.set_time_step(self.suggest_time_step())
        window, outer = self.window(), 1 if slight else 2
        spin, spun = self.averaging[0] * window, 0 if slight else self.averaging[0] * window
        if not slight:
            self.monitor.first = len(self.monitor.inlets)
        watch({"phase": "following the swing in time", "time_step_s": self.step_size})
        self._march(spun, outer, watch, settle)
        while spun < LONGER * spin and (
            self.monitor.growing(window) or self.monitor.filling(window // CHECK, FILLED)
        ):
            self._march(window, outer, watch, settle)
            spun += window
        self.mean = Mean(self.ops, self.fields.live, self.exchange)
        span = self.monitor.whole_periods(self.averaging[1] * window, self.step_size)
        for longer in range(1, 2 if slight else LONGER + 1):
            self._march(span, outer, watch, settle)
            found = statistics(np.array(self.monitor.inlets[-longer * span :]), self.step_size)
            if found.band.max(initial=0.0) < CERTAIN:
                break
        steady = self.monitor.amplitude(found.count) < STEADY_BAND
        swing = found.swing.max(initial=0.0)
        reason = f"inlets swing by {swing:.2f} K; means over {found.span:.0f} s of a time-accurate run"
        followed = self.mean.give(self.state, found, self.step_size)
        return Outcome(True if steady else "unsteady", self.iterations, followed, reason)

    def _march(
        self, steps: int, outer: int, watch: Callable[[dict], None], settle: Callable[[], float]
    ) -> None:
        """Time-accurate steps, taken into the mean once there is one."""
        for step in range(steps):
            self.advance(outer)
            if self.mean and not self.record.repeating:
                self.mean.add(self.fields.live, self.fields.seen(), self.balances()[1])
            if step % CHECK == 0:
                self._look(watch, settle)
