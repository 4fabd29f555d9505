"""The lines of keys in any TOML text, and patterns that mean something to who matches them."""

import tomllib
from typing import Any

import pathspec
import tomli_w
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from gitprov.api.policy.locating import Path, locate
from gitprov.model.policy.fields import Pattern

KEYS = st.one_of(st.from_regex(r"[A-Za-z0-9_-]{1,4}", fullmatch=True), st.text(max_size=4))
LEAVES = st.one_of(
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
    st.text(alphabet=st.sampled_from("ab\"'\\\n\r\t#[]{}=,. é\0"), max_size=8),
    st.datetimes(),
    st.dates(),
)
VALUES = st.recursive(
    LEAVES, lambda below: st.lists(below, max_size=3) | st.dictionaries(KEYS, below, max_size=3), max_leaves=12
)
TABLES = st.dictionaries(KEYS, VALUES, max_size=5)


def paths(value: Any, above: Path = ()) -> set[Path]:  # noqa: ANN401 - any TOML
    """Return the paths of everything in a value."""
    found = {above} if above else set()
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return found.union(*(paths(item, (*above, key)) for key, item in inside))


@given(TABLES, st.booleans())
def test_every_key_and_entry_of_a_text_is_located_and_nothing_else(table: dict[str, Any], multiline: bool) -> None:
    text = tomli_w.dumps(table, multiline_strings=multiline)
    lines = locate(text).lines()

    assert set(lines) == paths(tomllib.loads(text))
    assert all(1 <= line <= text.count("\n") + 1 for line in lines.values())


@given(st.lists(st.from_regex(r"[a-z]{1,3}", fullmatch=True), min_size=1, max_size=6, unique=True), st.data())
def test_a_key_stands_on_its_line(names: list[str], data: st.DataObject) -> None:
    gaps = data.draw(
        st.lists(st.sampled_from(["", "\n", "# x = 1\n", "\n\n"]), min_size=len(names), max_size=len(names))
    )
    text = "".join(f"{gap}{name} = '''\n{name} = 0\n'''\n" for gap, name in zip(gaps, names, strict=True))

    for path, line in locate(text).lines().items():
        assert text.split("\n")[line - 1].startswith(f"{path[0]} = '''")


@given(st.text(alphabet=st.sampled_from("ab/*?[]!^\\-# ~.\n\0é"), max_size=8))
def test_a_pattern_that_is_taken_is_one_that_can_be_matched(text: str) -> None:
    try:
        taken = TypeAdapter(Pattern).validate_python(text)
    except ValidationError:
        return
    assert [one.include for one in pathspec.GitIgnoreSpec.from_lines([taken]).patterns] == [not text.startswith("!")]
