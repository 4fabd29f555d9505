"""Names and paths that setting up goes by, beside those of `records.layout`."""

import os
from collections.abc import Mapping

from gitprov.records.layout import State

ASKING = ("pre-commit", "pre-merge-commit", "commit-msg")
"""The hooks in which the rules are asked about a commit."""

EVENTS = ("pre-push", *ASKING, "post-commit", "post-merge", "post-rewrite", "post-checkout")
"""The hooks we stand in."""

CONFIG_HOOKS_GIT = (2, 54)
"""The oldest git that takes hooks from its configuration."""

KEPT = ".before-git-prov"
"""What the name of a hooks directory is followed by, to name the one its earlier hooks are kept in."""

SERVED_HOOKS = (
    "applypatch-msg", "commit-msg", "post-applypatch", "post-checkout", "post-commit", "post-merge", "post-rewrite",
    "pre-applypatch", "pre-auto-gc", "pre-commit", "pre-merge-commit", "pre-push", "pre-rebase", "prepare-commit-msg",
)  # fmt: skip
"""The hooks of a person's own work, which a tool may add at any time. An absent one costs nothing to stand in for."""

RARE_HOOKS = (
    "fsmonitor-watchman", "p4-changelist", "p4-post-changelist", "p4-pre-submit", "p4-prepare-changelist",
    "post-index-change", "post-receive", "post-update", "pre-receive", "proc-receive", "push-to-checkout",
    "reference-transaction", "sendemail-validate", "update",
)  # fmt: skip
"""Hooks that change what git does, or cost something at every turn, by being there at all."""


def own_hooks(state: State) -> str:
    """The hooks directory of ours inside the git directory."""
    return os.path.join(state.root, "hooks")


def refreshed(state: State) -> str:
    """A file that is as old as the last time a hook brought the views up to date. The hooks compare fetches with it."""
    return os.path.join(state.root, "refreshed")


def touch(path: str) -> None:
    """Make a file, or make it new."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "ab"):
        os.utime(path)


def user_dir(environ: Mapping[str, str]) -> str:
    """Where what `init --global` needs stands."""
    root = environ.get("XDG_DATA_HOME") or os.path.join(_home(environ), ".local", "share")
    return os.path.join(root, "git-prov")


def global_config(environ: Mapping[str, str]) -> str:
    """The file that `git config --global` writes."""
    if environ.get("GIT_CONFIG_GLOBAL"):
        return environ["GIT_CONFIG_GLOBAL"]
    dotfile = os.path.join(_home(environ), ".gitconfig")
    root = environ.get("XDG_CONFIG_HOME") or os.path.join(_home(environ), ".config")
    other = os.path.join(root, "git", "config")
    return other if os.path.exists(other) and not os.path.exists(dotfile) else dotfile


def _home(environ: Mapping[str, str]) -> str:
    return environ.get("HOME") or os.path.expanduser("~")
