"""The parameters of a run, out of all that parsers in its processes told."""

from collections.abc import Sequence
from typing import Any, Final

from gitprov.capture.files.touched import Process
from gitprov.capture.told.interpolation import resolved
from gitprov.capture.told.values import name_of, plain

_HELPERS: Final = frozenset({
    "Cython", "IPython", "_pytest", "absl", "accelerate", "colossalai", "conda", "coverage", "debugpy", "deepspeed",
    "distutils", "dvc", "ensurepip", "fire", "gitprov", "horovod", "hydra", "ipykernel", "joblib", "jupyter",
    "jupyter_client", "jupyter_core", "loky", "mlflow", "multiprocessing", "nbclient", "nbconvert", "numba",
    "papermill", "pdb", "pip", "pytest", "ray", "setuptools", "snakemake", "tensorboard", "traitlets", "unittest",
    "venv", "wandb",
})  # fmt: skip
"""Packages that parse arguments of their own inside other people's programs."""
_HELPING_MODULES: Final = ("torch.distributed", "torch.utils")
_MOST_NAMED: Final = 5
_COMPOSED: Final = ("hydra", "omegaconf")


def params_of(program: Sequence[Process]) -> tuple[dict[str, Any], list[str]]:
    """Return the parameters, and in words what could not be put under one name.

    Of what is told twice, by a program that parses in steps, the later counts; of several programs one after the
    other, too, but where they differ that is said.
    """
    params: dict[str, Any] = {}
    differing: dict[str, None] = {}
    for process in program:
        own, repeated = _of_process(process)
        differing.update(dict.fromkeys(name for name in own if name in params and params[name] != own[name]))
        differing.update(dict.fromkeys(repeated))
        params.update(own)
    return params, _several(list(differing))


def _several(names: list[str]) -> list[str]:
    if not names:
        return []
    listed = ", ".join(names[:_MOST_NAMED]) + (" and others" if len(names) > _MOST_NAMED else "")
    return [f"params ({listed}) had several values during the run: recorded is the last of each"]


def _of_process(process: Process) -> tuple[dict[str, Any], list[str]]:
    params: dict[str, Any] = {}
    repeated: list[str] = []
    composed: dict[str, Any] | None = None
    for told in process.told:
        if not _counts(told, process):
            continue
        values = plain(told.get("params"))
        if told.get("from") in _COMPOSED:
            values = resolved(values)
        if told.get("from") == "hydra":  # a sweep in one process: each job has a configuration of its own
            if composed is not None:
                repeated += [name for name, value in values.items() if composed.get(name, value) != value]
            composed = values
        _add(params, values, told.get("command"))
    return params, repeated


def _add(params: dict[str, Any], values: dict[str, Any], command: object) -> None:
    """Add a parser's values; a subcommand's that its group has otherwise stand under the subcommand's name."""
    name = name_of(command[-1]) if isinstance(command, list) and command else ""
    clashing = {key: value for key, value in values.items() if name and key in params and params[key] != value}
    params.update({key: value for key, value in values.items() if key not in clashing})
    if clashing:
        below = params.get(name)
        params[name] = {**(below if isinstance(below, dict) else {}), **clashing}


def _counts(told: dict[str, Any], process: Process) -> bool:
    """Tell whether it was the program that parsed these, and not a helper with arguments of its own."""
    if not isinstance(told.get("params"), dict):
        return False
    by = str(told.get("by") or "")
    if by.partition(".")[0] in _HELPERS or by.startswith(_HELPING_MODULES):
        return False
    return told.get("own") is True or not _is_library(str(told.get("file") or ""), process)


def _is_library(file: str, process: Process) -> bool:
    """Tell whether code is of an installed package: such a one parses a command line it made up itself."""
    prefixes = process.header.get("prefixes")
    below = [one.rstrip("/") + "/" for one in prefixes if isinstance(one, str)] if isinstance(prefixes, list) else []
    return "/site-packages/" in file or "/dist-packages/" in file or file.startswith(tuple(below))
