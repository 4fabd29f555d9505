"""Which process a hook runs under is read from /proc where there is one, and asked of ps where there is not."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from gitprov.hooks import parent


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc here")
def test_proc_tells_the_parent_and_the_command_line() -> None:
    above, argv = parent._process(os.getpid())
    assert above == os.getppid()
    assert os.path.basename(argv[0]) == os.path.basename(sys.executable)


@pytest.mark.skipif(shutil.which("ps") is None, reason="no ps here")
def test_ps_tells_the_same() -> None:
    above, argv = parent._asked_process(os.getpid())
    assert above == os.getppid()
    assert os.path.basename(argv[0]) == os.path.basename(sys.executable)


def test_a_process_that_is_gone_tells_nothing() -> None:
    assert parent._process(2**22 + 1) == (0, [])
    assert parent.is_dry_run(lambda _: "", pid=2**22 + 1) is False


def test_outside_a_push_nothing_is_a_rehearsal() -> None:
    assert parent.is_dry_run(lambda _: "") is False
