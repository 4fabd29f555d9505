"""What is said of environments: what one holds, how two differ, what is done to get one again."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from gitprov.model.results import Problem


class Installed(NamedTuple):
    """One distribution of a recorded environment."""

    name: str
    version: str
    """As text: `1.26.4`, `1.2 (git 1a2b3c4d5e)`."""
    used: bool | None = None
    """Whether the run imported it; `None` where that is not known."""


class Environment(NamedTuple):
    """The environment of one run."""

    run: str
    """The run's id."""
    fields: Mapping[str, Any]
    """What the record itself says of it."""
    packages: tuple[Installed, ...] = ()
    conda: tuple[str, ...] = ()
    """What conda kept, in the form that `conda create --file` takes below `@EXPLICIT`."""
    lock: bytes = b""
    """The lock as it is stored; empty where it is not at hand."""
    problems: Sequence[Problem] = ()
    notes: Sequence[str] = ()


class Change(NamedTuple):
    """One thing that is not the same in two environments."""

    name: str
    """A distribution; `python`, `platform`, `container`; `conda: NAME` for what only conda has."""
    before: str = ""
    """What it was, as text; empty where it was not there."""
    after: str = ""


class Changes(NamedTuple):
    """How the environments of two runs differ."""

    before: str
    """The run's id."""
    after: str
    changes: tuple[Change, ...]
    problems: Sequence[Problem] = ()


class Missing(NamedTuple):
    """Something of the environment that cannot be had."""

    what: str
    why: str
    means: str
    """What follows from it for the run."""


class Consent(NamedTuple):
    """Something that is done only where somebody allows it."""

    what: str
    why: str
    """What it amounts to."""
    granted: bool = False


class Deviation(NamedTuple):
    """A way in which an environment is not the recorded one."""

    what: str
    kind: str
    """`python`, `package`, `platform`, `container`."""


class Restored(NamedTuple):
    """An environment that was built for a person."""

    run: str
    directory: str
    python: str
    """Its interpreter."""
    packages: int
    deviations: tuple[Deviation, ...] = ()
    missing: tuple[Missing, ...] = ()
    consents: tuple[Consent, ...] = ()
    problems: Sequence[Problem] = ()
    notes: Sequence[str] = ()
