"""What earlier runs recorded of the same files and splits."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from pydantic import ValidationError

from gitprov.api.session import Session
from gitprov.artifacts.profile.profiling import parse
from gitprov.errors import InvalidRecord
from gitprov.model.profile import Profile, Profiles
from gitprov.model.text import quote, unquote
from gitprov.records import attachments, mentions

_PROFILED: Final = '"profile":"b3:'
_SPLIT: Final = '"split":[{'


class Earlier(NamedTuple):
    """A file as the newest run had it that profiled it."""

    run: str
    at: str
    digest: str
    """Of its bytes; "" where it is not known."""
    profile: str
    """Of its profile."""


class EarlierSplits(NamedTuple):
    """The splits of the newest run that had splits of the same names."""

    run: str
    at: str
    splits: dict[str, Mapping[str, Any]]
    """As the record has them, by name."""
    together: str
    """The digest of all of them together; "" where it is not known."""


def profiled(session: Session, paths: Iterable[str]) -> dict[str, Earlier]:
    """Return what is known of files, by recorded path; those that no run profiled are left out."""
    wanted = {_plain(path): path for path in paths}
    found: dict[str, Earlier] = {}
    for run in _runs(session, _PROFILED):
        for path, digest, profile in _files(session, run, wanted):
            found[wanted.pop(path)] = Earlier(run["id"], run["at"], digest, profile)
        if not wanted:
            break
    return found


def read_profiles(session: Session, digests: Iterable[str]) -> dict[str, Profile]:
    """Return profiles by their digests; those that are not here, or damaged, are left out."""
    found = {}
    for digest, data in attachments.read(session.repo, set(digests)).items():
        try:
            found[digest] = parse(data)
        except InvalidRecord:
            continue
    return found


def splits(session: Session, names: Iterable[str]) -> EarlierSplits | None:
    """Return the splits of the newest run that had splits of just these names."""
    wanted = set(names)
    for run in _runs(session, _SPLIT):
        found = {split["name"]: split for split in run.get("split", ()) if "digest" in split}
        if found.keys() == wanted:
            return EarlierSplits(run["id"], run["at"], found, run.get("splits", {}).get("digest", ""))
    return None


def _runs(session: Session, words: str) -> Iterator[dict[str, Any]]:
    for stored in mentions.newest(session.repo, words):
        if stored.kind == "run" and stored.is_read:
            yield json.loads(stored.raw)


def _files(session: Session, run: Mapping[str, Any], wanted: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield path, digest and profile of those wanted files that a run had profiled."""
    for entry in run.get("input", ()):
        if "profile" not in entry:
            continue
        path = _plain(entry["path"])
        if path in wanted:
            yield path, entry.get("digest", ""), entry["profile"]
            continue
        below = "" if path == "." else path + "/"
        inside = {name: name[len(below) :] for name in wanted if name.startswith(below)}
        files = _profiles_of(session, entry["profile"]).files if inside else {}
        for name, short in inside.items():
            if one := files.get(quote(short)):
                yield name, one.digest, one.profile


def _profiles_of(session: Session, digest: str) -> Profiles:
    for data in attachments.read(session.repo, [digest]).values():
        try:
            return Profiles.model_validate(json.loads(data))
        except (ValueError, RecursionError, ValidationError):
            break
    return Profiles(files={})


def _plain(path: str) -> str:
    return os.fsdecode(unquote(path))
