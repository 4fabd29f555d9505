"""Which way the hooks go in, and out again: entries of git's configuration where it takes them, else files."""

import contextlib
import os
from typing import Literal, NamedTuple

from gitprov.api.session import Session
from gitprov.api.setup import entries, hookfiles, redirect, shims
from gitprov.api.setup.configfile import ConfigFile
from gitprov.api.setup.ledger import Ledger
from gitprov.api.setup.places import CONFIG_HOOKS_GIT, EVENTS, own_hooks

Way = Literal["config", "files", "redirect"]


class Installed(NamedTuple):
    """How the hooks went in, and which hooks of others run through them."""

    way: Way
    kept: list[str]


def install(session: Session, ledger: Ledger, program: str) -> Installed:
    """Put the hooks in, or bring them up to date. Raises `GitFailed`, `OSError`."""
    way = wanted(session)
    if ledger.hooks and ledger.hooks != way:  # another git, another hooks directory
        remove(session, ledger)
    ledger.hooks = way
    ledger.save()
    repo = session.repo
    if way == "redirect":
        return Installed(way, redirect.install(session, program, ledger))
    events = entries.events(repo.bare)
    if way == "files":
        return Installed(way, hookfiles.install(redirect.directory(session.repo), program, ledger, events))
    commands = {event: entries.local_command(event) for event in events}
    entries.install(local_config(session, ledger), own_hooks(session.state), commands, program, ledger)
    return Installed(way, [])


def remove(session: Session, ledger: Ledger) -> list[str]:
    """Take the hooks out; returns what could not be put back."""
    redirect.settle(session, ledger)
    for name in {edit.file for edit in ledger.edits}:
        ConfigFile(session.repo.git, ledger.place(name), ledger).undo(_is_of_hooks)
    left = hookfiles.remove(os.path.join(session.repo.common_dir, "hooks"))
    if ledger.hooks == "files":
        left += hookfiles.remove(redirect.directory(session.repo))
    shims.remove_all(own_hooks(session.state))
    ledger.hooks = ""
    for name in reversed(ledger.made):
        with contextlib.suppress(OSError):  # gone, or not empty
            os.rmdir(ledger.place(name))
    ledger.made = []
    ledger.save()
    return left


def _is_of_hooks(key: str) -> bool:
    return key == redirect.KEY or entries.is_ours(key)


def is_absent(session: Session) -> bool:
    """Whether none of our hooks is in this clone, whoever put it there."""
    found = [hookfiles.standing(redirect.directory(session.repo), event) for event in EVENTS]
    return not {"ours", "behind"} & {*found} and not os.path.isdir(own_hooks(session.state))


def wanted(session: Session) -> Way:
    """The way that suits this git and this clone's hooks directory."""
    if session.repo.git_version >= CONFIG_HOOKS_GIT:
        return "config"
    common, place = os.path.realpath(session.repo.common_dir), os.path.realpath(redirect.directory(session.repo))
    within = os.path.commonpath([common, place]) == common
    return "files" if within and place != os.path.realpath(own_hooks(session.state)) else "redirect"


def local_config(session: Session, ledger: Ledger) -> ConfigFile:
    """The configuration that all worktrees of this clone share."""
    return ConfigFile(session.repo.git, os.path.join(session.repo.common_dir, "config"), ledger)
