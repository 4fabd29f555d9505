"""Which Python processes are the program that the person started, and not its helpers or what launched it.

A launcher (`torchrun`, `jupyter nbconvert`, `conda run`) is looked through: what it starts is the program. What the
program itself starts (worker processes, tools) is not. Of the many ranks of one program, the first speaks for all.
"""

import os
from collections.abc import Sequence
from typing import Any, Final

from gitprov.capture.files.touched import Process

_LAUNCHERS: Final = frozenset({
    "accelerate", "accelerate.commands.launch", "colossalai", "conda", "coverage", "deepspeed", "dvc", "guild",
    "hatch", "horovodrun", "ipcluster", "jupyter", "jupyter-execute", "jupyter-nbconvert", "mamba", "mlflow",
    "nbconvert", "nox", "papermill", "pdm", "pipenv", "poetry", "py.test", "pytest", "snakemake",
    "torch.distributed.launch", "torch.distributed.run", "torchrun", "tox",
})  # fmt: skip
"""Programs that start the person's, by the name of their script or module."""
_RANKS: Final = ("RANK", "OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK", "SLURM_PROCID")


def started(processes: Sequence[Process]) -> list[Process]:
    """Return the processes that are the program, in order: several where a script runs one after the other."""
    programs = [one for one in processes if not is_launcher(one) and _is_reached(one, processes)]
    ranks = [_rank(one) for one in programs]
    if any(rank is not None for rank in ranks):
        return [one for one, rank in zip(programs, ranks, strict=True) if rank in (None, 0)]
    return programs


def is_launcher(process: Process) -> bool:
    """Tell whether a process only starts the person's program."""
    return program_name(process.header.get("argv")) in _LAUNCHERS


def program_name(argv: object) -> str:
    """Return what an interpreter's command line runs: `-m`'s module, a script's name, `-c`; `""` for none."""
    args = [str(arg) for arg in argv[1:]] if isinstance(argv, list) else []
    while args:
        arg = args.pop(0)
        if arg == "-" or not arg.startswith("-"):
            return os.path.basename(arg)
        if arg.startswith("--"):
            continue
        for at, letter in enumerate(arg[1:], 2):
            value = arg[at:] or (args[0] if args else "")
            if letter in "mc":
                return value if letter == "m" else "-c"
            if letter in "WX":
                args = args if arg[at:] else args[1:]
                break
    return ""


def _is_reached(process: Process, processes: Sequence[Process]) -> bool:
    """Tell whether nothing but launchers stands between the run and a process."""
    for _ in processes:
        depth = _number(process, "depth")
        if depth <= 0:
            return True
        above = [one for one in processes if _number(one, "depth") == depth - 1]
        same = _find(above, _number(process, "pid"))
        if same is not None:  # it became another program by exec
            process = same
            continue
        parent = _find(above, _number(process, "ppid"))
        if parent is None:  # a shell stands between, which nobody observed
            return bool(above) and all(map(is_launcher, above))
        if not is_launcher(parent):
            return False
        process = parent
    return False


def _find(processes: Sequence[Process], pid: int) -> Process | None:
    return next((one for one in processes if _number(one, "pid") == pid), None)


def _number(process: Process, name: str) -> int:
    value = process.header.get(name)
    return value if type(value) is int else 0


def _rank(process: Process) -> int | None:
    launch: Any = process.header.get("launch")
    if isinstance(launch, dict):
        for name in _RANKS:
            value = launch.get(name)
            if isinstance(value, str) and value.isascii() and value.isdigit():
                return int(value[:9])
    return None
