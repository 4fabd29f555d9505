from collections.abc import Callable, Iterator
from random import Random

import pytest

from gitprov.artifacts.remotes import retry
from gitprov.artifacts.remotes.backend import Absent, Outgoing, Stopped, Transient
from gitprov.artifacts.remotes.retry import Steady
from gitprov.artifacts.remotes.telling import Share, locked
from gitprov.errors import ProvError


class Shaky:
    """A backend whose `size` does what it is told, call by call; the rest of it does next to nothing."""

    streams = 1

    def __init__(self, *answers: int | Exception) -> None:
        self.answers = list(answers)

    def reach(self, *, writing: bool) -> None:
        """See `Backend.reach`."""

    def listing(self, folder: str) -> Iterator[tuple[str, int]]:
        """See `Backend.listing`."""
        yield folder, self.size(folder) or 0

    def size(self, key: str) -> int | None:
        """See `Backend.size`."""
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def read(self, key: str, start: int, stop: int) -> bytes:
        """See `Backend.read`."""
        return b""

    def send(self, key: str, outgoing: Outgoing) -> None:
        """See `Backend.send`."""

    def close(self) -> None:
        """See `Backend.close`."""


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test wait."""
    monkeypatch.setattr(retry, "_FIRST_WAIT", 0.0)


def test_what_passes_is_tried_again() -> None:
    backend = Shaky(Transient("busy"), Transient("busy"), 5)

    assert Steady("r", backend, Random(1)).size("key") == 5


def test_a_listing_that_breaks_off_is_asked_for_again_as_a_whole() -> None:
    backend = Shaky(Transient("broke off"), 3)

    assert list(Steady("r", backend).listing("packs")) == [("packs", 3)]


def test_what_does_not_pass_ends_in_one_error_that_names_the_remote() -> None:
    with pytest.raises(ProvError, match="'r' does not answer: busy") as caught:
        Steady("r", Shaky(*[Transient("busy")] * 9)).size("key")

    assert caught.value.hint


@pytest.mark.parametrize("error", [Absent(), ProvError("no")])
def test_what_is_final_is_not_tried_again(error: Exception) -> None:
    backend = Shaky(error, 1)

    with pytest.raises(type(error)):
        Steady("r", backend).size("key")

    assert backend.answers == [1]


def test_nothing_is_tried_once_everything_stops() -> None:
    steady = Steady("r", Shaky(1))
    steady.stop.set()

    with pytest.raises(Stopped):
        steady.size("key")


@pytest.mark.parametrize("told", [[3, 3, 3, 3], [20], [], [10]])
def test_a_share_of_the_progress_is_told_exactly_once(told: list[int]) -> None:
    heard: list[int] = []
    share = Share(locked(heard.append), 10)
    tell: Callable[[int], None] = share
    for count in told:
        tell(count)
    share.finish()

    assert sum(heard) == 10
