import hashlib
import json

import pytest

from gitprov.artifacts.elsewhere.dvc.listing import parse
from gitprov.errors import InvalidRecord

EMPTY = "d41d8cd98f00b204e9800998ecf8427e"
# What DVC 3.67 wrote for a directory with three files.
REAL = (
    b'[{"md5": "59b0d7772f0561efb95518f3cb8abc60", "relpath": "x.csv"}, '
    b'{"md5": "691620b889fbdb4c23b8a08c517a0665", "relpath": "z/big"}, '
    b'{"md5": "7694f4a66316e53c8cdd9d9954bd611d", "relpath": "\\u00e9 y"}]'
)


def named(data: bytes) -> str:
    """Return the name that DVC would give a listing."""
    return hashlib.md5(data, usedforsecurity=False).hexdigest() + ".dir"


def listing(*paths: str) -> bytes:
    """Return a listing of empty files."""
    return json.dumps([{"md5": EMPTY, "relpath": path} for path in paths]).encode()


def test_a_listing_of_dvc_names_each_file() -> None:
    assert parse(REAL, "8d27ecbab2542d1d211bbd9d009095c7.dir") == {
        "x.csv": "59b0d7772f0561efb95518f3cb8abc60",
        "z/big": "691620b889fbdb4c23b8a08c517a0665",
        "é y": "7694f4a66316e53c8cdd9d9954bd611d",
    }
    assert parse(b"[]", named(b"[]")) == {}


@pytest.mark.parametrize(
    ("paths", "reason"),
    [
        (["../../.bashrc"], "climbs out"),
        (["a/../../b"], "climbs out"),
        (["/etc/passwd"], "empty or '.' part"),
        (["a//b"], "empty or '.' part"),
        ([""], "empty or '.' part"),
        (["."], "empty or '.' part"),
        (["a/.git/config"], "reaches into .git"),
        (["a\\..\\..\\b"], "climbs out"),
        (["a\0b"], "NUL"),
        (["\ud800"], "not text"),
        (["a", "b", "a"], "stands twice"),
        (["a", "a/b"], "a file and a directory"),
    ],
)
def test_a_listing_with_a_path_that_may_not_be_is_refused_whole(paths: list[str], reason: str) -> None:
    data = listing(*paths)
    with pytest.raises(InvalidRecord, match=reason):
        parse(data, named(data))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[1]",
        b'[{"relpath": "a"}]',
        b'[{"relpath": "a", "md5": "../../../etc/passwd"}]',
        b'[{"relpath": "a", "md5": "d41d8cd98f00b204e9800998ecf8427e.dir"}]',
        b'[{"relpath": 5, "md5": "d41d8cd98f00b204e9800998ecf8427e"}]',
        b"[" * 100_000,
    ],
)
def test_what_is_no_listing_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidRecord):
        parse(data, named(data))


def test_a_listing_that_is_not_what_its_name_says_is_refused() -> None:
    with pytest.raises(InvalidRecord, match="is damaged"):
        parse(listing("a"), named(listing("b")))
