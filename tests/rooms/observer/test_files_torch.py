"""Files of PyTorch, in an interpreter that has it."""

from pathlib import Path

from support.adapting import listen, python_with

_PROGRAM = """
import pathlib, sys, torch
opened = []
sys.addaudithook(lambda event, args: event == "open" and str(args[0]).endswith(".pt") and opened.append(args[:2]))
torch.save({"a": 1}, "model.pt")
torch.save({"a": 1}, pathlib.Path("path.pt"))
print([(str(name), mode) for name, mode in opened], torch.load("model.pt"))
"""


def test_what_torch_save_makes_is_announced_as_an_open_in_python_is(tmp_path: Path) -> None:
    heard = listen(_PROGRAM, where=tmp_path, python=python_with("torch"))

    assert heard.status == 0, heard.output
    assert heard.output.startswith("[('model.pt', 'wb'), ('path.pt', 'wb')")
