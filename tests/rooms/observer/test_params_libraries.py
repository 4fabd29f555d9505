"""Parameters that other libraries parsed, in interpreters that have them."""

from pathlib import Path
from typing import Any

from support.adapting import listen, python_with


def told_with(library: str, program: str, where: Path, *args: str) -> list[dict[str, Any]]:
    heard = listen(program, args, where=where, python=python_with(library))
    assert heard.status == 0, heard.output
    told = [one for one in heard.params if one["from"] != "argparse"]
    assert all(one["by"] == "__main__" and one["file"].endswith("script.py") for one in told)
    return [{"params": one["params"], "from": one["from"], "own": one["own"]} for one in told]


def test_click_s_group_and_command(tmp_path: Path) -> None:
    program = """
import click
@click.group()
@click.option("--verbose/--quiet")
def main(verbose): pass
@main.command()
@click.option("--epochs", type=int)
@click.option("--data", type=click.Path(), default="x")
@click.option("--password", hide_input=True)
def train(epochs, data, password): print(epochs, data, password)
main()
"""
    heard = listen(program, ["--verbose", "train", "--epochs", "3", "--password", "hunter"], where=tmp_path)
    assert heard.output == "3 x hunter\n"
    assert [(one["command"], one["params"], one["own"]) for one in heard.params] == [
        ([], {"verbose": True}, True),
        (["train"], {"epochs": 3, "data": "x", "password": "[hidden]"}, True),
    ]


def test_a_click_command_that_a_program_calls_itself_is_not_its_own_command_line(tmp_path: Path) -> None:
    program = """
import click
@click.command()
@click.option("--n", type=int)
def helper(n): pass
helper(["--n", "1"], prog_name="helper", standalone_mode=False)
"""
    assert [(one["params"], one["own"]) for one in listen(program, where=tmp_path).params] == [({"n": 1}, False)]


def test_typer(tmp_path: Path) -> None:
    program = """
import enum, typer
class Color(str, enum.Enum):
    red = "RED"
def main(n: int, name: str = "a", color: Color = Color.red): print(n)
typer.run(main)
"""
    told = told_with("typer", program, tmp_path, "5", "--name", "x")
    assert [one["params"] for one in told] == [{"n": 5, "name": "x", "color": "RED"}]


def test_hydra_s_composed_configuration_is_told_as_written(tmp_path: Path) -> None:
    program = """
from dataclasses import dataclass
import hydra
from hydra.core.config_store import ConfigStore
@dataclass
class Model:
    lr: float = 0.1
@dataclass
class Config:
    model: Model = Model
    home: str = "${oc.env:HOME}"
    name: str = "run-${model.lr}"
    missing: int = "???"
ConfigStore.instance().store(name="config", node=Config)
@hydra.main(version_base=None, config_name="config")
def main(config): print(config.name)
main()
"""
    values = {"model": {"lr": 0.5}, "home": "${oc.env:HOME}", "name": "run-${model.lr}", "missing": "???"}
    told = told_with("hydra", program, tmp_path, "model.lr=0.5")
    assert told == [{"params": values, "from": "hydra", "own": True}]


def test_omegaconf_without_hydra(tmp_path: Path) -> None:
    program = "from omegaconf import OmegaConf\nprint(OmegaConf.from_cli().a.b)"
    told = told_with("omegaconf", program, tmp_path, "a.b=3", "c=x")
    assert told == [{"params": {"a": {"b": 3}, "c": "x"}, "from": "omegaconf", "own": True}]


def test_fire_s_class_and_method(tmp_path: Path) -> None:
    program = """
import fire
class Trainer:
    def __init__(self, seed=1): pass
    def train(self, epochs, *files, lr=0.1, **more): return epochs
fire.Fire(Trainer)
"""
    told = told_with("fire", program, tmp_path, "train", "5", "a", "b", "--extra=1", "--seed=2")
    merged = {name: value for one in told for name, value in one["params"].items()}
    assert merged == {"seed": 2, "epochs": 5, "files": ["a", "b"], "lr": 0.1, "extra": 1}


def test_absl_s_flags_of_the_program_s_own_modules(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text("from absl import flags\nflags.DEFINE_integer('width', 8, 'w')")
    program = """
from absl import app, flags
import model
flags.DEFINE_float("lr", 0.1, "rate")
app.run(lambda argv: print(flags.FLAGS.lr))
"""
    told = told_with("absl", program, tmp_path, "--lr=0.2", "--verbosity=1")
    values = {"lr": 0.2, "width": 8, "verbosity": 1}
    assert [(one["params"], one["own"]) for one in told] == [(values, True)]
