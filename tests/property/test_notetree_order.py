"""The tree of notes depends on the set of notes alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitprov.gitrepo.objects import Objects
from gitprov.records.notetree import NoteTree

pytestmark = pytest.mark.property

BLOBS = ["1" * 40, "2" * 40]
# Few digits first, so that notes crowd together and levels split.
oids = st.tuples(st.text("0123456789abcdef", min_size=1, max_size=5), st.text("01", min_size=40, max_size=40)).map(
    lambda parts: "".join(parts)[:40]
)
spread = st.integers(0, 255).map(lambda first: [f"{first:02x}{second:038x}" for second in range(3)])


class Forest:
    """Trees of notes that are kept in memory."""

    def __init__(self) -> None:
        self.objects = Objects("sha1")

    def grown(self, notes: dict[str, str], root: str = "") -> str:
        """Return the tree with these notes put on top of another."""
        tree = NoteTree(self.objects, lambda oid: self.objects.pending(oid) or b"", root)
        for oid, blob in notes.items():
            tree.set(oid, blob)
        return tree.write()

    def note(self, root: str, oid: str) -> str:
        """Return the note on an object in a tree."""
        return NoteTree(self.objects, lambda oid: self.objects.pending(oid) or b"", root).get(oid)


@st.composite
def crowds(draw: st.DrawFn) -> list[str]:
    """Ids that often have each first digit twice, which is where the tree spreads."""
    base = [f"{digit}{second}" + "7" * 38 for digit in "0123456789abcdef" for second in "27"]
    kept = draw(st.sets(st.sampled_from(base), min_size=len(base) - 2))
    return [*sorted(kept), *draw(st.lists(oids, max_size=30)), *draw(spread)]


@given(crowds(), st.data())
def test_order_and_grouping_make_no_difference(crowd: list[str], data: st.DataObject) -> None:
    forest = Forest()
    notes = {oid: BLOBS[at % 2] for at, oid in enumerate(dict.fromkeys(crowd))}
    whole = forest.grown(notes)

    shuffled = data.draw(st.permutations(sorted(notes)))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(shuffled)), max_size=4)))
    root = ""
    for start, end in zip([0, *cuts], [*cuts, len(shuffled)], strict=True):
        root = forest.grown({oid: notes[oid] for oid in shuffled[start:end]}, root)

    assert root == whole
    assert {oid: forest.note(root, oid) for oid in notes} == notes


@given(crowds(), st.data())
def test_what_was_put_in_place_of_another_is_as_if_it_had_been_there_at_once(
    crowd: list[str], data: st.DataObject
) -> None:
    forest = Forest()
    notes = dict.fromkeys(crowd, BLOBS[0])
    changed = dict.fromkeys(data.draw(st.sets(st.sampled_from(crowd))), BLOBS[1])

    assert forest.grown(changed, forest.grown(notes)) == forest.grown(notes | changed)
