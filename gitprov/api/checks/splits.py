"""Splits of the data: which rows or files are in `train`, which in `test`, and whether some are in both."""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, permutations
from typing import Any, Final, NamedTuple

from gitprov.api.checks import earlier
from gitprov.api.checks.files import File, digests, single
from gitprov.api.draft import Draft
from gitprov.artifacts.hashing import digest_bytes
from gitprov.artifacts.profile.membership import Members, Shared, Sum
from gitprov.artifacts.profile.rows import rows_of
from gitprov.artifacts.profile.tables import kind_of
from gitprov.capture.files.declared import expand
from gitprov.errors import UsageError
from gitprov.model.ids import ABBREV
from gitprov.model.profile import Remark
from gitprov.model.text import is_clean, single_line

_LONGEST: Final = 100


class Split(NamedTuple):
    """One split, as it was asked for."""

    name: str
    patterns: list[str]


class Counted(NamedTuple):
    """The members of one split."""

    name: str
    sum: Sum
    is_rows: bool
    """Whether they are rows of tables; else files."""
    files: int
    shared: dict[str, Shared]
    """How many of them are in other splits as well."""


def asked(words: Iterable[str]) -> list[Split]:
    """Return the splits that `NAME=PATH` asks for, in order. Raises `UsageError`."""
    found: dict[str, list[str]] = {}
    for word in words:
        name, equals, pattern = word.partition("=")
        name = name.strip()
        if not (name and equals and pattern and is_clean(name) and len(name) <= _LONGEST and "\n" not in name):
            raise UsageError(
                f"--split {single_line(word, 60)} is not NAME=PATH", hint="for example: --split train=data/train.csv"
            )
        found.setdefault(name, []).append(pattern)
    return [Split(name, patterns) for name, patterns in found.items()]


def count(draft: Draft, splits: Sequence[Split]) -> list[Counted]:
    """Read the members of each split; those of the last time where no file has changed. OSError, ProvError."""
    session = draft.session
    known = {entry["path"]: entry["digest"] for entry in draft.fields.get("input", ()) if _is_ours(entry)}
    files: dict[str, list[tuple[File, str]]] = {}
    for split in splits:
        found = single(expand(split.patterns, session.cwd, session.repo.worktree or ""))
        unique = {file.path: file for file in found}
        files[split.name] = list(digests(session, unique.values(), known))
    memory = _Memory(os.path.join(session.state.cache, "splits.json"), files)
    if (remembered := memory.recall()) is not None:
        return remembered
    counted = _count(files)
    memory.keep(counted)
    return counted


def put(fields: dict[str, Any], splits: Sequence[Split], counted: Sequence[Counted], prefix: str) -> None:
    """Put the splits into the fields of a record; `prefix` is where the run was started, from the top."""
    patterns = {split.name: split.patterns for split in splits}
    fields["split"] = [
        {
            "name": one.name,
            "path": [os.path.normpath(os.path.join(prefix, pattern)) for pattern in patterns[one.name]],
            **({"rows": one.sum.size} if one.is_rows else {}),
            "files": one.files,
            "digest": one.sum.digest(),
            **said_shared(one.shared),
            "how": "declared",
        }
        for one in counted
    ]
    fields["splits"] = {"digest": _together(counted).digest()}


def said_shared(shared: Mapping[str, Shared]) -> dict[str, Any]:
    """Return what a record says of members that are in other splits as well: nothing where there are none."""
    some = {name: one.members for name, one in shared.items() if one.members}
    estimated = any(not one.exact for one in shared.values())
    return {**({"shared": some} if some else {}), **({"estimated": True} if some and estimated else {})}


def remarks(draft: Draft, counted: Sequence[Counted]) -> list[Remark]:
    """Return what there is to say of the splits: members of two of them, and what is not as it was."""
    return [*_leaks(counted), *_moves(draft, counted)]


def leak(one: str, size: int, other: str, shared: Shared, *, is_rows: bool = True) -> Remark | None:
    """Return the remark that members of a split of this size are in another one as well, where some are."""
    if not shared.members:
        return None
    what = "rows" if is_rows else "files"
    about = "" if shared.exact else "about "
    number = f"{about}{shared.members:,} of {size:,}" if shared.members < size else f"all {size:,}"
    part = f" ({shared.members / size:.1%})" if shared.members < size else ""
    return Remark("warning", f"{number} {what} of {one} are in {other} as well{part}")


def _is_ours(entry: Mapping[str, Any]) -> bool:
    """Tell whether an entry's digest is of the bytes: Git's own of a tracked file would make it another member."""
    return str(entry.get("digest", "")).startswith("b3:")


def _count(files: Mapping[str, Sequence[tuple[File, str]]]) -> list[Counted]:
    members: dict[str, Members] = {}
    are_rows = all(kind_of(file.real) for found in files.values() for file, _ in found)
    for name, found in files.items():
        members[name] = Members()
        for file, digest in found:
            members[name].add(rows_of(file.real) if are_rows else [digest.encode()])
    shared: dict[str, dict[str, Shared]] = {name: {} for name in files}
    for one, other in permutations(files, 2):
        shared[one][other] = members[one].shared_with(members[other])
    return [Counted(name, members[name].sum, are_rows, len(found), shared[name]) for name, found in files.items()]


def _leaks(counted: Sequence[Counted]) -> Iterable[Remark]:
    for pair in combinations(counted, 2):
        less, more = sorted(pair, key=lambda one: one.sum.size)
        if found := leak(less.name, less.sum.size, more.name, less.shared[more.name], is_rows=less.is_rows):
            yield found


def _moves(draft: Draft, counted: Sequence[Counted]) -> Iterable[Remark]:
    """Say what can be said from digests: which splits are not the same, and whether they are of the same members."""
    before = earlier.splits(draft.session, (one.name for one in counted))
    if before is None:
        return
    what = "rows" if counted[0].is_rows else "files"
    then = {name: split.get(what, 0) for name, split in before.splits.items()}
    moved = [one for one in counted if one.sum.digest() != before.splits[one.name]["digest"]]
    run = f"run {before.run[:ABBREV]}"
    if moved and before.together == _together(counted).digest():
        sizes = ", ".join(f"{one.name} {then[one.name]:,} -> {one.sum.size:,}" for one in moved)
        yield Remark("warning", f"the splits have the same {what} as in {run}, divided otherwise: {sizes}")
        return
    for one in moved:
        sizes = f"{one.sum.size:,} {what}, there were {then[one.name]:,}"
        if one.sum.size == then[one.name]:
            sizes = f"{one.sum.size:,} {what} as before, but not the same"
        yield Remark("note", f"{one.name} is not as it was in {run}: {sizes}")


def _together(counted: Iterable[Counted]) -> Sum:
    return sum((one.sum for one in counted), Sum())


class _Memory:
    """The members of the splits of the last run here, so that files that have not changed are not read again."""

    def __init__(self, path: str, files: Mapping[str, Sequence[tuple[File, str]]]) -> None:
        self._path = path
        told = {name: [[digest, kind_of(file.real)] for file, digest in found] for name, found in files.items()}
        self._key = digest_bytes(json.dumps(told).encode())

    def recall(self) -> list[Counted] | None:
        """Return them where they are of the same files."""
        try:
            with open(self._path, encoding="utf-8") as file:
                kept = json.load(file)
            if kept["key"] != self._key:
                return None
            return [_recalled(one) for one in kept["splits"]]
        except (OSError, ValueError, KeyError, TypeError):  # a cache
            return None

    def keep(self, counted: Sequence[Counted]) -> None:
        """Remember these."""
        splits = [
            {
                **one._asdict(),
                "sum": [one.sum.size, f"{one.sum.total:x}"],
                "shared": {name: list(shared) for name, shared in one.shared.items()},
            }
            for one in counted
        ]
        own = f"{self._path}.{os.getpid()}"
        try:
            os.makedirs(os.path.dirname(own), exist_ok=True)
            with open(own, "w", encoding="utf-8") as file:
                json.dump({"key": self._key, "splits": splits}, file)
            os.replace(own, self._path)
        except OSError:
            return


def _recalled(kept: Mapping[str, Any]) -> Counted:
    size, total = kept["sum"]
    shared = {str(name): Shared(int(members), bool(exact)) for name, (members, exact) in kept["shared"].items()}
    return Counted(str(kept["name"]), Sum(int(size), int(total, 16)), bool(kept["is_rows"]), int(kept["files"]), shared)
