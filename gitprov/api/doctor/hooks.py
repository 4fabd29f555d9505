"""The hooks: there, ours, able to run, and all of a piece with how they were put in."""

import os
import shutil

from gitprov.api.session import Session
from gitprov.api.setup import entries, hookfiles, redirect, shims
from gitprov.api.setup.ledger import Ledger
from gitprov.api.setup.places import CONFIG_HOOKS_GIT, own_hooks, user_dir
from gitprov.api.setup.shims import Shim
from gitprov.model.results import Finding

_MEND = "git prov init"


def findings(session: Session, ledger: Ledger) -> list[Finding]:
    """One finding for each hook, or one for all where the same is amiss with all."""
    way, source = ledger.hooks, ledger
    if not way:
        source = Ledger.load(os.path.join(user_dir(session.environ), "install.json"), user_dir(session.environ))
        way = "" if ledger.off else source.hooks
    if not way:
        return [Finding("hooks", False, "this clone is not set up", _MEND)]
    events = entries.events(session.repo.bare)
    if way == "config":
        directory = own_hooks(session.state) if source is ledger else os.path.join(source.root, "hooks")
        return [_whole(session) or _entry(session, directory, event) for event in events]
    if way == "redirect":
        return [_redirect(session) or _file(session, own_hooks(session.state), event) for event in events]
    return [_file(session, redirect.directory(session.repo), event) for event in events]


def _whole(session: Session) -> Finding | None:
    if session.repo.git_version >= CONFIG_HOOKS_GIT:
        return None
    return Finding("hooks", False, "they are entries of the configuration, which this git does not read", _MEND)


def _entry(session: Session, directory: str, event: str) -> Finding:
    name, config = f"hook {event}", session.repo.config
    section = f"hook.{entries.friendly_name(event)}"
    if event not in config.all(f"{section}.event") or not config.get(f"{section}.command"):
        return Finding(name, False, "its entry in the configuration is gone", _MEND)
    for key in (f"{section}.enabled", f"hook.{event}.enabled"):
        if not config.flag(key, True):
            return Finding(name, False, f"{key} is false", f"git config --unset {key}")
    shim = shims.parse(os.path.join(directory, event))
    if shim is None:
        return Finding(name, False, f"{os.path.join(directory, event)} is gone", _MEND)
    return _program(session, name, shim, os.path.join(directory, event))


def _file(session: Session, directory: str, event: str) -> Finding:
    name, path = f"hook {event}", os.path.join(directory, event)
    match hookfiles.standing(directory, event):
        case "none":
            return Finding(name, False, "is gone", _MEND)
        case "foreign":
            return Finding(name, False, f"another tool has put its own in its place: {path}", _MEND)
        case "behind":
            return Finding(name, False, "runs before pre-commit's checks, which has taken its place", _MEND)
        case "ours":
            shim = shims.parse(path)
    return _program(session, name, shim or Shim("", ""), path)


def _program(session: Session, name: str, shim: Shim, path: str) -> Finding:
    if not os.access(path, os.X_OK):
        return Finding(name, False, f"{path} is not executable", _MEND)
    if os.access(shim.program, os.X_OK):
        return Finding(name, True, "in place", "")
    instead = shutil.which("git-prov", path=session.environ.get("PATH", os.defpath))
    stead = f"; {instead} is run instead" if instead else ""
    return Finding(name, False, f"the git-prov it was set up with is gone: {shim.program}{stead}", _MEND)


def _redirect(session: Session) -> Finding | None:
    now = redirect.setting(session.repo)
    if not redirect.is_ours(session, now.value):
        return Finding("hooks", False, f"core.hooksPath was set to {now.value or 'nothing'} since", _MEND)
    shim = shims.parse(os.path.join(own_hooks(session.state), "pre-push"))
    added = redirect.not_served(session, redirect.former_directory(session, shim.before)) if shim else []
    if added:
        return Finding("hooks", False, f"hooks were added that are not run: {', '.join(added)}", _MEND)
    return None
