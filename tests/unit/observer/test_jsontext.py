import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gitprov.observer.jsontext import to_json

_SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=12
)


@given(_VALUES)
def test_what_json_has_comes_back_as_it_was(value: object) -> None:
    assert json.loads(to_json(value)) == value


def test_bytes_that_are_no_text_come_back_as_surrogates() -> None:
    assert json.loads(to_json("\udcff\U0001f600\x00\x7f")) == "\udcff\U0001f600\x00\x7f"


def test_it_is_one_line_without_a_nul() -> None:
    line = to_json({"a\n": "\0", "b": ["\r\n", 'quo"te', "back\\slash"]})
    assert not {b"\n", b"\0", b"\r"} & {line[n : n + 1] for n in range(len(line))}


def test_numbers_that_json_lacks_are_named() -> None:
    assert to_json([float("nan"), float("inf"), float("-inf")]) == b'["NaN","Infinity","-Infinity"]'


def test_other_things_are_named_by_their_type_and_never_asked() -> None:
    class Loud:
        def __repr__(self) -> str:
            raise AssertionError

    assert to_json({1: Loud(), "s": {1}}) == b'{"1":"Loud","s":"set"}'


def test_what_contains_itself_ends() -> None:
    endless: list[Any] = []
    endless.append(endless)
    assert to_json(endless).endswith(b'"list"' + b"]" * 32)
