"""Hooks as files in the repository's own hooks directory, beside the hooks of others and in front of them.

A hook that was there first is moved, as it is, to `hooks.before-git-prov/<its name>`: a directory beside `hooks`, which
shows all the rest of `hooks` through links. So it keeps its name and finds its neighbours, whatever it does with its
own `$0`, and our file runs it with the same arguments and standard input, before anything of ours. Only when it has
let a push pass are records sent.

pre-commit, when it is installed again, moves our file to `<hook>.legacy` and runs it from there. That works, in the
wrong order, until `init` sets it right. A tool that overwrites our file is seen by `doctor`; `init` takes its hook in.
"""

import contextlib
import os
from typing import Literal

from gitprov.api.setup import shims
from gitprov.api.setup.ledger import Ledger
from gitprov.api.setup.places import EVENTS, KEPT
from gitprov.api.setup.shims import Shim

LEGACY = ".legacy"
"""What pre-commit adds to the name of a hook that it found in its place."""

BEFORE = '"${0%/*}' + KEPT + '"'
"""The directory of the earlier hooks, as a shell word in a file of `hooks`."""

Standing = Literal["ours", "none", "foreign", "behind"]


def standing(directory: str, event: str) -> Standing:
    """What is in the place of a hook: `behind` is pre-commit's, with ours run as its legacy."""
    path = os.path.join(directory, event)
    if shims.parse(path):
        return "ours"
    if not os.path.lexists(path):
        return "none"
    return "behind" if is_pre_commit(path) and shims.parse(path + LEGACY) else "foreign"


def is_pre_commit(path: str) -> bool:
    """Whether a hook is one of pre-commit's own making."""
    try:
        with open(path, "rb") as file:
            return b"https://pre-commit.com" in file.read(1 << 12)
    except OSError:
        return False


def install(directory: str, program: str, ledger: Ledger, events: tuple[str, ...] = EVENTS) -> list[str]:
    """Put our hooks in place; returns the names of the hooks of others that now run through them."""
    ledger.make_dir(directory)
    shim = Shim(program, BEFORE)
    for event in events:
        if standing(directory, event) in ("foreign", "behind"):
            _take_in(directory, event, ledger)
        shims.write(os.path.join(directory, event), shim.text(event))
    kept = directory + KEPT
    if os.path.isdir(kept):
        _link_neighbours(directory, kept)
    return [event for event in events if os.path.lexists(os.path.join(kept, event))]


def remove(directory: str) -> list[str]:
    """Take our hooks out and put the earlier ones back; returns what could not be put back, and where it is."""
    kept = directory + KEPT
    left = []
    for event in EVENTS:
        _give_back(directory, event)
    if os.path.isdir(kept):
        for name in os.listdir(kept):
            if _is_link_to(os.path.join(kept, name), directory, name):
                os.unlink(os.path.join(kept, name))
        left += [f"{os.path.join(kept, name)} stays: another hook has taken its place" for name in os.listdir(kept)]
        with contextlib.suppress(OSError):  # not empty
            os.rmdir(kept)
    return left


def _take_in(directory: str, event: str, ledger: Ledger) -> None:
    """Move a foreign hook, and pre-commit's legacy of it, to where it is kept."""
    kept = directory + KEPT
    ledger.make_dir(kept)
    path, place = os.path.join(directory, event), os.path.join(kept, event)
    if shims.parse(path + LEGACY):
        os.unlink(path + LEGACY)
        if os.path.lexists(place) and not is_pre_commit(place):
            _move(place, place + LEGACY)  # pre-commit goes on running what it found
    elif is_pre_commit(path) and os.path.lexists(path + LEGACY):
        _move(path + LEGACY, place + LEGACY)
    _move(path, place)


def _move(path: str, place: str) -> None:
    """Move a file; one that is in its place already, and differs, gets a name of its own and is not run any more."""
    if os.path.lexists(place) and not _same(path, place):
        number = 1
        while os.path.lexists(f"{place}.superseded-{number}"):
            number += 1
        os.rename(place, f"{place}.superseded-{number}")
    os.replace(path, place)


def _link_neighbours(directory: str, kept: str) -> None:
    """Let the kept hooks find the files beside them under the names they know."""
    for name in os.listdir(directory):
        if name.removesuffix(LEGACY) in EVENTS or name.endswith(".sample"):
            continue
        with contextlib.suppress(FileExistsError):
            os.symlink(_link(directory, name), os.path.join(kept, name))


def _give_back(directory: str, event: str) -> None:
    """Remove our file wherever it is run from, and put what was kept in its place, unless that is taken."""
    path, kept = os.path.join(directory, event), os.path.join(directory + KEPT, event)
    was_behind = shims.parse(path + LEGACY) is not None
    for ours in (path, path + LEGACY):
        if shims.parse(ours):
            os.unlink(ours)
    home = path + LEGACY if was_behind and not is_pre_commit(kept) else path
    for place, target in ((kept, home), (kept + LEGACY, path + LEGACY)):
        if os.path.lexists(place) and not os.path.lexists(target):
            os.rename(place, target)
        elif _same(place, target):
            os.unlink(place)


def _same(one: str, other: str) -> bool:
    try:
        with open(one, "rb") as left, open(other, "rb") as right:
            return left.read() == right.read()
    except OSError:
        return False


def _link(directory: str, name: str) -> str:
    return os.path.join(os.pardir, os.path.basename(directory), name)


def _is_link_to(path: str, directory: str, name: str) -> bool:
    return os.path.islink(path) and os.readlink(path) == _link(directory, name)
