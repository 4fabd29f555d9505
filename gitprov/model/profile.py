"""What a table of data is like (a profile), and how one differs from an earlier one (drift)."""

from typing import Final, Literal, NamedTuple

from pydantic import Field

from gitprov.model.base import Part
from gitprov.model.fields import Count, Digest, Flag, Line, Number, Text

Severity = Literal["note", "warning"]
LEVELS: Final = 20
"""Quantiles are given at each twentieth: 21 of them, the least and the greatest value included."""


class Distinct(Part):
    """How many different values there are."""

    count: Count
    """The number."""
    exact: Flag = True
    """False where it is an estimate, some 2 % off."""


class Lengths(Part):
    """How long texts are, in characters."""

    min: Count
    """The shortest."""
    max: Count
    """The longest."""
    mean: Number
    """The mean."""


class Top(Part):
    """A value of a column with few of them."""

    value: Text
    """The value."""
    count: Count
    """How often it stands there."""


class Column(Part):
    """One column."""

    name: Text
    """Its name, or `column 3` in a table without names."""
    type: Line
    """`int`, `float`, `bool`, `date`, `datetime`, `time`, `text`, `binary`, `nested`, `mixed`, or `empty`."""
    types: dict[Text, Count] = Field(default_factory=dict)
    """How many values of each type, where it is `mixed`."""
    missing: Count = 0
    """How many values are not there."""
    infinite: Count = 0
    """How many are infinite; they count for nothing else."""
    distinct: Distinct | None = None
    """How many different values."""
    min: Number | None = None
    """The least number."""
    max: Number | None = None
    """The greatest number."""
    mean: Number | None = None
    """Of the numbers."""
    deviation: Number | None = None
    """Their standard deviation, of a sample."""
    quantiles: tuple[Number, ...] = ()
    """At 0, 1/20, 2/20, ... 1."""
    earliest: Line | None = None
    """The first date or time."""
    latest: Line | None = None
    """The last one."""
    lengths: Lengths | None = None
    """Of texts."""
    top: tuple[Top, ...] = ()
    """The values themselves, the most frequent first: only where the repository asks for them."""

    def present(self, rows: int) -> int:
        """Return how many of so many rows have a value here."""
        return max(rows - self.missing, 0)


class Profile(Part):
    """What one table is like."""

    schema_: Literal[1] = Field(default=1, alias="schema")
    """The version of this document, 1."""
    kind: Line
    """`csv`, `jsonl`, `parquet`, `arrow`."""
    rows: Count
    """How many rows can be read."""
    malformed: Count = 0
    """How many cannot."""
    columns: tuple[Column, ...] = ()
    """In the order in which they stand."""
    left_out: Count = 0
    """How many columns beyond the most that are looked at."""


class Profiled(Part):
    """One file of a directory, and its profile."""

    digest: Digest
    """Of the file's bytes."""
    profile: Digest
    """Of its profile."""


class Profiles(Part):
    """The profiles of files of a directory that a record has as one entry."""

    schema_: Literal[1] = Field(default=1, alias="schema")
    """The version of this document, 1."""
    files: dict[Text, Profiled]
    """By path below the directory, in the form of `model.text.quote`."""


class Drift(NamedTuple):
    """One difference between a table and what it was."""

    what: str
    """`columns`, `rows`, `type`, `missing`, `range`, `mean`, `distribution`, `categories`, `distinct`, `malformed`."""
    column: str
    """Which column; "" for the table as a whole."""
    severity: Severity
    text: str
    """In words, with numbers, to be read after the column's name."""


class Limits(NamedTuple):
    """From where on a difference is reported; `[data.drift]` of the settings has the same names."""

    rows: float = 0.5
    """Share of the earlier rows that came or went: from here it is a warning."""
    missing: float = 0.05
    """By how much the share of missing values moved."""
    mean: float = 0.5
    """How many of the earlier standard deviations the mean moved."""
    range: float = 0.1
    """By which part of the earlier range the range widened."""
    distribution: float = 0.15
    """The greatest distance of the two distribution functions (Kolmogorov-Smirnov), 0 to 1."""


class Drifted(NamedTuple):
    """A file that is not what it was."""

    path: str
    """As the record names it."""
    run: str
    """The run that used the file as it was."""
    at: str
    """When that was."""
    drifts: list[Drift]


class Remark(NamedTuple):
    """Something else to know of the data before a run starts."""

    severity: Severity
    text: str


Notice = Drifted | Remark
"""What is said before a run starts."""
