"""What MLflow keeps beside the program: a SQLite database (`mlflow.db`, its default), or a directory of files.

https://mlflow.org/docs/latest/self-hosting/architecture/backend-store/
"""

import contextlib
from collections import Counter
from collections.abc import Sequence
from typing import Any

from gitprov.capture.assignments import parse_assignments
from gitprov.capture.readers import mlflow_files, mlflow_store
from gitprov.capture.readers.gathered import Gathered
from gitprov.capture.readers.mlflow_runs import Tracked


def read(paths: Sequence[str], gathered: Gathered, *, since: float, run: str) -> None:
    """Read the runs of MLflow that belong to the run `run`, which began at `since` (seconds since 1970)."""
    gathered.begin("MLflow")
    with contextlib.ExitStack() as opened:
        tracked = mlflow_files.runs([path for path in paths if not path.endswith(".db")], gathered, since=since)
        for path in sorted(path for path in paths if path.endswith(".db")):
            store = opened.enter_context(mlflow_store.Store(path, gathered))
            tracked += store.runs(since=since, run=run)
        for one, prefix in zip(tracked, _prefixes(tracked), strict=True):
            _take(one, prefix, gathered)


def _take(tracked: Tracked, prefix: str, gathered: Gathered) -> None:
    for name, value in tracked.params:
        gathered.param(prefix + name, _typed(value))
    for point in tracked.points:
        seconds = point.at / 1000 if isinstance(point.at, int) else None
        if not gathered.point(prefix + point.name, point.value, point.step, seconds):
            return


def _prefixes(tracked: Sequence[Tracked]) -> list[str]:
    """What names begin with: nothing in the only run, or in the only one that is no child; else the run's own name."""
    parents = [one for one in tracked if not one.is_child]
    plain = tracked[0] if len(tracked) == 1 else parents[0] if len(parents) == 1 else None
    names = Counter(one.name for one in tracked)
    return ["" if one is plain else f"{_label(one, names)}/" for one in tracked]


def _label(tracked: Tracked, names: Counter[str]) -> str:
    if tracked.name and names[tracked.name] == 1:
        return tracked.name
    return f"{tracked.name or 'run'}-{tracked.id[:8]}"


def _typed(text: str) -> Any:  # noqa: ANN401
    """What a parameter was before MLflow made it text, as far as the text tells."""
    return parse_assignments([f"value={text}"])["value"]
