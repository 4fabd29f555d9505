"""Parameters that argparse parsed, in real interpreters."""

import sys
from pathlib import Path
from typing import Any

from support.adapting import listen, listen_to


def params(program: str, where: Path, *args: str) -> list[dict[str, Any]]:
    heard = listen(program, args, where=where)
    assert heard.status == 0, heard.output
    return [told["params"] for told in heard.params]


def test_a_namespace_is_told_as_plain_values(tmp_path: Path) -> None:
    program = """
import argparse, enum, pathlib
class Kind(enum.Enum):
    small = 1
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--data", type=pathlib.Path, default=pathlib.Path("data/x"))
parser.add_argument("--kind", default=Kind.small)
parser.add_argument("--layers", type=int, nargs="*")
parser.add_argument("--fast", action="store_true")
parser.add_argument("--none")
parser.parse_args()
"""
    told = {"lr": 0.1, "data": "data/x", "kind": "small", "layers": [1, 2], "fast": True, "none": None}
    assert params(program, tmp_path, "--lr", "0.1", "--layers", "1", "2", "--fast") == [told]


def test_a_subcommand_s_parser_is_part_of_the_outermost_one(tmp_path: Path) -> None:
    program = """
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--verbose", action="store_true")
train = parser.add_subparsers(dest="command").add_parser("train")
train.add_argument("--epochs", type=int)
parser.parse_args()
"""
    told = {"verbose": False, "command": "train", "epochs": 3}
    assert params(program, tmp_path, "train", "--epochs", "3") == [told]


def test_every_way_of_parsing_is_seen(tmp_path: Path) -> None:
    program = """
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--n", type=int)
parser.add_argument("files", nargs="*")
parser.parse_known_args(["--n", "1", "--other"])
parser.parse_intermixed_args(["a", "--n", "2", "b"])
parser.parse_args(iter(["--n", "3"]))
"""
    told = params(program, tmp_path)
    assert told == [{"n": 1, "files": []}, {"n": 2, "files": ["a", "b"]}, {"n": 3, "files": []}]


def test_who_parsed_what_is_told(tmp_path: Path) -> None:
    (tmp_path / "options.py").write_text(
        "import argparse\ndef parse(args=None): return argparse.ArgumentParser().parse_args(args)"
    )
    heard = listen("import options\noptions.parse()\noptions.parse([])\noptions.parse(['-h'])", where=tmp_path)
    assert [(told["by"], Path(told["file"]).name, told["own"]) for told in heard.params] == [
        ("options", "options.py", True),
        ("options", "options.py", True),
    ]
    heard = listen_to([sys.executable, "-m", "options"], where=tmp_path, environ={})
    assert heard.params == []


def test_a_program_run_as_a_module_has_that_module_s_name(tmp_path: Path) -> None:
    (tmp_path / "training").mkdir()
    (tmp_path / "training" / "__main__.py").write_text("import argparse\nargparse.ArgumentParser().parse_args()")
    heard = listen_to([sys.executable, "-m", "training"], where=tmp_path, environ={})
    assert [told["by"] for told in heard.params] == ["training.__main__"]


def test_what_argparse_says_of_wrong_arguments_stays(tmp_path: Path) -> None:
    heard = listen("import argparse\nargparse.ArgumentParser().parse_args()", ["--wrong"], where=tmp_path)
    assert heard.status == 2
    assert "unrecognized arguments: --wrong" in heard.output
    assert "adapting" not in heard.output


def test_a_program_that_parses_a_thousand_times_is_told_of_a_few(tmp_path: Path) -> None:
    program = "import argparse\nfor n in range(1000): argparse.ArgumentParser().parse_args([])"
    assert len(params(program, tmp_path)) == 32
