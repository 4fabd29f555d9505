"""Profiles of the tables that a run reads: made before it starts, compared with what the last run had."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from gitprov.api.checks import earlier
from gitprov.api.checks.earlier import Earlier
from gitprov.api.checks.files import File, digests, is_below, single
from gitprov.api.checks.policy import Policy, read_policy
from gitprov.api.draft import Draft, redactor
from gitprov.api.session import Session
from gitprov.api.settings import load
from gitprov.artifacts.hashing import digest_bytes
from gitprov.artifacts.listing import find
from gitprov.artifacts.profile.drift import drift
from gitprov.artifacts.profile.profiling import profile, render
from gitprov.artifacts.profile.tables import kind_of, no_table
from gitprov.capture.files.declared import expand
from gitprov.capture.secrets.redactor import Redactor
from gitprov.capture.secrets.sensitive import secret_kind
from gitprov.errors import ProvError
from gitprov.model.profile import Drifted, Profile
from gitprov.model.text import quote, unquote

_OF_SECRETS: Final = frozenset({"name", "type", "types", "missing", "distinct"})
"""All that is said of a column whose name says that it holds secrets."""


class Made(NamedTuple):
    """A file's profile."""

    file: File
    digest: str
    """Of the file's bytes."""
    profile: str
    """Digest of the profile."""
    data: bytes = b""
    """The profile; empty where it is stored already."""
    drifted: Drifted | None = None
    """How the file differs from what it was."""


def tables(session: Session, asked: Iterable[str], policy: Policy) -> list[File]:
    """Return the tables that patterns name, and those of the settings. Raises `ProvError` for what is no table."""
    top = session.repo.worktree or ""
    found: dict[str, File] = {}
    for file in single(expand(list(asked), session.cwd, top)):
        if kind_of(file.real):
            found[file.path] = file
        elif file.named:
            raise no_table(file.path, "its name does not say so")
    for file in single(expand(policy.patterns, top, top, required=False)):
        if kind_of(file.real):
            found.setdefault(file.path, file)
    return list(found.values())


def profile_of(path: str, redactor: Redactor, *, values: bool = False) -> Profile:
    """Return the profile of one table as it may be stored: without secrets. OSError, ProvError."""
    plain = redactor.value(profile(path, values=values).plain())
    plain["columns"] = [_without_secrets(column) for column in plain.get("columns", ())]
    return Profile.model_validate(plain)


def stored_form(session: Session, path: str) -> tuple[str, bytes]:
    """Return the digest and bytes of a table's profile, as a run here would store it. OSError, ProvError."""
    settings = load(session.repo)
    values = read_policy(settings.data, settings.data_where).values
    data = render(profile_of(path, redactor(session, settings), values=values))
    return digest_bytes(data), data


def make(draft: Draft, files: Iterable[File], policy: Policy) -> list[Made]:
    """Profile tables, and compare them with what the last run had; what cannot be read is named as missing."""
    found = list(files)
    before = earlier.profiled(draft.session, [file.path for file in found])
    stored = earlier.read_profiles(draft.session, (one.profile for one in before.values()))
    known = {entry["path"]: entry["digest"] for entry in draft.fields.get("input", ()) if "digest" in entry}
    making = _Making(draft.redactor, policy)
    made = []
    for file in found:
        with draft.naming(f"the profile of {file.path}"):
            ((_, digest),) = digests(draft.session, [file], known)
            then = before.get(file.path)
            made.append(making.of(file, digest, then, stored.get(then.profile) if then else None))
    return made


def put(fields: dict[str, Any], data: dict[str, bytes], made: Iterable[Made]) -> None:
    """Give the inputs of a record their profiles: a file its own, a directory a list of those of its files."""
    made = list(made)
    own = {one.file.path: one for one in made}
    for entry in fields.get("input", ()):
        if "profile" in entry:
            continue
        if one := own.get(entry["path"]):
            if _is_same(entry, one):
                _attach(entry, data, one.profile, one.data)
        elif inside := [one for one in made if is_below(one.file.path, entry["path"])]:
            _put_list(entry, data, inside)


class _Making:
    """How the profiles of one run are made."""

    def __init__(self, redactor: Redactor, policy: Policy) -> None:
        self._redactor = redactor
        self._policy = policy

    def of(self, file: File, digest: str, before: Earlier | None, old: Profile | None) -> Made:
        """Return the profile of a file: that of the last run, `old`, where the file is the same."""
        if before and old and digest == before.digest and self._would_be_same(old):
            return Made(file, digest, before.profile)
        new = profile_of(file.real, self._redactor, values=self._policy.values)
        data = render(new)
        drifts = drift(old, new, self._policy.limits) if old else []
        drifted = Drifted(file.path, before.run, before.at, drifts) if before and drifts else None
        return Made(file, digest, digest_bytes(data), data, drifted)

    def _would_be_same(self, old: Profile) -> bool:
        """Tell whether values stand in a profile just where the settings ask for them."""
        return self._policy.values or not any(column.top for column in old.columns)


def _without_secrets(column: dict[str, Any]) -> dict[str, Any]:
    if not secret_kind(column["name"]):
        return column
    return {name: value for name, value in column.items() if name in _OF_SECRETS}


def _is_same(entry: Mapping[str, Any], one: Made) -> bool:
    """Tell whether the entry is of the bytes that were profiled: the run may have written the file since."""
    digest = str(entry.get("digest", ""))
    return digest == one.digest or digest[:3] != one.digest[:3]  # Git's name of it and ours cannot be compared


def _put_list(entry: dict[str, Any], data: dict[str, bytes], inside: Iterable[Made]) -> None:
    """Give a directory a list of the profiles of its files, of those that its listing has."""
    files: dict[str, dict[str, str]] = {}
    above = unquote(entry["path"]) + b"/" if entry["path"] != "." else b""
    for one in inside:
        below = unquote(one.file.path).removeprefix(above)
        try:
            listed = find(entry["digest"], below, data.__getitem__)
        except (KeyError, ProvError):  # a listing that the repository has already
            listed = None
        if listed and listed.digest == one.digest:
            files[quote(below)] = {"digest": one.digest, "profile": one.profile}
            if one.data:
                data[one.profile] = one.data
    if files:
        content = json.dumps({"schema": 1, "files": files}, sort_keys=True, separators=(",", ":")).encode() + b"\n"
        _attach(entry, data, digest_bytes(content), content)


def _attach(entry: dict[str, Any], data: dict[str, bytes], digest: str, content: bytes) -> None:
    entry["profile"] = digest
    if content:
        data[digest] = content
