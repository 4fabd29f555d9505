"""The seed of Python's hashes, which decides the order of sets: drawn where the person has set none, and recorded."""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

NAME: Final = "PYTHONHASHSEED"
FIELD: Final = "hash"
"""Its name among a run's seeds."""


class HashSeed(NamedTuple):
    """What the child's environment has, or is to have, under `PYTHONHASHSEED`."""

    value: int | str
    """0 to 2**32 - 1; what is no such number (`random`) as it was set."""
    drawn: bool
    """Whether it is ours, and has to be put into the child's environment."""

    @property
    def missing(self) -> str:
        """What cannot be repeated, in words; `""` when all is well."""
        fixed = isinstance(self.value, int)
        return "" if fixed else f"{NAME} is {self.value}: sets have another order each time; unset it, or set a number"


def hash_seed(environ: Mapping[str, str], random: Callable[[int], bytes]) -> HashSeed:
    """Return the seed that is set, or draw one from `random`, which gives that many random bytes."""
    given = environ.get(NAME, "")
    if not given:  # Python takes the empty text for none
        return HashSeed(int.from_bytes(random(4), "big"), drawn=True)
    is_number = given.isascii() and given.isdigit() and len(given) <= 10 and int(given) < 2**32
    return HashSeed(int(given) if is_number else given[:40], drawn=False)
