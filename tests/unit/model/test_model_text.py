"""The text forms: the reversible one of names, the one-way one of free text."""

import os

import pytest

from gitprov.model.text import is_clean, is_quoted_form, quote, single_line, unquote, visible


@pytest.mark.parametrize(
    "name", ["", "train.py", "--lr=0.1", "données/été.csv", "two\nlines\tand a tab", 'say "hi"', "a\\b"]
)
def test_plain_names_stay_as_they_are(name: str) -> None:
    assert quote(name) == name
    assert quote(name.encode()) == name
    assert unquote(name) == name.encode()


@pytest.mark.parametrize(
    ("raw", "form"),
    [
        (b"caf\xe9", r'"caf\351"'),
        (b'"x"', r'"\"x\""'),
        (b"\x1b[2J", r'"\033[2J"'),
        (b"a\rb\x07\x08\x0b\x0c\t\n\x7f\x00", r'"a\rb\a\b\v\f\t\n\177\000"'),
        (b"back\\slash\x01", r'"back\\slash\001"'),
        ("é\u202e".encode(), r'"\303\251\342\200\256"'),
        ("\x85".encode(), r'"\302\205"'),
        ("\u2028".encode(), r'"\342\200\250"'),
    ],
)
def test_other_names_are_written_as_git_quotes_paths(raw: bytes, form: str) -> None:
    assert quote(raw) == form
    assert quote(os.fsdecode(raw)) == form
    assert unquote(form) == raw


def test_tabs_and_newlines_are_quoted_only_where_the_form_is_one_line() -> None:
    assert quote("a\tb\nc") == "a\tb\nc"
    assert quote("a\tb\nc", one_line=True) == quote(b"a\tb\nc", one_line=True) == r'"a\tb\nc"'
    assert quote("a b", one_line=True) == "a b"
    assert unquote(r'"a\tb\nc"') == b"a\tb\nc"


def test_bytes_smuggled_in_as_surrogates_have_the_form_of_the_text_they_spell() -> None:
    assert quote("a\udcc3\udca9") == quote("aé") == "aé"


def test_a_surrogate_that_stands_for_no_byte_is_kept_apart_and_raises_nothing() -> None:
    assert quote("\ud800") == r'"\355\240\200"'


@pytest.mark.parametrize(
    "form",
    ['"', '"open', '"a"b', '"a"b"', r'"\x41"', r'"\400"', r'"\12"', '"\\', r'"a\"', "\ud800", '"\ud800"'],
    ids=ascii,
)
def test_a_malformed_form_is_a_value_error(form: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the words differ, the kind is the contract
        unquote(form)
    assert not is_quoted_form(form)


@pytest.mark.parametrize("form", ['"plain"', r'"\141\001"', '"é\\001"', "\x1b", "a\u202e"], ids=ascii)
def test_a_name_has_one_form_only(form: str) -> None:
    assert not is_quoted_form(form)


@pytest.mark.parametrize("char", ["\x00", "\x08", "\r", "\x1b", "\x7f", "\x80", "\x9b", "\u061c", "\u200e", "\u200f"])
def test_controls_are_not_clean(char: str) -> None:
    assert not is_clean(f"a{char}b")


@pytest.mark.parametrize("code", [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x2028, 0x2029, 0xD800, 0xDFFF])
def test_bidirectional_controls_separators_and_lone_surrogates_are_not_clean(code: int) -> None:
    assert not is_clean(chr(code))


def test_tabs_newlines_and_every_script_are_clean() -> None:
    assert is_clean("a\tb\nc é 中文 עברית 😀 \u200d")


def test_visible_writes_out_what_cannot_be_seen_and_nothing_else() -> None:
    assert visible("a\x1b[2J\r\x9b\u202eb\udc80\n\tc\\") == "a\\x1b[2J\\x0d\\x9b\\u202eb\\udc80\n\tc\\"
    assert is_clean(visible("".join(map(chr, range(0x3000)))))


def test_a_single_line_has_no_line_breaks_and_at_most_its_limit() -> None:
    assert single_line("a\nb\tc", 80) == r"a\nb\tc"
    assert single_line("abcdef", 6) == "abcdef"
    assert single_line("abcdefg", 6) == "abcde…"
    assert single_line("\x1b" * 9, 6) == "\\x1b\\…"
    assert single_line("\n\n\n", 5) == "\\n\\n…"
    assert single_line("abc", 1) == "…"
