import json
from pathlib import Path
from typing import Any

import pytest

from gitprov.capture import notebook


def cell(source: str | list[str], kind: str = "code", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - as nbformat has it
    return {"cell_type": kind, "metadata": {}, "source": source, **more}


def written(path: Path, *cells: object, **more: Any) -> str:  # noqa: ANN401 - as nbformat has it
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells, **more}))
    return str(path)


def test_what_a_notebook_showed_is_not_its_code(tmp_path: Path) -> None:
    before = written(tmp_path / "a.ipynb", cell("x = 1\n"), cell("# Title", "markdown"))
    shown = [{"output_type": "stream", "name": "stdout", "text": ["1"]}]
    after = written(
        tmp_path / "b.ipynb",
        cell(["x = 1  \n"], execution_count=7, outputs=shown, id="c1", metadata={"collapsed": True}),
        cell("# Another title", "markdown"),
        metadata={"kernelspec": {"name": "python3"}},
    )
    assert notebook.code_digest(before) == notebook.code_digest(after)


@pytest.mark.parametrize(
    "cells",
    [
        [cell("x = 2")],
        [cell("x = 1"), cell("")],
        [cell("x = 1", "raw")],
        [cell("  x = 1")],
        [],
    ],
)
def test_other_code_has_another_digest(tmp_path: Path, cells: list[object]) -> None:
    one = notebook.code_digest(written(tmp_path / "a.ipynb", cell("x = 1")))
    other = notebook.code_digest(written(tmp_path / "b.ipynb", *cells))

    assert one
    assert other
    assert one != other


def test_the_order_of_cells_counts(tmp_path: Path) -> None:
    one = written(tmp_path / "a.ipynb", cell("x = 1"), cell("x = 2"))
    other = written(tmp_path / "b.ipynb", cell("x = 2"), cell("x = 1"))

    assert notebook.code_digest(one) != notebook.code_digest(other)


def test_the_third_format_says_the_same(tmp_path: Path) -> None:
    now = written(tmp_path / "a.ipynb", cell("x = 1"))
    old = {"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "language": "python", "input": ["x = 1"]}]}]}
    (tmp_path / "b.ipynb").write_text(json.dumps(old))

    assert notebook.code_digest(now) == notebook.code_digest(str(tmp_path / "b.ipynb"))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b'{"cells": []}',
        b'{"nbformat": "4", "cells": []}',
        b'{"nbformat": 4}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_notebook_has_no_code(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.ipynb"
    path.write_bytes(content)

    assert notebook.code_digest(str(path)) is None
    assert notebook.cells(str(path)) is None
    assert notebook.notebook_params(str(path)) == {}
    assert notebook.notebook_entries(["a.ipynb"], str(tmp_path)) == []


def test_damaged_parts_of_a_notebook_are_passed_over(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.ipynb",
        None,
        cell("x = 1"),
        {"source": 3},
        {"cell_type": "code", "source": ["y", 2], "metadata": []},
        cell("z", metadata={"tags": "parameters"}),
        worksheets=3,
    )
    found = notebook.cells(path)

    assert found is not None
    assert [(one.kind, one.source, one.tags) for one in found] == [
        ("code", "x = 1", ()),
        ("", "", ()),
        ("code", "y", ()),
        ("code", "z", ()),
    ]


def test_entries_name_notebooks_as_records_name_paths(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    written(tmp_path / "in/a.ipynb", cell("x = 1"))
    outside = written(tmp_path / "b.ipynb", cell("x = 1"))
    paths = ["a.ipynb", outside, "a.ipynb", "train.py", "gone.ipynb", '"broken.ipynb']
    found = notebook.notebook_entries(paths, str(tmp_path / "in"))

    assert [entry["path"] for entry in found] == ["a.ipynb", outside]
    assert len({entry["code"] for entry in found}) == 1


def test_paths_of_notebooks_are_recorded_relative_to_the_repository(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    (root / "sub").mkdir(parents=True)
    written(root / "sub/a.ipynb")
    outside = written(tmp_path / "b.ipynb")
    names = ["a.ipynb", "../../b.ipynb", "gone.ipynb", str(root / "sub/a.ipynb")]

    assert notebook.notebook_paths(names, str(root / "sub"), str(root)) == ["sub/a.ipynb", outside, "sub/a.ipynb"]


def test_parameters_are_those_that_were_injected_over_the_defaults(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.ipynb",
        cell('alpha = 0.1\nbeta: list = [1, 2]\ngamma = "g"\nnow = time()', metadata={"tags": ["parameters"]}),
        cell("# Parameters\nalpha = 0.7\n", metadata={"tags": ["injected-parameters"]}),
        cell("delta = 1"),
    )
    assert notebook.notebook_params(path) == {"alpha": 0.7, "beta": [1, 2], "gamma": "g"}


@pytest.mark.parametrize("source", ["alpha = (", "a, b = 1, 2", "x.y = 1", "f(1)", "alpha <- 0.1", "a = b = 1"])
def test_what_is_no_plain_assignment_is_no_parameter(tmp_path: Path, source: str) -> None:
    path = written(tmp_path / "a.ipynb", cell(source, metadata={"tags": ["parameters"]}))

    assert notebook.notebook_params(path) == {}


def test_parameters_in_other_languages_are_not_guessed(tmp_path: Path) -> None:
    r = {"kernelspec": {"name": "ir", "language": "R"}}
    path = written(tmp_path / "a.ipynb", cell("alpha = 0.1", metadata={"tags": ["parameters"]}), metadata=r)

    assert notebook.notebook_params(path) == {}
