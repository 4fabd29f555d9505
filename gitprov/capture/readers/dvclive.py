"""DVCLive's directory: `plots/metrics/**/*.tsv` (a series a file), `metrics.json` (last values), `params.yaml`.

https://dvc.org/doc/dvclive/how-it-works
"""

import csv
import json
import os
from collections.abc import Iterator, Sequence
from typing import Any, Final

from gitprov.capture.readers import files
from gitprov.capture.readers.gathered import Gathered
from gitprov.model.text import quote

_PLOTS: Final = "/plots/metrics/"
_DEEPEST: Final = 32


def read(paths: Sequence[str], gathered: Gathered) -> None:
    """Read the series, then the values that stand in no series, then the params."""
    gathered.begin("DVCLive")
    prefixes = files.prefixes(sorted(_place(path)[0] for path in paths))
    for read_one, ending in ((_series, ".tsv"), (_values, ".json"), (_params, ".yaml")):
        for path in sorted(path for path in paths if path.endswith(ending)):
            directory, inside = _place(path)
            try:
                read_one(path, prefixes[directory], inside, gathered)
            except (OSError, ValueError, RecursionError, csv.Error) as error:
                gathered.problem(f"{quote(os.path.basename(path))} could not be read: {files.reason(error)}")


def _place(path: str) -> tuple[str, str]:
    """Split a path into DVCLive's directory and the name of the metric, or of the file."""
    directory, plots, rest = path.rpartition(_PLOTS)
    if plots and path.endswith(".tsv"):
        return directory, rest.removesuffix(".tsv")
    return os.path.dirname(path), os.path.basename(path)


def _series(path: str, prefix: str, name: str, gathered: Gathered) -> None:
    """A table with the columns `step`, the metric's own, and in some `timestamp` in milliseconds."""
    column = name.rpartition("/")[2]
    for row in csv.DictReader(files.text(path).splitlines(), delimiter="\t"):
        at = row.get("timestamp") or ""
        seconds = int(at) / 1000 if at.isdecimal() and len(at) < 16 else None
        if not gathered.point(prefix + name, row.get(column), row.get("step"), seconds):
            return


def _values(path: str, prefix: str, _: str, gathered: Gathered) -> None:
    found = json.loads(files.text(path))
    for name, value in _leaves(found, 0):
        if name != "step" and not gathered.has(prefix + name):
            gathered.point(prefix + name, value)


def _leaves(value: object, depth: int) -> Iterator[tuple[str, Any]]:
    """Yield values by the names they were logged under: DVCLive makes `train/loss` a mapping in a mapping."""
    if not isinstance(value, dict) or depth > _DEEPEST:
        return
    for key, item in value.items():
        if isinstance(item, dict):
            yield from ((f"{key}/{name}", leaf) for name, leaf in _leaves(item, depth + 1))
        else:
            yield key, item


def _params(path: str, prefix: str, _: str, gathered: Gathered) -> None:
    import yaml

    try:
        found = yaml.load(files.text(path), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - safe
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
    for name, value in found.items() if isinstance(found, dict) else ():
        gathered.param(f"{prefix}{name}", value)
