"""What is known of data is the same in every clone that has the same statements."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitprov.model.known import Said, by_path, union
from gitprov.model.pointer import parse
from gitprov.records.statements import document

pytestmark = pytest.mark.property

digests = st.sampled_from(["b3:" + hex_ * 32 for hex_ in ("ab", "cd")])
earlier_ids = st.integers(0, 7)
# What one statement says; which of the earlier places it takes back is drawn as numbers, and resolved in a history.
drafts = st.fixed_dictionaries(
    {
        "digest": digests,
        "at": st.integers(0, 3).map(lambda second: f"2026-01-01T00:00:0{second}Z"),
        "by": st.sampled_from(["Ana <a@b.c>", "Bo <b@b.c>"]),
    },
    optional={
        "size": st.integers(0, 3),
        "path": st.sampled_from(["a", "b/c"]),
        "licence": st.sampled_from(["CC0-1.0", "MIT"]),
        "note": st.text("xy", min_size=1, max_size=2),
        "location": st.lists(
            st.fixed_dictionaries({"kind": st.just("remote"), "remote": st.sampled_from(["one", "two"])}), max_size=2
        ),
        "takes_back": st.lists(st.tuples(earlier_ids, st.integers(0, 1)), max_size=3),
    },
)


def history(wanted: list[dict[str, object]]) -> list[Said]:
    """Return statements as they are stored: each under the hash of its bytes, taking back places of those before."""
    told: list[Said] = []
    for draft in wanted:
        fields = dict(draft)
        numbers = fields.pop("takes_back", [])
        assert isinstance(numbers, list)
        fields["gone"] = [f"{told[number].id}:{place}" for number, place in numbers if number < len(told)]
        made = document(fields)
        statement = parse(made.data)
        assert statement is not None
        told.append(Said(made.id, statement))
    return told


histories = st.lists(drafts, max_size=8).map(history)


@given(histories, st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_makes_a_difference(told: list[Said], random: Random) -> None:
    shuffled = [*told, *told[: len(told) // 2]]
    random.shuffle(shuffled)

    assert union(shuffled) == union(told)
    assert by_path(shuffled) == by_path(told)


@given(histories, histories, histories)
def test_it_does_not_matter_who_met_whom_first(one: list[Said], two: list[Said], three: list[Said]) -> None:
    # The union of statements is a set's, so what is known after any exchange depends on the whole set alone.
    met = union([*one, *two, *three])

    assert union([*three, *one, *two]) == met
    assert union([*two, *three, *two, *one, *three]) == met


@given(histories, histories)
def test_more_statements_never_bring_a_place_back(told: list[Said], more: list[Said]) -> None:
    def places(found: list[Said]) -> set[str]:
        return {copy.id for pointer in union(found).values() for copy in pointer.copies}

    named = {f"{one.id}:{number}" for one in told for number in range(len(one.statement.location))}
    gone = named - places(told)

    assert places([*told, *more]).isdisjoint(gone)
    assert places(told) <= named
