"""Seeds given as `random_state`: each library turns them into generators in one function of its own."""

from .callers import frames, module_of
from .reports import Reports
from .wrapping import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType, ModuleType
    from typing import Any, Callable

_FUNCTIONS = {
    "sklearn.utils.validation": ("check_random_state", "sklearn"),
    "scipy._lib._util": ("check_random_state", "scipy"),
    "pandas.core.common": ("random_state", "pandas"),
}
_ENSEMBLES = "sklearn.ensemble."
_PASSING_ON = ("sklearn.ensemble._voting", "sklearn.ensemble._stacking", "sklearn.ensemble._base")
"""Ensembles that leave their members' `random_state` as the program has set it."""
_DRAWN_FOR = "_calculate_permutation_scores"


def watch(module: "ModuleType", reports: Reports) -> None:
    """Note whole numbers that are given as `random_state`, and that none was given."""
    name, library = _FUNCTIONS[module.__name__]
    seeds = reports.seeds_of(library)

    def seeded(seed: "Any") -> None:
        if seed is None:
            if not seeds.is_unseeded:
                seeds.note(None, "random_state=None")
        elif isinstance(seed, int) or hasattr(seed, "__index__"):
            number = seed.__index__()
            if not seeds.is_known(number) and not _is_drawn():
                seeds.note(number)

    def make(original: "Callable[..., Any]") -> "Callable[..., Any]":
        # One argument by position is how it is called, a million times in a large forest.
        def ours(*args: "Any", **kwargs: "Any") -> "Any":
            made = original(*args, **kwargs)
            try:
                seeded(args[0] if args else next(iter(kwargs.values()), None))
            except Exception:
                pass
            return made

        return ours

    replace(module, name, make)


def _is_drawn() -> bool:
    """Tell whether an ensemble has drawn the number for one of its members: then the program did not give it."""
    above = frames()
    nearest = next(above, None)
    if nearest is None:
        return False
    if nearest.f_code.co_name == _DRAWN_FOR:
        return True
    owner = nearest.f_locals.get("self")
    return any(_draws(frame) and (owner is None or frame.f_locals.get("self") is not owner) for frame in above)


def _draws(frame: "FrameType") -> bool:
    name = module_of(frame)
    return name.startswith(_ENSEMBLES) and name not in _PASSING_ON
