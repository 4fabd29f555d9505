"""What a person had stated of a run, in options that its record does not name: the run made again is given the same.

`--param` is among the parameters, `--metrics FILE` among the results: both are found again by what they came to. And
what the one was seen to write is looked for where the other could not be watched as well.
"""

import os
from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitprov.artifacts.hashing import digest_file
from gitprov.capture import metrics, series
from gitprov.errors import ProvError
from gitprov.model.text import unquote

_ENDINGS: Final = (".json", ".toml", ".yaml", ".yml")

Record = Mapping[str, Any]


def declared_outputs(recorded: Record, worktree: str, *, are_all: bool) -> list[str]:
    """Return the outputs that were declared, by where they will be; with `are_all` all: nothing will be traced."""
    entries = (entry for entry in recorded.get("output") or () if are_all or entry.get("how") in ("declared", "api"))
    return [os.path.join(worktree, os.fsdecode(unquote(entry["path"]))) for entry in entries]


def completed(recorded: Record, rerun: Record, worktree: str, started_ns: int) -> dict[str, Any]:
    """Return the record of a run that was made again, with the parameters and results that were stated of the first.

    Results are read from files that it wrote, and only those of the recorded names that it did not tell itself. It
    started at `started_ns` by the clock that stamps files.
    """
    found = {"kind": "run", "schema": 1, "id": rerun["id"], "reproduces": recorded["id"], **rerun}
    if unseen := list(_unseen(recorded, rerun, worktree, started_ns)):
        found["output"] = sorted([*(rerun.get("output") or ()), *unseen], key=lambda entry: str(entry["path"]))
        rerun = found
    if params := {**(recorded.get("params") or {}), **(rerun.get("params") or {})}:
        found["params"] = params
    names = _missing(recorded, rerun, "metrics")
    lists = {one["name"] for one in recorded.get("series") or ()} - {one["name"] for one in rerun.get("series") or ()}
    for path in _files(recorded, rerun, worktree) if names or lists else ():
        try:
            read = metrics.read_file(path)
        except ProvError:  # it is no file of results
            continue
        told = {name: value for name, value in read.values.items() if name in names}
        found["metrics"] = {**(found.get("metrics") or {}), **told}
        points = [event for event in read.events if event["name"] in lists]
        summaries = series.summarise(points)
        found["series"] = [
            *(found.get("series") or ()),
            *({"name": name, **one._asdict()} for name, one in summaries.items()),
        ]
    return {name: value for name, value in found.items() if value not in ([], {})}


def _unseen(recorded: Record, rerun: Record, worktree: str, started_ns: int) -> Iterator[dict[str, Any]]:
    """Yield the recorded files that the rerun was not seen to write, and that were written since it started."""
    seen = {entry["path"] for entry in rerun.get("output") or ()}
    for entry in recorded.get("output") or ():
        if entry["path"] in seen or entry.get("files", 1) != 1:
            continue
        file = os.path.join(worktree, os.fsdecode(unquote(entry["path"])))
        try:
            if os.stat(file).st_mtime_ns < started_ns:
                continue
            digest, size, _ = digest_file(file)
        except (OSError, ProvError):
            continue
        absolute = {"absolute": True} if entry.get("absolute") else {}
        yield {"path": entry["path"], **absolute, "digest": digest, "size": size, "files": 1, "how": "declared"}


def _missing(recorded: Record, rerun: Record, field: str) -> set[str]:
    return set(recorded.get(field) or ()) - set(rerun.get(field) or ())


def _files(recorded: Record, rerun: Record, worktree: str) -> Iterator[str]:
    """Yield what both runs wrote and may be a file of results."""
    wrote = {entry["path"] for entry in rerun.get("output") or ()}
    for entry in recorded.get("output") or ():
        if entry["path"] in wrote and entry["path"].lower().endswith(_ENDINGS):
            yield os.path.join(worktree, os.fsdecode(unquote(entry["path"])))
