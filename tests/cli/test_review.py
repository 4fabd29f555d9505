"""`git prov review` as people and programs meet it."""

import json
from typing import Any

import pytest

from gitprov.cli.main import main
from gitprov.errors import ExitStatus
from support.records import append, record_id, run_record
from support.repo import RepoBuilder
from support.reviewed import review_record

Capture = pytest.CaptureFixture[str]

RUN = record_id(1)
CODEOWNERS = "results/ bo@example.org @stats\n"
SETTINGS = """\
[people]
"@stats" = ["cy@example.org"]
[rules.acceptance]
paths = ["results/**"]
criteria = ["loss < 1"]
"""


@pytest.fixture
def project(repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch) -> RepoBuilder:
    """A repository with a run of Ana's on its commit, in which Bo stands."""
    repo.commit("policy", {"CODEOWNERS": CODEOWNERS, ".gitprov.toml": SETTINGS})
    repo.git("config", "user.name", "Bo Ek")
    repo.git("config", "user.email", "bo@example.org")
    intent = {"expect": ["acc >= 0.9"], "verdict": "met"}
    append(repo.path, run_record(1, code={"commit": repo.head}, output=[{"path": "results/m.json"}], intent=intent))
    monkeypatch.chdir(repo.path)
    return repo


def as_person(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("GIT_AUTHOR_NAME", name)
    monkeypatch.setenv("GIT_AUTHOR_EMAIL", f"{name.lower()}@example.org")


def shown(capfd: Capture, name: str = RUN) -> dict[str, Any]:
    capfd.readouterr()
    assert main(["show", "--json", name]) == 0
    record: dict[str, Any] = json.loads(capfd.readouterr().out)["records"][0]
    return record


def test_a_run_is_accepted_by_a_file_that_it_made(project: RepoBuilder, capfd: Capture) -> None:
    assert main(["review", "results/m.json", "--accept", "-m", "Read it.", "-m", "Ran it."]) == 0
    said, amiss = capfd.readouterr()
    review = said.split("(review ")[1][:7]
    assert (said, amiss) == (f"accepted run {RUN[:7]} (review {review})\n", "")
    assert shown(capfd)["standing"] == {"accepted": 1, "rejected": 0, "owners": 1}
    record = shown(capfd, review)
    del record["id"], record["at"]
    assert record == {
        "kind": "review",
        "schema": 1,
        "by": "Bo Ek <bo@example.org>",
        "run": RUN,
        "commit": project.head,
        "verdict": "accepted",
        "text": "Read it.\n\nRan it.",
        "criteria": ["acc >= 0.9", "loss < 1"],
    }


def test_what_is_recorded_stands_in_the_notes_of_the_commit(project: RepoBuilder) -> None:
    assert main(["review", RUN, "--accept", "-m", ""]) == 0
    note = project.git("notes", "--ref=prov", "show", project.head)
    assert note.count("[[review]]") == 1
    assert 'verdict = "accepted"' in note


def test_json_is_the_records_and_whether_each_is_a_self_review(
    project: RepoBuilder, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_person(monkeypatch, "Ana")
    append(project.path, run_record(2, by="Bo Ek <bo@example.org>"))
    assert main(["review", RUN, record_id(2), RUN, "--accept", "-m", "both", "--json"]) == 0
    said, amiss = capfd.readouterr()
    document = json.loads(said)
    assert set(document) == {"schema", "reviews"}
    assert [(one["run"], one["self"]) for one in document["reviews"]] == [(RUN, True), (record_id(2), False)]
    assert amiss == (
        f"note: run {RUN[:7]} is your own: what you say of it is shown as a self-review, and counts for no rule\n"
    )


@pytest.mark.usefixtures("project")
def test_all_that_people_say_is_shown_and_what_speaks_against_a_run_first(
    capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, verdict in (("Bo", "--accept"), ("Cy", "--accept"), ("Di", "--reject"), ("Ana", "--accept")):
        as_person(monkeypatch, name)
        assert main(["review", RUN, verdict, "-m", f"says {name}"]) == 0
    standing = {"accepted": 2, "rejected": 1, "owners": 2, "self_review": "accepted"}
    assert shown(capfd)["standing"] == standing
    assert main(["show", RUN]) == 0
    said = capfd.readouterr().out
    assert "Standing     rejected by 1 person; accepted by 2 people, all owners; accepted by its own author\n" in said
    assert "by Cy <cy@example.org>, an owner (" in said
    assert "by Ana <ana@example.org>, who made the run (" in said
    assert "               says Di\n" in said
    assert main(["ls", "standing.rejected > 0"]) == 0
    assert "rejected, accepted by 2" in capfd.readouterr().out
    assert main(["log", "--oneline"]) == 0
    assert "rejected, accepted by 2)" in capfd.readouterr().out
    assert main(["ls", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["runs"][0]["standing"] == standing


@pytest.mark.usefixtures("project")
def test_who_reproduced_a_run_under_two_addresses_is_one_person(project: RepoBuilder, capfd: Capture) -> None:
    project.commit("people", {".mailmap": "Bo Ek <bo@example.org> <bo@home.example>\n"})
    for number, by in enumerate(("Bo <bo@example.org>", "Bo <BO@example.org>", "Bo <bo@home.example>"), start=20):
        append(
            project.path,
            {
                **review_record(number, 1, by=by, verdict="identical"),
                "kind": "replication",
                "machine": f"m{number}",
            },
        )

    standing = shown(capfd)["standing"]

    assert (standing["people"], standing["machines"]) == (1, 3)


def test_what_people_can_say_may_be_asked_for_before_anybody_has(
    repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch, capfd: Capture
) -> None:
    monkeypatch.chdir(repo.path)

    assert main(["ls", "standing.rejected > 0 or standing.failed > 0", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["runs"] == []


@pytest.mark.usefixtures("project")
def test_a_later_word_replaces_the_earlier_one_and_says_so(capfd: Capture) -> None:
    assert main(["review", RUN, "--reject", "-m", "no"]) == 0
    earlier = capfd.readouterr().out.split("(review ")[1][:7]
    assert main(["review", RUN, "--accept", "-m", "yes"]) == 0
    assert capfd.readouterr().err == (
        f"note: run {RUN[:7]}: this takes the place of what you said before (rejected, {earlier})\n"
    )
    assert shown(capfd)["standing"] == {"accepted": 1, "rejected": 0, "owners": 1}
    assert shown(capfd, "@").get("kind") == "run"


def test_a_run_that_did_not_reach_what_it_should_is_accepted_with_a_word_on_it(
    project: RepoBuilder, capfd: Capture
) -> None:
    append(project.path, run_record(2, status="failed", intent={"expect": ["acc >= 0.9"], "verdict": "missed"}))
    assert main(["review", record_id(2), "--accept", "-m", "known"]) == 0
    assert capfd.readouterr().err == (
        f"note: run {record_id(2)[:7]} did not end well (failed), and is accepted all the same\n"
        f"note: run {record_id(2)[:7]} missed what was expected of it, and is accepted all the same\n"
    )


REFUSED = [
    (["review", RUN], 129, "error: say one of --accept and --reject\nhint: look at it first: git prov show RUN\n"),
    (["review", RUN, "--accept", "--reject"], 129, "error: say one of --accept and --reject\n"),
    (["review", RUN, "--reject"], 129, "error: a rejection needs a reason\n"),
    (["review", RUN, "--reject", "-m", " \n"], 129, "error: a rejection needs a reason\n"),
    (["review", "--accept"], 129, "error: Missing argument 'RUN...'."),
    (["review", "deadbeef", "--accept"], 128, "hint: if somebody else made it, their records come with: git prov sync"),
    (["review", "nothing", "--accept"], 128, "fatal: nothing is no run, commit or output of a run\n"),
    (["review", record_id(20), "--accept"], 128, f"was made to reproduce {RUN[:7]}, and is no result of its own\n"),
    (["review", record_id(21), "--accept"], 128, "was retracted by Ana Lima <ana@example.org>: wrong data\n"),
    (["review", record_id(22), "--accept"], 128, f"{record_id(22)} is a review, not a run\n"),
    (["review", "HEAD", "--accept"], 129, "error: HEAD has 2 runs:\n"),
    (["review", RUN, record_id(21), "--accept", "-m", "all or none"], 128, "was retracted by"),
]


@pytest.mark.parametrize(
    ("argv", "status", "said"), REFUSED, ids=lambda value: " ".join(value)[:60] if isinstance(value, list) else ""
)
def test_what_cannot_be_reviewed_is_refused_and_nothing_is_recorded(
    project: RepoBuilder, capfd: Capture, argv: list[str], status: int, said: str
) -> None:
    retraction = {"kind": "retraction", "schema": 1, "id": record_id(30), "at": "2026-03-01T00:00:00Z"}
    retraction |= {"by": "Ana Lima <ana@example.org>", "record": record_id(21), "because": "wrong data"}
    code = {"commit": project.head}
    append(
        project.path,
        run_record(20, reproduces=RUN, code=code),
        run_record(21, code=code),
        review_record(22, 99),
        retraction,
    )
    before = project.refs("refs/prov/log")
    assert main(argv) == status
    assert said in capfd.readouterr().err
    assert project.refs("refs/prov/log") == before


@pytest.mark.usefixtures("project")
def test_who_is_nobody_to_git_reviews_nothing(capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_AUTHOR_NAME", " ")
    assert main(["review", RUN, "--accept", "-m", "x"]) == ExitStatus.FATAL
    said = capfd.readouterr().err
    assert said.startswith("fatal: git does not know who you are: ")
    assert "\nhint: tell it: git config --global user.name" in said


@pytest.mark.usefixtures("project")
def test_without_a_terminal_no_editor_opens(capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_EDITOR", "false")
    assert main(["review", RUN, "--accept"]) == 0
    assert shown(capfd)["standing"]["accepted"] == 1


def test_a_broken_policy_keeps_nobody_from_reviewing(project: RepoBuilder, capfd: Capture) -> None:
    project.write(".gitprov.toml", "[people\n")
    assert main(["review", RUN, "--accept", "-m", "x", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["reviews"][0]["criteria"] == ["acc >= 0.9"]
    assert main(["show", RUN]) == 0


@pytest.mark.parametrize(
    ("settings", "criteria"),
    [
        ("[rules.acceptance]\ncriteria = ['loss < 1']\n", ["acc >= 0.9", "loss < 1"]),
        ("[rules.acceptance]\ncriteria = ['acc >= 0.9']\n", ["acc >= 0.9"]),
        ("[rules.acceptance]\ncriteria = ['loss < 1']\nlevel = 'off'\n", ["acc >= 0.9"]),
        ("[rules.acceptance]\ncriteria = ['loss < 1']\npaths = ['models/**']\n", ["acc >= 0.9"]),
        ("[rules.acceptance]\ncriteria = ['loss < 1', 3, \"two\\nlines\"]\n", ["acc >= 0.9", "loss < 1"]),
        ("[rules]\nacceptance = 'yes'\n", ["acc >= 0.9"]),
    ],
)
def test_what_a_run_is_judged_by_is_what_it_expected_and_what_the_policy_asks_of_what_it_made(
    project: RepoBuilder, capfd: Capture, settings: str, criteria: list[str]
) -> None:
    project.write(".gitprov.toml", settings)
    assert main(["review", RUN, "--accept", "-m", "x", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["reviews"][0]["criteria"] == criteria


def test_owners_of_a_directory_own_what_is_in_it(project: RepoBuilder, capfd: Capture) -> None:
    append(project.path, run_record(2, output=[{"path": "results", "files": 40}]))
    assert main(["review", record_id(2), "--accept", "-m", "x"]) == 0
    assert shown(capfd, record_id(2))["standing"]["owners"] == 1
