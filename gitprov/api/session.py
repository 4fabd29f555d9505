"""What every intention stands on: the repository, its settings, and the world as arguments."""

import os
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

from gitprov.gitrepo.repo import Repo
from gitprov.records.layout import State


class Session(NamedTuple):
    """A repository opened for one command."""

    repo: Repo
    state: State
    environ: Mapping[str, str]
    cwd: str
    clock: Callable[[], float] = time.time
    random: Callable[[int], bytes] = os.urandom


def open_session(cwd: str, environ: Mapping[str, str]) -> Session:
    """Open the repository `cwd` is in. Raises `NotARepository`."""
    repo = Repo.open(cwd, environ)
    return Session(repo, State(repo.common_dir), environ, cwd)
