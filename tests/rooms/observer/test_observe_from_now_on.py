"""Observing an interpreter that is running already, and no longer."""

import subprocess
import sys
from pathlib import Path

from support.observed import read_events

_PROJECT = Path(__file__).parents[3]


def _run(text: str, cwd: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", text],
        cwd=cwd,
        env={"PYTHONPATH": str(_PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_what_is_done_between_beginning_and_finishing_is_seen(tmp_path: Path) -> None:
    events = tmp_path / "events"
    events.mkdir()
    _run(
        "from gitprov.observer.start import observe\n"
        "open('before', 'w').close()\n"
        f"finish = observe({str(events)!r}, files=True)\n"
        "open('during', 'w').close(); finish(); open('after', 'w').close(); finish()",
        tmp_path,
    )
    (process,) = read_events(events)
    assert {path for _, path in process.of("w", tmp_path)} == {"during"}
    assert len(process.ends) == 1


def test_one_process_can_be_observed_again(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    _run(
        "from gitprov.observer.start import observe\n"
        "for name in ('one', 'two'):\n"
        "    finish = observe(name, files=True); open(f'in-{name}', 'w').close(); finish()\n"
        "    open('between', 'w').close()",
        tmp_path,
    )
    for name in ("one", "two"):
        (process,) = read_events(tmp_path / name)
        assert {path for _, path in process.of("w", tmp_path)} == {f"in-{name}"}


def test_the_end_of_the_process_is_an_end_too(tmp_path: Path) -> None:
    (tmp_path / "events").mkdir()
    _run("from gitprov.observer.start import observe; observe('events', files=False)", tmp_path)
    (process,) = read_events(tmp_path / "events")
    assert len(process.ends) == 1


def test_where_events_cannot_be_written_the_program_goes_on(tmp_path: Path) -> None:
    said = _run(
        "from gitprov.observer.start import observe\n"
        "finish = observe('nowhere', files=True); open('x', 'w').close(); finish(); print('done')",
        tmp_path,
    )
    assert said == "done\n"
