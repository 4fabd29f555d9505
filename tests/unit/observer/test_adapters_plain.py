"""Values of programs as plain data, and functions that stand in for a library's."""

import argparse
import datetime as dt
import enum
import inspect
import pathlib
import sys
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pytest

from gitprov.observer.adapting.plain import plain
from gitprov.observer.adapting.reports import Reports, plain_seed
from gitprov.observer.adapting.untouched import Imports
from gitprov.observer.adapting.wrapping import listening, replace


class Kind(enum.Enum):
    """As most programs have them."""

    SMALL = 1


class Color(str, enum.Enum):  # noqa: UP042
    """As programs for older interpreters have them."""

    RED = "red"


@dataclass
class Model:
    """A table in all but name."""

    lr: float = 0.1
    layers: list[int] = field(default_factory=lambda: [1])


class Broken:
    """It cannot say what it is."""

    def __repr__(self) -> str:
        raise RuntimeError

    def __fspath__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (3, 3),
        (0.5, 0.5),
        ("text", "text"),
        (b"by\xfftes", "by\udcfftes"),
        (Kind.SMALL, "SMALL"),
        (Color.RED, "red"),
        (pathlib.PurePosixPath("a/b"), "a/b"),
        ((1, [2]), [1, [2]]),
        ({3, 1, 2}, [1, 2, 3]),
        ({1: "a", None: "b"}, {"1": "a", "None": "b"}),
        (argparse.Namespace(a=argparse.Namespace(b=1)), {"a": {"b": 1}}),
        (Model(), {"lr": 0.1, "layers": [1]}),
        (dt.date(2026, 1, 2), "2026-01-02"),
        (len, "<builtins.len>"),
        (Model, f"<{__name__}.Model>"),
        (object(), "<builtins.object>"),
        (Broken(), f"<{__name__}.Broken>"),
        (10**400, hex(10**400)[:2000]),
    ],
)
def test_values_become_plain(value: object, expected: object) -> None:
    assert plain(value) == expected


def test_what_is_endless_ends() -> None:
    circle: list[Any] = [1]
    circle.append(circle)
    assert str(plain(circle)).count("[") == 8
    assert plain([list(range(10**5)), 1]) == [[*range(500), "..."], 1]
    assert len(plain({str(n): n for n in range(10**5)})) == 501
    assert len(str(plain([[n] * 400 for n in range(400)]))) < 20000
    assert len(plain("x" * 10**6)) == 2000


def test_seeds_become_plain() -> None:
    assert [plain_seed(seed) for seed in (3, True, 0.5, "s", b"\x01\xff", [1, 2], (3,), object())] == [
        *(3, 1, 0.5, "s", "0x01ff", "[1, 2]", "[3]", None),
    ]


def test_a_report_that_cannot_be_written_does_not_reach_the_program() -> None:
    def tell(_: object) -> None:
        raise OSError

    Reports(tell, Imports(lambda _name, _call: None)).seeds_of("python").note(3)


def function(a: int, b: str = "x") -> str:
    """Say something."""
    return f"{a}{b}"


def test_a_function_is_replaced_wherever_its_package_has_it_and_looks_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    home, taken = ModuleType("some.home"), ModuleType("some.taken")
    monkeypatch.setitem(sys.modules, "some.home", home)
    monkeypatch.setitem(sys.modules, "some.taken", taken)
    monkeypatch.setattr(function, "__module__", "some.home")
    vars(home)["function"] = vars(taken)["function"] = function
    heard: list[tuple[Any, ...]] = []
    replace(home, "function", lambda original: listening(original, lambda *args: heard.append(args)))
    ours = vars(home)["function"]
    assert ours is not function
    assert vars(taken)["function"] is ours
    assert (ours.__name__, ours.__module__, ours.__doc__) == ("function", "some.home", "Say something.")
    assert inspect.signature(ours) == inspect.signature(function)
    assert (ours(1), heard) == ("1x", [(1,)])
    with pytest.raises(TypeError, match="missing 1 required"):
        ours()
    assert heard == [(1,)]


def test_a_listener_that_fails_does_not_reach_the_program() -> None:
    def listen(*_: object) -> None:
        raise ValueError

    assert listening(function, listen)(2, "y") == "2y"
