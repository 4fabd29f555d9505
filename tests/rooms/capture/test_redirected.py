"""What the person's own shell opened for the command."""

import os
import subprocess
import sys
from pathlib import Path

from gitprov.observer import protocol

_PROGRAM = """
import sys
from gitprov.capture.files.redirected import redirected
sys.stderr.buffer.write(redirected(sys.argv[1]))
"""


def events(worktree: Path, script: str) -> list[tuple[bytes, int, bytes]]:
    """The events of a process that a shell starts with redirections."""
    line = f'{sys.executable} -c "$PROGRAM" . {script}'
    done = subprocess.run(
        ["sh", "-c", line], cwd=worktree, env={**os.environ, "PROGRAM": _PROGRAM}, capture_output=True, check=True
    )
    return protocol.decode(done.stderr)


def test_files_at_standard_input_and_output_are_told(tmp_path: Path) -> None:
    (tmp_path / "a b.txt").write_text("x")
    top = os.fsencode(tmp_path.resolve())

    assert events(tmp_path, "<'a b.txt' >out") == [
        (protocol.READ, 0, top + b"/a b.txt"),
        (protocol.WRITTEN, 0, top + b"/out"),
    ]


def test_pipes_closed_streams_devices_and_logs_elsewhere_are_not(tmp_path: Path) -> None:
    inside = tmp_path / "work"
    inside.mkdir()

    assert events(inside, "</dev/null >../session.log") == []
    assert events(inside, "<&- >&-") == []
    assert events(inside, "") == []
