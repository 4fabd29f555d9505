"""Where everything stands: the one file that builds and parses ref names and the paths of our state.

Refs (see `docs/spec/refs.md`) travel; the state under `<git dir>/prov/` is this clone's own.
"""

import os
import re
from typing import NamedTuple

ROOT = "refs/prov/"
LOGS = "refs/prov/log/"
CODE = "refs/prov/code/"
DATA = "refs/prov/data/"
REMOTES = "refs/prov/remotes/"
LOCAL_CODE = "refs/prov/local/code/"
"""Anchors of snapshots that the person keeps at home (`prov.snapshots = local`); never pushed."""
KEPT = "refs/prov/kept/"
"""What was found changed in a way nobody may change it (a log that went back, a note edited by hand); never pushed."""
OURS = (LOGS, CODE, DATA, LOCAL_CODE, KEPT, "refs/prov/view/")
"""The refs that nobody but this clone's own `git prov` moves."""
NOTES = "refs/notes/prov"
SUMMARY = "refs/prov/view/summary"
DISPLAY = "refs/prov/view/*"
"""What `notes.displayRef` is set to: a pattern, because git warns about a plain name that does not exist yet."""

_WRITER = re.compile(r"[0-9a-z][0-9a-z-]{0,63}")


def is_writer(name: str) -> bool:
    """Whether `name` can be a writer's id: what may stand as the last part of a log's ref."""
    return _WRITER.fullmatch(name) is not None


def log_ref(writer: str) -> str:
    """The log of one writer: one commit a record."""
    return LOGS + writer


def code_ref(writer: str, *, shared: bool = True) -> str:
    """The anchors of one writer: what keeps the code of its runs."""
    return (CODE if shared else LOCAL_CODE) + writer


def data_ref(writer: str) -> str:
    """The data pointers and attachments of one writer."""
    return DATA + writer


def tracking(remote: str, kind: str) -> str:
    """Where what was fetched of `kind` ("log", "code", "data", "notes") from `remote` stands; ends in a slash."""
    return f"{REMOTES}{remote}/{kind}/"


def remote_notes_ref(remote: str) -> str:
    """The notes view as `remote` has it."""
    return tracking(remote, "notes") + "prov"


class Origin(NamedTuple):
    """Who wrote a log, as its ref says: the writer, and the remote it was fetched from ("" for our own)."""

    writer: str
    remote: str


def parse_log_ref(ref: str) -> Origin | None:
    """The writer and remote of a log's ref, `None` when the ref is no log or its writer's name is not one."""
    if ref.startswith(LOGS):
        origin = Origin(ref[len(LOGS) :], "")
    elif ref.startswith(KEPT + "log/"):
        origin = Origin(ref[len(KEPT + "log/") :].partition("/")[0], "")
    else:
        remote, found, writer = ref.removeprefix(REMOTES).rpartition("/log/")
        if not ref.startswith(REMOTES) or not found:
            return None
        origin = Origin(writer, remote)
    return origin if is_writer(origin.writer) else None


def fetch_refspecs(remote: str, *, code: bool = True) -> list[str]:
    """What `git fetch` brings. All are patterns: a plain name would make a fetch fail where a remote has none of it.

    A shallow clone leaves the code of other people's runs out (`code=False`): it would bring their whole history.
    """
    kinds = ("log", "code", "data") if code else ("log", "data")
    specs = [f"+{ROOT}{kind}/*:{tracking(remote, kind)}*" for kind in kinds]
    return [*specs, f"+{NOTES}*:{remote_notes_ref(remote)}*"]


PUSH_REFSPECS = tuple(f"{ROOT}{kind}/*:{ROOT}{kind}/*" for kind in ("log", "code", "data"))
"""What a push sends: our own logs, never forced. The notes view goes beside them, see `records.sync`."""

READ_PREFIXES = (LOGS, REMOTES, KEPT + "log/")
"""Where the union of records is read from."""


class State:
    """The files under `<git dir>/prov/`, shared by all worktrees of a clone. All but the journal can be deleted."""

    def __init__(self, common_dir: str) -> None:
        self.root = os.path.join(common_dir, "prov")
        self.writer = os.path.join(self.root, "writer")
        """The id of this clone as a writer, as JSON."""
        self.lock = os.path.join(self.root, "lock")
        """Held while this clone's logs and views are written, so that writers queue instead of racing."""
        self.journal = os.path.join(self.root, "journal")
        """One file a run under way, and what that run said of itself."""
        self.cache = os.path.join(self.root, "cache")
        """What was found out once about interpreters and machines."""
        self.tmp = os.path.join(self.root, "tmp")
        """Files in the making."""
        self.trees = os.path.join(self.root, "trees")
        """One line for each record; a run's has the tree it ran on. The hooks look here first."""
        self.replays = os.path.join(self.root, "replays")
        """Reproductions under way, a directory each, see `replay.place`; it is there while there are any."""
        self.install = os.path.join(self.root, "install.json")
        """What `init` changed, and how it was before, for `deinit`."""
        self.last_push = os.path.join(self.root, "last-push.json")
        """What became of the last push of records, for `doctor`."""
        self.key = os.path.join(self.root, "key")
        """A random key of this clone: fingerprints of secrets are made with it, and say nothing without it."""

    def journal_of(self, run: str) -> str:
        """The journal of one run."""
        return os.path.join(self.journal, f"{run}.jsonl")

    def events_of(self, run: str) -> str:
        """The directory that a run's processes write their events to, beside its journal."""
        return os.path.join(self.journal, f"{run}.events")

    def orphaned_events(self) -> list[str]:
        """The directories of events whose run has no journal any more."""
        try:
            names = set(os.listdir(self.journal))
        except FileNotFoundError:
            return []
        runs = (name.removesuffix(".events") for name in names if name.endswith(".events"))
        return [self.events_of(run) for run in runs if f"{run}.jsonl" not in names]
