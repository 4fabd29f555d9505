"""Seeds that processes told of, and randomness they used without one."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from gitprov.capture.files.touched import Process
from gitprov.capture.told.values import name_of, scalar

MOST: Final = 16
"""Distinct seeds of one library that are recorded."""
_NOT_TOLD: Final = ("declared", "hash")
"""Seeds that are known beforehand, and whose names no library has."""

_WAYS: Final = {
    "python": ("random", "random.seed({})"),
    "numpy": ("numpy.random", "numpy.random.seed({})"),
    "torch": ("torch", "torch.manual_seed({})"),
    "tensorflow": ("tensorflow", "tensorflow.random.set_seed({})"),
}
"""What is used without a seed, and how it is given one."""
_DEFAULT_RNG: Final = "numpy.random.default_rng()"
_WITH_RANDOM_STATE: Final = {"sklearn": "scikit-learn", "scipy": "SciPy", "pandas": "pandas"}
"""Libraries that use NumPy's global generator where they are given no `random_state`."""


def seeds_of(processes: Iterable[Process]) -> tuple[dict[str, Any], list[str]]:
    """Return by library the seed, or the distinct ones in order; and what is missing of them, in words."""
    found: dict[str, dict[object, None]] = {}
    more: dict[str, None] = {}
    for told in _told(processes):
        for library, value in _items(told.get("seed")):
            if library in _NOT_TOLD:
                continue
            values = found.setdefault(name_of(library), {})
            seed = scalar(value)
            if seed is not None and (seed in values or len(values) < MOST):
                values[seed] = None
            elif seed is not None:
                more[name_of(library)] = None
        if isinstance(told.get("more_seeds"), str):
            more[name_of(told["more_seeds"])] = None
    seeds = {library: _one_or_all(list(values)) for library, values in found.items() if values}
    return seeds, [f"{library} was seeded with more than {MOST} values, recorded are the first" for library in more]


def unseeded(processes: Iterable[Process], declared: int | None) -> list[str]:
    """Say which randomness had no seed, and how to give it one."""
    words: dict[str, None] = {}
    for one in processes:
        asked = {library: how for told in one.told for library, how in _items(told.get("unseeded"))}
        used = (one.end or {}).get("unseeded")
        libraries = [library for library in used if isinstance(library, str)] if isinstance(used, list) else []
        for library in dict.fromkeys([*libraries, *asked]):
            if library == "numpy" and library not in libraries and asked[library] == _DEFAULT_RNG:
                words[_words("numpy.random.default_rng", "numpy.random.default_rng({})", declared)] = None
            elif library in _WAYS:
                by = _by(asked) if library == "numpy" else ""
                words[_words(_WAYS[library][0] + by, _WAYS[library][1], declared)] = None
    return list(words)


def _words(what: str, way: str, declared: int | None) -> str:
    if declared is None:
        return f"{what} was used without a seed: {way.format('N')}"
    taken = 'int(os.environ["GIT_PROV_SEED"])'
    return f"{what} was used without a seed, though --seed {declared} was given: {way.format(taken)}"


def _by(asked: dict[str, Any]) -> str:
    names = [name for library, name in _WITH_RANDOM_STATE.items() if library in asked]
    return f" (by {' and '.join(names)}, where random_state is not given)" if names else ""


def _one_or_all(values: list[object]) -> object:
    return values[0] if len(values) == 1 else values


def _told(processes: Iterable[Process]) -> Iterator[dict[str, Any]]:
    return (told for one in processes for told in one.told)


def _items(table: object) -> list[tuple[str, Any]]:
    return [(name, value) for name, value in table.items() if isinstance(name, str)] if isinstance(table, dict) else []
