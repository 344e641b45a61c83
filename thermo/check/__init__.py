"""Everything that makes a case impossible or absurd, found before anything is solved."""

from __future__ import annotations

from collections.abc import Iterable

from ..casefile import CaseError, Loaded
from ..layout import lay_out
from ..plan import Plan, Problem
from . import envelope, equipment, regions, screens, site, space


def examine(loaded: Loaded) -> Plan:
    """The plan of a case that makes sense. Raises CaseError with every problem, located in its file."""
    plan, problems = lay_out(loaded.case)
    problems += [
        *site.problems(loaded.case),
        *envelope.problems(loaded.case, plan),
        *space.problems(loaded.case, plan),
        *screens.problems(loaded.case, plan),
        *equipment.problems(loaded.case, plan),
        *_electrical(loaded, plan),
    ]
    if not problems:  # parts of a hall are told apart only when its things stand where they should
        problems += regions.problems(plan)
    if problems:
        raise CaseError(located(loaded, problems))
    return plan


def warnings(loaded: Loaded, plan: Plan) -> list[str]:
    """What can be built but is too small or serves nothing, located. Needs a case without problems."""
    from ..power.headroom import warnings as electrical

    return located(loaded, electrical(loaded.case, plan))


def _electrical(loaded: Loaded, plan: Plan) -> list[Problem]:
    from ..power.checks import problems as electrical

    return electrical(loaded.case, plan)


def located(loaded: Loaded, problems: Iterable[Problem]) -> list[str]:
    """ "file:line:col: field: message" of each, in the order of the file, once."""
    marked = [(loaded.place(p.path), f"{'.'.join(p.path)}: {p.message}") for p in problems]
    return list(dict.fromkeys(f"{mark}: {text}" for mark, text in sorted(marked, key=lambda m: m[0])))
