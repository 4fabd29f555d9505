"""Where a rule could be gone past without anybody meaning to: each of these once was such a place, or nearly."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gitprov.api.policy import changes, stages
from gitprov.api.policy.judging import judge
from gitprov.artifacts.hashing import digest_bytes
from gitprov.errors import ProvError
from support.records import append, opened, record_id, run_record
from support.repo import RepoBuilder
from support.ruled import (
    LOCK,
    NEED_RUN,
    in_ci,
    made,
    message,
    output,
    pushed,
    staged,
    state,
    verdicts,
    what,
    write_rules,
)

BLOCKED = [("results-need-run", "block", "results/auc.json")]
REVIEW = '[rules.needs-review]\nlevel = "block"\npaths = ["results/**"]\n'


def add(repo: RepoBuilder, files: Mapping[str, str | bytes]) -> None:
    for name, content in files.items():
        repo.write(name, content)
    repo.git("add", "--", *files)


@pytest.mark.parametrize("stage", ["push", "ci"])
def test_a_large_file_that_was_taken_away_again_is_found_at_the_paths_of_a_rule(repo: RepoBuilder, stage: str) -> None:
    write_rules(
        repo,
        '[rules.data-as-pointers]\nlevel = "block"\npaths = ["data/**"]\nmax_size = "2 B"\nstages = ["pre-push"]\n',
    )
    base = repo.head
    repo.commit("data", {"data/a.csv": "1,2,3"})
    repo.git("rm", "-q", "data/a.csv")
    repo.commit("away", {"README.md": "more"})

    if stage == "ci":
        found = in_ci(repo.path, f"{base}..HEAD")
    else:
        found = pushed(repo, "HEAD", to="refs/heads/main", there=base)

    assert verdicts(found) == [("data-as-pointers", "block", "data/a.csv")]


def test_a_tag_on_what_was_pushed_before_is_judged(repo: RepoBuilder, tmp_path: Path) -> None:
    write_rules(repo, REVIEW + 'tags = ["v*"]\n')
    made(repo, "results/auc.json", "0.9")
    repo.commit("results", {"results/auc.json": "0.9"})
    repo.bare_remote(tmp_path / "hub.git")
    repo.git("push", "-q", "origin", "HEAD")
    repo.git("tag", "-m", "one", "v1")

    assert verdicts(pushed(repo, "refs/tags/v1")) == [("needs-review", "block", "results/auc.json")]


@pytest.mark.parametrize("ref", ["refs/backup/x", "refs/for/main", "refs/for/main%topic=x"])
def test_what_is_pushed_to_any_ref_is_judged(repo: RepoBuilder, ref: str) -> None:
    where = 'branches = ["main"]\n' if "for" in ref else ""
    write_rules(repo, NEED_RUN + 'stages = ["pre-push"]\n' + where)
    base = repo.head
    repo.commit("results", {"results/auc.json": "0.9"})

    assert verdicts(pushed(repo, "HEAD", to=ref, there=base)) == BLOCKED


def test_a_new_branch_that_a_rule_names_is_judged_though_its_commits_are_there(
    repo: RepoBuilder, tmp_path: Path
) -> None:
    write_rules(repo, NEED_RUN + 'stages = ["pre-push"]\nbranches = ["release/*"]\n')
    repo.bare_remote(tmp_path / "hub.git")
    repo.git("push", "-q", "origin", "HEAD:main")
    repo.commit("results", {"results/auc.json": "0.9"})
    assert pushed(repo, "HEAD", to="refs/heads/topic").findings == ()
    repo.git("push", "-q", "--no-verify", "origin", "HEAD:topic")

    assert verdicts(pushed(repo, "HEAD", to="refs/heads/release/1")) == BLOCKED
    assert pushed(repo, "HEAD", to="refs/heads/other").findings == ()


def test_what_cannot_be_judged_of_one_ref_does_not_free_another(repo: RepoBuilder) -> None:
    rule = NEED_RUN + 'stages = ["pre-push"]\n'
    write_rules(repo, rule)
    base = repo.head
    broken = repo.commit("broken", {".gitprov.toml": rule.replace("block", "blok"), "results/b": "1"})
    repo.git("reset", "-q", "--hard", base)
    good = repo.commit("results", {"results/auc.json": "0.9"})
    lines = [f"refs/heads/{name} {oid} refs/heads/{name} {base}\n" for name, oid in (("x", broken), ("y", good))]

    with opened(repo.path) as session:
        judgement = stages.pre_push(session, "".join(lines), "origin")
        assert verdicts(judgement) == BLOCKED
        assert "level" in judgement.notes[0]
        with pytest.raises(ProvError, match="level"):
            stages.pre_push(session, lines[0], "origin")


def test_what_is_pushed_may_have_a_name_with_spaces(repo: RepoBuilder) -> None:
    write_rules(repo, NEED_RUN + 'stages = ["pre-push"]\n')
    base = repo.head
    tip = repo.commit("results", {"results/auc.json": "0.9"})

    with opened(repo.path) as session:
        judgement = stages.pre_push(session, f"HEAD@{{1 day ago}} {tip} refs/heads/x {base}\n", "origin")

    assert verdicts(judgement) == BLOCKED


def test_a_merge_queue_goes_to_the_branch_it_is_for(repo: RepoBuilder) -> None:
    write_rules(repo, NEED_RUN + 'branches = ["release/1"]\n')
    repo.commit("results", {"results/auc.json": "0.9"})

    name = f"gh-readonly-queue/release/1/pr-7-{repo.head}"

    assert verdicts(in_ci(repo.path, GITHUB_REF_NAME=name)) == BLOCKED
    assert in_ci(repo.path, GITHUB_REF_NAME="other").findings == ()


def test_where_the_run_of_a_file_cannot_be_told_every_rule_says_so(repo: RepoBuilder) -> None:
    write_rules(repo, REVIEW + 'stages = ["pre-commit"]\n')
    item = {"path": "results", "digest": digest_bytes(b"a listing elsewhere"), "how": "traced"}
    append(repo.path, run_record(output=[item]))
    add(repo, {"results/auc.json": "0.9", "results/b.json": "1"})

    judgement = staged(repo.path)

    assert [(one.rule, one.level) for one in judgement.findings] == [("needs-review", "warn")]
    assert what(judgement)[0].startswith("which run made results/auc.json and 1 more cannot be told: the listing")


def test_in_ci_records_without_what_belongs_to_them_are_an_error(repo: RepoBuilder, tmp_path: Path) -> None:
    write_rules(repo)
    item = {"path": "results", "digest": digest_bytes(b"a listing elsewhere"), "how": "traced"}
    append(repo.path, run_record(output=[item]))
    repo.commit("results", {"results/auc.json": "0.9"})
    clone = repo.clone(tmp_path / "clone")
    clone.git("fetch", "-q", "origin", "+refs/prov/log/*:refs/prov/remotes/origin/log/*")

    with pytest.raises(ProvError, match="without the data that belongs to them") as caught:
        in_ci(clone.path)
    assert "+refs/prov/data/*:refs/prov/remotes/origin/data/*" in caught.value.hint

    clone.git("config", "--add", "remote.origin.fetch", "+refs/prov/data/*:refs/prov/remotes/origin/data/*")
    assert [one.level for one in in_ci(clone.path).findings] == ["warn"]


def test_a_result_that_is_only_renamed_needs_no_message_in_either_place(repo: RepoBuilder) -> None:
    write_rules(repo, '[rules.message-names-run]\nlevel = "block"\npaths = ["results/**"]\nadd = false\n')
    made(repo, "results/a.json", "0.9")
    repo.commit("results", {"results/a.json": "0.9"})
    repo.git("mv", "results/a.json", "results/b.json")

    assert message(repo.path, repo.write("../message", "renamed\n")).findings == ()
    repo.git("commit", "-qm", "renamed")
    assert in_ci(repo.path).findings == ()


def test_a_large_file_that_is_only_renamed_is_in_git_already(repo: RepoBuilder) -> None:
    repo.commit("old", {"old.bin": "123456"})
    write_rules(repo, '[rules.data-as-pointers]\nlevel = "block"\nmax_size = "2 kB"\n')
    base = repo.commit("rules", {".gitprov.toml": '[rules.data-as-pointers]\nlevel = "block"\nmax_size = "5 B"\n'})
    repo.git("rm", "-q", "--cached", ".gitprov.toml")
    repo.git("reset", "-q", "--hard", base)
    repo.git("mv", "old.bin", "new.bin")

    assert staged(repo.path).findings == ()
    repo.git("commit", "-qm", "renamed")
    assert in_ci(repo.path, f"{base}..HEAD").findings == ()

    add(repo, {"copy.bin": "1234567"})
    assert verdicts(staged(repo.path)) == [("data-as-pointers", "block", "copy.bin")]


def test_small_files_are_in_order_by_the_rule_about_large_ones(repo: RepoBuilder) -> None:
    write_rules(repo, '[rules.data-as-pointers]\nbranches = ["main"]\n')
    add(repo, {"a": "1"})
    assert staged(repo.path).rules == ("data-as-pointers",)
    assert staged(repo.path, only=["acceptance"]).rules == ()

    repo.branch("topic")
    assert staged(repo.path).rules == ()
    repo.git("commit", "-qm", "a")
    assert in_ci(repo.path, GITHUB_REF_NAME="main").rules == ("data-as-pointers",)


def test_licences_are_known_by_what_was_said_of_the_data(repo: RepoBuilder) -> None:
    write_rules(
        repo,
        '[rules.data-classes]\nlevel = "block"\nlicences = ["NC"]\nstages = ["pre-commit"]\n'
        '[data.classes.own]\npaths = ["own/**"]\nlicences = ["NC"]\n',
    )
    state(repo, b"1,2,3", licence="NC", path="data/a.csv")
    state(repo, b"4", licence="MIT")
    add(repo, {"copied/a.csv": "1,2,3", "b.csv": "4", "own/c.csv": "5"})

    judgement = staged(repo.path)

    assert verdicts(judgement) == [
        ("data-classes", "block", "copied/a.csv"),
        ("data-classes", "block", "own/c.csv"),
    ]
    assert what(judgement)[0] == "copied/a.csv is data under NC, which does not go to a remote"


def dvc(content: bytes, path: str = "model.bin") -> bytes:
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    return f"outs:\n- md5: {md5}\n  size: {len(content)}\n  path: {path}\n".encode()


def test_a_file_of_dvc_stands_for_what_it_names(repo: RepoBuilder) -> None:
    write_rules(repo)
    made(repo, "results/model.bin", b"weights")
    add(repo, {"results/model.bin.dvc": dvc(b"weights")})
    assert [one.level for one in staged(repo.path).findings] == ["warn"]
    assert "it is a pointer of DVC" in what(staged(repo.path))[0]

    repo.write("results/model.bin", b"weights")
    assert staged(repo.path).findings == ()

    add(repo, {"results/model.bin.dvc": dvc(b"other")})
    repo.write("results/model.bin", b"other")
    assert verdicts(staged(repo.path)) == [("results-need-run", "block", "results/model.bin.dvc")]

    state(repo, b"weights", location=[{"kind": "dvc", "md5": hashlib.md5(b"weights").hexdigest()}])  # noqa: S324
    (repo.path / "results" / "model.bin").unlink()
    add(repo, {"results/model.bin.dvc": dvc(b"weights")})
    assert staged(repo.path).findings == ()


def test_a_file_of_dvc_that_no_run_can_have_made_is_an_offence(repo: RepoBuilder) -> None:
    write_rules(repo)
    add(repo, {"results/model.bin.dvc": dvc(b"weights"), "results/no.dvc": b"\xff: ["})

    assert [one.level for one in staged(repo.path).findings] == ["block", "block"]


def test_records_of_a_newer_program_are_not_passed_over_in_silence(repo: RepoBuilder) -> None:
    write_rules(repo)
    append(repo.path, {**run_record(output=[output("results/auc.json", "0.9")]), "schema": 2})
    add(repo, {"results/auc.json": "0.9"})

    judgement = staged(repo.path)

    assert verdicts(judgement) == BLOCKED
    assert judgement.notes == (
        "1 record here only a newer git prov understands: what they say was left out of account",
    )


@pytest.mark.parametrize(
    ("fields", "loose"),
    [
        ({"used": ["numpy"]}, False),
        ({"used": ["numpy", "gitprov"]}, True),
        ({"used": ["numpy"], "read": "/home/ana/beside/x.py"}, True),
        ({"used": ["numpy"], "read": "/home/ana/beside2/x.py"}, False),
        ({"used": [], "watched": True}, False),
        ({"used": [], "watched": True, "read": "/home/ana/beside"}, True),
        ({"used": []}, True),
    ],
)
def test_what_a_run_used_is_told_from_what_it_read_as_well(
    repo: RepoBuilder, fields: dict[str, Any], loose: bool
) -> None:
    write_rules(repo, NEED_RUN.replace("results-need-run", "locked-environment"))
    digest = digest_bytes(LOCK)
    record = run_record(
        output=[output("results/auc.json", "0.9")],
        environment={"digest": digest, "used": fields["used"]},
        capture={"tracer": "python", "complete": True} if "watched" in fields else {"tracer": "off"},
        input=[{"path": fields["read"], "absolute": True, "how": "traced"}] if "read" in fields else [],
    )
    append(repo.path, record, data={digest: LOCK})
    add(repo, {"results/auc.json": "0.9"})

    found = what(staged(repo.path))

    assert bool(found) == loose
    assert "gitprov" not in "".join(found) or "gitprov" in fields["used"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "was not watched, and says nothing of what it read: whether it is stale cannot be told"),
        ({"capture": {"tracer": "off"}}, "was not watched, and says nothing of what it read"),
        ({"capture": {"tracer": "python"}}, ""),
        (
            {"capture": {"tracer": "python"}, "code": {"commit": "1" * 40, "files": digest_bytes(b"elsewhere")}},
            "read code of which the list is not here",
        ),
    ],
)
def test_what_nobody_saw_being_read_is_not_taken_for_fresh(
    repo: RepoBuilder, fields: dict[str, Any], words: str
) -> None:
    write_rules(repo, NEED_RUN.replace("results-need-run", "no-stale-results"))
    made(repo, "results/auc.json", "0.9", **fields)
    add(repo, {"results/auc.json": "0.9"})

    judgement = staged(repo.path)

    assert [one.level for one in judgement.findings] == ["warn"] * bool(words)
    assert words in "".join(what(judgement))


@pytest.mark.parametrize(
    ("name", "mend"),
    [
        (b"results/caf\xe9.json", r"git add $'results/caf\351.json'"),
        (b"results/a\n\x1b[31m b.json", r"git add $':(literal)results/a\012\033[31m b.json'"),
        (b"-x.json", "git add -- -x.json"),
        (b"a*.json", "git add ':(literal)a*.json'"),
        ("é b.json".encode(), "git add 'é b.json'"),
    ],
)
def test_what_mends_it_can_be_run_whatever_the_name(repo: RepoBuilder, name: bytes, mend: str) -> None:
    import os
    import subprocess

    write_rules(repo, NEED_RUN.replace("results/**", "*.json"))
    made(repo, name, "0.9", command=["python", '"caf\\351.py"', "-n", "two\nlines"])
    add(repo, {os.fsdecode(name): "0.5"})
    repo.write(os.fsdecode(name), "0.9")

    (found,) = staged(repo.path).findings
    assert found.mend == mend
    subprocess.run(["bash", "-c", found.mend], cwd=repo.path, check=True)
    assert staged(repo.path).findings == ()

    add(repo, {os.fsdecode(name): "0.5"})
    (found,) = staged(repo.path).findings
    assert found.mend == r"git prov run -- python $'caf\351.py' -n $'two\012lines'"


def test_a_command_too_long_to_show_is_not_cut(repo: RepoBuilder) -> None:
    write_rules(repo)
    run = made(repo, "results/auc.json", "0.9", command=["python", "-c", "x" * 1000])
    add(repo, {"results/auc.json": "0.5"})

    (found,) = staged(repo.path).findings

    assert found.mend == f"git prov run -- COMMAND, which stands in: git prov show {run[:7]}"


def test_records_about_the_change_alone_give_the_verdict_that_all_give(repo: RepoBuilder) -> None:
    import random

    from gitprov.api.policy.facts import Facts
    from gitprov.api.policy.known import Known
    from gitprov.api.policy.loading import policy

    write_rules(
        repo,
        NEED_RUN + '[rules.needs-review]\npaths = ["results/**"]\nstages = ["pre-commit"]\n'
        '[rules.required-fields]\npaths = ["results/**"]\nfields = ["seed"]\n'
        '[rules.needs-replication]\npaths = ["results/**"]\nstages = ["pre-commit"]\n',
    )
    chance = random.Random(7)
    names = ["results/a.json", "results/b.json", *(f"results/c/{number}.json" for number in range(8)), "other.json"]
    for number in range(60):
        fields = {"seeds": {"numpy": 1}} if chance.random() < 0.5 else {}
        outputs = [output(name, str(chance.randrange(3))) for name in chance.sample(names, 3)]
        append(repo.path, run_record(number, output=outputs, status=chance.choice(["ok", "ok", "failed"]), **fields))
    for number in range(100, 140):
        about = record_id(chance.randrange(60) if number < 130 else chance.randrange(100, 130))
        base = {name: run_record(number)[name] for name in ("schema", "id", "at")}
        said = [
            {"kind": "review", "run": about, "verdict": chance.choice(["accepted", "rejected"]), "by": "Bo <bo@x.org>"},
            {"kind": "retraction", "record": about, "because": "wrong", "by": "Bo <bo@x.org>"},
        ]
        append(repo.path, {**base, **said[number >= 120]})
    seen: set[tuple[str, str]] = set()
    were_left_out = False
    for round_ in range(12):
        repo.git("reset", "-q", "--hard")
        add(repo, {name: str(chance.randrange(3)) for name in chance.sample(names, 1 + round_ % 3)})
        with opened(repo.path) as session:
            change = changes.staged(session)
            rules = policy(session.repo, ":")
            quick, whole = Known(session), Known(session)
            assert whole.reading.runs  # read before a change can narrow it
            found = judge(session, rules, change, known=quick)
            assert found == judge(session, rules, change, known=whole)
            with Facts(session, change, quick, rules):
                assert len(quick.reading.records) <= len(whole.reading.records) == 100
            were_left_out |= len(quick.reading.records) < 80
            seen |= {(one.rule, one.level) for one in found.findings}
    assert were_left_out
    assert len(seen) >= 3
