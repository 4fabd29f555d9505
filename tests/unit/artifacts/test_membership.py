"""The digest of a split's members, and what two splits share."""

import random

import pytest

from gitprov.artifacts.profile.membership import Members, Sum
from gitprov.artifacts.profile.rows import encoded


def members(*of: bytes, most: int = 1000) -> Members:
    """Return the members given."""
    found = Members(most)
    found.add(of)
    return found


def digest(*of: bytes) -> str:
    """Return their digest."""
    return members(*of).sum.digest()


def test_order_and_parts_do_not_change_the_digest() -> None:
    rows = [b"%d" % number for number in range(500)]
    shuffled = random.Random(3).sample(rows, len(rows))
    parts = members(*rows[:123])
    parts.add(rows[123:])
    assert digest(*rows) == digest(*shuffled) == parts.sum.digest()
    assert (members(*rows[:9]).sum + members(*rows[9:]).sum).digest() == digest(*rows)


def test_a_row_that_moves_changes_both_digests_and_not_that_of_both_together() -> None:
    train, test = [b"a", b"b", b"c"], [b"d"]
    assert digest(*train) != digest(*train[:-1])
    assert digest(*test) != digest(*test, b"c")
    before = members(*train).sum + members(*test).sum
    after = members(*train[:-1]).sum + members(*test, b"c").sum
    assert before == after


def test_how_often_a_member_stands_there_counts() -> None:
    assert len({digest(*[b"a"] * count) for count in (0, 1, 2, 65_536, 65_537)}) == 5


def test_the_sum_stays_within_its_width() -> None:
    whole = members(*(b"%d" % number for number in range(100))).sum
    assert whole.total.bit_length() <= 4096
    assert (whole + Sum(1, (1 << 4096) - 1)).total.bit_length() <= 4096


def test_what_is_shared_is_counted_with_repetitions() -> None:
    train, test = members(b"a", b"b", b"c", b"c"), members(b"c", b"c", b"c", b"d")
    assert test.shared_with(train) == (3, True)
    assert train.shared_with(test) == (2, True)
    assert test.shared_with(members(b"x")) == (0, True)


def test_of_too_many_members_an_even_sample_is_kept() -> None:
    rows = [b"%d" % number for number in range(20_000)]
    train, test = members(*rows[:15_000], most=2000), members(*rows[12_000:], most=2000)
    shared = test.shared_with(train)
    assert not shared.exact
    assert shared.members == pytest.approx(3000, rel=0.25)
    assert sum(map(len, train.parts)) <= 2000 * 10
    assert train.sum.digest() == digest(*rows[:15_000])


def test_rows_of_a_program_are_members_by_what_they_say() -> None:
    assert list(encoded([1, "1", (1, None), {"b": 2, "a": [True]}])) == [
        b"1",
        b'"1"',
        b"[1,null]",
        b'{"a":[true],"b":2}',
    ]


def test_what_says_nothing_is_no_member() -> None:
    with pytest.raises(TypeError, match="object"):
        list(encoded([object()]))
