import re
import shutil
import subprocess

import pytest

from generator import man
from generator.commands import read
from support.standin import program

PAGES = man.pages(read(program))


def test_there_is_a_page_for_the_program_and_one_for_each_visible_verb() -> None:
    data = {"git-prov-data.1", "git-prov-data-add.1", "git-prov-data-remote.1", "git-prov-data-remote-rm.1"}

    assert set(PAGES) == {"git-prov.1", "git-prov-run.1", "git-prov-show.1"} | data


def test_a_page_has_the_sections_that_man_pages_have() -> None:
    titles = [line.removeprefix(".SH ") for line in PAGES["git-prov-run.1"].splitlines() if line.startswith(".SH")]

    assert titles == ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "SEE ALSO"]


def test_dashes_can_be_copied_into_a_shell() -> None:
    assert r"\fB\-m\fR, \fB\-\-message\fR \fIMSG\fR" in PAGES["git-prov-run.1"]


def test_a_line_that_begins_with_a_full_stop_is_no_request() -> None:
    assert "\n\\&.gitprov.toml says" in PAGES["git-prov-run.1"]


@pytest.mark.skipif(shutil.which("mandoc") is None, reason="mandoc is not installed")
@pytest.mark.parametrize("name", PAGES)
def test_mandoc_finds_nothing_to_warn_of(name: str) -> None:
    checked = subprocess.run(
        ["mandoc", "-T", "lint", "-W", "warning"], input=PAGES[name], capture_output=True, text=True, check=False
    )

    # a generated page has no date, so that it changes only when the command does
    warnings = [line for line in checked.stdout.splitlines() if "missing date" not in line]
    assert warnings == []


@pytest.mark.skipif(shutil.which("mandoc") is None, reason="mandoc is not installed")
def test_the_page_reads_as_the_help_text_says() -> None:
    typeset = subprocess.run(
        ["mandoc", "-T", "ascii", "-O", "width=100"],
        input=PAGES["git-prov-run.1"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    shown = re.sub(".\b", "", typeset)  # bold, as a terminal without it shows it

    assert r".gitprov.toml says 'more'; a path like C:\new stays, and @~1 is a run." in " ".join(shown.split())
    assert "$ git prov run -- python train.py\n             .5 is shown" in shown
    assert "for developers" not in shown
