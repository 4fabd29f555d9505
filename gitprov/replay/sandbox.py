"""Keeping a command in its place: it may write there and nowhere else, and reach nobody over the network.

bubblewrap does it, with the kernel's own namespaces. The command sees the machine's files as they are, read-only, at
the same paths; what of them is somebody's keys and passwords it does not see at all.
"""

import os
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from gitprov.errors import ProvError
from gitprov.replay.environment.installers import locate
from gitprov.replay.environment.world import World

WORDS: Final = "it may write in its place alone, and reach no network (bubblewrap)"
_PROGRAM: Final = "bwrap"
# Where people keep what lets others act as them; bubblewrap covers each with an empty directory.
_SECRET: Final = (
    ".ssh", ".aws", ".gnupg", ".kaggle", ".docker", ".kube", ".azure", ".password-store", ".huggingface", ".netrc",
    ".config/gcloud", ".config/gh", ".config/rclone", ".git-credentials", ".pypirc", ".local/share/keyrings",
)  # fmt: skip
_OPTIONS: Final = (
    "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--tmpfs", "/run",  # noqa: S108
    "--unshare-net", "--unshare-ipc", "--unshare-pid", "--die-with-parent",
)  # fmt: skip


def find(world: World) -> str:
    """Return where bubblewrap is. Raises `ProvError` where it is not installed."""
    program = locate(_PROGRAM, world)
    if not program:
        raise ProvError("--sandbox needs bubblewrap, which is not on PATH", hint="install it: package bubblewrap")
    return program


class Holds(NamedTuple):
    """What a sandbox lets a command see and change."""

    writable: Sequence[str]
    """The directories it may write in."""
    readable: Sequence[str]
    """Directories that it may need, wherever they are: the repository, its interpreter."""
    home: str
    """The person's home."""


def command(bwrap: str, words: Sequence[str], holds: Holds, cwd: str) -> list[str]:
    """Return what runs `words` in `cwd`, with nothing writable but what is held to be."""
    hidden = [word for name in _SECRET for word in _hiding(os.path.join(holds.home, name))] if holds.home else []
    # below the empty `/tmp` there may be what is needed
    seen = [path for path in holds.readable if path.startswith(("/tmp/", "/run/"))]  # noqa: S108
    shown = [word for path in dict.fromkeys(seen) for word in ("--ro-bind", path, path)]
    writable = [word for path in dict.fromkeys(holds.writable) for word in ("--bind", path, path)]
    return [bwrap, *_OPTIONS, *shown, *hidden, *writable, "--chdir", cwd, "--", *words]


def _hiding(path: str) -> tuple[str, ...]:
    if os.path.isdir(path):
        return "--tmpfs", path
    return ("--ro-bind", os.devnull, path) if os.path.lexists(path) else ()


def variables(scratch: str) -> Mapping[str, str]:
    """Return the variables that lead a program's own caches and temporary files to where it may write."""
    return {
        "TMPDIR": os.path.join(scratch, "tmp"),
        "XDG_CACHE_HOME": os.path.join(scratch, "cache"),
        "XDG_CONFIG_HOME": os.path.join(scratch, "config"),
        "MPLCONFIGDIR": os.path.join(scratch, "matplotlib"),
    }
