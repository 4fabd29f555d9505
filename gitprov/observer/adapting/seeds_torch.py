"""Seeds of PyTorch: the default generators. A `torch.Generator` of the program's own is compiled code: not seen."""

from .reports import Reports
from .untouched import Untouched
from .wrapping import listening, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Dict

_FUNCTIONS = (("", "manual_seed"), ("cuda", "manual_seed"), ("cuda", "manual_seed_all"))


def watch(torch: "ModuleType", reports: Reports) -> None:
    """Note what the default generators are seeded with, and, at the end, whether they were used without."""
    seeds = reports.seeds_of("torch")
    default = torch.default_generator
    drawn = default.initial_seed()  # each process draws one of its own when it starts
    untouched = Untouched(default.get_state, lambda now, before: not torch.equal(now, before))
    reports.imports.guard(untouched)

    def seeded(seed: object) -> None:
        seeds.note(seed)

    for part, name in _FUNCTIONS:
        owner = getattr(torch, part) if part else torch
        replace(owner, name, lambda original: listening(original, seeded))

    def ending() -> "Dict[str, Any]":
        if seeds.is_set:
            return {}
        if default.initial_seed() != drawn:  # the generator itself was told, or `torch.seed()` drew anew
            seeds.note(default.initial_seed())
            return {}
        was_used = untouched.is_past or _was_used_on_gpu(torch)
        return {"unseeded": ["torch"]} if was_used else {}

    reports.endings.append(ending)


def _was_used_on_gpu(torch: "Any") -> bool:
    if not torch.cuda.is_initialized():
        return False
    return any(generator.get_offset() > 0 for generator in torch.cuda.default_generators)
