import pytest

from gitprov.api.policy.locating import Path, locate

TEXT = '''# a comment with [a.header] and key = "value"
top = 1
[rules.acceptance]
level = "warn"  # = "off"
criteria = [
  "a >= 1",  # ], [
  'b <= 2',

  """
] c
""" , "d"
]
[ "quoted.key" . 'x y' ]
"es\\u0063ape" = 1
dotted . "key" = { inner = 1, "deep" = { list = [
  { a = 1 },
  { b = 2 } ] } }
[[tables]]
a = \'\'\'
[no.header]
a = 2\'\'\'
b = """"quoted\\"""""
[[tables]]
a = 1979-05-27 07:32:00
[tables.below]
c = inf
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 2),
        (("rules",), 3),
        (("rules", "acceptance"), 3),
        (("rules", "acceptance", "level"), 4),
        (("rules", "acceptance", "criteria"), 5),
        (("rules", "acceptance", "criteria", 0), 6),
        (("rules", "acceptance", "criteria", 1), 7),
        (("rules", "acceptance", "criteria", 2), 9),
        (("rules", "acceptance", "criteria", 3), 11),
        (("quoted.key", "x y"), 13),
        (("quoted.key", "x y", "escape"), 14),
        (("quoted.key", "x y", "dotted"), 15),
        (("quoted.key", "x y", "dotted", "key", "inner"), 15),
        (("quoted.key", "x y", "dotted", "key", "deep", "list", 1, "b"), 17),
        (("tables",), 18),
        (("tables", 0, "a"), 19),
        (("tables", 0, "b"), 22),
        (("tables", 1), 23),
        (("tables", 1, "a"), 24),
        (("tables", 1, "below"), 25),
        (("tables", 1, "below", "c"), 26),
    ],
)
def test_every_way_of_writing_a_key_is_located(path: Path, line: int) -> None:
    assert locate(TEXT).lines()[path] == line


def test_what_is_not_there_has_the_line_of_the_table_it_belongs_to() -> None:
    places = locate(TEXT)
    assert places.line(("rules", "acceptance", "paths")) == 3
    assert places.line(("rules", "acceptance", "criteria", 9)) == 5
    assert places.line(("nothing",)) == 0


def test_lines_end_as_windows_ends_them_too() -> None:
    assert locate("[a]\r\nb = 1\r\nc = [\r\n 1,\r\n]\r\n").lines()[("a", "c", 0)] == 4


@pytest.mark.parametrize(
    "text", ["", "\n", "[", "[a", "a", "a =", "a = [", "a = {", 'a = "', "= 1", "a = [1 2]", "[]\n"]
)
def test_a_text_that_is_no_toml_is_read_as_far_as_it_goes(text: str) -> None:
    assert set(locate(text).lines()) <= {("a",), ("a", 0)}


def test_depth_without_end_is_given_up() -> None:
    assert locate("a = " + "[" * 100_000).line(("a",)) == 1
