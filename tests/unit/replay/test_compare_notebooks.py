import base64
import json
from typing import Any

from gitprov.replay.compare.outcome import DIFFERS, NOISE, WITHIN
from support.comparing import compared
from support.packed import png


def notebook(*outputs: dict[str, Any], source: str = "x", **cell: Any) -> str:  # noqa: ANN401
    code = {"cell_type": "code", "source": source, "outputs": list(outputs), "metadata": {}, **cell}
    return json.dumps({"nbformat": 4, "metadata": {}, "cells": [code]})


def printed(*texts: str) -> list[dict[str, Any]]:
    return [{"output_type": "stream", "name": "stdout", "text": text} for text in texts]


def test_ids_counters_and_times_are_noise() -> None:
    before = notebook(id="a1", execution_count=1)
    after = notebook(id="b2", execution_count=7, metadata={"execution": {"iopub.execute_input": "2026-01-01"}})
    outcome = compared(before, after, "n.ipynb")
    assert outcome.grade == NOISE
    assert set(outcome.noise) == {"execution counts", "cell ids", "metadata of cells"}


def test_where_printed_text_is_cut_into_outputs_means_nothing() -> None:
    before, after = notebook(*printed("a\n", "b\n")), notebook(*printed("a\nb\n"))
    assert compared(before, after, "n.ipynb").grade == NOISE


def test_code_and_printed_numbers_are_compared() -> None:
    assert (
        compared(notebook(source="x = 1"), notebook(source="x = 2"), "n.ipynb").note == "cell 1, line 1: x = 1 → x = 2"
    )
    before, after = notebook(*printed("loss 0.5\n")), notebook(*printed("loss 0.5000000000001\n"))
    assert compared(before, after, "n.ipynb").grade == WITHIN
    after = notebook(*printed("loss 0.75\n"))
    assert compared(before, after, "n.ipynb").note == "cell 1, output 1, line 1: loss 0.5 → loss 0.75"


def test_pictures_and_tables_in_outputs_are_compared_by_their_kind() -> None:
    def shown(kind: str, data: object) -> str:
        return notebook({"output_type": "display_data", "data": {kind: data}})

    before, after = (base64.b64encode(png(5, text)).decode() for text in (b"Software\0a", b"Software\0b"))
    assert compared(shown("image/png", before), shown("image/png", after), "n.ipynb").noise == (
        "text about the picture",
    )
    tables = (f'<table id="T_{number}"><td id="T_{number}_row0">{{}}</td></table>' for number in ("a1b2c", "d3e4f"))
    before, after = tables
    outcome = compared(shown("text/html", before.format(1)), shown("text/html", after.format(1)), "n.ipynb")
    assert (outcome.grade, outcome.noise) == (NOISE, ("random identifiers",))
    assert compared(shown("text/html", before), shown("text/html", after.format(2)), "n.ipynb").grade == DIFFERS


def test_other_kinds_and_numbers_of_outputs_are_named() -> None:
    error = {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": []}
    assert compared(notebook(), notebook(error), "n.ipynb").note == "cell 1 has 1 outputs, 0 are recorded"
    other = {**error, "ename": "KeyError"}
    assert (
        compared(notebook(error), notebook(other), "n.ipynb").note == "cell 1, output 1, ename: ValueError → KeyError"
    )


def test_a_file_that_is_no_notebook_is_compared_by_lines() -> None:
    assert compared("[1]\n", "[2]\n", "n.ipynb").note == "line 1: [1] → [2]"
