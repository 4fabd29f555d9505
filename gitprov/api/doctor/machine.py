"""The machine: git, git-prov, the clock, and what can watch a run."""

import os
import shutil

from gitprov.api.session import Session
from gitprov.capture.strace.available import available
from gitprov.gitrepo.process import text
from gitprov.gitrepo.repo import MINIMUM_GIT
from gitprov.model.results import Finding

_DAY = 86400.0


def findings(session: Session) -> list[Finding]:
    """What the machine brings along."""
    return [_git(session), _program(session), _clock(session), _strace(session)]


def _git(session: Session) -> Finding:
    version = session.repo.git_version
    ok = version >= MINIMUM_GIT
    oldest = ".".join(map(str, MINIMUM_GIT))
    return Finding("git", ok, f"version {'.'.join(map(str, version))}", "" if ok else f"install git {oldest} or newer")


def _program(session: Session) -> Finding:
    exec_path = session.repo.git.line("--exec-path")
    search = os.pathsep.join([exec_path, session.environ.get("PATH", os.defpath)])
    found = shutil.which("git-prov", path=search)
    if found:
        return Finding("git-prov", True, found, "")
    return Finding("git-prov", False, "is not on PATH, so git does not know `git prov`", "add its directory to PATH")


def _clock(session: Session) -> Finding:
    """A clock that is behind shows in commits from the future."""
    fields = ("--sort=-creatordate", "--count=1", "--format=%(creatordate:unix) %(refname)")
    newest, _, ref = text(session.repo.git.run("for-each-ref", *fields)).strip().partition(" ")
    ahead = float(newest) - session.clock() if newest.isdigit() else 0.0
    if ahead <= _DAY:
        return Finding("clock", True, "no commit is from the future", "")
    summary = f"the newest commit of {ref} is {ahead / _DAY:.1f} days in the future"
    return Finding("clock", False, summary, "compare this machine's clock: date -u")


def _strace(session: Session) -> Finding:
    """Runs are recorded without it as well, and each record names what was not seen."""
    answer = available(session.environ, session.state.cache)
    if answer.path:
        return Finding("strace", True, "sees the files of every program of a run", "")
    summary = f"{answer.reason}; of a run, the files that Python opens are seen, others have to be declared"
    mend = "install strace 5.4 or newer" if "not installed" in answer.reason else ""
    return Finding("strace", None, summary, mend)
