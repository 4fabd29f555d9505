"""Folding many paths into few: where more than so many lie below one directory, the directory stands for them."""

import os
from collections.abc import Iterable
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")


class Item(NamedTuple, Generic[T]):
    """A thing and its path below `root`, where `""` is the root itself."""

    root: str
    path: str
    thing: T


class Group(NamedTuple, Generic[T]):
    """Items that one directory below `root` stands for; or one item alone, `directory` being None."""

    root: str
    directory: str | None
    items: list[Item[T]]


def fold(items: Iterable[Item[T]], most: int) -> list[Group[T]]:
    """Return groups of which at most `most` lie below any directory, the deepest directories folded first."""
    below: dict[str, dict[str, list[Group[T]]]] = {}
    for item in items:
        directories = below.setdefault(item.root, {"": []})
        directories.setdefault(os.path.dirname(item.path), []).append(Group(item.root, None, [item]))
    return [group for root, directories in below.items() for group in _fold_below(root, directories, most)]


def _fold_below(root: str, directories: dict[str, list[Group[T]]], most: int) -> list[Group[T]]:
    for directory in list(directories):
        while directory := os.path.dirname(directory):
            directories.setdefault(directory, [])
    for directory in sorted(directories, key=_depth, reverse=True):
        groups = directories[directory]
        if len(groups) > most and (directory or root != "/"):  # the whole file system stands for nothing
            groups = [Group(root, directory, [item for group in groups for item in group.items])]
        if not directory:
            return groups
        directories[os.path.dirname(directory)].extend(groups)
    return []


def _depth(directory: str) -> int:
    return directory.count("/") + 1 if directory else 0


def fold_apart(kinds: Iterable[Iterable[Item[T]]], most: int) -> list[Group[T]]:
    """Return what `fold` does for each kind of items on its own; kinds that fold to the same directory share it."""
    groups: dict[tuple[str, str | None, str], Group[T]] = {}
    for items in kinds:
        for group in fold(items, most):
            key = (group.root, group.directory, group.items[0].path if group.directory is None else "")
            if key in groups:
                groups[key].items.extend(group.items)
            else:
                groups[key] = group
    return list(groups.values())
