import os
from pathlib import Path

import pytest

from gitprov.capture import readers
from gitprov.capture.readers import files
from gitprov.capture.readers.gathered import Results

SAMPLE = {  # as DVCLive 3.49 writes it
    "dvclive/plots/metrics/train/loss.tsv": "step\tloss\n0\t1.0\n1\t0.5\n2\tnan\n",
    "dvclive/plots/metrics/acc.tsv": "timestamp\tstep\tacc\n1795263176308\t0\t0.0\n1795263176316\t1\t0.1\n",
    "dvclive/metrics.json": '{"train": {"loss": "nan", "best": 0.5}, "acc": 0.1, "np": 2, "step": 2, "note": "x"}',
    "dvclive/params.yaml": "lr: 0.1\nm:\n  depth: 3\n  name: x\n",
}


def write(where: Path, sample: dict[str, str | bytes] | dict[str, str]) -> list[str]:
    for name, content in sample.items():
        path = where / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return [str(where / name) for name in sample]


def read(paths: list[str]) -> Results:
    return readers.read(paths, "", since=0, environ=os.environ)


def test_series_values_and_params_are_read_under_the_names_they_were_logged_by(tmp_path: Path) -> None:
    found = read(write(tmp_path, SAMPLE))
    assert found.events == [
        {"name": "acc", "value": 0.0, "step": 0, "at": 1795263176.308},
        {"name": "acc", "value": 0.1, "step": 1, "at": 1795263176.316},
        {"name": "train/loss", "value": 1.0, "step": 0},
        {"name": "train/loss", "value": 0.5, "step": 1},
        {"name": "train/loss", "value": "NaN", "step": 2},
    ]
    assert found.values == {"train/best": 0.5, "np": 2}
    assert found.params == {"lr": 0.1, "m": {"depth": 3, "name": "x"}}
    assert found.problems == []


def test_what_the_run_did_not_write_is_not_read(tmp_path: Path) -> None:
    paths = write(tmp_path, SAMPLE)
    assert read(paths[2:3]).values == {"train/loss": "NaN", "train/best": 0.5, "acc": 0.1, "np": 2}
    assert read(paths[2:3]).events == []


def test_several_directories_are_told_apart(tmp_path: Path) -> None:
    table = "step\tloss\n0\t1.0\n1\t0.5\n"
    paths = write(tmp_path, {f"fold{n}/plots/metrics/loss.tsv": table for n in (0, 1)})
    assert {event["name"] for event in read(paths).events} == {"fold0/loss", "fold1/loss"}


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("dvclive/metrics.json", "{", "metrics.json could not be read: "),
        ("dvclive/metrics.json", "[" * 100_000, "metrics.json could not be read: "),
        ("dvclive/params.yaml", "a: [", "params.yaml could not be read: "),
        ("dvclive/params.yaml", "!!python/object/apply:os.getcwd []", "params.yaml could not be read: "),
        ("live/plots/metrics/a.tsv", "step\ta\n0\t" + "9" * 200_000, "a.tsv could not be read: field larger"),
        ("live/plots/metrics/a.tsv", " " * (files.MOST_BYTES + 1), "a.tsv could not be read: it is over 32 MiB"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, name: str, content: str, words: str) -> None:
    found = read(write(tmp_path, {name: content}))
    assert (found.values, found.events, found.params) == ({}, [], {})
    [problem] = found.problems
    assert problem.startswith(f"DVCLive: {words}")
    assert len(problem) < 300


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("dvclive/metrics.json", "[1, 2]"),
        ("dvclive/params.yaml", "- 1"),
        ("live/plots/metrics/a.tsv", ""),
        ("live/plots/metrics/a.tsv", "x\ty\n1\t2\n"),
        ("live/plots/metrics/a.tsv", b"step\ta\n\xff\t\xfe\n\x00\t\x00\n"),
        ("live/plots/metrics/a.tsv", "step\ta\n0\n1\tx\t2\n"),
    ],
)
def test_what_holds_no_metrics_gives_none(tmp_path: Path, name: str, content: str | bytes) -> None:
    assert read(write(tmp_path, {name: content})) == Results({}, [], {}, [])


def test_a_pipe_in_a_files_place_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "dvclive" / "metrics.json"
    path.parent.mkdir()
    os.mkfifo(path)
    assert len(read([str(path)]).problems) == 1


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    gone = tmp_path / "dvclive" / "metrics.json"
    assert read([str(gone)]).problems == ["DVCLive: metrics.json could not be read: No such file or directory"]
