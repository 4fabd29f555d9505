"""Statements about data: what is taken in and what is refused, by which words."""

import json
from typing import Any

import pytest

from gitprov.errors import InvalidRecord
from gitprov.model.pointer import GONE_LIMIT, LOCATIONS_LIMIT, STATEMENT_LIMIT, parse
from gitprov.model.urls import URL_LIMIT, unsafe_url

DIGEST = "b3:" + "ab" * 32
LOCATION_ID = "0" * 32 + ":0"


def document(**fields: Any) -> bytes:  # noqa: ANN401 - any field
    said = {"schema": 1, "digest": DIGEST, "at": "2026-01-02T03:04:05Z", "by": "Ana <a@b.c>", **fields}
    return json.dumps({name: value for name, value in said.items() if value is not None}).encode() + b"\n"


def test_a_statement_with_all_its_fields_is_read() -> None:
    fields: dict[str, Any] = {
        "kind": "directory",
        "size": 12,
        "files": 3,
        "media_type": "text/csv",
        "path": "data/raw",
        "profile": DIGEST,
        "licence": "CC-BY-4.0",
        "owner": "The Lab",
        "note": "two\nlines",
        "location": [
            {"kind": "remote", "remote": "store"},
            {"kind": "url", "url": "https://example.org/a?x=1", "etag": '"1"', "at": "2026-01-01T00:00:00Z"},
            {"kind": "s3", "url": "s3://bucket/key", "version": "v1", "size": 12},
            {"kind": "lfs", "oid": "ef" * 32},
            {"kind": "dvc", "md5": "cd" * 16 + ".dir", "remote": "origin"},
            {"kind": "annex", "key": "SHA256E-s1--aa.csv"},
        ],
        "gone": [LOCATION_ID],
    }

    statement = parse(document(**fields))

    assert statement is not None
    assert statement.plain() == json.loads(document(**fields))


def test_fields_and_kinds_of_places_that_are_not_known_are_kept() -> None:
    fields = {"colour": "blue", "location": [{"kind": "carrier-pigeon", "loft": "north"}]}

    statement = parse(document(**fields))

    assert statement is not None
    assert statement.plain() == json.loads(document(**fields))


def test_fields_that_are_called_as_ours_and_stand_elsewhere_are_kept() -> None:
    fields = {"others": {"x": 1}, "remote": "store", "location": [{"kind": "pigeon", "others": "", "location": []}]}

    statement = parse(document(**fields))

    assert statement is not None
    assert statement.plain() == json.loads(document(**fields))


def test_what_is_given_as_nothing_is_as_good_as_not_given() -> None:
    line = document()[:-2] + b',"note":null,"size":null,"location":[{"kind":"url","url":null}]}\n'

    statement = parse(line)

    assert statement is not None
    assert statement.plain() == {**json.loads(document()), "location": [{"kind": "url"}]}


def test_a_newer_schema_is_left_unread_whatever_it_says() -> None:
    assert parse(document(schema=2, digest="something else", note="\x1b", location="nowhere")) is None


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"schema": None}, "schema is not an integer from 1 on"),
        ({"schema": "1"}, "schema is not an integer from 1 on"),
        ({"schema": True}, "schema is not an integer from 1 on"),
        ({"schema": 0}, "schema is not an integer from 1 on"),
        ({"digest": None}, "digest is missing"),
        ({"digest": 5}, "digest is not text: 5"),
        ({"location": [{"kind": "url", "url": 5}]}, "location[0].url is not text: 5"),
        ({"location": [{"kind": "s3", "size": True}]}, "location[0].size is not an integer: True"),
        ({"note": ["x"]}, "note is not text: ['x']"),
        ({"gone": "x"}, "gone is not a list: x"),
        ({"digest": "git:" + "a" * 40}, "digest is not the digest of bytes"),
        ({"digest": "B3:" + "ab" * 32}, "digest is not the digest of bytes"),
        ({"at": "yesterday"}, "at is not a UTC time"),
        ({"by": ""}, "by is not one line of text"),
        ({"by": "a\nb"}, "by is not one line of text"),
        ({"kind": "fifo"}, "kind is not 'file' or 'directory'"),
        ({"size": -1}, "size is less than nothing"),
        ({"size": "12"}, "size is not an integer"),
        ({"size": 1.0}, "size is not an integer"),
        ({"files": True}, "files is not an integer"),
        ({"path": "../x"}, "path climbs out of the repository: ../x"),
        ({"path": "/etc/passwd"}, "path is absolute"),
        ({"path": "a/.git/config"}, "path reaches into .git"),
        ({"note": "\x1b[31m"}, r"note holds a control or bidirectional character: \x1b[31m"),
        ({"owner": "a\u202eb"}, r"owner holds a control or bidirectional character: a\u202eb"),
        ({"later": {"deep": ["\x07"]}}, "later.deep[0] holds a control or bidirectional character"),
        ({"location": {"kind": "url"}}, "location is not a list"),
        ({"location": ["here"]}, "location[0] is not a table: here"),
        ({"location": [{"remote": "x"}]}, "location[0].kind is missing"),
        ({"location": [{"kind": "No Word"}]}, "location[0].kind is not a lower-case word: No Word"),
        ({"location": [{"kind": "url", "url": "nothing"}]}, "location[0].url is not an address"),
        ({"location": [{"kind": "remote"}] * (LOCATIONS_LIMIT + 1)}, "location has too many entries"),
        ({"gone": ["x"]}, "gone[0] is not a location's id"),
        ({"gone": ["0" * 32 + ":00"]}, "gone[0] is not a location's id"),
        ({"gone": [LOCATION_ID] * (GONE_LIMIT + 1)}, "gone has too many entries"),
        ({"note": "x" * STATEMENT_LIMIT}, f"bytes long, the limit is {STATEMENT_LIMIT}"),
    ],
)
def test_what_breaks_a_rule_is_refused_in_words(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidRecord) as caught:
        parse(document(**fields))

    assert words in caught.value.message
    assert len(caught.value.message) < 200


@pytest.mark.parametrize("data", [b"", b"\xff", b"[]", b"{}{}", b'{"schema":1,"schema":1}', b"{\n}", b"[" * 50_000])
def test_what_is_no_document_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidRecord):
        parse(data)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/data.csv",
        "https://example.org:8443/a%20b?version=3&monkey=1#part",
        "sftp://ana@host.example/srv/data",
        "abfss://container@account.dfs.core.windows.net/x",
        "https://example.org/@ana/x",
        "s3://bucket/prefix/key",
        "doi:10.5281/zenodo.1234",
        "https://[2001:db8::1]/x",
    ],
)
def test_addresses_that_let_nobody_in_may_be_recorded(url: str) -> None:
    assert unsafe_url(url) == ""


@pytest.mark.parametrize(
    "url",
    [
        "https://ana:hunter2@example.org/x",
        "https://:hunter2@example.org/x",
        "https://hunter2@example.org/x",
        "HTTPS://hunter2@example.org/x",
        "webdavs://hunter2@example.org/x",
        "s3://hunter2@bucket/x",
        "https://example.org/x?X-Amz-Signature=hunter2",
        "https://example.org/x?a=1&x-amz-security-token=hunter2",
        "https://example.org/x?sig=hunter2",
        "https://example.org/x?access_token=hunter2",
        "https://example.org/x?API_KEY=hunter2",
        "https://example.org/hunter2 with spaces",
        "https://example.org/hunter2\u202e",
        "hunter2",
        "/srv/hunter2",
        ":hunter2",
        "http://[hunter2",
        "https://example.org/hunter2" + "x" * URL_LIMIT,
        "",
    ],
)
def test_other_addresses_are_refused_and_the_words_do_not_repeat_them(url: str) -> None:
    assert unsafe_url(url)
    with pytest.raises(InvalidRecord) as caught:
        parse(document(location=[{"kind": "url", "url": url}]))

    assert "location[0].url is " in caught.value.message or "control" in caught.value.message
    if "\u202e" not in url:
        assert "hunter2" not in caught.value.message
