"""Which names are advised against, and what is said instead."""

import pytest

from gitprov.api.linting.names import advice


def said(*paths: str) -> list[tuple[str, str, str]]:
    """Return kind, place and what to do instead."""
    return [(one.rule, one.path, one.instead) for one in advice(paths, paths)]


@pytest.mark.parametrize(
    "path",
    [
        "README.md", "src/train.py", "unet_v2.py", "api/v2/x.py", "new.py", "copy.py", "final.tex", "news.py",
        "renew.py", "old_faithful.csv", "test_new.py", "results/seed_20201.json", "results/m-1234567890.json",
        "notes/2026-11-20.md", "results/2026-13-40.csv", ".gitignore", "copyright.md", "latest.json",
    ],
)  # fmt: skip
def test_an_ordinary_name_is_left_alone(path: str) -> None:
    assert said(path) == []


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("final_v2_new.py", "final.py"),
        ("model_final_v2.py", "model.py"),
        ("report-final.pdf", "report.pdf"),
        ("thesis final FINAL2.docx", "thesis.docx"),
        ("data_new.csv", "data.csv"),
        ("config.old.yaml", ""),
        ("copy of x.txt", "x.txt"),
        ("Copy (2) of a b.txt", "a-b.txt"),
        ("notes - Copy.md", "notes.md"),
        ("x (1).txt", "x.txt"),
    ],
)
def test_a_version_by_hand_is_one_file(path: str, meant: str) -> None:
    assert said(path) == ([("version", path, f"one file, {meant}")] if meant else [])


def test_a_space_in_a_directory_is_said_once() -> None:
    assert said("my data/a.csv", "my data/b.csv") == [("space", "my data", "call it my-data")]


@pytest.mark.parametrize("path", ["Untitled.ipynb", "Untitled3.ipynb", "nb/untitled-1.py", "Untitled-Copy1.ipynb"])
def test_what_has_no_name_is_to_get_one(path: str) -> None:
    assert said(path) == [("untitled", path, "call it by what it does")]


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("results/run_2026-11-20.json", ", run.json"),
        ("out/20261120.csv", ""),
        ("figures/loss_20261120-1530_b.png", ", loss-b.png"),
        ("models/2026.11.20-unet.pt", ", unet.pt"),
    ],
)
def test_a_date_in_the_name_of_a_result_is_in_its_record(path: str, meant: str) -> None:
    assert said(path) == [("date", path, f"one file{meant}, and git prov ls for when it was made")]


def test_names_that_differ_in_case_only_are_twins_and_what_is_below_them_is_not() -> None:
    found = list(advice(["Src/a.py", "src/a.py", "README"], ["Src/a.py", "src/a.py", "README", "readme"]))

    assert {(one.rule, one.path) for one in found} == {("case", "src"), ("case", "readme")}
    assert all("in case only" in one.what for one in found)


def test_twins_elsewhere_are_nobodys_business() -> None:
    assert list(advice(["a.py"], ["a.py", "B", "b"])) == []


def test_a_name_that_lies_to_a_terminal_is_shown_quoted() -> None:
    (one,) = advice(["a \x1b[31m b"], [])

    assert one.path == '"a \\033[31m b"'


def test_a_hostile_name_costs_no_time() -> None:
    # with a pattern that backtracks this would go on for years
    names = ["a" + "_1" * 120 + "!", "new_" * 60 + "!", "_" * 250 + "x", "copy " * 50, "(1) " * 60]
    assert [one.rule for name in names for one in advice([name], [])]
