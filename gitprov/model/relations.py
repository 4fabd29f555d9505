"""The records that relate things: a run to its reproduction, a commit to what it became."""

from typing import Annotated, Literal

from annotated_types import MinLen

from gitprov.model.base import Part, Record
from gitprov.model.fields import Digest, Flag, Id, Line, Measure, Oid, RepoPath, Text


class MetricDifference(Part):
    """One metric, then and now."""

    name: Line
    """The metric."""
    before: Measure | None = None
    """In the run that was reproduced."""
    after: Measure | None = None
    """In the reproduction."""
    tolerance: Line | None = None
    """What was allowed: `abs:0.01`."""
    within: Flag
    """Whether the difference is within it."""


class OutputDifference(Part):
    """One output, then and now."""

    path: RepoPath
    """The output."""
    before: Digest | None = None
    """In the run that was reproduced."""
    after: Digest | None = None
    """In the reproduction."""
    same: Flag
    """Whether it counts as the same."""


class Deviation(Part):
    """A way in which the reproduction could not be, or was chosen not to be, the same."""

    what: Line
    """What was different."""
    because: Text | None = None
    """Why."""


class Replication(Record):
    """A run was run again from its record, and compared."""

    kind: Literal["replication"] = "replication"
    """`replication`."""
    run: Id
    """The run that was reproduced."""
    rerun: Id | None = None
    """The run that the reproduction itself was."""
    verdict: Literal["reproduced", "different", "failed"]
    """`different`: it ran and came out otherwise; `failed`: it could not be run to its end."""
    where: Line | None = None
    """On what kind of machine."""
    environment: Literal["restored", "current", "container"] | None = None
    """In which environment."""
    message: Text | None = None
    """What the person says about it."""
    metric: tuple[MetricDifference, ...] = ()
    """The metrics compared."""
    output: tuple[OutputDifference, ...] = ()
    """The outputs compared."""
    deviation: tuple[Deviation, ...] = ()
    """What was not the same to begin with."""


class Rewritten(Part):
    """One commit and what it became."""

    old: Oid
    """The commit before."""
    new: Oid
    """The commit after."""


class Link(Record):
    """Commits became other commits: one record for one amend, rebase, squash or cherry-pick."""

    kind: Literal["link"] = "link"
    """`link`."""
    how: Literal["amend", "rebase", "squash", "cherry-pick", "rewrite"]
    """By what; `rewrite` for anything else that rewrites history."""
    inferred: Flag | None = None
    """True when nobody saw it happen and it was concluded from content."""
    pair: Annotated[tuple[Rewritten, ...], MinLen(1)]
    """Each old commit with its new one."""
