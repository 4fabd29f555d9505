"""What processes told of themselves, as fields of the record: seeds, parameters, determinism, and what is amiss.

Told it was inside the user's program, so nothing of it is taken on trust: only plain values of bounded size stay.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from gitprov.capture.files.touched import Process
from gitprov.capture.told.params import params_of
from gitprov.capture.told.programs import is_launcher, started
from gitprov.capture.told.seeds import seeds_of, unseeded
from gitprov.capture.told.values import scalar, scalars

_MOST_LIBRARIES: Final = 64
_VERSIONED: Final = ("cuda", "cudnn", "nccl")


class Observed(NamedTuple):
    """What is known from inside the processes. What nobody told is empty."""

    seeds: dict[str, Any]
    """By library what was set: a value, or a list of the distinct ones in order; `declared` where it was."""
    params: dict[str, Any]
    """The parameters of the program that was started, nested as it has them."""
    determinism: dict[str, Any]
    """Flags and numbers of threads, by flat names."""
    versions: dict[str, Any]
    """Of `cuda`, `cudnn` and `nccl`, as the framework in use has them."""
    blas: list[str]
    """Libraries for linear algebra: with versions where they told, else file names."""
    libraries: list[str]
    """File names of shared libraries that neither a package nor the system brought."""
    gpu_memory_peak: int | None
    """Bytes of GPU memory at the peak, of the process and device with the highest one."""
    missing: list[str]
    """What cannot be repeated or is not known, in words, with the way to mend it."""


def observed(processes: Sequence[Process], declared_seed: int | None) -> Observed:
    """Put together what the processes told, in the order in which they started."""
    program = started(processes) or list(processes)
    seeds, more = seeds_of(processes)
    params, conflicts = params_of(program)
    declared = {} if declared_seed is None else {"declared": declared_seed}
    ends = [one.end for one in processes if one.end is not None]
    working = [one for one in processes if not is_launcher(one)]
    return Observed(
        seeds={**declared, **seeds},
        params=params,
        determinism=_merged(program, "determinism"),
        versions={name: value for name, value in _merged(processes, "versions").items() if name in _VERSIONED},
        blas=_names(ends, "blas") or _names(ends, "blas_files"),
        libraries=_names(ends, "libraries"),
        gpu_memory_peak=_highest(ends, "gpu_memory_peak"),
        missing=[*more, *unseeded(working, declared_seed), *conflicts],
    )


def _merged(processes: Iterable[Process], name: str) -> dict[str, Any]:
    """Return flat values of several processes: where they differ, the later one's."""
    merged: dict[str, Any] = {}
    for one in processes:
        merged.update(scalars((one.end or {}).get(name)))
    return dict(sorted(merged.items()))


def _names(ends: Iterable[dict[str, Any]], name: str) -> list[str]:
    found: set[str] = set()
    for end in ends:
        listed = end.get(name)
        if isinstance(listed, list):
            found.update(str(scalar(item)) for item in listed[:_MOST_LIBRARIES] if isinstance(item, str) and item)
    return sorted(found)[:_MOST_LIBRARIES]


def _highest(ends: Iterable[dict[str, Any]], name: str) -> int | None:
    values = [end.get(name) for end in ends]
    return max((value for value in values if type(value) is int and value >= 0), default=None)
