"""What an experiment can be called."""

import pytest

from gitprov.api.templates.naming import check_name
from gitprov.errors import ExitStatus, UsageError


@pytest.mark.parametrize("name", ["a", "ResNet50-aug", "step_0.1", "2026", "console", "a.b.c", "x" * 64])
def test_a_plain_name_will_do(name: str) -> None:
    check_name(name)


@pytest.mark.parametrize(
    ("name", "why", "meant"),
    [
        ("", "it is empty", ""),
        ("my idea", "it has a space in it", "my-idea"),
        ("a\tb", "it has a space in it", "a-b"),
        ("../x", "it is a path", ""),
        ("a/b", "it is a path", ""),
        ("a\\..\\b", "it is a path", ""),
        ("/etc", "it is a path", ""),
        ("experiments/x/", "it is a path", "x"),
        (".hidden", "a name takes letters", "hidden"),
        ("..", "a name takes letters", ""),
        ("é", "a name takes letters", ""),
        ("a;b", "a name takes letters", "a-b"),
        ("\x1b[31m", "a name takes letters", "31m"),
        ("x.", "it ends in a full stop", "x"),
        ("x.lock", "it ends in .lock", ""),
        ("NUL", "it is the name of a device on Windows", ""),
        ("com1.txt", "it is the name of a device on Windows", ""),
        ("x" * 65, "it has more than 64 letters", "x" * 64),
    ],
)
def test_another_is_refused_with_the_reason_and_what_could_be_meant(name: str, why: str, meant: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_name(name)

    assert caught.value.status == ExitStatus.USAGE
    assert why in caught.value.message
    assert caught.value.hint == (f"call it {meant}: git prov new {meant}" if meant else HINT)


HINT = "a name takes letters, digits, - and _, and . between them"
