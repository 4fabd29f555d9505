"""What will be done to get a run's environment, what cannot be had, and what somebody has to allow."""

from typing import Final, NamedTuple

from gitprov.model.environments import Consent, Deviation, Missing
from gitprov.replay.environment.installers import Installer
from gitprov.replay.environment.interpreters import Interpreter
from gitprov.replay.environment.package import Package
from gitprov.replay.environment.requirements import Requirements

RESTORE: Final = "restore"
CURRENT: Final = "current"
CONTAINER: Final = "container"
TAKE_CURRENT: Final = "take what is installed here: git prov reproduce --env current"
"""What to do where an environment cannot be had."""


class Recipe(NamedTuple):
    """How an environment is built from a lock."""

    interpreter: Interpreter | None
    """`None` where uv is to install it first."""
    python: str
    """The recorded version."""
    installer: Installer
    requirements: Requirements = Requirements()
    local: tuple[Package, ...] = ()
    """Packages of the repository itself, which are installed from where its code is restored."""
    used: frozenset[str] | None = None
    """What the run imported; `None` where that is not known. What it did not import may be left out."""
    build: bool = False
    """Whether packages may be built from source."""
    fresh: bool = False
    implementation: str = "cpython"


class EnvironmentPlan(NamedTuple):
    """What will be done. All texts are harmless to show."""

    how: str
    """`restore`, `current` or `container`."""
    steps: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()
    consents: tuple[Consent, ...] = ()
    deviations: tuple[Deviation, ...] = ()
    refused: str = ""
    """Why it cannot be done at all; empty where it can."""
    hint: str = ""
    """What to do about `refused`."""
    notes: tuple[str, ...] = ()
    """What else there is to know: what the record says and was not followed."""
    recipe: Recipe | None = None
    """For `restore`."""
    interpreter: str = ""
    """For `current`: the interpreter that is here; empty where there is none."""
    command: tuple[str, ...] = ()
    """For `container`: what runs a command in it, but for its mounts and the command."""
