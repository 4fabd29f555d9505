"""What is written is what is read, for anything that can be said at all."""

import json
import os
import string
import tomllib
from datetime import datetime
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitprov.errors import InvalidRecord
from gitprov.model.records import Run, Unread, dump, parse
from gitprov.model.stamp import is_stamp, order
from gitprov.model.text import is_clean, is_quoted_form, quote, unquote, visible
from gitprov.records.toml import merge, section, split

pytestmark = pytest.mark.property

texts = st.text().map(visible)
names = st.text(max_size=8).map(visible)
lines = st.text(min_size=1).map(lambda text: visible(text).replace("\n", " "))
scalars = (
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | texts
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4), max_leaves=12
)
measures = st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from(["NaN", "-Infinity"])
ids = st.binary(min_size=16, max_size=16).map(bytes.hex)
oids = st.binary(min_size=20, max_size=20).map(bytes.hex)
digests = st.binary(min_size=32, max_size=32).map(lambda digest: f"b3:{digest.hex()}")
paths = st.lists(st.text(string.ascii_letters + "é ._-", min_size=1), min_size=1, max_size=3).map(
    lambda parts: "/".join(f"p{part}" for part in parts)
)
stamps = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001 - `Z` is put on below
    lambda moment: moment.isoformat(timespec="milliseconds" if moment.second % 2 else "seconds") + "Z"
)
artifacts = st.fixed_dictionaries(
    {"path": paths},
    optional={"digest": digests, "size": st.integers(0), "files": st.integers(0), "how": st.just("traced")},
)


runs = st.fixed_dictionaries(
    {
        "kind": st.just("run"),
        "schema": st.just(1),
        "id": ids,
        "status": st.sampled_from(["ok", "failed", "killed", "lost"]),
        "at": stamps,
        "by": lines,
    },
    optional={
        "exit": st.integers(),
        "command": st.lists(st.binary(max_size=8).map(quote), min_size=1, max_size=4),
        "seconds": st.floats(0, 1e9) | st.integers(0),
        "message": texts.filter(bool),
        "tags": st.lists(lines, min_size=1, max_size=3),
        "parents": st.lists(ids, min_size=1, max_size=2),
        "code": st.fixed_dictionaries({"commit": oids}, optional={"tree": oids, "remote": lines}),
        "input": st.lists(artifacts, min_size=1, max_size=3),
        "output": st.lists(artifacts, min_size=1, max_size=3),
        "params": st.dictionaries(names, values, min_size=1, max_size=4),
        "metrics": st.dictionaries(names, measures, min_size=1, max_size=4),
        "intent": st.fixed_dictionaries({"verdict": st.just("met")}, optional={"hypothesis": texts.filter(bool)}),
        "capture": st.fixed_dictionaries({"complete": st.booleans()}),
        "something_new": values,
    },
)


def same_form(value: object) -> str:
    """Return a text that is the same for equal values of equal types, in whatever order their keys are."""
    return json.dumps(value, sort_keys=True)


def as_shown(value: object) -> object:
    """Return what TOML can say of a value: null is left out of tables and is a word in arrays."""
    if isinstance(value, dict):
        return {key: as_shown(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return ["null" if item is None else as_shown(item) for item in value]
    return value


def assert_read_or_refused_with_clean_words(line: bytes) -> None:
    """Fail when reading raises anything but a refusal, or the refusal's words are not fit to be shown."""
    refusal = ""
    try:
        parse(line)
    except InvalidRecord as error:
        refusal = error.message
    assert is_clean(refusal)
    assert "\n" not in refusal


@given(st.binary())
def test_every_name_of_the_system_comes_back_byte_for_byte(name: bytes) -> None:
    form = quote(name)
    assert unquote(form) == name
    assert is_clean(form)
    assert is_quoted_form(form)
    assert quote(os.fsdecode(name)) == form


@given(st.text(st.characters(exclude_categories=[])))
def test_any_text_has_a_form_that_is_its_only_one(text: str) -> None:
    form = quote(text)
    assert is_quoted_form(form)
    assert quote(unquote(form)) == form


@given(st.text(st.characters(exclude_categories=[])))
def test_text_made_visible_is_clean_and_stays_as_it_is(text: str) -> None:
    assert is_clean(visible(text))
    assert visible(visible(text)) == visible(text)


@given(runs)
def test_a_record_comes_back_from_its_line_unchanged(fields: dict[str, Any]) -> None:
    record = parse(json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode())
    assert not isinstance(record, Unread)
    assert same_form(dump(record)) == same_form(fields)


@given(st.binary() | st.text().map(str.encode) | values.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_read_or_refused_with_clean_words(line: bytes) -> None:
    assert_read_or_refused_with_clean_words(line)


@given(runs, names | st.sampled_from(sorted(Run.model_fields)), values)
def test_a_record_with_any_field_replaced_is_read_or_refused_with_clean_words(
    fields: dict[str, Any], name: str, value: object
) -> None:
    assert_read_or_refused_with_clean_words(json.dumps({**fields, name: value}).encode())


@given(runs)
def test_a_section_says_what_the_record_says(fields: dict[str, Any]) -> None:
    text = section(fields)
    (shown,) = tomllib.loads(text)["run"]
    at = shown.pop("at")
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert is_stamp(fields["at"])
    assert at == datetime.fromisoformat(fields["at"])
    expected = {name: value for name, value in fields.items() if name not in ("kind", "at")}
    assert same_form(shown) == same_form(as_shown(expected))


@given(st.lists(runs, max_size=6, unique_by=lambda run: run["id"]), st.randoms())
def test_merging_in_any_order_and_grouping_gives_what_a_rebuild_gives(
    records: list[dict[str, Any]], random: Random
) -> None:
    rebuilt = "\n".join(section(run) for run in sorted(records, key=lambda run: order(run["at"], run["id"])))
    shuffled = [section(run) for run in records]
    random.shuffle(shuffled)
    note = ""
    while shuffled:
        size = random.randint(1, len(shuffled))
        note = merge(note, shuffled[:size])
        shuffled = shuffled[size:]
    assert note == rebuilt
    assert [one.id for one in split(note)] == [
        run["id"] for run in sorted(records, key=lambda run: order(run["at"], run["id"]))
    ]
    assert tomllib.loads(note).keys() == ({"run"} if records else set())
