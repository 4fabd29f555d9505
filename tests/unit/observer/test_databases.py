import pytest

from gitprov.observer.databases import parse_database


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("", ("", "")),
        (":memory:", ("", "")),
        ("a.db", ("a.db", "")),
        ("a b%20.db", ("a b%20.db", "")),
        ("file:a.db", ("a.db", "")),
        ("file:/d/a%20b.db?mode=ro", ("/d/a b.db", "ro")),
        ("file:///d/a.db?cache=shared&mode=rwc#x", ("/d/a.db", "rwc")),
        ("file://localhost/d/a.db", ("/d/a.db", "")),
        ("file:a.db?immutable=1", ("a.db", "ro")),
        ("file:a?mode=memory", ("", "")),
        ("file::memory:?cache=shared", ("", "")),
        ("file:?x", ("", "")),
    ],
)
def test_a_database_is_the_file_that_its_name_means(name: str, expected: tuple[str, str]) -> None:
    assert parse_database(name) == expected
