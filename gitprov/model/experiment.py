"""An experiment as its file says it, before it runs: what it is to show, and how that will be told. Light."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

DIRECTORY: Final = "experiments"
"""Where experiments stand, from the top of the repository."""
FILE: Final = "experiment.toml"
"""What says what an experiment is for, in its directory."""
GOALS: Final = ("min", "max")
"""Which way a metric is better."""


class Experiment(NamedTuple):
    """What `experiments/NAME/experiment.toml` says. Paths are from the top of the repository."""

    hypothesis: str = ""
    owner: str = ""
    """Who answers for it; the record says who ran it."""
    tags: tuple[str, ...] = ()
    seed: int | None = None
    metrics_from: tuple[str, ...] = ()
    """Files that the command leaves its metrics in."""
    expect: tuple[str, ...] = ()
    """When it counts as a success: comparisons of a metric with a number."""
    metrics: Mapping[str, str] = {}
    """What is measured, and which way is better."""
    split: Mapping[str, tuple[str, ...]] = {}
    """Which data is for what: patterns by the split's name."""


class Made(NamedTuple):
    """An experiment that was made."""

    name: str
    written: Sequence[str]
    """Its files, as written from where the person stands."""
    command: str
    """What runs it from there; with COMMAND in it where the template brings nothing to run."""
    file: str
    """Its `experiment.toml`, from where the person stands."""
    has_hypothesis: bool
    ignored: Sequence[str]
    """Files, from the top, that git would not add."""


def directory_of(name: str) -> str:
    """Return where an experiment stands, from the top."""
    return f"{DIRECTORY}/{name}"


def file_of(name: str) -> str:
    """Return the file of an experiment, from the top."""
    return f"{directory_of(name)}/{FILE}"
