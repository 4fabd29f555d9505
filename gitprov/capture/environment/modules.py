"""Which distributions the files belong to that a run touched in the directories of installed packages.

Each distribution lists its files (`RECORD`, or older forms of it). Of these lists a tree is kept that is no deeper
than it takes to tell distributions apart: `numpy` is one's alone, below `google` it goes on. Reading the lists of a
large environment takes a good part of a second, so the tree is remembered for as long as the directory is the same.
"""

import json
import os
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from blake3 import blake3

from gitprov.capture import disposable
from gitprov.capture.environment import envcache
from gitprov.capture.environment.sites import list_distributions

_FORMAT: Final = 1
_DEEPEST: Final = 6  # parts of a path; nobody shares a directory further down
_PATH: Final = rb"^\"?([^,\n\r\"]+)"
_LISTS: Final = ("RECORD", "installed-files.txt", "top_level.txt")
_NOWHERE: Final = frozenset({"..", ".", "", "__pycache__"})
_AT_START: Final = r".*\.pth|_distutils_hack|__editable__.*"  # read whenever Python starts, used or not

Tree = dict[str, Any]
"""By part of a path: the name of the one distribution that has it, or the tree below it."""


def used(
    touched: Iterable[tuple[str, str]], sites: Iterable[str], source_trees: Mapping[str, str], cache_dir: str
) -> list[str]:
    """Return the names of the distributions that have the touched files, sorted.

    Each file is `(directory, path below it)`. The directory is one of `sites`, where distributions are installed, or
    of `source_trees`, which are given by distribution; others are passed over. The path may end at the first part
    (`numpy`, `six.py`) or go on; where several distributions share the beginning (`google/...`), it must, or nobody in
    particular is used.
    """
    known = {os.path.realpath(site): site for site in sites}
    names_of_trees = {os.path.realpath(tree): name for name, tree in source_trees.items()}
    by_directory: dict[str, set[str]] = {}
    for directory, path in touched:
        by_directory.setdefault(directory, set()).add(path)
    names = set()
    for directory, paths in by_directory.items():
        real = os.path.realpath(directory)
        names.add(names_of_trees.get(real, ""))
        if real in known:
            tree = owners(known[real], cache_dir)
            alone = {first for path in paths if isinstance(tree.get(first := path.partition("/")[0]), str)}
            names.update(tree[first] for first in alone)
            names.update(_owner(tree, path) for path in paths if path.partition("/")[0] not in alone)
    return sorted(names - {""})


def owners(site: str, cache_dir: str) -> Tree:
    """Return the tree of a directory, from the cache where it is still the same."""
    file = os.path.join(cache_dir, f"modules-{blake3(os.fsencode(site)).hexdigest(length=12)}.json")
    now = envcache.stamp(site)
    if (remembered := _load(file, now)) is not None:
        return remembered
    tree = _divided(
        (path, one.name) for one in list_distributions(site) for path in _listed(site, one.folder, one.name)
    )
    disposable.write(file, json.dumps([_FORMAT, now, tree], separators=(",", ":")).encode())
    return tree


def _load(file: str, now: envcache.Stamp) -> Tree | None:
    try:
        with open(file, "rb", buffering=0) as opened:
            written = os.fstat(opened.fileno()).st_mtime_ns
            version, stamp, tree = json.loads(opened.readall() or b"")
    except (OSError, ValueError, TypeError):
        return None
    fits = version == _FORMAT and stamp == now and envcache.is_settled(now, written)
    return tree if fits and isinstance(tree, dict) else None


def _owner(tree: Tree, path: str) -> str:
    for part in _source(path).split("/"):
        module = part.partition(".")[0] if part.endswith((".py", ".so")) else part  # some lists name these, not files
        found = tree.get(part) or tree.get(module) or tree.get(f"{part}.py")
        if isinstance(found, str):
            return found
        if not isinstance(found, dict):
            break
        tree = found
    return ""


def _source(path: str) -> str:
    """Return the source that compiled code stands for: `a/__pycache__/b.cpython-311.pyc` is `a/b.py`."""
    above, is_compiled, name = path.rpartition("__pycache__/")
    return f"{above}{name.partition('.')[0]}.py" if is_compiled else path


def _divided(listed: Iterable[tuple[str, str]], depth: int = 1) -> Tree:
    """Return the tree of `(path, name)`; what several distributions have to the end is left out."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for path, name in listed:
        part, _, rest = path.partition("/")
        groups.setdefault(part, []).append((rest, name))
    tree: Tree = {}
    for part, group in groups.items():
        names = {name for _, name in group}
        if len(names) == 1:
            tree[part] = names.pop()
        elif depth < _DEEPEST:
            tree[part] = _divided([entry for entry in group if entry[0]], depth + 1)
    return tree


def _listed(site: str, folder: str, name: str) -> set[str]:
    """Return the paths below `site` that a distribution has, by its own list, or where it has none, by its name."""
    for file in _LISTS:
        try:
            with open(os.path.join(site, folder, file), "rb", buffering=0) as opened:
                lines = re.findall(_PATH, opened.readall() or b"", re.MULTILINE)
        except OSError:
            continue
        paths = [os.fsdecode(line) for line in lines]
        if file == "installed-files.txt":  # these are seen from the folder
            paths = [os.path.normpath(f"{folder}/{path}") for path in paths]
        # Reading what a distribution says of itself is no use of it: looking for plugins reads all of them.
        nothing = {*_NOWHERE, folder}
        return {path for path in paths if (first := path.partition("/")[0]) not in nothing and not _is_at_start(first)}
    if folder.endswith(".egg"):
        return {folder}
    guess = name.replace("-", "_")
    return {found for found in (guess, f"{guess}.py") if os.path.exists(os.path.join(site, found))}


def _is_at_start(first: str) -> bool:
    return re.fullmatch(_AT_START, first) is not None
