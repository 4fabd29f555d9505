"""Every rule: what offends it, at every level, with the same verdict from its hook and from CI."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from gitprov.api.policy.prelook import NATURAL
from gitprov.api.policy.rules import RULES
from gitprov.artifacts.hashing import digest_bytes
from gitprov.gitrepo.blobs import listing
from gitprov.model.policy import Policy, Rules
from gitprov.model.verdicts import Judgement
from support.records import append, record_id, run_record
from support.repo import RepoBuilder
from support.ruled import LOCK, in_ci, made, message, output, pushed, staged, state, verdicts, what

ALL = '[rules.{name}]\nlevel = "{level}"\npaths = ["results/**"]\n{keys}\n'


class Offence(NamedTuple):
    """A rule, its own keys, and what makes a repository offend it."""

    rule: str
    keys: str
    offend: Callable[[RepoBuilder], Any]
    more: str = ""
    stage: str = "pre-commit"


def result(repo: RepoBuilder, **fields: Any) -> str:  # noqa: ANN401 - any field
    """Record a run that made a result, and stage the result."""
    run = made(repo, "results/auc.json", "0.9", **fields)
    repo.write("results/auc.json", "0.9")
    repo.git("add", ".")
    return run


def without_run(repo: RepoBuilder) -> None:
    repo.write("results/auc.json", "0.9")
    repo.git("add", ".")


def stale(repo: RepoBuilder) -> None:
    blob = repo.git("rev-parse", "HEAD:train.py")
    item = {"path": "train.py", "digest": f"git:{blob}", "how": "traced"}
    result(repo, code={"commit": repo.head, "files": digest_bytes(listing({b"train.py": blob}))}, input=[item])
    repo.write("train.py", "print('otherwise')\n")
    repo.git("add", ".")


OFFENCES = [
    Offence("results-need-run", "", without_run),
    Offence("required-fields", 'fields = ["seed"]', result),
    Offence("clean-tree", "", lambda repo: result(repo, code={"commit": "1" * 40, "base": repo.head})),
    Offence("locked-environment", "", result),
    Offence("no-stale-results", "", stale),
    Offence("acceptance", 'criteria = ["auc >= 0.95"]', lambda repo: result(repo, metrics={"auc": 0.9})),
    Offence("data-as-pointers", 'max_size = "2 B"', without_run),
    Offence("needs-replication", "", result, stage="pre-push"),
    Offence("needs-review", "", result, stage="pre-push"),
    Offence(
        "data-classes",
        'classes = ["patients"]',
        without_run,
        '[data.classes.patients]\npaths = ["results/**"]\n',
        stage="pre-push",
    ),
    Offence("signed-records", "", result, stage="pre-push"),
    Offence("message-names-run", "add = false", result, stage="commit-msg"),
]


def prepared(repo: RepoBuilder, offence: Offence, level: str = "block", keys: str = "") -> str:
    """Commit the rule and offend it; return the commit before."""
    text = ALL.format(name=offence.rule, level=level, keys=keys or offence.keys) + offence.more
    base = repo.commit("rules", {".gitprov.toml": text})
    offence.offend(repo)
    return base


def at_hook(repo: RepoBuilder, stage: str, base: str) -> Judgement:
    """Judge as the rule's own hook does; what a later hook judges is committed first."""
    if stage == "pre-commit":
        judgement = staged(repo.path)
        repo.git("commit", "-qm", "results")
        return judgement
    if stage == "commit-msg":
        judgement = message(repo.path, repo.write("../message", "results\n"))
        repo.git("commit", "-qm", "results")
        return judgement
    repo.git("commit", "-qm", "results")
    return pushed(repo, "HEAD", to="refs/heads/main", there=base)


@pytest.mark.parametrize("level", ["off", "warn", "block"])
@pytest.mark.parametrize("offence", OFFENCES, ids=lambda offence: offence.rule)
def test_an_offence_has_its_level_and_the_same_verdict_everywhere(
    repo: RepoBuilder, offence: Offence, level: str
) -> None:
    base = prepared(repo, offence, level)

    hook = at_hook(repo, offence.stage, base)
    ci = in_ci(repo.path, f"{base}..HEAD")

    expected = [] if level == "off" else [(offence.rule, level, "results/auc.json")]
    assert verdicts(hook) == expected
    assert verdicts(ci) == expected
    assert hook.blocked == ci.blocked == (level == "block")
    assert all(one.what and one.mend for one in ci.findings)


def test_every_rule_of_the_policy_is_judged_and_offended_here() -> None:
    names = {info.alias or name for name, info in Rules.model_fields.items()}

    assert set(RULES) == names
    assert {offence.rule for offence in OFFENCES} == names


def test_the_quick_look_knows_the_stages_of_every_rule() -> None:
    minimal = {offence.rule: _table(offence) for offence in OFFENCES}
    stages = {name: tuple(map(str, rule.stages)) for name, rule in Policy.model_validate(minimal).rules()}

    assert stages == {name: NATURAL.get(name, ("pre-commit",)) for name in minimal}


def _table(offence: Offence) -> dict[str, Any]:
    import tomllib

    text = ALL.format(name=offence.rule, level="warn", keys=offence.keys)
    table: dict[str, Any] = tomllib.loads(text)["rules"][offence.rule]
    return table


def judged(repo: RepoBuilder, rule: str, keys: str = "", more: str = "") -> Judgement:
    """Judge what is staged by one rule, as CI would once it is committed."""
    text = ALL.format(name=rule, level="block", keys=keys) + more
    repo.write(".gitprov.toml", text)
    repo.git("add", ".")
    repo.git("commit", "-q", "--allow-empty", "-m", "results")
    return in_ci(repo.path)


def test_required_fields_are_named_and_asked_for(repo: RepoBuilder) -> None:
    run = result(repo, seeds={"hash": 1}, by="ana <ana@localhost>")

    judgement = judged(repo, "required-fields", 'fields = ["hypothesis", "seed", "dataset", "metrics", "owner"]')

    assert what(judgement) == [
        f"run {run[:7]}, which made results/auc.json, says no hypothesis, seed, dataset, metrics or owner"
    ]
    assert judgement.findings[0].mend == (
        "git prov run --hypothesis '...' --seed N -i DATA --metrics FILE -- python train.py"
    )


def test_a_run_that_says_all_that_is_required(repo: RepoBuilder) -> None:
    result(
        repo,
        intent={"hypothesis": "it helps"},
        seeds={"numpy": 0},
        input=[output("data.csv", "1")],
        metrics={"auc": 0, "val/loss": "NaN"},
        params={"optim": {"lr": None}, "a.b": 1},
    )
    fields = '["hypothesis", "seed", "dataset", "metrics", "owner", "metrics.auc", "metrics.val/loss"]'

    assert judged(repo, "required-fields", f"fields = {fields}").findings == ()
    assert judged(repo, "required-fields", 'fields = ["params.optim.lr", "params.a.b"]').findings == ()


def test_one_of_several_runs_that_made_the_same_file_is_enough(repo: RepoBuilder) -> None:
    made(repo, "results/auc.json", "0.9", seeds={"declared": 1})
    result(repo)

    assert judged(repo, "required-fields", 'fields = ["seed"]').findings == ()


def test_what_a_run_made_is_said_once_for_all_its_files(repo: RepoBuilder) -> None:
    files = {"results/a.json": "1", "results/b.json": "2", "results/c.json": "3"}
    append(repo.path, run_record(7, output=[output(path, content) for path, content in files.items()]))
    for path, content in files.items():
        repo.write(path, content)

    assert what(judged(repo, "required-fields", 'fields = ["seed"]')) == [
        f"run {record_id(7)[:7]}, which made results/a.json and 2 more, says no seed"
    ]


def test_a_snapshot_will_do_where_the_rule_says_so(repo: RepoBuilder) -> None:
    code = {"commit": "1" * 40, "base": repo.head}
    result(repo, code=code)
    assert judged(repo, "clean-tree", 'allow = "snapshot"').findings == ()

    made(repo, "results/b.json", "1", code={**code, "omitted": [{"path": "big.bin", "why": "too large"}]})
    repo.write("results/b.json", "1")
    (words,) = what(judged(repo, "clean-tree", 'allow = "snapshot"'))
    assert words.endswith("ran on a snapshot that leaves out big.bin")


def test_changes_that_were_all_left_out_are_not_committed_either(repo: RepoBuilder) -> None:
    code = {"commit": repo.head, "omitted": [{"path": "big.bin", "why": "too large"}]}
    result(repo, code=code)
    assert what(judged(repo, "clean-tree"))[0].endswith("ran on uncommitted changes")

    made(repo, "results/b.json", "1", code=code)
    repo.write("results/b.json", "1")
    assert what(judged(repo, "clean-tree", 'allow = "snapshot"'))[0].endswith("a snapshot that leaves out big.bin")


def test_committed_code_is_a_clean_tree(repo: RepoBuilder) -> None:
    result(repo, code={"commit": repo.head})
    assert judged(repo, "clean-tree").findings == ()

    dirty = {"commit": repo.head, "submodules": [{"path": "lib", "dirty": True}]}
    made(repo, "results/b.json", "1", code=dirty)
    repo.write("results/b.json", "1")
    assert what(judged(repo, "clean-tree"))[0].endswith("ran with uncommitted changes in a submodule")


def with_lock(repo: RepoBuilder, used: list[str], *, here: bool = True) -> None:
    digest = digest_bytes(LOCK)
    number = 50 + len(used) + (0 if here else 10)
    environment = {"digest": digest, "used": used}
    record = run_record(number, output=[output("results/auc.json", f"{number}")], environment=environment)
    append(repo.path, record, data={digest: LOCK} if here else {})
    repo.write("results/auc.json", f"{number}")


def test_a_lock_pins_what_was_used(repo: RepoBuilder) -> None:
    with_lock(repo, ["numpy", "own"])
    assert judged(repo, "locked-environment").findings == ()

    with_lock(repo, ["beside", "pandas", "numpy"])
    (words,) = what(judged(repo, "locked-environment"))
    assert words.endswith(
        "used what is not pinned: beside is a directory outside of the repository; pandas is not in the lock"
    )

    with_lock(repo, [])
    (words,) = what(judged(repo, "locked-environment"))
    assert words.endswith("used what is not pinned: beside is a directory outside of the repository")


def test_a_lock_that_is_not_here_cannot_be_judged(repo: RepoBuilder) -> None:
    with_lock(repo, ["numpy"], here=False)

    (found,) = judged(repo, "locked-environment").findings

    assert found.level == "warn"
    assert found.what.endswith("has an environment lock that is not here")


def test_acceptance_is_by_the_rule_and_by_what_was_expected(repo: RepoBuilder) -> None:
    result(repo, metrics={"auc": 0.9, "loss": "NaN"}, intent={"expect": ["auc >= 0.8"]})
    assert judged(repo, "acceptance", 'criteria = ["auc >= 0.9"]').findings == ()

    made(repo, "results/b.json", "1", metrics={"auc": 0.7, "loss": "NaN"}, intent={"expect": ["auc >= 0.8"]})
    repo.write("results/b.json", "1")
    (words,) = what(judged(repo, "acceptance", 'criteria = ["loss < 1", "f1 > 0"]'))
    assert words.endswith(
        "does not meet loss < 1 (it is NaN) and f1 > 0 (there is no such metric) and auc >= 0.8 (it is 0.7)"
    )


def test_results_of_code_and_data_that_have_not_moved_are_not_stale(repo: RepoBuilder) -> None:
    blob = repo.git("rev-parse", "HEAD:train.py")
    files = listing({b"train.py": blob})
    digest = digest_bytes(files)
    record = run_record(
        60,
        code={"commit": repo.head, "files": digest},
        input=[
            output("data/in.csv", b"1\r\n2\r\n"),
            output("results/auc.json", "before"),
            output("/tmp/x", "1", absolute=True),
        ],
        output=[output("results/auc.json", "0.9")],
    )
    append(repo.path, record, data={digest: files})
    repo.write("results/auc.json", "0.9")
    repo.write("data/in.csv", "1\n2\n")

    assert judged(repo, "no-stale-results").findings == ()

    repo.write("data/in.csv", "3\n")
    repo.write("results/auc.json", "0")
    judged(repo, "no-stale-results")
    repo.write("results/auc.json", "0.9")
    assert what(judged(repo, "no-stale-results"))[0].endswith("is stale: data/in.csv has changed since")

    repo.git("rm", "-q", "train.py")
    repo.write("results/auc.json", "0")
    judged(repo, "no-stale-results")
    repo.write("results/auc.json", "0.9")
    assert what(judged(repo, "no-stale-results"))[0].endswith(
        "is stale: train.py is there no more; data/in.csv has changed since"
    )


def test_data_that_is_not_in_git_is_known_by_what_was_said_of_it_last(repo: RepoBuilder) -> None:
    result(repo, input=[output("data/big.bin", "then")])
    state(repo, b"then", path="data/big.bin")
    assert judged(repo, "no-stale-results").findings == ()

    state(repo, b"now", path="data/big.bin", at="2026-06-02T00:00:00Z")
    repo.write("results/auc.json", "0")
    judged(repo, "no-stale-results")
    repo.write("results/auc.json", "0.9")
    assert what(judged(repo, "no-stale-results"))[0].endswith("is stale: data/big.bin was added anew since")


def test_a_large_file_is_found_in_whichever_commit_of_a_range_it_was(repo: RepoBuilder) -> None:
    base = repo.commit("rules", {".gitprov.toml": '[rules.data-as-pointers]\nlevel = "block"\nmax_size = "1 KiB"\n'})
    guilty = repo.commit("large", {"data/big.bin": b"x" * 3000})
    repo.git("rm", "-q", "data/big.bin")
    repo.commit("away")

    (found,) = in_ci(repo.path, f"{base}..HEAD").findings

    assert found.what.startswith("data/big.bin has 2.93 KiB, more than the 1 KiB that may enter Git (commit ")
    assert found.commit == guilty


def test_only_what_stands_for_data_may_be_where_pointers_are_asked_for(repo: RepoBuilder) -> None:
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 12\n"
    repo.write("results/model.bin", pointer)
    repo.write("results/table.csv.dvc", "outs: []")
    repo.write("results/.gitignore", "*")
    repo.git("add", "-f", ".")
    assert judged(repo, "data-as-pointers", "pointers = true").findings == ()

    repo.write("results/auc.json", "0.9")
    repo.git("add", "-f", ".")
    (found,) = judged(repo, "data-as-pointers", "pointers = true").findings
    assert found.what.startswith("results/auc.json is data, and its bytes would enter Git")


def replication(run: str, by: str, machine: str = "m1", verdict: str = "identical") -> dict[str, Any]:
    return {
        **{name: run_record()[name] for name in ("schema", "id", "at")},
        "kind": "replication",
        "run": run,
        "by": by,
        "machine": machine,
        "verdict": verdict,
    }


def test_replications_count_by_others_people_and_machines(repo: RepoBuilder) -> None:
    run = result(repo)
    append(repo.path, replication(run, run_record()["by"]), replication(run, "Bo <bo@x.org>", verdict="deviates"))
    assert what(judged(repo, "needs-replication"))[0].endswith("was reproduced by nobody else")

    append(repo.path, replication(run, "Bo <bo@x.org>"), replication(run, "Bo <BO@x.org>"))
    repo.write("results/auc.json", "0")
    judged(repo, "needs-replication")
    repo.write("results/auc.json", "0.9")
    (words,) = what(judged(repo, "needs-replication", "count = 3\npeople = 2\nmachines = 2"))
    assert words.endswith("was reproduced 2 of 3 times, by 1 of 2 people, on 1 of 2 machines by others")

    append(repo.path, replication(run, "Cleo <c@x.org>", "m2"))
    repo.write("results/auc.json", "0")
    judged(repo, "needs-replication")
    repo.write("results/auc.json", "0.9")
    assert judged(repo, "needs-replication", "count = 3\npeople = 2\nmachines = 2").findings == ()


def review(run: str, by: str, verdict: str = "accepted", **fields: str) -> dict[str, Any]:
    own = {name: run_record()[name] for name in ("schema", "id", "at")}
    return {**own, "kind": "review", "run": run, "by": by, "verdict": verdict, **fields}


def test_reviews_count_by_others_and_a_rejection_stands(repo: RepoBuilder) -> None:
    run = result(repo)
    append(repo.path, review(run, run_record()["by"]))
    assert what(judged(repo, "needs-review"))[0].endswith("was accepted by nobody else")

    append(repo.path, review(run, "Bo <bo@x.org>"))
    repo.git("reset", "-q", "--soft", "HEAD~1")
    assert judged(repo, "needs-review").findings == ()

    append(repo.path, review(run, "Cleo <c@x.org>", "rejected", text="leaks"))
    repo.git("reset", "-q", "--soft", "HEAD~1")
    assert what(judged(repo, "needs-review"))[0].endswith("was rejected by c@x.org: leaks")


def test_an_owner_has_to_be_among_those_who_accept(repo: RepoBuilder) -> None:
    people = '[people]\n"@bo" = "bo@x.org"\n'
    repo.commit("owners", {"CODEOWNERS": "results/ @bo\n"})
    run = result(repo)
    append(repo.path, review(run, "Cleo <c@x.org>"))
    assert what(judged(repo, "needs-review", "owners = true", people))[0].endswith(
        "was accepted by too few owners of results/auc.json (bo@x.org)"
    )

    append(repo.path, review(run, "Bo <bo@x.org>"))
    repo.git("reset", "-q", "--soft", "HEAD~1")
    assert judged(repo, "needs-review", "owners = true", people).findings == ()


def test_what_a_change_says_of_owners_does_not_choose_who_is_asked(repo: RepoBuilder) -> None:
    people = '[people]\n"@bo" = "bo@x.org"\n"@cleo" = "c@x.org"\n'
    repo.commit("owners", {"CODEOWNERS": "results/ @bo\n"})
    run = result(repo)
    append(repo.path, review(run, "Cleo <c@x.org>"))
    repo.write("CODEOWNERS", "results/ @cleo\n")

    assert judged(repo, "needs-review", "owners = true", people).blocked


def test_a_tag_is_judged_by_all_that_it_holds(repo: RepoBuilder) -> None:
    result(repo)
    repo.commit("rules", {".gitprov.toml": ALL.format(name="needs-review", level="block", keys='tags = ["v*"]')})
    repo.commit("unrelated", {"a": "1"})
    repo.git("tag", "v1")
    repo.git("tag", "draft")

    assert staged(repo.path).rules == ()
    assert pushed(repo, "HEAD", to="refs/heads/main", there=repo.git("rev-parse", "HEAD~1")).findings == ()
    assert pushed(repo, "refs/tags/draft", there=repo.head).findings == ()
    assert verdicts(pushed(repo, "refs/tags/v1")) == [("needs-review", "block", "results/auc.json")]
    assert verdicts(in_ci(repo.path, CI_COMMIT_TAG="v1")) == [("needs-review", "block", "results/auc.json")]


def test_data_is_held_back_from_the_remotes_that_are_named(repo: RepoBuilder) -> None:
    more = '[data.classes.patients]\npaths = ["data/**"]\nlicences = ["CC-BY-NC-4.0"]\n'
    rule = '[rules.data-classes]\nlevel = "block"\nlicences = ["CC-BY-NC-4.0"]\nremotes = ["public", "*github.com*"]\n'
    base = repo.commit("rules", {".gitprov.toml": rule + more})
    repo.commit("data", {"data/a.csv": "1"})
    repo.git("rm", "-q", "data/a.csv")
    repo.commit("away")
    repo.git("remote", "add", "hub", "https://github.com/ana/x")
    repo.git("remote", "add", "private", "ssh://host/x")

    (found,) = pushed(repo, "HEAD", to="refs/heads/main", there=base, remote="public").findings
    assert found.what == "data/a.csv is data under CC-BY-NC-4.0, which does not go to public"
    assert pushed(repo, "HEAD", to="refs/heads/main", there=base, remote="hub").blocked
    assert not pushed(repo, "HEAD", to="refs/heads/main", there=base, remote="private").blocked


def test_the_hook_adds_the_run_that_a_message_is_to_name(repo: RepoBuilder) -> None:
    repo.commit("rules", {".gitprov.toml": ALL.format(name="message-names-run", level="block", keys="")})
    run = result(repo)
    file = repo.write("../message", "results\n\n# a comment\n")

    assert message(repo.path, file).findings == ()
    assert f"Prov-Run: {run[:12]}\n" in file.read_text()
    before = file.read_text()
    assert message(repo.path, file).findings == ()
    assert file.read_text() == before

    repo.git("commit", "-q", "--cleanup=strip", "-F", str(file))
    assert in_ci(repo.path).findings == ()


@pytest.mark.parametrize(
    "text", ["", "\n\n", "# only comments\n", "# x\n# ------------------------ >8 ------------------------\ndiff\n"]
)
def test_a_message_that_says_nothing_stays_empty(repo: RepoBuilder, text: str) -> None:
    repo.commit("rules", {".gitprov.toml": ALL.format(name="message-names-run", level="block", keys="")})
    result(repo)
    file = repo.write("../message", text)

    message(repo.path, file)

    assert file.read_text() == text


def test_a_message_may_name_its_run_by_its_first_digits(repo: RepoBuilder) -> None:
    repo.commit("rules", {".gitprov.toml": ALL.format(name="message-names-run", level="block", keys="add = false")})
    run = result(repo)

    assert not message(repo.path, repo.write("../message", f"results\n\nprov-run: {run[:7]}\n")).blocked
    assert message(repo.path, repo.write("../message", f"results\n\nProv-Run: {run[:6]}\n")).blocked
    assert message(repo.path, repo.write("../message", f"results, Prov-Run: {run}\n")).blocked


def test_rules_that_are_named_are_asked_alone(repo: RepoBuilder) -> None:
    both = ALL.format(name="results-need-run", level="block", keys="") + ALL.format(
        name="data-as-pointers", level="block", keys='max_size = "2 B"'
    )
    repo.commit("rules", {".gitprov.toml": both})
    without_run(repo)

    assert len(staged(repo.path).findings) == 2
    assert [rule for rule, *_ in verdicts(staged(repo.path, only=["data-as-pointers"]))] == ["data-as-pointers"]
