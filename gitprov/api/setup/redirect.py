"""Hooks in a directory of ours, for a clone whose hooks directory is not its own (git before 2.54).

With husky, a tracked `.githooks/` or a `core.hooksPath` of the person's own, the effective hooks directory belongs to
the project or to every repository of the person: a file put there would dirty the tree, be overwritten, or work where
nobody asked for it. So `core.hooksPath` is pointed at `<git dir>/prov/hooks`. The files there hand over to the former
directory, looked up at each turn, so that its hooks keep their place, their name and their neighbours, and new ones
work at once. `deinit` puts the former value back.

The path is relative to the working tree where it can be (`.git/prov/hooks`): a clone that is moved, or seen from inside
a container under another path, must not lose the hooks it had. Linked worktrees need an absolute one; the post-checkout
hook that `git worktree add` runs sees to that.
"""

import os
import shlex
from typing import NamedTuple

from gitprov.api.session import Session
from gitprov.api.setup import shims
from gitprov.api.setup.configfile import ConfigFile
from gitprov.api.setup.ledger import Ledger
from gitprov.api.setup.places import EVENTS, RARE_HOOKS, SERVED_HOOKS, own_hooks
from gitprov.api.setup.shims import Shim
from gitprov.gitrepo.process import Git, text
from gitprov.gitrepo.repo import Repo

KEY = "core.hooksPath"
RELATIVE = ".git/prov/hooks"
"""Our directory, from the top of the main working tree. The shim in `hooks/post` knows it too."""

_OWN_FOLDER = '"${0%/*}/../../hooks"'
"""From our directory to the repository's own hooks directory, as a shell word."""


class Setting(NamedTuple):
    """The value of `core.hooksPath` that holds, and the scope it comes from ("" where it is not set)."""

    scope: str
    value: str


def top(repo: Repo) -> Git:
    """Git, run from where it runs hooks: relative hook paths are meant from there."""
    return Git(repo.worktree or repo.git_dir, repo.git.environ)


def setting(repo: Repo) -> Setting:
    """What is set now."""
    answer = top(repo).start("config", "--show-scope", "--null", "--get", KEY).output(check=False)
    scope, _, value = text(answer).removesuffix("\0").partition("\0")
    return Setting(scope, value)


def directory(repo: Repo) -> str:
    """The directory git looks for hooks in."""
    now = setting(repo)
    if now.scope and not now.value:
        return os.devnull  # which git itself cannot say
    return top(repo).line("rev-parse", "--path-format=absolute", "--git-path", "hooks")


def is_ours(session: Session, value: str) -> bool:
    """Whether a value of `core.hooksPath` means our directory."""
    place = os.path.join(session.repo.worktree or session.repo.git_dir, os.path.expanduser(value))
    return bool(value) and os.path.realpath(place) == os.path.realpath(own_hooks(session.state))


def install(session: Session, program: str, ledger: Ledger) -> list[str]:
    """Point git at our directory; returns the hooks of others that run through it."""
    repo, directory = session.repo, own_hooks(session.state)
    now = setting(repo)
    ledger.make_dir(directory)
    if is_ours(session, now.value):
        shim = shims.parse(os.path.join(directory, EVENTS[0]))
        before = shim.before if shim else _OWN_FOLDER
    else:
        before = _before(repo, now)
    former = former_directory(session, before)
    shim = Shim(program, before)
    for name in _served(former):
        shims.write(os.path.join(directory, name), shim.text(name))
    if not is_ours(session, now.value):
        _point_here(session, now, ledger)
    return sorted(name for name in _served(former) if is_hook(os.path.join(former, name)))


def settle(session: Session, ledger: Ledger) -> None:
    """Write our value as `init` wrote it, where it was made absolute for a linked worktree since."""
    for edit in [edit for edit in ledger.edits if edit.key == KEY]:
        config = ConfigFile(session.repo.git, ledger.place(edit.file), ledger)
        for value in config.values(KEY):
            if value != edit.value and is_ours(session, value):
                config.rename(KEY, value, edit.value)


def former_directory(session: Session, before: str) -> str:
    """The directory that the shell word `before` of our files means."""
    if before == _OWN_FOLDER:
        return os.path.join(session.repo.common_dir, "hooks")
    path = "".join(shlex.split(before))
    return os.path.join(session.repo.worktree or session.repo.git_dir, path)


def is_hook(path: str) -> bool:
    """Whether git would run this file."""
    return os.path.isfile(path) and os.access(path, os.X_OK)


def not_served(session: Session, former: str) -> list[str]:
    """Hooks that were added to the former directory since, of the kinds that we do not stand in for unasked."""
    own = own_hooks(session.state)
    return [name for name in RARE_HOOKS if is_hook(os.path.join(former, name)) and not is_hook(os.path.join(own, name))]


def _served(former: str) -> list[str]:
    return [*SERVED_HOOKS, *(name for name in RARE_HOOKS if is_hook(os.path.join(former, name)))]


def _before(repo: Repo, now: Setting) -> str:
    if not now.scope:
        return _OWN_FOLDER
    if not now.value:  # set to nothing: no hooks at all
        return shlex.quote(os.devnull)
    return shlex.quote(top(repo).line("config", "--type=path", "--get", KEY))


def _point_here(session: Session, now: Setting, ledger: Ledger) -> None:
    repo = session.repo
    own = os.path.join(repo.git_dir, "config.worktree")
    path = own if now.scope == "worktree" else os.path.join(repo.common_dir, "config")
    config = ConfigFile(repo.git, path, ledger)
    value = RELATIVE if _is_plain(repo) else own_hooks(session.state)
    known = config.values(KEY)
    if known:
        config.replace(KEY, known[-1], value)
    else:
        config.add(KEY, value)


def _is_plain(repo: Repo) -> bool:
    """Whether all there is, is one working tree with its git directory in it."""
    top, common = os.path.realpath(repo.worktree or ""), os.path.realpath(repo.common_dir)
    if repo.worktree is None or common != os.path.join(top, ".git"):
        return False
    worktrees = os.path.join(common, "worktrees")
    return not (os.path.isdir(worktrees) and os.listdir(worktrees))
