import os
import sys
from pathlib import Path

from support.program import run_program


def test_status_output_and_errors_come_back_as_they_were(tmp_path: Path) -> None:
    script = "import sys; print('said', sys.stdin.read()); print('wrong', file=sys.stderr); sys.exit(7)"

    assert run_program(sys.executable, "-c", script, cwd=tmp_path, stdin="in") == (7, "said in\n", "wrong\n")


def test_a_signal_is_a_negative_status(tmp_path: Path) -> None:
    assert run_program("sh", "-c", "kill -9 $$", cwd=tmp_path).status == -9


def test_the_environment_is_the_sealed_one_with_changes(tmp_path: Path) -> None:
    said = run_program("sh", "-c", 'echo "$ADDED ${TERM-gone} $HOME"', cwd=tmp_path, env={"ADDED": "new", "TERM": None})

    assert said.stdout == f"new gone {os.environ['HOME']}\n"


def test_bytes_that_are_not_utf8_survive(tmp_path: Path) -> None:
    said = run_program("printf", r"\377", cwd=tmp_path)

    assert os.fsencode(said.stdout) == b"\xff"
