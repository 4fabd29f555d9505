import os
import re
from pathlib import Path

import pytest

from gitprov.capture.metrics import MAX_BYTES, Metrics, read_file
from gitprov.errors import ProvError


def read(tmp_path: Path, name: str, text: str | bytes) -> Metrics:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_file(str(path))


JSON = '{"accuracy": 0.9, "val": {"loss": 1, "by": {"cat": 2.5}}, "name": "x", "ok": true, "none": null}'
TOML = 'accuracy = 0.9\nname = "x"\nok = true\nday = 2026-01-02\n[val]\nloss = 1\nby = { cat = 2.5 }\n'
LAUGHS = "".join(f"a{n}: &a{n} {{{', '.join(f'{k}: *a{n - 1}' for k in range(9))}}}\n" for n in range(1, 12))
YAML = "accuracy: 0.9\nval:\n  loss: 1\n  by: {cat: 2.5}\nname: x\nok: true\nnone:\nday: 2026-01-02\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [("m.json", JSON), ("m.toml", TOML), ("m.yaml", YAML), ("M.YML", YAML), ("m.json", "\ufeff" + JSON)],
)
def test_numbers_are_read_under_flattened_names_and_nothing_else(tmp_path: Path, name: str, text: str) -> None:
    assert read(tmp_path, name, text) == Metrics({"accuracy": 0.9, "val.loss": 1, "val.by.cat": 2.5}, [])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("m.json", '{"a": NaN, "b": -Infinity, "c": "Infinity", "d": "nan"}'),
        ("m.toml", 'a = nan\nb = -inf\nc = inf\nd = "nan"\n'),
        ("m.yaml", "a: .nan\nb: -.inf\nc: .inf\nd: nan\n"),
    ],
)
def test_what_is_not_finite_becomes_the_words_that_records_have(tmp_path: Path, name: str, text: str) -> None:
    assert read(tmp_path, name, text).values == {"a": "NaN", "b": "-Infinity", "c": "Infinity"}


def test_yaml_floats_without_a_dot_are_numbers(tmp_path: Path) -> None:
    assert read(tmp_path, "m.yaml", "lr: 1e-5\nn: 1.5e3\n7: 1\n").values == {"lr": 1e-5, "n": 1500.0, "7": 1}


def test_lists_of_numbers_are_series_and_other_lists_are_left_out(tmp_path: Path) -> None:
    found = read(tmp_path, "m.json", '{"h": {"loss": [2, 1.5, NaN]}, "names": ["a"], "mixed": [1, "a"], "empty": []}')
    assert found == Metrics(
        {},
        [
            {"name": "h.loss", "step": 0, "value": 2},
            {"name": "h.loss", "step": 1, "value": 1.5},
            {"name": "h.loss", "step": 2, "value": "NaN"},
        ],
    )


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("m.json", "{", "is not valid JSON"),
        ("m.json", b'{"\xff": 1}', "is not valid JSON"),
        ("m.json", "[" * 100_000, "is not valid JSON"),
        ("m.toml", "a = ", "is not valid TOML"),
        ("m.yaml", "a: [", "is not valid YAML"),
        ("m.yaml", "!!python/object/apply:os.getcwd []", "is not valid YAML"),
        ("m.json", "[1]", "is no mapping"),
        ("m.yaml", "", "is no mapping"),
        ("m.txt", "{}", "from its ending '.txt'"),
        ("m.json", '{"a.b": 1, "a": {"b": 2}}', "two values named 'a.b'"),
        ("m.yaml", "a: &x\n  b: *x\n", "nested more than 32 deep"),
        ("m.json", '{"a\\u001b": 1}', "cannot be shown"),
        ("m.json", '{"": 1}', "cannot be shown"),
        ("m.json", "{" + ",".join(f'"{n}": 1' for n in range(10_001)) + "}", "more than 10,000"),
        ("m.yaml", "a0: &a0 {x: lol}\n" + LAUGHS, "more than 10,000"),
        ("m.json", b" " * (MAX_BYTES + 1), "over 10 MiB"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_reason(
    tmp_path: Path, name: str, text: str | bytes, words: str
) -> None:
    with pytest.raises(ProvError, match=re.escape(words)) as error:
        read(tmp_path, name, text)
    assert name in error.value.message
    assert error.value.hint


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProvError, match="No such file"):
        read_file(str(tmp_path / "metrics.json"))
    with pytest.raises(ProvError, match="Is a directory"):
        read_file(str(tmp_path))


def test_a_pipe_that_nobody_writes_to_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "m.json")
    with pytest.raises(ProvError, match="is not valid JSON"):
        read_file(str(tmp_path / "m.json"))
