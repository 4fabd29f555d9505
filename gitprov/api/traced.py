"""The files a run was seen to touch, as entries of its record: hashed after it has ended, beside what was declared.

What a person declared stands, and covers what was traced at or below it. `trace` needs no more than a record in the
making, so that a run whose wrapper was killed gets its files too; `put_traced` puts them into a run's draft.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gitprov.api.draft import Draft
from gitprov.api.options import Progress
from gitprov.api.session import Session
from gitprov.artifacts.hashing import Tell, digest_bytes, digest_file
from gitprov.artifacts.statcache import remembering
from gitprov.capture.files.declared import MOST_UNFOLDED, Declared, Hashed, hash_declared
from gitprov.capture.files.places import Blob, Remark, Sorted, World, sort
from gitprov.capture.files.touched import Touched
from gitprov.gitrepo import blobs
from gitprov.gitrepo.repo import Repo
from gitprov.gitrepo.worktree import tree_entries
from gitprov.model.text import unquote

if TYPE_CHECKING:
    from gitprov.gitrepo.listing import Listing
    from gitprov.gitrepo.objects import TreeEntry

_OURS: Final = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_NAMED: Final = 5
"""How many files a line about what is missing is said of; the others are counted."""
_DECLARE: Final = "declare it with -i to have it hashed before the run"
_WORDS: Final[Mapping[Remark, str]] = {
    "changed": "changed while the run read it: the digest is of what is there now",
    "updated": f"was read and then changed by the run: {_DECLARE}",
    "removed": f"was read and then removed by the run: {_DECLARE}",
    "secret": "is not recorded: its name says that it holds secrets",
}
_SELF: Final = ("127.", "localhost:", "[::1]:", "::1:", "[::ffff:127.", "::ffff:127.")


class Traced(NamedTuple):
    """What a record gets from a run's traces."""

    inputs: list[dict[str, Any]]
    outputs: list[dict[str, Any]]
    files: str
    """Digest of the tracked files that were read, for `code.files`; `""` where there were none."""
    data: dict[str, bytes]
    """The listings that digests stand for."""
    missing: list[str]
    libraries: set[tuple[str, str]]
    """Files of installed packages that were read: their site directory, and the path below it."""


def put_traced(
    draft: Draft,
    touched: Touched,
    started_ns: int,
    progress: Progress | None = None,
    *,
    listings: "Sequence[Listing]" = (),
) -> Traced:
    """Put what was traced into a draft that has its code, declared inputs and declared outputs. Raises `ProvError`."""
    traced = trace(draft.session, draft.fields, touched, started_ns, progress, listings=listings)
    draft.fields.update(with_traced(draft.fields, traced))
    draft.data.update(traced.data)
    draft.missing += traced.missing
    return traced


def with_traced(run: Mapping[str, Any], traced: Traced) -> dict[str, Any]:
    """Return the fields `code`, `input` and `output` of a run with what was traced beside what they held."""
    code = {**run.get("code", {}), **({"files": traced.files} if traced.files else {})}
    return {
        "code": code,
        "input": _merged(run.get("input", ()), traced.inputs),
        "output": _merged(run.get("output", ()), traced.outputs),
    }


def trace(
    session: Session,
    run: Mapping[str, Any],
    touched: Touched,
    started_ns: int,
    progress: Progress | None = None,
    *,
    listings: "Sequence[Listing]" = (),
) -> Traced:
    """Sort and hash what a run touched. `run` is its record so far: `code`, and the files that were declared.

    `started_ns` is when it started, in ns since the epoch, by the clock that stamps files; `listings` are of trees
    that git was asked about before. Raises `ProvError` where git does not answer.
    """
    world = _world(session, run, started_ns, listings)
    found = _without_declared(sort(touched, world), run, world.top)
    hashed, outputs = _hashed(session, found, progress)
    traced = Traced(
        [*hashed.entries], outputs.entries, "", {**hashed.listings, **outputs.listings}, [], found.libraries
    )
    traced.missing.extend(_sentences(found, touched, [*hashed.problems, *outputs.problems]))
    traced.inputs.extend(_lost(found, traced.missing))
    if not found.code:
        return traced
    content = blobs.listing(found.code)
    files = digest_bytes(content)
    traced.data[files] = content
    return traced._replace(files=files)


def _world(session: Session, run: Mapping[str, Any], started_ns: int, listings: "Sequence[Listing]") -> World:
    repo, environ = session.repo, session.environ
    temporary = {environ.get("TMPDIR") or "/tmp", "/tmp", "/var/tmp", "/dev/shm"}  # noqa: S108 - where others put their files
    home = environ.get("HOME", "")
    return World(
        top=os.path.realpath(repo.worktree) if repo.worktree else "",
        home=os.path.realpath(home) if os.path.isabs(home) else "",
        nothing=tuple(os.path.realpath(path) for path in (repo.git_dir, repo.common_dir, _OURS)),
        temporary=tuple(sorted(os.path.realpath(path) for path in temporary if os.path.isabs(path))),
        started_ns=started_ns,
        blobs=lambda paths: _blobs(repo, run.get("code", {}), paths, listings),
    )


def _blobs(repo: Repo, code: Mapping[str, Any], paths: Iterable[str], listings: "Sequence[Listing]") -> dict[str, Blob]:
    """What the exact commit has of some paths, but for what a snapshot left out: there it has what HEAD had."""
    if "tree" not in code:
        return {}
    left_out = {os.fsdecode(unquote(entry["path"])) for entry in code.get("omitted", ())}
    wanted = set(paths) - left_out
    entries = _entries(repo, code["tree"], wanted, listings)
    files = {path: entry for path, entry in entries.items() if entry.mode.startswith(("100", "120"))}
    known = _entries(repo, code["base"], files, listings) if "base" in code else files
    return {path: Blob(entry.oid, entry.mode, path not in known) for path, entry in files.items()}


def _entries(repo: Repo, tree: str, paths: Iterable[str], listings: "Sequence[Listing]") -> "dict[str, TreeEntry]":
    listed = next((one.entries(paths) for one in listings if one.tree == tree), None)
    return tree_entries(repo, tree, paths) if listed is None else listed


def _without_declared(found: Sorted, run: Mapping[str, Any], top: str) -> Sorted:
    """Leave out what was declared, or lies below a directory that was."""
    inputs, outputs = (_places(run.get(name, ()), top) for name in ("input", "output"))
    kept = found._replace(
        inputs={path: one for path, one in found.inputs.items() if not _is_covered(one, inputs)},
        moved={path: one for path, one in found.moved.items() if not _is_covered(one, inputs)},
        lost={path: one for path, one in found.lost.items() if not _is_covered(one, inputs)},
        outputs={path: one for path, one in found.outputs.items() if not _is_covered(one, outputs)},
    )
    still = kept.inputs.keys() | kept.lost.keys()
    remarks = {
        remark: [path for path in paths if remark == "secret" or path in still]
        for remark, paths in found.remarks.items()
    }
    return kept._replace(remarks=remarks)


def _places(entries: Iterable[Mapping[str, Any]], top: str) -> frozenset[str]:
    """Where entries of a record are in the file system."""
    return frozenset(os.path.normpath(os.path.join(top, os.fsdecode(unquote(entry["path"])))) for entry in entries)


def _is_covered(one: Declared, places: frozenset[str]) -> bool:
    if not places:
        return False
    path = os.path.join(one.root, os.fsdecode(unquote(one.path)))
    while path not in places:
        above = os.path.dirname(path)
        if above == path:
            return False
        path = above
    return True


def _hashed(session: Session, found: Sorted, progress: Progress | None) -> tuple[Hashed, Hashed]:
    """Hash inputs and outputs, large files by memory where they are as they were."""
    wanted = {one.real for kind in (found.inputs, found.moved, found.outputs) for one in kind.values()}
    sizes = [found.sizes[path] for path in wanted if path in found.sizes]
    cache = remembering(os.path.join(session.state.cache, "digests"), sizes, session.clock)
    digest = partial(cache.digest if cache else digest_file, tell=progress and _counted(progress, sum(sizes)))
    try:
        inputs = hash_declared(found.inputs.values(), "traced", found.blobs, digest)
        for one in list(found.moved.values())[:MOST_UNFOLDED]:
            moved = hash_declared([one], "traced", digest=digest)
            inputs.entries.extend(moved.entries)
            inputs.problems.extend(moved.problems)
        return inputs, hash_declared(found.outputs.values(), "traced", digest=digest)
    finally:
        if cache:
            cache.close()


def _counted(progress: Progress, total: int) -> Tell:
    """Return what adds up the bytes that are done."""
    done = 0

    def tell(more: int) -> None:
        nonlocal done
        done += more
        progress(min(done, total), total)  # a file may have grown meanwhile

    return tell


def _lost(found: Sorted, missing: list[str]) -> list[dict[str, Any]]:
    """Entries for inputs that are not on disk as they were read: the digest is known where git has them."""
    entries = []
    for path, one in list(found.lost.items())[:MOST_UNFOLDED]:
        absolute = {"absolute": True} if one.absolute else {}
        digest = {"digest": f"git:{found.blobs[path]}"} if path in found.blobs else {}
        entries.append({"path": path, **absolute, **digest, "files": 1, "how": "traced"})
    more = max(len(found.lost) - MOST_UNFOLDED, 0) + max(len(found.moved) - MOST_UNFOLDED, 0)
    if more:
        missing.append(f"{more} more files that were read and then changed, moved or removed by the run are not listed")
    return entries


def _sentences(found: Sorted, touched: Touched, problems: list[str]) -> list[str]:
    """What the record does not know, in words."""
    said = [*touched.gaps, *problems]
    for remark, paths in found.remarks.items():
        said += [f"{path} {_WORDS[remark]}" for path in paths[:_NAMED]]
        if len(paths) > _NAMED:
            said.append(f"{len(paths) - _NAMED} more, each of which {_WORDS[remark]}")
    if peers := [peer for peer in touched.peers if not peer.startswith(_SELF)]:
        more = f" and {len(peers) - _NAMED} more" if len(peers) > _NAMED else ""
        said.append(
            f"what came over the network from {', '.join(peers[:_NAMED])}{more}: keep it in files, and read those"
        )
    return said


def _merged(declared: Iterable[Mapping[str, Any]], traced: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted((dict(entry) for entry in (*declared, *traced)), key=lambda entry: str(entry["path"]))
