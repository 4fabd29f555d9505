"""Statements about data in the data refs: read, judged, and put together to what is known.

What came from elsewhere is untrusted: a statement that breaks a rule is named among the problems and left out, and
reading goes on.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from gitprov.errors import InvalidRecord
from gitprov.gitrepo.read import CatFile
from gitprov.gitrepo.reader import GitObject
from gitprov.gitrepo.repo import Repo
from gitprov.model.known import Pointer, Said, by_path, union
from gitprov.model.pointer import STATEMENT_LIMIT, Statement, parse
from gitprov.model.results import Problem
from gitprov.records.data.index import Index, Standing, open_index
from gitprov.records.statements import Document, document, statement_id

_SHOWN = 12


class Statements(NamedTuple):
    """What was said, and what could not be read."""

    said: list[Said]
    problems: list[Problem]
    unread: int
    """How many statements only a newer git prov can read; they are kept and passed on."""


class Known(NamedTuple):
    """What is known of data."""

    pointers: dict[str, Pointer]
    """By digest."""
    by_path: dict[str, Said]
    """The newest statement that names a path, by path: what was added there last."""
    problems: list[Problem]
    unread: int


def known(repo: Repo, digests: Iterable[str] | None = None) -> Known:
    """What is known of these digests, or of all. Raises `GitFailed` where the refs cannot be listed."""
    found = statements(repo, digests)
    return Known(union(found.said), by_path(found.said), found.problems, found.unread)


def statements(repo: Repo, digests: Iterable[str] | None = None, index: Index | None = None) -> Statements:
    """All that was said about these digests, or about any. Raises `GitFailed` where the refs cannot be listed."""
    index = index or open_index(repo)
    found = Statements([], list(index.problems), 0)
    unread = 0
    for one, item in _read(repo, _wanted(index, digests)):
        try:
            statement = _judged(one, item)
        except InvalidRecord as error:
            found.problems.append(Problem(_place(one), error.message, ""))
            continue
        if statement is None:
            unread += 1
        else:
            found.said.append(Said(one.id, statement))
    return found._replace(unread=unread)


def stating(fields: Mapping[str, Any]) -> Document:
    """The document that says this, for `Deposit.statement`. Raises `InvalidRecord` for what a reader would refuse."""
    try:
        made = document(fields)
    except (ValueError, TypeError, KeyError) as error:
        raise InvalidRecord(f"a statement cannot be written: {error}") from None
    parse(made.data)
    return made


def relocating(pointer: Pointer, moves: Mapping[str, Mapping[str, Any] | None], *, at: str, by: str) -> Document:
    """The document that takes back copies, by id, and says where each is now; None says that it is nowhere.

    `at` must differ from when the same was said before, or it would be the same statement.
    """
    new = [location for location in moves.values() if location is not None]
    return stating({"digest": pointer.digest, "at": at, "by": by, "gone": list(moves), "location": new})


def _wanted(index: Index, digests: Iterable[str] | None) -> Iterator[Standing]:
    if digests is None:
        yield from index.statements()
        return
    for digest in dict.fromkeys(digests):
        yield from index.statements(digest)


def _read(repo: Repo, wanted: Iterable[Standing]) -> Iterator[tuple[Standing, GitObject | None]]:
    """The blob of each statement, None where it is missing or damaged."""
    waiting: dict[str, list[Standing]] = {}
    for one in wanted:
        waiting.setdefault(one.blob, []).append(one)
    reader = CatFile(repo)
    try:
        for item in reader.many(list(waiting), STATEMENT_LIMIT):
            for one in waiting.pop(item.oid):
                yield one, item
    finally:
        reader.close()
    yield from ((one, None) for several in waiting.values() for one in several)


def _judged(one: Standing, item: GitObject | None) -> Statement | None:
    """The statement in a blob, None where its schema is newer. Raises `InvalidRecord`."""
    if item is None:
        raise InvalidRecord("is missing or damaged")
    if item.size > STATEMENT_LIMIT:
        raise InvalidRecord(f"is {item.size} bytes long, the limit is {STATEMENT_LIMIT}")
    if statement_id(item.data) != one.id:
        raise InvalidRecord("is damaged: its bytes are not what its name says")
    statement = parse(item.data)
    if statement is not None and statement.digest != one.digest:
        raise InvalidRecord("is about another digest than its name says")
    return statement


def _place(one: Standing) -> str:
    return f"statement {one.id[:_SHOWN]} about {one.digest[:_SHOWN]} (blob {one.blob[:_SHOWN]})"
