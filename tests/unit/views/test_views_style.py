from gitprov.views.style import cut, fill, paint, width, wrap


def test_text_is_painted_only_where_colour_is_wanted() -> None:
    assert paint("ok", "green", colour=True) == "\x1b[32mok\x1b[m"
    assert paint("ok", "green", colour=False) == "ok"
    assert paint("ok", "", colour=True) == "ok"
    assert paint("", "green", colour=True) == ""


def test_text_is_cut_and_filled_by_the_columns_it_takes_not_by_its_characters() -> None:
    assert width("数据") == 4
    assert cut("abcdef", 4) == "abc…"
    assert cut("abcd", 4) == "abcd"
    assert width(cut("数据数据", 5)) <= 5
    assert fill("数据", 6) == "数据  "
    assert fill("7", 3, right=True) == "  7"


def test_text_is_wrapped_to_a_width_and_left_alone_without_one() -> None:
    text = "one two three four five six seven\n\neight"
    assert wrap(text, 20) == ["one two three four", "five six seven", "", "eight"]
    assert wrap(text, None) == ["one two three four five six seven", "", "eight"]
