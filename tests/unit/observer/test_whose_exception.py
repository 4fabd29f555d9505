import os
from collections.abc import Callable

import pytest

from gitprov.observer import guard


def _raised(call: Callable[[], object]) -> Exception:
    with pytest.raises(Exception) as caught:  # noqa: PT011 - whichever it is
        call()
    return caught.value


def test_what_arises_in_the_observer_is_its_own() -> None:
    from gitprov.observer.paths import Paths

    assert guard.is_ours(_raised(lambda: Paths().absolute(3)))  # type: ignore[arg-type]


def test_what_arises_in_a_function_it_calls_is_its_own() -> None:
    assert guard.is_ours(_raised(lambda: os.path.join("a", 3)))  # type: ignore[call-overload]


def test_what_arises_in_the_program_is_not() -> None:
    def strike() -> None:
        raise TimeoutError

    assert not guard.is_ours(_raised(strike))


def test_what_no_function_raised_is_not() -> None:
    assert not guard.is_ours(ValueError())
