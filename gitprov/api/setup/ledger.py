"""The ledger: what setting up changed, and how it was before. A JSON file, written before each change is made."""

import hashlib
import json
import os
from base64 import b64decode, b64encode
from typing import Any, NamedTuple

from gitprov.api.session import Session
from gitprov.errors import ProvError

_VERSION = 1


class Edit(NamedTuple):
    """A value put into a configuration file; `former` is the one it replaced, `None` where it was added."""

    file: str
    key: str
    value: str
    former: str | None = None


class Snapshot(NamedTuple):
    """A file's bytes before the first change (`None`: there was no file), and a digest of them after the last."""

    before: bytes | None
    after: str


class Ledger:
    """What was changed in one clone, or for the person (`init --global`). Paths below `root` move with it."""

    def __init__(self, path: str, root: str) -> None:
        self.path = path
        self.root = root
        self.hooks = ""
        """How the hooks were put in: "config", "files", "redirect", or "" for not at all."""
        self.only = ""
        """The one remote that was asked for; "" for all, those that are added later included."""
        self.off = False
        """Whether this clone was taken out while `init --global` goes on."""
        self.edits: list[Edit] = []
        self.snapshots: dict[str, Snapshot | None] = {}
        """By file; `None` where somebody else has changed it between two changes of ours."""
        self.made: list[str] = []
        """Directories and files that were not there before."""

    @classmethod
    def load(cls, path: str, root: str) -> "Ledger":
        """The ledger as it stands, an empty one where there is none. Raises `ProvError` when it cannot be read."""
        ledger = cls(path, root)
        try:
            with open(path, encoding="utf-8") as file:
                ledger._take(json.load(file))
        except FileNotFoundError:
            pass
        except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
            hint = f"look at it, or move it away and run git prov init again: {path}"
            raise ProvError(f"what init wrote down cannot be read: {error}", hint=hint) from None
        return ledger

    @property
    def exists(self) -> bool:
        """Whether anything was ever set up."""
        return os.path.exists(self.path)

    def save(self) -> None:
        """Write it whole or not at all."""
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        scratch = f"{self.path}.{os.getpid()}"
        with open(scratch, "w", encoding="utf-8") as file:
            json.dump(self._fields(), file, indent=1)
        os.replace(scratch, self.path)

    def forget(self) -> None:
        """All is taken out: the ledger goes."""
        if self.exists:
            os.unlink(self.path)

    def name(self, path: str) -> str:
        """How a path is written here."""
        below = os.path.relpath(path, self.root)
        return path if below.startswith(os.pardir) else below

    def place(self, name: str) -> str:
        """The path that `name` was written for."""
        return os.path.join(self.root, name)

    def note(self, edit: Edit) -> None:
        """Write an edit down; where the same was done before, what it replaced this time is what counts."""
        self.edits = [known for known in self.edits if known[:3] != edit[:3]] + [edit]

    def make_dir(self, path: str) -> None:
        """Make a directory, and remember that it was not there."""
        if not os.path.isdir(path):
            self.made.append(self.name(path))
            self.save()
            os.makedirs(path)

    def _fields(self) -> dict[str, Any]:
        return {
            "version": _VERSION,
            "hooks": self.hooks,
            "only": self.only,
            "off": self.off,
            "edits": [edit._asdict() for edit in self.edits],
            "files": {name: _dump(snapshot) for name, snapshot in self.snapshots.items()},
            "made": self.made,
        }

    def _take(self, fields: dict[str, Any]) -> None:
        if fields["version"] != _VERSION:
            raise ValueError(f"version {fields['version']} is not known here")
        self.hooks, self.only, self.off, self.made = (fields[name] for name in ("hooks", "only", "off", "made"))
        self.edits = [Edit(**edit) for edit in fields["edits"]]
        self.snapshots = {name: _parse(snapshot) for name, snapshot in fields["files"].items()}


def clone_ledger(session: Session) -> Ledger:
    """What was set up in a clone. Raises `ProvError` when that cannot be read."""
    return Ledger.load(session.state.install, session.repo.common_dir)


def digest(data: bytes | None) -> str:
    """What a file's bytes are recognised by; "" for no file."""
    return "" if data is None else hashlib.sha256(data).hexdigest()


def _dump(snapshot: Snapshot | None) -> dict[str, Any] | None:
    if snapshot is None:
        return None
    before = None if snapshot.before is None else b64encode(snapshot.before).decode("ascii")
    return {"before": before, "after": snapshot.after}


def _parse(fields: dict[str, Any] | None) -> Snapshot | None:
    if fields is None:
        return None
    before = None if fields["before"] is None else b64decode(fields["before"])
    return Snapshot(before, fields["after"])
