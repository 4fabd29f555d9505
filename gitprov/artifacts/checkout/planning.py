"""Plans of what is written where: refused whole, or good to be carried out."""

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from gitprov.artifacts.checkout.contents import MOST_FILES, Contents, Total, refusal
from gitprov.artifacts.checkout.folding import first_taken_for_one
from gitprov.artifacts.checkout.judging import judge_disk, judge_leaves, judge_places
from gitprov.artifacts.checkout.writing import Done, Fetch, Item, StandIn, always, leaves, never, write
from gitprov.artifacts.hashing import Tell
from gitprov.artifacts.listing import Entry, Read, verified
from gitprov.model.text import quote

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
    known: StandIn = never
    left_out: Mapping[bytes, str] = {}
    """What is not written, by path, and why; "" where it stands there already."""

    def entries(self) -> Iterator[tuple[bytes, Entry]]:
        """Give each file and link that is to be written, with its path below the root."""
        found = leaves(self.items, self.read)
        return ((path, entry) for path, entry in found if path not in self.left_out) if self.left_out else found

    def without(self, paths: Mapping[bytes, str]) -> "Plan":
        """Return the plan of all but these paths, each with the reason."""
        return self._replace(left_out={**self.left_out, **paths})

    def carry_out(self, fetch: Fetch, tell: Tell | None = None) -> Done:
        """Write what is not there yet. Each file appears whole or not at all; done again, it goes on where it was.

        `fetch` puts an entry's verified bytes into the empty file that is open at a handle: `Store.write` does.
        ProvError when something came into the way since the plan was made; it is not touched.
        """
        stand_in = always if self.force else self.stand_in
        return write(self.root, self.entries(), self.read, fetch, stand_in=stand_in, known=self.known, tell=tell)


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
    partial: bool = False,
    stand_in: StandIn = never,
    known: StandIn = never,
) -> Plan:
    """Plan to write several files and directories, given by their paths below `root`, all or none. See `plan`.

    What `stand_in` says yes to is replaced without `force`; what `known` says yes to stands there as it should, and is
    not read again. `partial` leaves out links that lead out of what is written, instead of refusing the whole.
    """
    trusted = verified(read)
    named = sorted((Item(os.fsencode(path), entry) for path, entry in items), key=lambda item: item.path)
    contents = Contents(trusted, portable=portable)
    judge_places(named, contents)
    total = Total()
    for item in named:
        total = total.plus(contents.of(item.path, item.entry), item.path)
    if total.files > MOST_FILES:
        raise refusal(b".", f"stands for {total.files} files, which is more than is ever written")
    where = os.fsencode(root)
    if contents.alike and (pair := first_taken_for_one(where, contents.alike)):
        path = os.path.join(pair.directory, pair.other)
        raise refusal(path, f"is {quote(pair.one, one_line=True)} once more on this file system")
    made = Plan(where, tuple(named), total.files, total.size, trusted, force, stand_in, known)
    if total.links or contents.unportable:
        made = made.without(judge_leaves(where, named, trusted, portable=portable, partial=partial, known=known))
    judge_disk(where, made.entries(), always if force else stand_in, known)
    return made
