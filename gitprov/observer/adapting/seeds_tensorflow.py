"""Seeds of TensorFlow. `keras.utils.set_random_seed` ends here as well."""

from .reports import Reports
from .wrapping import listening, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType


def watch(random_seed: "ModuleType", reports: Reports) -> None:
    """Note the global seed, and random operations that have neither it nor one of their own."""
    seeds = reports.seeds_of("tensorflow")

    def seeded(seed: object) -> None:
        if seed is None:
            seeds.is_set = False
        else:
            seeds.note(seed)

    for name in ("set_seed", "set_random_seed"):
        if hasattr(random_seed, name):
            replace(random_seed, name, lambda original: listening(original, seeded))

    def used(op_seed: object = None) -> None:
        if op_seed is None and not seeds.is_set and not seeds.is_unseeded:
            seeds.note(None, "a random operation")

    replace(random_seed, "get_seed", lambda original: listening(original, used))
