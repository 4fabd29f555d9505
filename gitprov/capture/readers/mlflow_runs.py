"""A run of MLflow, whichever store it comes from."""

from collections.abc import Iterable
from typing import Final, NamedTuple

RUN_TAG: Final = "gitprov.run"
"""The tag by which an MLflow run says which run of ours it belongs to; MLflow takes it from `MLFLOW_RUN_CONTEXT`."""
PARENT_TAG: Final = "mlflow.parentRunId"
"""MLflow's own: the run that a run was started inside."""


class Point(NamedTuple):
    """A value of a metric as it stands in the store; `at` in milliseconds since 1970."""

    name: str
    value: object
    step: object
    at: object


class Tracked(NamedTuple):
    """One run; its points and params are read when they are asked for."""

    id: str
    name: str
    is_child: bool
    points: Iterable[Point]
    params: Iterable[tuple[str, str]]
