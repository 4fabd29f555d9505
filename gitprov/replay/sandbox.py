"""Keeping a command in its place: it may write there and nowhere else, and reach nobody over the network.

bubblewrap does it, with the kernel's own namespaces. The command sees the machine's files as they are, read-only, at
the same paths; what of them is somebody's keys and passwords it does not see at all.
"""

import os
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from gitprov.errors import ProvError
from gitprov.model.text import single_line
from gitprov.replay.environment.installers import locate
from gitprov.replay.environment.running import run
from gitprov.replay.environment.world import World
from gitprov.replay.place.shown import Shown, machine

WORDS: Final = "it may write in its place alone, and reach no network (bubblewrap)"
_PROGRAM: Final = "bwrap"
_ALLOW: Final = "somebody with rights on this machine may have to allow user namespaces"
_LONGEST: Final = 200
# Where people keep what lets others act as them; bubblewrap covers each with an empty directory.
_SECRET: Final = (
    ".ssh", ".aws", ".gnupg", ".kaggle", ".docker", ".kube", ".azure", ".password-store", ".huggingface", ".netrc",
    ".config/gcloud", ".config/gh", ".config/rclone", ".git-credentials", ".pypirc", ".local/share/keyrings",
)  # fmt: skip
_OPTIONS: Final = (
    "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--tmpfs", "/run",  # noqa: S108
    "--unshare-net", "--unshare-ipc", "--unshare-pid", "--die-with-parent",
)  # fmt: skip


def find(world: World, option: str = "--sandbox") -> str:
    """Return where bubblewrap is. Raises `ProvError` where it is not installed, or may do nothing."""
    program = locate(_PROGRAM, world)
    if not program:
        raise ProvError(f"{option} needs bubblewrap, which is not on PATH", hint="install it: package bubblewrap")
    tried = run([program, "--dev-bind", "/", "/", "--", "true"], world.environ, cwd="/")
    if tried.status:
        said = single_line(tried.words.strip().rpartition("\n")[2], _LONGEST)
        raise ProvError(f"{option}: bubblewrap may make no namespaces here: {said}", hint=_ALLOW)
    return program


class Holds(NamedTuple):
    """What a sandbox lets a command see and change."""

    writable: Sequence[str]
    """The directories it may write in."""
    readable: Sequence[str]
    """Directories that it may need, wherever they are: the repository, its interpreter."""
    home: str
    """The person's home."""


def command(bwrap: str, words: Sequence[str], holds: Holds, cwd: str, shown: Shown | None = None) -> list[str]:
    """Return what runs `words` in `cwd`, with nothing writable but what is held to be."""
    option = "--ro-bind"
    seen_all = machine(option, shown.path) if shown else [option, "/", "/"]
    place = shown.mounts(option) if shown else []
    hidden = [word for name in _SECRET for word in _hiding(os.path.join(holds.home, name))] if holds.home else []
    # below the empty `/tmp` there may be what is needed
    seen = [path for path in holds.readable if path.startswith(("/tmp/", "/run/"))]  # noqa: S108
    needed = [word for path in dict.fromkeys(seen) for word in (option, path, path)]
    writable = [word for path in dict.fromkeys(holds.writable) for word in ("--bind", path, path)]
    return [bwrap, *seen_all, *_OPTIONS, *needed, *hidden, *place, *writable, "--chdir", cwd, "--", *words]


def unconfined(bwrap: str, words: Sequence[str], shown: Shown, cwd: str) -> list[str]:
    """Return what runs `words` in `cwd`, with its place shown at another path and nothing else kept from it."""
    option = "--dev-bind"
    seen = (*machine(option, shown.path), *shown.mounts(option))
    return [bwrap, *seen, "--die-with-parent", "--chdir", cwd, "--", *words]


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
