"""A run's record while it is being put together: a plain `dict` with the field names of the format.

The models of `model.records` judge records that are read; they are not imported here, because a run must start and
end quickly. A test holds that they accept what is made here, unchanged.
"""

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from gitprov.api.options import RunOptions
from gitprov.api.session import Session
from gitprov.api.settings import BUILT_IN, Settings
from gitprov.capture.assignments import parse_assignments
from gitprov.capture.code import Limits, code_state
from gitprov.capture.secrets.redactor import Redactor
from gitprov.errors import ProvError
from gitprov.gitrepo.process import Running
from gitprov.gitrepo.read import CatFile
from gitprov.gitrepo.worktree import Status, read_status, start_status
from gitprov.model.ids import is_id
from gitprov.model.limits import LINE_LIMIT
from gitprov.model.text import quote, single_line, unsafe_path, visible
from gitprov.records.clonekey import clone_key
from gitprov.records.journal import RUN

if TYPE_CHECKING:
    from gitprov.capture.readers.gathered import Results
    from gitprov.model.profile import Notice

_ORDER = (
    *("kind", "schema", "id", "status", "exit", "signal", "error", "command", "cwd", "at", "seconds", "by", "message"),
    "tags",
    *("parents", "launch", "attempt", "rank", "code", "input", "output", "split", "splits", "notebooks", "environment"),
    *("hardware", "usage", "seeds", "determinism", "params", "metrics", "series", "intent", "capture"),
)


_MOST_MISSING = 200
"""What is missing is told this often; a snapshot may leave any number of files out."""


class Draft:
    """What is known of a run so far."""

    def __init__(self, session: Session, options: RunOptions, settings: Settings, redactor: Redactor) -> None:
        self.fields: dict[str, Any] = {}
        self.data: dict[str, bytes] = {}
        """Attachments by digest."""
        self.anchors: dict[str, str] = {}
        self.tracer = "off"
        """What watches the run, for `[run.capture]`."""
        self.missing: list[str] = []
        """What the record does not know, for `[run.capture]`."""
        self.warnings: list[str] = []
        """What the person should hear now."""
        self.status = Status("", "", [])
        """The working tree before the child starts."""
        self.metric_files: dict[str, tuple[int, int, int] | None] = {}
        """Files the results are read from, with their stat before the run."""
        self.declared_metrics: frozenset[str] = frozenset()
        self.notices: list[Notice] = []
        """What the person should hear of the data before the run starts."""
        self.tracked: Results | None = None
        """What other trackers wrote of the run."""
        self.settings = settings
        self.redactor = redactor
        self.session = session

    @contextlib.contextmanager
    def naming(self, what: str) -> Iterator[None]:
        """Let a part fail without the run: it is named as missing instead."""
        try:
            yield
        except (ProvError, OSError, ValueError) as error:
            self.missing.append(visible(f"{what}: {error}"))
            self.warnings.append(f"{what} was not recorded: {error}")

    def record(self) -> dict[str, Any]:
        """The record: secrets replaced, empties left out, in the order of the format."""
        for where, name in ((self.fields, "input"), (self.fields, "output"), (self.fields.get("code", {}), "omitted")):
            if name in where:
                where[name] = [entry for entry in where[name] if self._can_be_named(entry)]
        missing = [line for text in self.missing[:_MOST_MISSING] if (line := single_line(text, 300))]
        if len(self.missing) > _MOST_MISSING:
            missing.append(f"and {len(self.missing) - _MOST_MISSING} more")
        capture = {"tracer": self.tracer, "complete": not missing, **({"missing": missing} if missing else {})}
        return arranged(self.redactor.value({**self.fields, "capture": capture}))

    def reduced(self) -> dict[str, Any]:
        """The record without the parts that make it larger than a record may be; they are named as missing."""
        from gitprov.records import codec

        record = self.record()
        while codec.size(record) > LINE_LIMIT:
            largest = max(record, key=lambda name: codec.size(record[name]))
            self.missing.insert(0, f"{largest}: too large for a record")
            if largest == "command":
                self.fields["command"] = self.fields["command"][:1]
            elif largest == "code":
                self.fields["code"].pop("omitted", None)
            else:
                self.fields[largest] = None
            record = self.record()
        return record

    def _can_be_named(self, entry: Mapping[str, Any]) -> bool:
        """Tell whether a path may stand in a record.

        Linux allows names (`C:x`) that reach out of a repository elsewhere, and that every reader therefore refuses.
        """
        why = "" if entry.get("absolute") else unsafe_path(entry["path"])
        if why:
            self.missing.append(f"{entry['path']}: a path that {why} cannot be recorded")
        return not why


def arranged(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a record in the order of the format, empties left out."""
    return {name: fields[name] for name in _ORDER if not _is_empty(fields.get(name))}


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, str | list | dict) and not value)


def begin_draft(
    session: Session, options: RunOptions, settings: Settings, run: str, put_code: "PutCode | None" = None
) -> Draft:
    """All that is to be known before the child starts; `put_code` where the code's state is agreed on with others.

    Raises `ProvError` for what the person asked and cannot be meant. What git cannot tell is named as missing.
    """
    if settings.secrets != BUILT_IN:
        from gitprov.capture.secrets import detector

        detector.check()
    status = start_status(session.repo)
    reader = CatFile(session.repo).start()
    try:
        draft = Draft(session, options, settings, redactor(session, settings))
        _put_request(draft, options, run)
        _watch_metric_files(draft, options)
        (put_code or put_own_code)(draft, status, reader)
    except BaseException:
        status.output(check=False)
        raise
    finally:
        reader.close()
    return draft


def redactor(session: Session, settings: Settings) -> Redactor:
    """What hides secrets in this repository's records."""
    return Redactor(settings.redact, key=clone_key(session.state), environ=session.environ)


def _put_request(draft: Draft, options: RunOptions, run: str) -> None:
    session, redactor = draft.session, draft.redactor
    seconds = session.clock()
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{int(seconds * 1000) % 1000:03d}Z"
    parent = session.environ.get(RUN, "")
    cwd = quote(session.repo.prefix.rstrip("/")) or "."
    draft.fields = {
        "kind": "run",
        "schema": 1,
        "id": run,
        "command": [quote(word) for word in redactor.argv(list(options.command))],
        "cwd": "" if unsafe_path(cwd) else cwd,
        "at": stamp.replace(".000Z", "Z"),
        "by": single_line(session.repo.identity, 200),
        "message": _said(draft, options.message),
        "tags": [single_line(redactor.text(tag), 100) for tag in options.tags if tag],
        "parents": [parent] if is_id(parent) else [],
        "seeds": {"declared": options.seed} if options.seed is not None else {},
        "params": redactor.value(parse_assignments(options.params)) if options.params else {},
        "intent": _intent(draft, options),
    }


def _said(draft: Draft, text: str) -> str:
    return visible(draft.redactor.text(text))


def _intent(draft: Draft, options: RunOptions) -> dict[str, Any]:
    hypothesis = {"hypothesis": _said(draft, options.hypothesis)} if options.hypothesis else {}
    expect = {"expect": [single_line(text, 200) for text in options.expect]} if options.expect else {}
    experiment = {"experiment": options.experiment} if options.experiment else {}
    return {**experiment, **hypothesis, **expect}


PutCode = Callable[[Draft, Running, CatFile], None]
"""Puts the state of the code into a draft, from `git status` under way and a reader of objects."""


def put_own_code(draft: Draft, status: Running, reader: CatFile) -> None:
    """The exact commit. A snapshot is anchored at once: nothing else would keep it while the child runs."""
    repo, settings = draft.session.repo, draft.settings
    limits = Limits(settings.snapshot_max_file, settings.snapshot_max_total, also=_finder(draft))
    with draft.naming("code"):
        seen = draft.status = read_status(status)
        draft.fields["code"] = {"base": seen.head} if seen.head else {}
        code = code_state(repo, reader, seen, limits)
        where = "anchor" if settings.share_snapshots or not code.snapshot else "anchor_at_home"
        draft.anchors = {where: code.fields["commit"]}
        draft.fields["code"] = {**code.fields, **_remote(draft, seen.branch)}
        for left_out in code.fields.get("omitted", ()):
            draft.missing.append(f"{left_out['path']} is not in the snapshot: {left_out['why']}")
            draft.warnings.append(f"{visible(left_out['path'])} is not in the snapshot: {left_out['why']}")
        for path in code.altered:
            draft.missing.append(
                f"{quote(path)} was on disk with other line ends or in another encoding than git keeps"
            )
        for submodule in code.fields.get("submodules", ()):
            if submodule["dirty"]:
                draft.missing.append(f"submodule {submodule['path']} has changes that are not committed in it")
        if code.snapshot:
            _anchor(draft)


def _finder(draft: Draft) -> Callable[[bytes], str]:
    """What finds secrets in files besides those with a known shape: what the person configured, and what is known."""
    if draft.settings.secrets == BUILT_IN:
        return draft.redactor.holds_known
    from gitprov.capture.secrets import detector

    return lambda data: draft.redactor.holds_known(data) or detector.find(data)


def _anchor(draft: Draft) -> None:
    from gitprov.records import writer

    session = draft.session
    shared, home = draft.anchors.get("anchor"), draft.anchors.get("anchor_at_home")
    addition = writer.Addition(code=[shared] if shared else [], code_at_home=[home] if home else [])
    writer.append(session.repo, session.state, addition)


def _remote(draft: Draft, branch: str) -> dict[str, str]:
    """Where the repository comes from, without credentials."""
    config = draft.session.repo.config
    name = config.get(f"branch.{branch}.remote") or "origin"
    url = config.get(f"remote.{name}.url")
    return {"remote": single_line(draft.redactor.url(url), 500)} if url else {}


def _watch_metric_files(draft: Draft, options: RunOptions) -> None:
    """Note how the results files look before, because only what this run writes is its result."""
    session = draft.session
    declared = [os.path.join(session.cwd, path) for path in options.metrics]
    draft.declared_metrics = frozenset(declared)
    draft.metric_files = {path: file_stat(path) for path in [*declared, *shared_metric_files(draft)]}


def shared_metric_files(draft: Draft) -> list[str]:
    """The files that the repository's settings name as results, and that are there now."""
    if not draft.settings.metrics:
        return []
    import glob

    top = draft.session.repo.worktree or ""
    return [
        path
        for pattern in draft.settings.metrics
        for path in sorted(glob.glob(os.path.join(glob.escape(top), pattern), recursive=True))
        if os.path.isfile(path)
    ]


def file_stat(path: str) -> tuple[int, int, int] | None:
    """What tells whether a file was written since: inode, size, time of change; `None` when it is not there."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):  # a run's own program may name what can be no path
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
