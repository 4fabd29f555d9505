"""The command started a second time, as happens where strace failed before it."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gitprov.capture import process
from gitprov.capture.process import Child


@pytest.fixture(autouse=True)
def keyboard() -> Iterator[None]:
    """Signals as they were: whoever has waited for a child ignores the keyboard's."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGQUIT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_a_child_that_is_started_again_can_be_interrupted(tmp_path: Path) -> None:
    code = f"import signal; open({str(tmp_path / 'said')!r}, 'a').write(f'{{signal.getsignal(signal.SIGINT)}}\\n')"
    for _ in range(2):
        child = process.start([sys.executable, "-Sc", code], os.environ)
        assert isinstance(child, Child)
        child.wait()

    first, again = (tmp_path / "said").read_text().splitlines()
    assert "default_int_handler" in first
    assert again == first
