"""Configuration files, changed through git and put back byte for byte where nobody else has changed them since."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from gitprov.api.setup.ledger import Edit, Ledger, Snapshot, digest
from gitprov.errors import GitFailed, ProvError
from gitprov.gitrepo.process import Git, text

_LOCK = ".lock"
_NOTHING_THERE = (1, 5)
"""git's exit statuses for a key or a value that is not there."""


class ConfigFile:
    """One configuration file; every change goes into the ledger first."""

    def __init__(self, git: Git, path: str, ledger: Ledger) -> None:
        self.path = path
        self._git = git
        self._ledger = ledger
        self._name = ledger.name(path)

    def values(self, key: str) -> list[str]:
        """The values of a key in this file alone."""
        asked = self._git.start("config", "--file", self.path, "--null", "--get-all", key)
        return text(asked.output(check=False)).split("\0")[:-1]

    def add(self, key: str, value: str) -> bool:
        """Add a value that is not there; whether there was anything to do."""
        if value in self.values(key):
            return False
        with self._change(Edit(self._name, key, value)):
            self._set("--add", key, value)
        return True

    def replace(self, key: str, former: str, value: str) -> None:
        """Put one value in the place of another."""
        with self._change(Edit(self._name, key, value, former)):
            self._set("--fixed-value", "--replace-all", key, value, former)

    def drop(self, key: str, value: str) -> None:
        """Remove a value that an earlier `init` put in, under a key that has a new name since."""
        with self._change(None):
            self._set("--fixed-value", "--unset-all", key, value)

    def rename(self, key: str, now: str, before: str) -> None:
        """Write a value of ours the way the ledger knows it."""
        self._set("--fixed-value", "--replace-all", key, before, now)

    def undo(self, wanted: Callable[[str], bool] = lambda _: True) -> None:
        """Take out what was put in under the wanted keys; what was changed since by somebody else stays."""
        ours = [edit for edit in self._ledger.edits if edit.file == self._name]
        chosen = [edit for edit in ours if wanted(edit.key)]
        if len(chosen) < len(ours):
            self._undo_values(chosen)
            self._ledger.snapshots[self._name] = None
        else:
            if not self._put_back(self._ledger.snapshots.get(self._name)):
                self._undo_values(chosen)
            self._ledger.snapshots.pop(self._name, None)
        self._ledger.edits = [edit for edit in self._ledger.edits if edit not in chosen]
        self._ledger.save()

    def _set(self, *args: str) -> None:
        self._git.run("config", "--file", self.path, *args)

    @contextmanager
    def _change(self, edit: Edit | None) -> Iterator[None]:
        """Around a change: the ledger knows of it before it is made, and knows the file's bytes after it."""
        ledger = self._ledger
        data = _read(self.path)
        known = ledger.snapshots.get(self._name, Snapshot(data, digest(data)))
        if known is not None and known.after != digest(data):
            known = None
        ledger.snapshots[self._name] = known
        if edit is not None:
            ledger.note(edit)
        ledger.save()
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        yield
        if known is not None:
            ledger.snapshots[self._name] = known._replace(after=digest(_read(self.path)))
        ledger.save()

    def _undo_values(self, edits: list[Edit]) -> None:
        for edit in reversed(edits):
            if edit.former is None:
                args = ["--fixed-value", "--unset-all", edit.key, edit.value]
            elif edit.value in self.values(edit.key):
                args = ["--fixed-value", "--replace-all", edit.key, edit.former, edit.value]
            else:
                continue
            try:
                self._set(*args)
            except GitFailed as error:
                if error.returncode not in _NOTHING_THERE:
                    raise

    def _put_back(self, snapshot: Snapshot | None) -> bool:
        """Put the file's former bytes back, under git's own lock; whether that could be done."""
        if snapshot is None:
            return False
        real = os.path.realpath(self.path)
        handle = _lock(real)
        held = True
        try:
            if digest(_read(real)) != snapshot.after:
                return False
            if snapshot.before is None:
                os.unlink(real)
            else:
                os.write(handle, snapshot.before)
                os.replace(real + _LOCK, real)
                held = False
        finally:
            os.close(handle)
            if held:
                os.unlink(real + _LOCK)
        return True


def _lock(path: str) -> int:
    """Take the lock that git takes on a configuration file, open for what is to replace it.

    Raises `ProvError` where another git holds it.
    """
    try:
        handle = os.open(path + _LOCK, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    except FileExistsError:
        hint = f"try again; if no git is at work here, remove {path}{_LOCK}"
        raise ProvError(f"{path} is being written by another git", hint=hint) from None
    if os.path.exists(path):
        os.fchmod(handle, os.stat(path).st_mode & 0o7777)
    return handle


def _read(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None
