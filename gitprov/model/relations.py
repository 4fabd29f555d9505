"""The records that relate things: a run to its reproduction, a commit to what it became."""

from typing import Annotated, Literal, Self

from annotated_types import MinLen
from pydantic import model_validator

from gitprov.model.base import Part, Record
from gitprov.model.fields import Count, Digest, Flag, Id, Line, Measure, Oid, Text, refused
from gitprov.model.text import unsafe_absolute, unsafe_path


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
    note: Text | None = None
    """What is to be said of it: that it is missing, that both are NaN."""


class OutputDifference(Part):
    """One output, then and now."""

    path: Text
    """The output: repository-relative, or absolute and marked so."""
    absolute: Flag | None = None
    """True for a path outside the repository."""
    before: Digest | None = None
    """In the run that was reproduced."""
    after: Digest | None = None
    """In the reproduction."""
    same: Flag
    """Whether it counts as the same."""
    outcome: Line | None = None
    """What the comparison came to: `same`, `same-but-noise`, `within-tolerance`, `differs`, `missing`, `extra`, ..."""
    noise: tuple[Line, ...] = ()
    """What differs and means nothing, each by name."""
    note: Text | None = None
    """What differs and where, or why it could not be compared."""

    @model_validator(mode="after")
    def _safe(self) -> Self:
        reason = unsafe_absolute(self.path) if self.absolute else unsafe_path(self.path)
        if reason:
            raise refused(f"path {reason}", shown=self.path)
        return self


class Deviation(Part):
    """A way in which the reproduction could not be, or was chosen not to be, the same."""

    what: Line
    """What was different."""
    kind: Line | None = None
    """Of which kind it is: `input`, `code`, `seed`, `numerical package`, `threads`, ..."""
    because: Text | None = None
    """Why."""


class Compared(Part):
    """How many things were compared, where not all of them are listed."""

    outputs: Count | None = None
    """Outputs."""
    metrics: Count | None = None
    """Metrics."""


class Replication(Record):
    """A run was run again from its record, and compared."""

    kind: Literal["replication"] = "replication"
    """`replication`."""
    run: Id
    """The run that was reproduced."""
    rerun: Id | None = None
    """The run that the reproduction itself was."""
    commit: Oid | None = None
    """The commit that run was on."""
    verdict: Literal["identical", "within-tolerance", "deviates", "failed", "not-comparable", "reproduced", "different"]
    """`failed`: it did not end well, and had before. `reproduced`, `different`: how near is not said."""
    reason: Line | None = None
    """What the verdict rests on."""
    compared: Compared | None = None
    """How much was compared."""
    where: Line | None = None
    """On what kind of machine."""
    machine: Line | None = None
    """On which machine: the same text for the same one."""
    environment: Literal["restored", "current", "container"] | None = None
    """In which environment."""
    message: Text | None = None
    """What the person says about it."""
    because: Text | None = None
    """Why it deviates, in the words of the person."""
    metric: tuple[MetricDifference, ...] = ()
    """The metrics compared."""
    output: tuple[OutputDifference, ...] = ()
    """The outputs compared."""
    deviation: tuple[Deviation, ...] = ()
    """What was not the same to begin with, the likeliest cause first."""


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
