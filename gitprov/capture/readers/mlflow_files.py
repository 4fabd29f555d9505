"""MLflow's directory of files: `<experiment>/<run>/params/<name>`, `metrics/<name>` with lines `time value step`."""

import os
import re
from collections.abc import Iterator, Sequence
from typing import Final

from gitprov.capture.readers import files
from gitprov.capture.readers.gathered import Gathered, as_integer
from gitprov.capture.readers.mlflow_runs import PARENT_TAG, Point, Tracked
from gitprov.model.text import quote

_PATH: Final = re.compile(r"(.*/[0-9a-f]{32})/(metrics|params)/(.+)", re.DOTALL)
_META: Final = re.compile(r"^(run_name|start_time): *(.*)$", re.MULTILINE)

_Files = list[tuple[str, str]]


def runs(paths: Sequence[str], gathered: Gathered, *, since: float) -> list[Tracked]:
    """Return the runs that the files belong to. Of one that was taken up again, points before `since` are left out."""
    by_run: dict[str, dict[str, _Files]] = {}
    for path in sorted(paths):
        if found := _PATH.fullmatch(path):
            directory, kind, name = found.groups()
            by_run.setdefault(directory, {"metrics": [], "params": []})[kind].append((name, path))
    found_runs = (_run(directory, members, gathered, int(since * 1000)) for directory, members in by_run.items())
    return [one for one in found_runs if one]


def _run(directory: str, members: dict[str, _Files], gathered: Gathered, since: int) -> Tracked | None:
    try:
        meta = dict(_META.findall(files.text(os.path.join(directory, "meta.yaml"))))
    except (OSError, ValueError):
        return None  # a directory of somebody else's that looks like it
    started = as_integer(meta.get("start_time", "")) or 0
    return Tracked(
        id=os.path.basename(directory),
        name=meta.get("run_name", "").strip("'\""),
        is_child=os.path.exists(os.path.join(directory, "tags", PARENT_TAG)),
        # a program may give its points any time it likes; it is asked for only where there may be older ones
        points=_points(members["metrics"], gathered, oldest=0 if started >= since else since),
        params=((name, text.removesuffix("\n")) for name, text in _texts(members["params"], gathered)),
    )


def _points(members: _Files, gathered: Gathered, oldest: int) -> Iterator[Point]:
    for name, text in _texts(members, gathered):
        for line in text.splitlines():
            at, value, step, *_ = [*line.split(" "), "", ""]
            when = as_integer(at)
            if when is not None and when >= oldest:
                yield Point(name, value, step, when)


def _texts(members: _Files, gathered: Gathered) -> Iterator[tuple[str, str]]:
    for name, path in members:
        try:
            yield name, files.text(path)
        except (OSError, ValueError) as error:
            gathered.problem(f"{quote(name)} could not be read: {files.reason(error)}")
