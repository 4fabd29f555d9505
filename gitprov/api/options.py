"""What a person may ask, as the command line and Python hand it on: each list of parameters is written once, here."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from gitprov.model.profile import Notice

Progress = Callable[[int, int], None]
"""Told how many bytes of how many are hashed."""
Hear = Callable[[Sequence["Notice"]], None]
"""Told what a person should hear of the data before the run starts."""


class RunOptions(NamedTuple):
    """What a person may ask of `git prov run`."""

    command: Sequence[str]
    message: str = ""
    inputs: Sequence[str] = ()
    outputs: Sequence[str] = ()
    seed: int | None = None
    tags: Sequence[str] = ()
    hypothesis: str = ""
    expect: Sequence[str] = ()
    params: Sequence[str] = ()
    metrics: Sequence[str] = ()
    trace: str | None = None
    keep: bool = False
    profiles: Sequence[str] = ()
    splits: Sequence[str] = ()
    experiment: str | None = None
    """The experiment that it is part of: what `experiments/NAME/experiment.toml` says holds for it."""
