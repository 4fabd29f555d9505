"""What runs on a worker: a look whether it sees what we see, then the work. What it knows the cause of is an answer."""

import pickle
from collections.abc import Callable
from typing import Any, NamedTuple

from gitprov.artifacts.beyond.engine import own_address
from gitprov.artifacts.beyond.sight import Sight, Unseen, unseen
from gitprov.errors import ProvError

Work = Callable[[Any], Any]
"""A function of a module, as a worker finds it by its name."""


class Task(NamedTuple):
    """One piece of work on its way."""

    sight: Sight
    work: Work
    job: Any


class Done(NamedTuple):
    """What came of it."""

    value: Any


class Refused(NamedTuple):
    """A `ProvError` on a worker."""

    worker: str
    message: str
    hint: str


class Blind(NamedTuple):
    """A worker that does not see what it must see."""

    worker: str
    unseen: Unseen


Outcome = Done | Refused | Blind


def perform(packed: bytes) -> bytes:
    """Do a task, on a worker. As bytes, both are nothing that Dask would look through for work of its own."""
    return pickle.dumps(_performed(pickle.loads(packed)))  # noqa: S301 - Dask itself brings all as pickles


def pack(task: Task) -> bytes:
    """Return a task as `perform` takes it."""
    return pickle.dumps(task)


def unpack(packed: object) -> object:
    """Return what `perform` has returned; an `Outcome` where the worker is what it should be."""
    return pickle.loads(packed) if isinstance(packed, bytes) else packed  # noqa: S301 - the same


def _performed(task: Task) -> Outcome:
    if found := unseen(task.sight):
        return Blind(own_address(), found)
    try:
        return Done(task.work(task.job))
    except ProvError as error:
        return Refused(own_address(), error.message, error.hint)
