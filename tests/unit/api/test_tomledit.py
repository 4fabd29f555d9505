import tomllib

import pytest

from gitprov.api.data.tomledit import add_table, remove_table, set_key

FILE = """\
# what we share
[capture]
metrics = ["a.json"]   # read after a run

[data.remotes.old]  # the first one
url = "/srv/old"
# slow

# the rules of the house
[rules.x]
level = "warn"
"""
STORE = ("data", "remotes", "store")


def test_a_table_is_added_and_all_other_text_stays() -> None:
    new = add_table(FILE, STORE, {"url": "s3://b/p", "anon": True})

    assert new == FILE + '\n[data.remotes.store]\nurl = "s3://b/p"\nanon = true\n'


def test_a_file_without_a_last_newline_and_an_empty_one_take_a_table() -> None:
    assert add_table("a = 1", ("b",), {"c": 2}) == "a = 1\n\n[b]\nc = 2\n"
    assert add_table("", ("b",), {"c": 2}) == "[b]\nc = 2\n"


def test_line_ends_of_windows_stay() -> None:
    text = FILE.replace("\n", "\r\n")
    added = add_table(text, STORE, {"url": "x"})

    assert added == text + '\r\n[data.remotes.store]\r\nurl = "x"\r\n'
    assert remove_table(added, STORE) == text


def test_a_table_that_is_there_is_not_added_again() -> None:
    assert add_table(FILE, ("data", "remotes", "old"), {"url": "x"}) is None
    assert add_table("data = 1", STORE, {"url": "x"}) is None


def test_a_table_is_taken_out_and_comments_around_it_stay() -> None:
    without = remove_table(FILE, ("data", "remotes", "old"))

    assert without is not None
    assert "# slow\n\n# the rules of the house\n[rules.x]\n" in without
    assert "old" not in without
    assert tomllib.loads(without) == {"capture": {"metrics": ["a.json"]}, "rules": {"x": {"level": "warn"}}}


def test_adding_and_taking_out_again_gives_the_same_text() -> None:
    added = add_table(FILE, STORE, {"url": "x"})

    assert added is not None
    assert remove_table(added, STORE) == FILE


@pytest.mark.parametrize(
    "text",
    [
        'data = { remotes = { store = { url = "x" } } }\n',
        '[data.remotes]\nstore = { url = "x" }\n',
        '[data.remotes]\nstore.url = "x"\n',
        'long = """\n[data.remotes.store]\n"""\n[data.remotes]\nstore = {url = "x"}\n',
    ],
)
def test_what_is_written_in_another_way_is_left_to_a_person(text: str) -> None:
    assert remove_table(text, STORE) is None


def test_a_table_may_not_be_added_below_one_that_is_written_inline() -> None:
    assert add_table('data = { remote = "x" }\n', STORE, {"url": "x"}) is None


def test_a_header_inside_a_long_text_is_no_header() -> None:
    text = 'long = """\n[data.remotes.store]\nurl = "no"\n"""\n\n[data.remotes.store]\nurl = "x"\n'

    assert remove_table(text, STORE) in (None, 'long = """\n[data.remotes.store]\nurl = "no"\n"""\n')


def test_a_header_may_have_quotes_and_spaces() -> None:
    assert remove_table('a = 1\n[ data . "remotes".store ] # x\nurl = "y"\n', STORE) == "a = 1\n"


def test_a_key_is_set_replaced_and_taken_out() -> None:
    text = '[data]  # ours\nkeep = true # all\n\n[data.remotes.a]\nurl = "x"\n'
    one = set_key(text, ("data",), "remote", "a")
    assert one == text.replace("# ours\n", '# ours\nremote = "a"\n')
    two = set_key(one, ("data",), "remote", "b")
    assert two == text.replace("# ours\n", '# ours\nremote = "b"\n')
    assert set_key(two, ("data",), "remote", None) == text


def test_a_key_of_a_table_without_a_header_makes_one() -> None:
    text = '[data.remotes.a]\nurl = "x"\n'
    one = set_key(text, ("data",), "remote", "a")

    assert one == text + '\n[data]\nremote = "a"\n'
    assert set_key(text, ("data",), "remote", None) == text
