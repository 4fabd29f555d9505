import os
import subprocess
import sys
from pathlib import Path

import pytest

from gitprov.capture import readers
from gitprov.capture.readers import scalars
from gitprov.capture.readers.gathered import Results
from support.told import needs

WRITER = """
import sys
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.util.tensor_util import make_tensor_proto

def scalar(tag, value):
    return Summary.Value(tag=tag, simple_value=value)

def tensor(tag, value, plugin="scalars"):
    metadata = SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name=plugin))
    return Summary.Value(tag=tag, tensor=make_tensor_proto(value), metadata=metadata)

writer = EventFileWriter(sys.argv[1])
def write(step, *values):
    writer.add_event(Event(step=step, wall_time=1700000000.0 + step, summary=Summary(value=values)))
"""
LOSS = "write(0, scalar('loss', 1.0)); write(1, scalar('loss', 0.5))"


def write(directory: Path, script: str) -> list[str]:
    subprocess.run([sys.executable, "-c", f"{WRITER}\n{script}\nwriter.close()", directory], check=True)
    return [str(path) for path in directory.iterdir()]


def read(paths: list[str], interpreter: str | Path = sys.executable) -> Results:
    return readers.read(paths, str(interpreter), since=0, environ=os.environ)


def stand_in(path: Path, script: str) -> Path:
    """Make a program that answers in an interpreter's place."""
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@needs("tensorboard")
def test_scalars_of_the_old_and_the_new_kind_are_read_and_nothing_else(tmp_path: Path) -> None:
    script = (
        "import math\n"
        "write(0, scalar('loss', 1.0), tensor('acc', 0.25), tensor('words', b'hello', 'text'))\n"
        "write(1, scalar('loss', math.nan), tensor('acc', 0.5), tensor('many', [1.0, 2.0]))\n"
        "write(0, scalar('once\\x1b', 2.0))"
    )
    found = read(write(tmp_path, script))
    assert found.events == [
        {"name": "loss", "value": 1.0, "step": 0, "at": 1_700_000_000.0},
        {"name": "loss", "value": "NaN", "step": 1, "at": 1_700_000_001.0},
        {"name": "acc", "value": 0.25, "step": 0, "at": 1_700_000_000.0},
        {"name": "acc", "value": 0.5, "step": 1, "at": 1_700_000_001.0},
    ]
    assert found.values == {r"once\x1b": 2.0}
    assert found.problems == []


@needs("tensorboard")
def test_directories_are_told_apart_and_files_of_one_belong_together(tmp_path: Path) -> None:
    paths = write(tmp_path / "logs" / "train", LOSS) + write(tmp_path / "logs" / "validation", LOSS)
    assert {event["name"] for event in read(paths).events} == {"train/loss", "validation/loss"}
    assert {event["name"] for event in read(paths[:1]).events} == {"loss"}


@needs("tensorboard")
def test_a_file_that_was_cut_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    [path] = write(tmp_path, LOSS + "; write(2, scalar('loss', 0.25))")
    os.truncate(path, os.stat(path).st_size - 5)
    assert [event["value"] for event in read([path]).events] == [1.0, 0.5]


@needs("tensorboard")
def test_a_file_that_is_none_is_read_as_empty_or_named(tmp_path: Path) -> None:
    path = tmp_path / "events.out.tfevents.1"
    path.write_bytes(b"\xff" * 1000)
    found = read([str(path)])
    assert (found.values, found.events) == ({}, [])


def test_an_interpreter_without_the_package_is_named(tmp_path: Path) -> None:
    bare = stand_in(tmp_path / "python", f'exec "{sys.executable}" -S "$@"')  # none of the installed packages
    found = read([str(tmp_path / "events.out.tfevents.1")], bare)
    problem = f"TensorBoard: scalars were not read: tensorboard is not installed in {bare}"
    assert found == Results({}, [], {}, [problem])


def test_where_the_run_used_no_interpreter_the_gap_is_named(tmp_path: Path) -> None:
    [problem] = read([str(tmp_path / "events.out.tfevents.1")], "").problems
    assert "no Python interpreter" in problem


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("exit 3", "ended with 3"),
        ("echo '[0, \"loss\", 1, 2'; kill -9 $$", "ended with -9"),
        ('echo \'{"file": 0, "error": "torn\\u001b"}\'', r"events.out.tfevents.1 could not be read whole: torn\x1b"),
    ],
)
def test_what_goes_wrong_in_the_interpreter_is_named(tmp_path: Path, answer: str, words: str) -> None:
    found = read([str(tmp_path / "events.out.tfevents.1")], stand_in(tmp_path / "python", f"cat >/dev/null; {answer}"))
    assert found.events == []
    [problem] = found.problems
    assert words in problem


def test_an_answer_of_any_shape_does_no_harm(tmp_path: Path) -> None:
    lines = ['{"file": 9, "error": "x"}', '[9, "a", 1, 2, 3]', "[true]", "null", "[", "[0, 1, 2, 3, 4]", "\\xff"]
    lines += ['[0, "loss", 1, "x", 0.5]', '[0, "none", 1, 1, null]', '[0, "list", 1, 1, [1]]']
    script = "cat >/dev/null\n" + "\n".join(f"printf '%s\\n' '{line}'" for line in lines)
    found = read([str(tmp_path / "events.out.tfevents.1")], stand_in(tmp_path / "python", script))
    assert found == Results({}, [{"name": "loss", "value": 0.5, "step": 1}], {}, [])


def test_an_interpreter_that_cannot_be_started_is_named(tmp_path: Path) -> None:
    [problem] = read([str(tmp_path / "events.out.tfevents.1")], tmp_path / "gone").problems
    assert problem.endswith("No such file or directory")


def test_an_interpreter_that_does_not_answer_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gitprov.capture.readers import tensorboard

    monkeypatch.setattr(tensorboard, "_PATIENCE", 0.05)
    stuck = stand_in(tmp_path / "python", "exec sleep 600")
    [problem] = read([str(tmp_path / "events.out.tfevents.1")], stuck).problems
    assert problem.endswith("it took too long")


def test_the_script_imports_nothing_of_the_project() -> None:
    assert "gitprov" not in Path(scalars.__file__).read_text()
