"""The records in which people speak: decisions, questions, answers, comments, reviews, retractions."""

from typing import Literal, Self

from pydantic import model_validator

from gitprov.model.base import Record
from gitprov.model.fields import Digest, Id, Line, Oid, Text, refused


class Statement(Record):
    """What people's words have in common: what they are about, one thing or more."""

    run: Id | None = None
    """A run."""
    commit: Oid | None = None
    """A commit."""
    digest: Digest | None = None
    """A piece of data."""
    record: Id | None = None
    """Another record: the comment that a comment replies to."""


class Decision(Statement):
    """What was decided, and why: about the whole project where it names nothing."""

    kind: Literal["decision"] = "decision"
    """`decision`."""
    text: Text
    """The decision."""
    because: Text | None = None
    """The reasons."""
    alternatives: tuple[Text, ...] = ()
    """What was weighed and not taken."""
    replaces: Id | None = None
    """An earlier decision that this one takes the place of."""
    tags: tuple[Line, ...] = ()
    """Names to find it by."""


class Question(Statement):
    """What somebody wants to know: about the whole project where it names nothing."""

    kind: Literal["question"] = "question"
    """`question`."""
    text: Text
    """The question."""
    tags: tuple[Line, ...] = ()
    """Names to find it by."""


class Answer(Statement):
    """An answer to a question."""

    kind: Literal["answer"] = "answer"
    """`answer`."""
    record: Id
    """The question."""
    text: Text
    """The answer."""


class Comment(Statement):
    """A remark."""

    kind: Literal["comment"] = "comment"
    """`comment`."""
    text: Text
    """The remark."""

    @model_validator(mode="after")
    def _is_about_something(self) -> Self:
        if self.run is self.commit is self.digest is self.record is None:
            raise refused("names none of run, commit, digest, record", shown="")
        return self


class Review(Record):
    """A person's judgement of a run against its criteria."""

    kind: Literal["review"] = "review"
    """`review`."""
    run: Id
    """The run."""
    commit: Oid | None = None
    """The commit that run was on."""
    verdict: Literal["accepted", "rejected"]
    """The judgement."""
    text: Text | None = None
    """What the reviewer says."""
    criteria: tuple[Line, ...] = ()
    """What it was judged by."""
    replaces: Id | None = None
    """An earlier review of the run, by the same person, that this one takes the place of."""


class Retraction(Record):
    """A record no longer stands. It stays in the log; views say that it was retracted."""

    kind: Literal["retraction"] = "retraction"
    """`retraction`."""
    record: Id
    """The record that no longer stands."""
    because: Text
    """Why."""
