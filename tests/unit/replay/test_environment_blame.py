import pytest

from gitprov.replay.environment import blame

NAMES = ("numpy", "six", "docopt", "my-pkg")


CROSS = "\N{MULTIPLICATION SIGN}"
PIP_ABSENT = """\
ERROR: Could not find a version that satisfies the requirement numpy==99.1 (from versions: 1.0)
ERROR: No matching distribution found for numpy==99.1

[notice] A new release of pip is available
"""
PIP_OFFLINE = """\
WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError': /simple/six/
ERROR: No matching distribution found for six==1.16.0
"""
PIP_BUILD = f"""\
  error: subprocess-exited-with-error
  {CROSS} python setup.py egg_info did not run successfully.
ERROR: Failed building wheel for My_Pkg
"""
UV_ABSENT = """\
error: No solution found when resolving dependencies
  cause: Because docopt==0.6.2 has no usable wheels and you require docopt==0.6.2
"""
UV_HASH = """\
error: Failed to download `six==1.16.0`
  cause: Hash mismatch for `six==1.16.0`
"""
UV_BUILD = f"""\
  {CROSS} Failed to build `docopt==0.6.2`
  |-> The build backend returned an error
"""


@pytest.mark.parametrize(
    ("said", "package", "kind"),
    [
        (PIP_ABSENT, "numpy", blame.ABSENT),
        (PIP_OFFLINE, "six", blame.NETWORK),
        (PIP_BUILD, "my-pkg", blame.BUILD),
        (UV_ABSENT, "docopt", blame.ABSENT),
        (UV_HASH, "six", blame.HASH),
        (UV_BUILD, "docopt", blame.BUILD),
        ("Killed\n", "", blame.OTHER),
        ("", "", blame.OTHER),
    ],
)
def test_what_failed_is_read_from_the_installers_words(said: str, package: str, kind: str) -> None:
    found = blame.blame(said, NAMES)

    assert (found.package, found.kind) == (package, kind)


def test_words_reach_a_terminal_as_text_alone() -> None:
    assert (
        blame.blame("ERROR: \x1b[31mno\x1b[0m \x1b]0;title\x07 \u202e", ()).words
        == "ERROR: no \\x1b]0;title\\x07 \\u202e"
    )


def test_no_more_than_a_few_lines_are_passed_on() -> None:
    said = "Collecting six\n" + "ERROR: it went wrong\n" + "".join(f"line {n}\n" for n in range(100))
    words = blame.blame(said, NAMES).words.splitlines()

    assert words[0] == "ERROR: it went wrong"
    assert len(words) <= 6
