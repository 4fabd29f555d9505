"""Seeds of JAX: what its keys are made from. JAX has no randomness without one."""

from .reports import Reports
from .wrapping import listening, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType


def watch(random: "ModuleType", reports: Reports) -> None:
    """Note what keys are made from; inside compiled code that is no value yet, and nothing is noted."""
    seeds = reports.seeds_of("jax")

    def seeded(seed: object, **_: object) -> None:
        seeds.note(seed)

    for name in ("PRNGKey", "key"):
        if hasattr(random, name):
            replace(random, name, lambda original: listening(original, seeded))
