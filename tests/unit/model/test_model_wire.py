"""The rules of one line of JSON, before anything is known of its kind."""

import json

import pytest

from gitprov.errors import InvalidRecord
from gitprov.model.limits import DEPTH_LIMIT, DIGITS_LIMIT, LINE_LIMIT
from gitprov.model.wire import SHOWN, check, decode


def reason(line: bytes) -> str:
    """Return why `line` is refused."""
    with pytest.raises(InvalidRecord) as caught:
        check(decode(line), text_too=True)
    return caught.value.message


def test_a_line_of_exactly_the_limit_is_read_and_one_byte_more_is_not() -> None:
    line = b'{"a":"' + b"x" * (LINE_LIMIT - 8) + b'"}'
    assert len(line) == LINE_LIMIT
    assert decode(line)["a"].startswith("xxx")
    assert reason(line.replace(b"x", b"xx", 1)) == "record is 1048577 bytes long, the limit is 1048576"


def test_a_final_newline_is_not_part_of_the_record_but_one_inside_is_refused() -> None:
    assert decode(b'{"a":1}\n') == {"a": 1}
    assert reason(b'{"a":\n1}') == "record is not one line"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b'{"a":"\xff"}', "record is not UTF-8: invalid start byte at byte 6"),
        (b'{"a":"\xed\xa0\x80"}', "record is not UTF-8: invalid continuation byte at byte 6"),
        (b"", "record is not JSON: Expecting value at character 0"),
        (b'{"a":1} x', "record is not JSON: Extra data at character 8"),
        (b"\xef\xbb\xbf{}", "record is not JSON: Unexpected UTF-8 BOM (decode using utf-8-sig) at character 0"),
        (b"[1]", "record is not a JSON object"),
        (b'"a"', "record is not a JSON object"),
        (b'{"a":NaN}', 'NaN is not JSON; it is written as text: "NaN"'),
        (b'{"a":-Infinity}', '-Infinity is not JSON; it is written as text: "-Infinity"'),
        (b'{"a":[1,{"b":1e999}]}', "a[1].b is a number too large to be one"),
        (b'{"a":{"x":1,"y":2,"x":1}}', "key stands twice in one object: x"),
        (b'{"\\u001b":1,"\\u001b":2}', "key stands twice in one object: \\x1b"),
        (b'{"a":"\\u001b[31m"}', "a holds a control or bidirectional character: \\x1b[31m"),
        (b'{"a":["ok",{"b":"x\\u202ey"}]}', "a[1].b holds a control or bidirectional character: x\\u202ey"),
        (b'{"a":"\\ud800"}', "a holds a control or bidirectional character: \\ud800"),
        (b'{"a":{"k\\r":1}}', "a key of a holds a control or bidirectional character: k\\x0d"),
    ],
)
def test_what_breaks_a_rule_is_named(line: bytes, expected: str) -> None:
    assert reason(line) == expected


def test_tabs_and_newlines_in_text_are_fine() -> None:
    fields = decode(b'{"a":"x\\n\\ty"}')
    check(fields, text_too=True)
    assert fields == {"a": "x\n\ty"}


def test_text_is_left_alone_where_only_the_shape_is_asked_for() -> None:
    fields = decode(b'{"a":"\\u001b"}')
    check(fields, text_too=False)
    assert fields == {"a": "\x1b"}


def test_integers_keep_every_digit_up_to_the_limit() -> None:
    digits = "9" * DIGITS_LIMIT
    assert decode(b'{"a":%s}' % digits.encode()) == {"a": int(digits)}
    assert reason(b'{"a":9%s}' % digits.encode()) == "an integer of 1001 digits, the limit is 1000"


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_nesting_is_bounded_however_deep_the_line_goes(opening: bytes) -> None:
    closing = {b"[": b"]", b'{"a":': b"}"}[opening]

    def nested(levels: int) -> bytes:
        return b'{"a":' + opening * (levels - 1) + b"1" + closing * (levels - 1) + b"}"

    check(decode(nested(DEPTH_LIMIT)), text_too=True)
    assert reason(nested(DEPTH_LIMIT + 1)) == "record is nested more than 32 levels deep"
    assert reason(nested(100_000)) == "record is nested more than 32 levels deep"


def test_a_message_shows_a_long_place_and_a_long_text_cut() -> None:
    line = json.dumps({"k" * 500: {"n" * 500: "\x1b" * 500}}).encode()
    assert len(reason(line)) < 5 * SHOWN


def test_a_huge_key_with_many_children_costs_no_more_than_its_line() -> None:
    line = json.dumps({"k" * 400_000: [0] * 200_000}).encode()
    check(decode(line), text_too=True)
    keys = b",".join(b'"%d":0' % number for number in range(60_000))
    assert reason(b'{%s,"7":0}' % keys) == "key stands twice in one object: 7"
