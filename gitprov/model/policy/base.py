"""What every table of the file and every rule have in common."""

from enum import StrEnum
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, model_validator

from gitprov.model.fields import refused
from gitprov.model.policy.fields import Branch, Pattern


class Level(StrEnum):
    """What an offence does."""

    OFF = "off"
    """The rule is not asked."""
    WARN = "warn"
    """It is said, and git goes on."""
    BLOCK = "block"
    """It is said, and git does not go on; `check` ends with 1."""


class Stage(StrEnum):
    """The hook at which a rule is asked. CI asks every rule, whatever its stages."""

    PRE_COMMIT = "pre-commit"
    COMMIT_MSG = "commit-msg"
    PRE_PUSH = "pre-push"


class Table(BaseModel):
    """A table of the file: it does not change, and has no keys but these."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Rule(Table):
    """What every rule has."""

    NEEDS_PATHS: ClassVar[bool] = False
    """Whether the rule means nothing where no paths are named."""

    level: Level = Level.WARN
    """`off`, `warn` or `block`."""
    paths: tuple[Pattern, ...] = ()
    """The files it is about: gitignore patterns from the top of the repository. None: all files."""
    branches: tuple[Branch, ...] = ()
    """The branches it is about: patterns of short names such as `main` or `release/*`. None: all branches."""
    stages: tuple[Stage, ...] = (Stage.PRE_COMMIT,)
    """The hooks at which it is asked. None: it is asked in CI only."""

    @model_validator(mode="after")
    def _means_something(self) -> Self:
        if self.level is not Level.OFF:
            if self.NEEDS_PATHS and not self.paths:
                raise refused("does not say which files it is about: give it paths", shown="")
            if self.paths and all(pattern.startswith("!") for pattern in self.paths):
                raise refused("is about no file: its paths only take out", shown="")
            self.check()
        return self

    def check(self) -> None:
        """Refuse what a rule that is asked must not leave open. Raises what pydantic collects."""
