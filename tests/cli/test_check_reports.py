"""`git prov check` in CI: its formats, the files it writes, and what it does of itself in GitHub Actions."""

import json
import stat
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from gitprov.cli.main import main
from gitprov.errors import ExitStatus
from support.repo import RepoBuilder
from support.ruled import NEED_RUN, write_rules

Capture = pytest.CaptureFixture[str]

LOG = (
    "::error file=results/auc.json,line=1,title=results-need-run::"
    "results/auc.json is new, and no run made it%0Amend: git prov run -- COMMAND\n"
)


@pytest.fixture
def wrong(repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch) -> RepoBuilder:
    """A repository whose newest commit brings a result that no run made."""
    write_rules(repo)
    repo.commit("wrong", {"results/auc.json": "1"})
    monkeypatch.chdir(repo.path)
    return repo


@pytest.fixture
def summary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a job's summary, in GitHub Actions."""
    file = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(file))
    return file


@pytest.mark.parametrize(
    ("form", "begins"),
    [
        ("text", "results-need-run (block)\n"),
        ("markdown", "## Rules: 1 to mend, by 1 rule\n"),
        ("github", LOG),
        ("junit", '<?xml version="1.0" encoding="utf-8"?>\n'),
        ("sarif", '{\n  "$schema": '),
        ("json", '{"schema": 1, "findings": ['),
    ],
)
@pytest.mark.usefixtures("wrong")
def test_each_format_is_printed_and_says_no_by_its_status(form: str, begins: str, capsys: Capture) -> None:
    assert main(["check", "--ci", "--format", form]) == ExitStatus.NO
    assert capsys.readouterr().out.startswith(begins)


def test_a_warning_is_reported_and_is_no_failure(repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    write_rules(repo, NEED_RUN.replace("block", "warn"))
    repo.commit("doubtful", {"results/auc.json": "1"})
    monkeypatch.chdir(repo.path)

    assert main(["check", "--ci", "--junit", "r.xml", "--sarif", "r.sarif"]) == ExitStatus.DONE

    root = ET.parse("r.xml").getroot()  # noqa: S314 - our own
    assert root.get("failures") == "0"
    assert root.find("testsuite/testcase/skipped") is not None
    assert json.loads(Path("r.sarif").read_text())["runs"][0]["results"][0]["level"] == "warning"


def test_reports_are_written_beside_the_answer(wrong: RepoBuilder, capsys: Capture) -> None:
    done = main(["check", "--ci", "--markdown", "out/new/r.md", "--junit", "out/r.xml", "--sarif", "r.sarif"])

    assert done == ExitStatus.NO
    assert capsys.readouterr().out.startswith("results-need-run (block)\n")
    assert (wrong.path / "out/new/r.md").read_text().startswith("## Rules: 1 to mend")
    assert ET.parse(wrong.path / "out/r.xml").getroot().get("failures") == "1"  # noqa: S314 - our own
    assert json.loads((wrong.path / "r.sarif").read_text())["version"] == "2.1.0"
    assert sorted(entry.name for entry in (wrong.path / "out").iterdir()) == ["new", "r.xml"]
    assert stat.S_IMODE((wrong.path / "r.sarif").stat().st_mode) & 0o444


def test_a_report_takes_the_place_of_the_one_before(wrong: RepoBuilder) -> None:
    (wrong.path / "other.xml").write_text("older, and longer than anything " * 1000)
    (wrong.path / "r.xml").symlink_to("other.xml")

    assert main(["check", "--ci", "--junit", "r.xml"]) == ExitStatus.NO

    assert (wrong.path / "r.xml").is_symlink()
    assert ET.parse(wrong.path / "other.xml").getroot().tag == "testsuites"  # noqa: S314 - our own


def test_a_report_that_cannot_be_written_leaves_nothing_and_is_said(wrong: RepoBuilder, capsys: Capture) -> None:
    (wrong.path / "file").write_text("a file")
    (wrong.path / "directory").mkdir()
    before = sorted(wrong.path.rglob("*"))

    assert main(["check", "--ci", "--junit", "file/r.xml"]) == ExitStatus.FATAL

    said = capsys.readouterr()
    assert said.out.startswith("results-need-run (block)\n")
    assert said.err.startswith("fatal: file/r.xml cannot be written: ")
    assert main(["check", "--ci", "--sarif", "directory"]) == ExitStatus.FATAL
    assert sorted(wrong.path.rglob("*")) == before


@pytest.mark.usefixtures("wrong")
def test_two_formats_for_one_answer_are_refused(capsys: Capture) -> None:
    assert main(["check", "--json", "--format", "text"]) == ExitStatus.USAGE
    assert "--json and --format text" in capsys.readouterr().err
    assert main(["check", "--json", "--format", "json"]) == ExitStatus.DONE


@pytest.mark.usefixtures("wrong")
def test_in_github_actions_findings_are_annotations_and_the_summary_grows(summary: Path, capsys: Capture) -> None:
    summary.write_text("# Before\n\n")

    assert main(["check", "--ci"]) == ExitStatus.NO

    said = capsys.readouterr()
    assert said.out.startswith(LOG)
    assert said.out.count("\n") == 2
    assert said.err == ""
    assert summary.read_text().startswith("# Before\n\n## Rules: 1 to mend, by 1 rule\n")


@pytest.mark.usefixtures("wrong")
def test_in_github_actions_a_format_that_was_asked_for_is_printed(summary: Path, capsys: Capture) -> None:
    assert main(["check", "--ci", "--json"]) == ExitStatus.NO

    assert len(json.loads(capsys.readouterr().out)["findings"]) == 1
    assert summary.read_text().startswith("## Rules: 1 to mend")


def test_in_github_actions_a_hook_stays_as_it_is(wrong: RepoBuilder, summary: Path, capsys: Capture) -> None:
    wrong.write("results/more.json", "1")
    wrong.git("add", ".")

    assert main(["check"]) == ExitStatus.NO

    assert capsys.readouterr().out.startswith("results-need-run (block)\n")
    assert not summary.exists()


@pytest.mark.usefixtures("wrong")
def test_a_summary_that_cannot_be_written_changes_nothing(
    summary: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary / "nowhere"))

    assert main(["check", "--ci"]) == ExitStatus.NO

    said = capsys.readouterr()
    assert said.out.startswith("::error ")
    assert said.err == "note: the summary of the job was not written: No such file or directory\n"


@pytest.mark.usefixtures("wrong")
def test_in_gitlab_the_answer_is_text(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("GITLAB_CI", "true")
    monkeypatch.setenv("CI", "true")

    assert main(["check", "--ci"]) == ExitStatus.NO

    assert capsys.readouterr().out.startswith("results-need-run (block)\n")
