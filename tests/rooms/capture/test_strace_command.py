import os
from pathlib import Path

import pytest

from gitprov.capture.strace.command import command_line
from gitprov.capture.strace.troubles import trouble


def program(place: Path, content: bytes = b"\x7fELF\0", mode: int = 0o755) -> str:
    """Put a program there."""
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(content)
    place.chmod(mode)
    return str(place)


def run_as(path: str, *argv: str, search: str = "") -> list[str]:
    """What strace is told to run."""
    line = command_line("/bin/strace", "/out", path, argv, search)
    assert line[0] == "/bin/strace"
    assert line[line.index("-o") + 1] == "/out"
    return line[line.index("--") + 1 :]


def test_a_name_stays_a_name_where_strace_finds_the_same_program(tmp_path: Path) -> None:
    tool = program(tmp_path / "bin/tool")
    assert run_as(tool, "tool", "-x", search=f"/nowhere:{tmp_path}/bin") == ["tool", "-x"]


@pytest.mark.parametrize("search", ["", "{0}/other:{0}/bin", "{0}/nowhere"])
def test_a_name_that_strace_takes_for_another_program_becomes_a_path(tmp_path: Path, search: str) -> None:
    tool = program(tmp_path / "bin/tool")
    program(tmp_path / "other/tool", mode=0o611)
    assert run_as(tool, "tool", "-x", search=search.format(tmp_path)) == [tool, "-x"]


def test_a_path_stays_as_it_was_given(tmp_path: Path) -> None:
    tool = program(tmp_path / "bin/tool")
    given = os.path.relpath(tool)
    assert run_as(given, given, "-x") == [given, "-x"]


@pytest.mark.parametrize("content", [b"echo hello\n", b"", "grüße\n".encode()])
def test_a_text_without_a_first_line_is_for_the_shell(tmp_path: Path, content: bytes) -> None:
    script = program(tmp_path / "script", content)
    assert run_as(script, "./script", "a") == ["/bin/sh", script, "a"]


@pytest.mark.parametrize("content", [b"#!/bin/sh\n", b"\x7fELF\2", b"MZ\0\0"])
def test_what_the_system_can_execute_is_left_to_it(tmp_path: Path, content: bytes) -> None:
    assert run_as(program(tmp_path / "tool", content), "./tool") == ["./tool"]


@pytest.mark.parametrize(("mode", "named"), [(0o4755, "tool runs without its privileges under strace"), (0o755, "")])
def test_a_program_with_rights_of_its_own_loses_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int, named: str
) -> None:
    tool = os.fsencode(program(tmp_path / "tool", mode=mode))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert trouble(tool) == named


def test_root_has_nothing_to_lose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert trouble(os.fsencode(program(tmp_path / "tool", mode=0o4755))) == ""


def test_a_program_that_is_gone_is_no_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert trouble(b"/no/such/program") == ""


def test_a_debugger_cannot_trace_what_is_traced() -> None:
    assert trouble(b"/usr/bin/gdb") == "gdb cannot trace under strace"
