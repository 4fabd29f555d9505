"""The rules a team can hold, one class each; `docs/reference/configuration.md` has the table made from them."""

from typing import Final, Literal

from gitprov.model.fields import Count, Flag, Line, refused
from gitprov.model.policy.base import Rule, Stage
from gitprov.model.policy.fields import Branch, FieldName, Lines, Positive, Size

_LARGE: Final = 10 << 20


class ResultsNeedRun(Rule):
    """Files at `paths` are what a run made."""

    NEEDS_PATHS = True


class RequiredFields(Rule):
    """The runs that made results say `fields`."""

    fields: tuple[FieldName, ...] = ()
    """What a run has to say: `hypothesis`, `seed`, `dataset`, `metrics`, `owner`, `metrics.NAME`, `params.NAME`."""

    def check(self) -> None:
        """Refuse to ask for nothing."""
        if not self.fields:
            raise refused("asks for nothing: give it fields", shown="")


class CleanTree(Rule):
    """The runs that made results ran on committed code."""

    allow: Literal["snapshot"] | None = None
    """`snapshot`: a snapshot of uncommitted code does as well."""


class LockedEnvironment(Rule):
    """The runs that made results have an environment lock, and every package they used is pinned."""


class NoStaleResults(Rule):
    """What the runs that made results read is still the same in the tree that is committed."""


class Acceptance(Rule):
    """The runs that made results meet `criteria`, and what they expected themselves."""

    criteria: tuple[Line, ...] = ()
    """Comparisons of a metric with a number, such as `accuracy >= 0.9`."""


class DataAsPointers(Rule):
    """No file over `max_size` goes into Git, and none at `paths` at all where `pointers = true`."""

    max_size: Size = _LARGE
    """The largest file that may enter Git: bytes, or a text such as `10 MiB`."""
    pointers: Flag = False
    """Whether what stands at `paths` has to be a pointer, however small."""

    def check(self) -> None:
        """Refuse to keep every file out of Git."""
        if self.pointers and not self.paths:
            raise refused("would keep every file out of Git: pointers = true needs paths", shown="")


class NeedsReplication(Rule):
    """The runs that made results were reproduced by `count` others."""

    stages: tuple[Stage, ...] = (Stage.PRE_PUSH,)
    """The hooks at which it is asked. None: it is asked in CI only."""
    count: Positive = 1
    """How many replications."""
    people: Count = 0
    """By how many different people at least."""
    machines: Count = 0
    """On how many different machines at least."""
    tags: tuple[Branch, ...] = ()
    """The tags it is about, as patterns of their names; without `branches`, the tags alone."""


class NeedsReview(Rule):
    """`count` others accepted the runs that made results; nobody's rejection stands open."""

    stages: tuple[Stage, ...] = (Stage.PRE_PUSH,)
    """The hooks at which it is asked. None: it is asked in CI only."""
    count: Positive = 1
    """How many people."""
    owners: Flag = False
    """Whether an owner of the path, by CODEOWNERS, has to be among them."""
    tags: tuple[Branch, ...] = ()
    """The tags it is about, as patterns of their names; without `branches`, the tags alone."""


class DataClasses(Rule):
    """Data of these `classes` or `licences` does not go to these `remotes`."""

    stages: tuple[Stage, ...] = (Stage.PRE_PUSH,)
    """The hooks at which it is asked. None: it is asked in CI only."""
    classes: Lines = ()
    """Names of `[data.classes]`."""
    licences: Lines = ()
    """Licences that tables of `[data.classes]` name."""
    remotes: Lines = ()
    """Names or addresses of remotes, as patterns. None: all remotes."""

    def check(self) -> None:
        """Refuse to hold nothing back."""
        if not self.classes and not self.licences:
            raise refused("holds nothing back: give it classes or licences", shown="")


class SignedRecords(Rule):
    """Records that speak for results are signed by a key that counts."""

    stages: tuple[Stage, ...] = (Stage.PRE_PUSH,)
    """The hooks at which it is asked. None: it is asked in CI only."""
    signers: Lines = ()
    """Whose signatures count: e-mail addresses, or handles of `[people]`. None: every key that is trusted here."""


class MessageNamesRun(Rule):
    """The message of a commit that changes `paths` names its run in a `Prov-Run:` trailer."""

    NEEDS_PATHS = True

    stages: tuple[Stage, ...] = (Stage.COMMIT_MSG,)
    """The hooks at which it is asked. None: it is asked in CI only."""
    add: Flag = True
    """Whether the hook adds the trailer where it can tell which run it is."""
