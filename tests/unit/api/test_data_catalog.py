"""Uses of data, in the order of their times."""

from gitprov.api.data.catalog import Catalog
from gitprov.model.pointer import Statement

OLD, NEW = (f"b3:{digit * 64}" for digit in "12")


def said(digest: str, at: str) -> Statement:
    return Statement(digest, at, "Ana <ana@example.org>", path="a.csv")


def test_the_later_of_one_second_is_the_newest_however_its_time_is_written() -> None:
    statements = [said(NEW, "2026-01-02T03:04:05.500Z"), said(OLD, "2026-01-02T03:04:05Z")]

    assert Catalog(statements).newest()["a.csv"].digest == NEW
