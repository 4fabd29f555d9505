"""Source trees outside the repository that a run imports from: editable installs, and the state Git knows them in.

What stands in the repository itself is part of the run's own commit. A tree elsewhere changes without anybody
installing anything, so its commit is asked for at every run, by git beside the run.
"""

import os
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from gitprov.capture.pathnames import place
from gitprov.capture.secrets.redactor import Redactor
from gitprov.errors import ProvError
from gitprov.gitrepo.process import Git, Running
from gitprov.model.text import single_line

_PATIENCE: Final = 5.0  # seconds
_MOST: Final = 8
_STATUS: Final = ("status", "--porcelain=v2", "--branch", "-z", "--untracked-files=normal", "--", ".")
_REMOTE: Final = ("config", "--get", "remote.origin.url")
# What points git at one repository, wherever it is called.
_BINDING: Final = ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_CEILING_DIRECTORIES")


class _Asked(NamedTuple):
    name: str
    path: str
    status: Running
    remote: Running


class Trees:
    """The trees of one environment, given by distribution, and git's answers under way."""

    def __init__(self, trees: Mapping[str, str], environ: Mapping[str, str], worktree: str) -> None:
        self._worktree = worktree
        self._home = environ.get("HOME", "")
        clean = {name: value for name, value in environ.items() if name not in _BINDING}
        asked = [_ask(name, path, clean) for name, path in list(trees.items())[:_MOST]]
        self._asked = [one for one in asked if one]
        self._not_asked = sorted(trees.keys() - {one.name for one in self._asked})

    def result(self) -> tuple[list[dict[str, Any]], dict[str, str]]:
        """Return `name`, `path`, `commit`, `remote`, `dirty` of each as far as known, and what is uncertain by name.

        To be called once.
        """
        entries = []
        problems = {name: f"editable install {name}: its state could not be asked for" for name in self._not_asked}
        for asked in self._asked:
            state = _state(asked)
            shown = place(asked.path, self._worktree, self._home)
            entries.append({"name": asked.name, "path": shown, **state})
            if not state:
                problems[asked.name] = f"editable install {asked.name} ({shown}) is not under version control"
            elif state.get("dirty"):
                problems[asked.name] = (
                    f"editable install {asked.name} ({shown}) has changes that are not committed there"
                )
        self._asked = []
        return entries, problems

    def cancel(self) -> None:
        """Leave nothing running."""
        for asked in self._asked:
            _output(asked.status)
            _output(asked.remote)
        self._asked = []


def _ask(name: str, path: str, environ: Mapping[str, str]) -> _Asked | None:
    if not os.path.isdir(path):
        return None
    git = Git(path, environ)
    try:
        return _Asked(name, path, git.start(*_STATUS), git.start(*_REMOTE))
    except (ProvError, OSError):
        return None


def _state(asked: _Asked) -> dict[str, Any]:
    """Return what git said; nothing where it knows no commit."""
    status, remote = _output(asked.status), _output(asked.remote)
    entries = status.decode("utf-8", "replace").split("\0")
    oids = [entry.removeprefix("# branch.oid ") for entry in entries if entry.startswith("# branch.oid ")]
    if not oids or oids[0] == "(initial)":
        return {}
    state: dict[str, Any] = {"commit": oids[0]}
    if url := single_line(Redactor().url(remote.decode("utf-8", "replace").strip()), 500):
        state["remote"] = url
    if any(_is_change(entry) for entry in entries):
        state["dirty"] = True
    return state


def _is_change(entry: str) -> bool:
    """Tell a change from git's headers, and from what installing a tree leaves in it."""
    is_leftover = entry.startswith("? ") and entry.endswith((".egg-info/", "__pycache__/"))
    return bool(entry) and not entry.startswith("# ") and not is_leftover


def _output(running: Running) -> bytes:
    try:
        return running.output(check=False, timeout=_PATIENCE)
    except (ProvError, OSError):
        return b""
