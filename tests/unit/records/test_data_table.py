"""Sorted rows in one piece of memory."""

from hypothesis import given
from hypothesis import strategies as st

from gitprov.records.data.table import Table

rows_of_4 = st.lists(st.binary(min_size=4, max_size=4).map(lambda row: bytes(byte & 3 for byte in row)))


def table(*rows: bytes, width: int = 4) -> Table:
    return Table(memoryview(b"".join(sorted(rows))), width)


def test_rows_are_found_by_how_they_begin() -> None:
    made = table(b"aa01", b"aa02", b"ab03", b"b004")

    assert list(made.starting(b"aa")) == [b"aa01", b"aa02"]
    assert list(made.starting(b"b004")) == [b"b004"]
    assert list(made.starting(b"ac")) == list(made.starting(b"c")) == list(table().starting(b"a")) == []
    assert (len(made), len(table())) == (4, 0)


@given(rows_of_4, rows_of_4)
def test_adding_rows_gives_the_sorted_set_of_all(old: list[bytes], new: list[bytes]) -> None:
    before = table(*set(old))

    after = Table(memoryview(before.with_rows(new)), 4)

    assert list(after) == sorted({*old, *new})


@given(rows_of_4, st.binary(max_size=4).map(lambda key: bytes(byte & 3 for byte in key)))
def test_looking_up_is_the_same_as_looking_through(rows: list[bytes], key: bytes) -> None:
    assert list(table(*set(rows)).starting(key)) == sorted(row for row in set(rows) if row.startswith(key))
