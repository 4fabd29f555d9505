"""Readers of what other trackers left on disk: DVCLive, MLflow, TensorBoard. Their metrics become the run's own.

Plain formats are read as they stand; only TensorBoard's needs its own package, which the run's interpreter is asked
for. All of it is somebody else's writing: what is malformed is passed over or named, never raised.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from gitprov.capture.readers.gathered import Gathered, Results

# The group that matches names the reader. A run that wrote nothing of the kind pays for one look at each path.
_PATTERN: Final = re.compile(
    r".*/(?:(?P<dvclive>plots/metrics/.+\.tsv|dvclive/metrics\.json|dvclive/params\.yaml)"
    r"|(?P<mlflow>ml(?:flow|runs)[^/]*\.db|[0-9a-f]{32}/(?:metrics|params)/.+)"
    r"|(?P<tensorboard>events\.out\.tfevents\.[^/]+))",
    re.DOTALL,
)


def looks_like(path: str) -> bool:
    """Tell from an absolute path alone whether `read` may find something in the file."""
    return _PATTERN.fullmatch(path) is not None


def read(
    outputs: Iterable[str], interpreter: str, *, since: float, environ: Mapping[str, str], run: str = ""
) -> Results:
    """Return what trackers wrote into `outputs`, the absolute paths of files that a run wrote.

    `since` is when the run started, in seconds since 1970; a database holds other runs' results as well. `run` is its
    id: MLflow runs marked with another are left out. TensorBoard's files are read by the run's `interpreter` (`""`:
    there is none), in `environ`. A metric of two trackers is taken from the first of DVCLive, MLflow, TensorBoard.
    """
    paths: dict[str, list[str]] = {}
    for path in dict.fromkeys(outputs):
        if found := _PATTERN.fullmatch(path):
            paths.setdefault(found.lastgroup or "", []).append(path)
    gathered = Gathered()
    if "dvclive" in paths:
        from gitprov.capture.readers import dvclive

        dvclive.read(paths["dvclive"], gathered)
    if "mlflow" in paths:
        from gitprov.capture.readers import mlflow

        mlflow.read(paths["mlflow"], gathered, since=since, run=run)
    if "tensorboard" in paths:
        from gitprov.capture.readers import tensorboard

        tensorboard.read(paths["tensorboard"], gathered, interpreter=interpreter, environ=environ)
    return gathered.results()
