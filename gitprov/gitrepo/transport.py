"""Fetch and push: always the git program, so that the user's own remotes, credentials and ssh settings hold.

Unattended calls never prompt and never wait for ever: the terminal is out of reach (a session of their own), git and
ssh are told not to ask, and a time limit ends them.
"""

import os
from collections.abc import Sequence
from typing import NamedTuple

from gitprov.gitrepo.process import failure, text
from gitprov.gitrepo.repo import Repo

PUSHING = "GIT_PROV_PUSHING"
"""Set while we push, so that the pre-push hook of that push does nothing."""


class Pushed(NamedTuple):
    """What became of one ref of a push: git's flag ("*" new, " " forward, "=" same, "!" refused), and its words."""

    flag: str
    ref: str
    words: str

    @property
    def refused(self) -> bool:
        """Whether the other side, or git here, would not take it."""
        return self.flag == "!"

    @property
    def declined(self) -> bool:
        """Whether it is the other side that does not want it, and not that it holds something else there by now."""
        return self.refused and "remote rejected" in self.words and not any(sign in self.words for sign in _RACES)


_RACES = ("cannot lock ref", "failed to update ref", "incorrect old value", "reference already exists")


def _quiet(repo: Repo) -> dict[str, str]:
    environ = repo.git.environ
    env = {"GIT_TERMINAL_PROMPT": "0", "GCM_INTERACTIVE": "never", "SSH_ASKPASS_REQUIRE": "never", PUSHING: "1"}
    if "GIT_SSH_COMMAND" not in environ and "GIT_SSH" not in environ:
        command = repo.config.get("core.sshcommand").strip() or "ssh"
        if os.path.basename(command.split()[0]) == "ssh":  # another program may not know the option
            env["GIT_SSH_COMMAND"] = f"{command} -o BatchMode=yes"
    env["GIT_ASKPASS"] = env["SSH_ASKPASS"] = "true"
    return env


def fetch(repo: Repo, remote: str, refspecs: Sequence[str], *, timeout: float | None, attended: bool = False) -> None:
    """Fetch exactly these refspecs. Raises `GitFailed`. `attended` lets git ask the person for a password."""
    repo.git.run(
        "fetch",
        *("--quiet", "--no-tags", "--no-prune", "--no-write-fetch-head"),
        *("--no-auto-maintenance", "--no-recurse-submodules"),
        "--end-of-options",
        remote,
        *refspecs,
        env=None if attended else _quiet(repo),
        timeout=timeout,
        new_session=not attended,
    )


def push(
    repo: Repo, remote: str, refspecs: Sequence[str], *, timeout: float | None, attended: bool = False
) -> list[Pushed]:
    """Push exactly these refspecs, without hooks; each ref stands or falls alone.

    Returns what became of each ref. Raises `GitFailed` where the remote could not be reached at all.
    """
    env = {PUSHING: "1"} if attended else _quiet(repo)
    settings: tuple[str, ...] = (
        "-c",
        "push.followTags=false",
        "-c",
        "push.recurseSubmodules=no",
        "-c",
        "push.gpgSign=if-asked",
    )
    if repo.config.flag(f"remote.{remote}.mirror", default=False):  # it would forbid to name refs
        settings += ("-c", f"remote.{remote}.mirror=false")
    args = (*settings, "push", "--porcelain", "--no-verify", "--no-follow-tags", "--end-of-options", remote, *refspecs)
    running = repo.git.start(*args, env=env, new_session=not attended)
    out = text(running.output(check=False, timeout=timeout))
    results = [_pushed(line) for line in out.split("\n") if line.count("\t") >= 2]
    if running.returncode != 0 and not any(result.refused for result in results):
        raise failure(args, running.returncode, running.error_words.encode())
    return results


def remote_tips(
    repo: Repo, remote: str, refs: Sequence[str], *, timeout: float | None, attended: bool = False
) -> dict[str, str]:
    """What these refs name on the other side, those it has. Raises `GitFailed`."""
    asked = ("ls-remote", "--refs", "--end-of-options", remote, *refs)
    running = repo.git.start(*asked, env=None if attended else _quiet(repo), new_session=not attended)
    rows = (row.split("\t") for row in text(running.output(timeout=timeout)).split("\n")[:-1])
    return {name: oid for oid, name in rows if name in refs}


def _pushed(line: str) -> Pushed:
    flag, refs, words = line.split("\t", 2)
    return Pushed(flag, refs.partition(":")[2], words)
