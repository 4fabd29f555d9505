"""Plans of what is written where: refused whole, or good to be carried out."""

import os
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from gitprov.artifacts.checkout.contents import MOST_FILES, Alike, Contents, Total, folded_name, refusal
from gitprov.artifacts.checkout.directories import Directories
from gitprov.artifacts.checkout.folding import first_taken_for_one
from gitprov.artifacts.checkout.links import escape
from gitprov.artifacts.checkout.names import refused
from gitprov.artifacts.checkout.standing import Standing, standing
from gitprov.artifacts.checkout.writing import Done, Fetch, Item, StandIn, always, leaves, never, write
from gitprov.artifacts.hashing import Tell
from gitprov.artifacts.listing import Entry, Read, find, verified
from gitprov.errors import ProvError
from gitprov.model.text import quote

_NAMED: Final = 5  # files in the way that are named; the others are counted
_UNSTATED: Final = -1


class Plan(NamedTuple):
    """What passed all checks: below which root what goes, in all so many files and links and bytes."""

    root: bytes
    items: tuple[Item, ...]
    files: int
    size: int
    read: Read
    force: bool
    stand_in: StandIn = never

    def entries(self) -> Iterator[tuple[bytes, Entry]]:
        """Give each file and link with its path below the root."""
        return leaves(self.items, self.read)

    def carry_out(self, fetch: Fetch, tell: Tell | None = None) -> Done:
        """Write what is not there yet. Each file appears whole or not at all; done again, it goes on where it was.

        `fetch` puts an entry's verified bytes into the empty file that is open at a handle: `Store.write` does.
        ProvError when something came into the way since the plan was made; it is not touched.
        """
        stand_in = always if self.force else self.stand_in
        return write(self.root, self.entries(), self.read, fetch, stand_in=stand_in, tell=tell)


def plan(
    digest: str,
    read: Read,
    target: str | bytes,
    *,
    root: str | bytes | None = None,
    force: bool = False,
    portable: bool = True,
) -> Plan:
    """Plan to write the directory that a digest stands for at `target`; ProvError, naming the entry, if any is amiss.

    `read` gives the bytes of listings, and the text of a symbolic link by its digest. Where `target` itself comes from
    elsewhere, it is relative to `root`, and the way from there is judged like a part of the listings. Files that are
    there stay: with the same bytes they are left, with others the whole is refused unless `force`, which replaces
    them. `portable` refuses names that only some systems can have. Nothing is written.
    """
    entry = Entry("dir", _UNSTATED, digest, b"")
    if root is None:
        return plan_all([(b"", entry)], read, target, force=force, portable=portable)
    return plan_all([(os.fsencode(target), entry)], read, root, force=force, portable=portable)


def plan_all(
    items: Iterable[tuple[str | bytes, Entry]],
    read: Read,
    root: str | bytes,
    *,
    force: bool = False,
    portable: bool = True,
    stand_in: StandIn = never,
) -> Plan:
    """Plan to write several files and directories, given by their paths below `root`, all or none. See `plan`.

    What `stand_in` says yes to is replaced without `force`.
    """
    trusted = verified(read)
    named = sorted((Item(os.fsencode(path), entry) for path, entry in items), key=lambda item: item.path)
    contents = Contents(trusted, portable=portable)
    _judge_places(named, contents, portable=portable)
    total = Total()
    for item in named:
        total = total.plus(contents.of(item.path, item.entry), item.path)
    if total.files > MOST_FILES:
        raise refusal(b".", f"stands for {total.files} files, which is more than is ever written")
    where = os.fsencode(root)
    if contents.alike and (pair := first_taken_for_one(where, contents.alike)):
        path = os.path.join(pair.directory, pair.other)
        raise refusal(path, f"is {quote(pair.one, one_line=True)} once more on this file system")
    if total.links:
        _judge_links(named, trusted, portable=portable)
    _judge_disk(where, leaves(named, trusted), always if force else stand_in)
    return Plan(where, tuple(named), total.files, total.size, trusted, force, stand_in)


def _judge_places(items: list[Item], contents: Contents, *, portable: bool) -> None:
    """Judge where the items themselves go: their paths, and that none is in another's way."""
    taken: dict[bytes, dict[bytes, bytes]] = {}
    ends = {item.path for item in items}
    if len(ends) < len(items) or (b"" in ends and len(items) > 1):
        raise refusal(_first_twice(items), "is named twice")
    for item in items:
        if not item.path and item.entry.mode == "dir":
            continue
        above = b""
        for name in item.path.split(b"/"):
            path = above + b"/" + name if above else name
            if reason := refused(name, portable=portable):
                raise refusal(item.path, reason if path == item.path else f"lies below a name that {reason}")
            if above in ends and above:
                raise refusal(item.path, f"lies inside {quote(above)}, which is to be written as well")
            one = taken.setdefault(above, {}).setdefault(folded_name(name), name)
            if one != name:
                contents.alike.append(Alike(above, one, name))
            above = path


def _first_twice(items: list[Item]) -> bytes:
    paths = [item.path for item in items]
    return next((path for path in paths if paths.count(path) > 1), b".")


def _judge_links(items: list[Item], read: Read, *, portable: bool) -> None:
    for item in items:
        for path, entry in leaves([item._replace(path=b"")] if item.entry.mode == "dir" else [item], read):
            if entry.mode == "link":
                text = read(entry.digest)
                reason = escape(path, text, _is_directory(item.entry, read), portable=portable)
                if len(text) != entry.size:
                    reason = f"is a link that says {entry.size} bytes and has {len(text)}"
                if reason:
                    raise refusal(os.path.join(item.path, path) if item.path else path, reason)


def _is_directory(top: Entry, read: Read) -> Callable[[bytes], bool]:
    def ask(path: bytes) -> bool:
        found = find(top.digest, path, read) if top.mode == "dir" else None
        return found is not None and found.mode == "dir"

    return ask


def _judge_disk(root: bytes, entries: Iterable[tuple[bytes, Entry]], stand_in: StandIn) -> None:
    """Refuse what would overwrite something, or go through a link."""
    others: list[bytes] = []
    count = 0
    with Directories(root, make=False) as directories:
        if directories.root is None:
            return
        for path, entry in entries:
            found = standing(directories.at(os.path.dirname(path)), entry._replace(name=os.path.basename(path)))
            if found is Standing.DIRECTORY:
                raise refusal(path, "is to be a file, and a directory stands there")
            if found is Standing.OTHER and not stand_in(path, entry):
                count += 1
                others += [path] if count <= _NAMED else []
    if count:
        names = ", ".join(quote(path, one_line=True) for path in others)
        more = f" and {count - len(others)} more" if count > len(others) else ""
        raise ProvError(
            f"{names}{more} would be overwritten with other bytes; nothing was written",
            hint="move them away, or use --force to replace them",
        )
