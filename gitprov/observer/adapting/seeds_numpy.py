"""Seeds of NumPy: the global generator, and `default_rng`.

`RandomState(n)` and `Generator(PCG64(n))` are classes of compiled code, which cannot be listened to: not seen.
"""

from .callers import frames, module_of
from .reports import Reports
from .untouched import Untouched
from .wrapping import listening, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Dict


def watch(module: "ModuleType", reports: Reports) -> None:
    """Note what generators are seeded with, and, at the end, whether the global one was used without."""
    seeds = reports.seeds_of("numpy")
    untouched = Untouched(module.get_state, _differ)
    reports.imports.guard(untouched)

    def seeded(seed: object = None) -> None:
        seeds.note(seed, "numpy.random.seed()")

    def restored(*_: object, **__: object) -> None:
        seeds.is_set = True  # from a checkpoint, say

    replace(module, "seed", lambda original: listening(original, seeded))
    replace(module, "set_state", lambda original: listening(original, restored))
    if hasattr(module, "default_rng"):
        _watch_default_rng(module, reports)

    def ending() -> "Dict[str, Any]":
        was_used = not seeds.is_set and untouched.is_past
        return {"unseeded": ["numpy"]} if was_used else {}

    reports.endings.append(ending)


def _watch_default_rng(module: "ModuleType", reports: Reports) -> None:
    # Its seeds stand beside the global generator's, but seeding the one does not seed the other.
    seeds = reports.seeds_of("numpy", "generator")
    made = (module.BitGenerator, module.Generator, module.RandomState)

    def seeded(seed: object = None) -> None:
        if not isinstance(seed, made) and not _is_drawn():  # a generator is handed through as it is
            seeds.note(seed, "numpy.random.default_rng()")

    replace(module, "default_rng", lambda original: listening(original, seeded))


def _is_drawn() -> bool:
    """Tell whether scikit-learn asks: it draws such seeds from generators that `random_state` stands for."""
    nearest = next(frames(), None)
    return nearest is not None and module_of(nearest).startswith("sklearn.")


def _differ(now: "Any", before: "Any") -> bool:
    if now[0] != before[0]:
        return True
    return bool(now[2] != before[2] or (now[1] != before[1]).any())
