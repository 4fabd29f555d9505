"""What reproducing a run means, from its record alone: nothing is looked for and nothing is run.

A record was written by somebody else. What is not in the plan is not done, and all that it says is harmless to show.
"""

import os
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from gitprov.model.ids import is_oid
from gitprov.model.text import single_line, unquote, unsafe_absolute, unsafe_path
from gitprov.model.words import command_line
from gitprov.replay.variables import Variables, sorted_out

_REDACTED: Final = "[redacted:"
_WIDE: Final = 400
_HASH_LIMIT: Final = 2**32
_SEED_LIMIT: Final = 2**32
_LAUNCHERS: Final = frozenset({
    "torchrun", "mpirun", "mpiexec", "srun", "accelerate", "deepspeed", "horovodrun", "torch.distributed.run",
    "torch.distributed.launch", "ray", "lightning", "prun", "flux", "jsrun", "aprun",
})  # fmt: skip

Record = Mapping[str, Any]


class Artifact(NamedTuple):
    """A file or directory that a record names."""

    path: str
    """As recorded."""
    digest: str
    """`""` where it is not known."""
    size: int = 0
    files: int = 1
    absolute: bool = False

    @property
    def raw(self) -> bytes:
        """The path as the system has it."""
        return unquote(self.path)


class Gap(NamedTuple):
    """Something that cannot be as it was, and what that means for the result."""

    what: str
    means: str


class Plan(NamedTuple):
    """One run, to be run again."""

    run: str
    commit: str
    command: tuple[str, ...]
    """The words, as the system has them."""
    line: str
    """The command on one line, for people."""
    cwd: str
    """Below the top of the repository; `""` is the top."""
    variables: Variables
    seed: int | None
    """What was declared with `--seed`."""
    hash_seed: int | None
    inputs: tuple[Artifact, ...]
    outputs: tuple[Artifact, ...]
    submodules: Mapping[str, str]
    """The commit of each, by its path as the system has it."""
    gaps: tuple[Gap, ...]
    impossible: tuple[str, ...]
    """Why it cannot be run again at all; empty where it can."""


def plan(run: Record) -> Plan:
    """Return what reproducing a run means. `run` is a record that the models have accepted."""
    code = run.get("code") or {}
    words = [os.fsdecode(unquote(word)) for word in run.get("command") or ()]
    seeds = run.get("seeds") or {}
    return Plan(
        run=str(run["id"]),
        commit=str(code.get("commit") or ""),
        command=tuple(words),
        line=single_line(command_line(run), _WIDE),
        cwd=_directory(run),
        variables=sorted_out((run.get("environment") or {}).get("variables") or {}),
        seed=_whole(seeds.get("declared"), _SEED_LIMIT),
        hash_seed=_whole(seeds.get("hash"), _HASH_LIMIT),
        inputs=tuple(_artifacts(run, "input")),
        outputs=tuple(_artifacts(run, "output")),
        submodules=dict(_submodules(code)),
        gaps=tuple(_gaps(run, code)),
        impossible=tuple(_why_impossible(run, code, words)),
    )


def _directory(run: Record) -> str:
    cwd = str(run.get("cwd") or ".")
    return "" if cwd == "." or unsafe_path(cwd) else os.fsdecode(unquote(cwd))


def _artifacts(run: Record, name: str) -> Iterator[Artifact]:
    for entry in run.get(name) or ():
        path, absolute = str(entry["path"]), bool(entry.get("absolute"))
        if not (unsafe_absolute(path) if absolute else unsafe_path(path)):
            digest = str(entry.get("digest") or "")
            yield Artifact(path, digest, entry.get("size") or 0, entry.get("files", 1), absolute)


def _submodules(code: Record) -> Iterator[tuple[str, str]]:
    for entry in code.get("submodules") or ():
        if not unsafe_path(entry["path"]) and is_oid(str(entry.get("commit"))):
            yield os.fsdecode(unquote(entry["path"])), entry["commit"]


def _gaps(run: Record, code: Record) -> Iterator[Gap]:
    """Yield what the record itself says is not as it was."""
    inputs = {entry["path"]: entry.get("digest") for entry in run.get("input") or ()}
    for path, digest in inputs.items():
        if not digest:
            yield Gap(f"{single_line(path, 100)} as it was read was not recorded", "what is there now is read instead")
    for entry in code.get("omitted") or ():
        if not inputs.get(entry["path"]):
            yield Gap(
                f"{single_line(entry['path'], 100)} is not in the snapshot: {single_line(entry['why'], 60)}",
                "what needs it will fail, or find an older state",
            )
    for entry in code.get("submodules") or ():
        if entry.get("dirty"):
            yield Gap(
                f"changes in submodule {single_line(entry['path'], 100)} were not committed", "they cannot be had"
            )


def _why_impossible(run: Record, code: Record, words: list[str]) -> Iterator[str]:
    if origin := run.get("origin"):
        said = {"stated": "stated by a person", "claimed": "claimed of a file", "notes": "read back from notes"}
        yield f"it was not observed, but {said.get(origin, 'told')}"
    if not words or not words[0]:
        yield "its command was not recorded"
    elif any(_REDACTED in word for word in words):
        yield "its command held a secret, which was not recorded"
    elif any("\0" in word for word in words):
        yield "its command cannot be one"
    if not code.get("commit"):
        yield "its code was not recorded"
    if not run.get("cwd"):
        yield "the directory it ran in was not recorded"
    if "launch" in run and words and not any(os.path.basename(word) in _LAUNCHERS for word in words):
        count = single_line(str(run["launch"].get("world", "several")), 20)
        yield f"it was one of {count} processes that something else started"


def _whole(value: object, limit: int) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < limit else None
