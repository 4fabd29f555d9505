"""What a run's own program told it through the Python API, besides parameters and results, put into its record.

The lines are described in `api.python.lines`. Whatever runs inside a run can write to its journal, so what makes no
sense here is passed over.
"""

import os
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from gitprov.api.draft import Draft
from gitprov.errors import UsageError
from gitprov.model.ids import is_digest
from gitprov.model.text import quote, single_line, unquote, unsafe_absolute, visible

Told = Mapping[str, list[Any]]
"""What was told, by the names of the lines, in order of time."""
_WORDS = ("message", "hypothesis")


def put(draft: Draft, told: Told, data: Mapping[str, bytes]) -> None:
    """Put all of it into the draft of a run that has ended; `data` holds the listings of directories it read."""
    root = draft.session.repo.worktree or ""
    draft.missing += merge(draft.fields, told, root)
    draft.data.update(data)
    for asked in _tables(told, "asked"):
        _put_metric_files(draft, asked.get("metrics"))
    if outputs := _texts(told, "outputs"):
        _put_outputs(draft, outputs, root)


def merge(fields: dict[str, Any], told: Told, root: str) -> list[str]:
    """Put into the fields of a record what needs no look at the disk, and return what is missing, in words.

    `root` is the top of the working tree that the run was in.
    """
    for asked in _tables(told, "asked"):
        _put_asked(fields, asked)
    tags = (single_line(tag, 100) for tag in _texts(told, "tags") if tag)
    fields["tags"] = list(dict.fromkeys([*fields.get("tags", ()), *tags]))
    errors = _texts(told, "error")
    if errors and fields.get("status") != "ok":
        fields["error"] = single_line(errors[-1], 300)
    inputs = [_placed(entry, root) for entry in _tables(told, "inputs") if _is_input(entry)]
    fields["input"] = joined(fields.get("input", ()), inputs)
    if told.get("splits"):
        from gitprov.api.checks import told as told_splits

        told_splits.put(fields, told["splits"])
    return [visible(text) for text in dict.fromkeys(_texts(told, "missing"))]


def joined(known: Iterable[dict[str, Any]], told: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the files of a run, each once: what was declared counts most, then what was told, then what was traced.

    A directory counts for what lies in it. The digest that a trace has of a tracked file is kept: it is its blob.
    """
    declared = {_real(entry): entry for entry in known if entry.get("how") == "declared"}
    traced = {_real(entry): entry for entry in known if entry.get("how") != "declared"}
    added = {_real(entry): entry for entry in told}
    added = {path: _as_tracked(entry, traced.get(path)) for path, entry in added.items() if not _is_in(path, declared)}
    kept = [entry for path, entry in traced.items() if not _is_in(path, added)]
    return sorted([*declared.values(), *added.values(), *kept], key=lambda entry: str(entry["path"]))


def _real(entry: Mapping[str, Any]) -> str:
    return os.fsdecode(unquote(entry["path"]))


def _is_in(path: str, places: Collection[str]) -> bool:
    """Whether one of the places is this path, or a directory above it."""
    while path not in places:
        above = os.path.dirname(path) or "."
        if above == path:
            return False
        path = above
    return True


def _as_tracked(entry: dict[str, Any], traced: Mapping[str, Any] | None) -> dict[str, Any]:
    is_blob = traced and str(traced.get("digest", "")).startswith("git:") and traced.get("size") == entry["size"]
    return {**entry, "digest": traced["digest"]} if traced and is_blob else entry


def _put_asked(fields: dict[str, Any], asked: Mapping[str, Any]) -> None:
    """Fill in what the person who started the run has not said."""
    if isinstance(asked.get("message"), str):
        fields["message"] = fields.get("message") or visible(asked["message"])
    if isinstance(asked.get("hypothesis"), str):
        fields.setdefault("intent", {}).setdefault("hypothesis", visible(asked["hypothesis"]))
    if type(asked.get("seed")) is int:
        fields.setdefault("seeds", {}).setdefault("declared", asked["seed"])
    if expect := [text for text in _texts(asked, "expect") if _can_be_judged(text)]:
        intent = fields.setdefault("intent", {})
        intent["expect"] = list(dict.fromkeys([*intent.get("expect", ()), *expect]))


def _put_metric_files(draft: Draft, files: object) -> None:
    """Have results read from more files: those the run has written since it named them."""
    for path, before in files.items() if isinstance(files, dict) else ():
        if not path.startswith("/"):
            continue
        stat = tuple(before) if isinstance(before, list) else None
        draft.metric_files.setdefault(path, stat)  # compared, and nothing else
        draft.declared_metrics |= {path}


def _put_outputs(draft: Draft, paths: list[str], root: str) -> None:
    from gitprov.capture.files.declared import expand, hash_declared

    with draft.naming("outputs"):
        found = expand(list(dict.fromkeys(paths)), draft.session.cwd, root, required=False)
        hashed = hash_declared(found, how="api")
        draft.fields["output"] = joined(draft.fields.get("output", ()), hashed.entries)
        draft.warnings += hashed.problems
        draft.missing += hashed.problems
        draft.data.update(hashed.listings)


def _placed(entry: Mapping[str, Any], root: str) -> dict[str, Any]:
    """Return an entry with its path as records have it: relative where it lies in the repository."""
    path = _real(entry)
    top = os.path.realpath(root).rstrip("/") + "/" if root else ""
    is_inside = bool(top) and path.startswith(top)
    where = {"path": quote(path[len(top) :])} if is_inside else {"path": entry["path"], "absolute": True}
    return {**where, **{name: entry[name] for name in ("digest", "size", "files", "how")}}


def _is_input(entry: Mapping[str, Any]) -> bool:
    """Whether this is what `files.read` says of a file: a record that holds anything else could not be read."""
    path, digest = entry.get("path"), entry.get("digest")
    if not isinstance(path, str) or unsafe_absolute(path) or entry.get("how") != "api":
        return False
    is_counted = all(type(entry.get(name)) is int and entry[name] >= 0 for name in ("size", "files"))
    return is_counted and isinstance(digest, str) and is_digest(digest)


def _can_be_judged(expectation: str) -> bool:
    from gitprov.capture.intent import parse_expectation

    try:
        parse_expectation(expectation)
    except UsageError:
        return False
    return single_line(expectation, 200) == expectation


def _tables(told: Told, name: str) -> list[dict[str, Any]]:
    return [item for item in told.get(name, ()) if isinstance(item, dict)]


def _texts(told: Mapping[str, Any], name: str) -> list[str]:
    given = told.get(name, ())
    return [item for item in given if isinstance(item, str)] if isinstance(given, list) else []
