"""Seeds of Python's own `random`: of the module's generator, not of `Random` objects that a program makes."""

import operator
import os

from .reports import Reports
from .untouched import Untouched
from .users import may_bear_on_results
from .wrapping import listening, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Dict


def watch(random: "ModuleType", reports: Reports) -> None:
    """Note what the generator is seeded with, and, at the end, whether it was used without."""
    seeds = reports.seeds_of("python")
    untouched = Untouched(random.getstate, operator.ne)
    reports.imports.guard(untouched)

    def seeded(a: object = None, *_: object, **__: object) -> None:
        seeds.note(a, "random.seed()")

    def restored(*_: object, **__: object) -> None:
        seeds.is_set = True  # from a checkpoint, say

    replace(random, "seed", lambda original: listening(original, seeded))
    replace(random, "setstate", lambda original: listening(original, restored))

    def forked() -> None:
        # `random` seeds itself afresh in a forked child, whatever the parent had set.
        seeds.is_set = False
        untouched.renew()

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=forked)

    def ending() -> "Dict[str, Any]":
        was_used = not seeds.is_set and untouched.is_past and may_bear_on_results(random)
        return {"unseeded": ["python"]} if was_used else {}

    reports.endings.append(ending)
