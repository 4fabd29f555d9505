"""`results-need-run`: which blobs count as made by a run, in every form that Git may hold them."""

import hashlib
from pathlib import Path

import pytest

from gitprov.artifacts.hashing import digest_bytes
from gitprov.artifacts.listing import describe
from gitprov.errors import ProvError
from gitprov.records import writer
from gitprov.records.writer import Addition
from support.records import append, record_id, run_record, session_in
from support.repo import RepoBuilder
from support.ruled import NEED_RUN, in_ci, made, output, staged, state, verdicts, what, write_rules
from support.templates import RepoMaker

BLOCKED = [("results-need-run", "block", "results/auc.json")]


@pytest.fixture
def ruled(repo: RepoBuilder) -> RepoBuilder:
    write_rules(repo)
    return repo


def stage(repo: RepoBuilder, path: str, content: str | bytes) -> None:
    repo.write(path, content)
    repo.git("add", "--", path)


def test_a_result_without_a_run_is_an_offence_that_says_how_to_mend_it(ruled: RepoBuilder) -> None:
    stage(ruled, "results/auc.json", "0.9")

    judgement = staged(ruled.path)

    assert judgement.blocked
    assert verdicts(judgement) == BLOCKED
    assert what(judgement) == ["results/auc.json is new, and no run made it"]
    assert judgement.findings[0].mend == "git prov run -- COMMAND"
    assert judgement.rules == ("results-need-run",)
    assert judgement.judged == "1 staged change"


def test_what_a_run_made_is_in_order(ruled: RepoBuilder) -> None:
    made(ruled, "results/auc.json", "0.9")
    stage(ruled, "results/auc.json", "0.9")

    assert staged(ruled.path).findings == ()


def test_a_result_that_is_another_than_its_run_made_names_the_command_of_the_last_run(ruled: RepoBuilder) -> None:
    made(ruled, "results/auc.json", "0.8", command=["python", "old.py"])
    run = made(ruled, "results/auc.json", "0.9", command=["python", "train.py", "--name", "a b"], cwd="sub")
    ruled.commit("results", {"results/auc.json": "0.9"})
    stage(ruled, "results/auc.json", "0.99")

    (found,) = staged(ruled.path).findings

    assert found.what == "results/auc.json changed, and no run made it"
    assert found.mend == "cd sub && git prov run -- python train.py --name 'a b'"
    assert found.run == run


def test_what_is_declared_only_is_declared_again_by_what_mends_it(ruled: RepoBuilder) -> None:
    append(ruled.path, run_record(output=[output("results/auc.json", "0.8", how="declared")]))
    stage(ruled, "results/auc.json", "0.99")

    assert staged(ruled.path).findings[0].mend == "git prov run -o results/auc.json -- python train.py"


def test_what_is_staged_is_judged_and_not_what_is_on_disk(ruled: RepoBuilder) -> None:
    made(ruled, "results/auc.json", "0.9")
    stage(ruled, "results/auc.json", "0.5")
    ruled.write("results/auc.json", "0.9")

    judgement = staged(ruled.path)

    assert verdicts(judgement) == BLOCKED
    assert judgement.findings[0].mend == "git add results/auc.json"

    ruled.git("add", ".")
    ruled.write("results/auc.json", "0.5")
    assert staged(ruled.path).findings == ()


@pytest.mark.parametrize(("status", "why"), [("failed", "failed"), ("killed", "was killed"), ("lost", "was not seen")])
def test_what_a_run_left_that_did_not_end_well_does_not_count(ruled: RepoBuilder, status: str, why: str) -> None:
    run = made(ruled, "results/auc.json", "0.9", status=status)
    stage(ruled, "results/auc.json", "0.9")

    judgement = staged(ruled.path)

    assert verdicts(judgement) == BLOCKED
    assert what(judgement)[0].startswith(f"results/auc.json was made by run {run[:7]}, which {why}")
    assert judgement.findings[0].mend == "git prov run -- python train.py"


def test_the_same_bytes_of_a_run_that_ended_well_count_though_a_later_one_failed(ruled: RepoBuilder) -> None:
    made(ruled, "results/auc.json", "0.9")
    made(ruled, "results/auc.json", "0.9", status="failed")
    stage(ruled, "results/auc.json", "0.9")

    assert staged(ruled.path).findings == ()


def test_what_was_retracted_does_not_count_and_the_reason_is_said(ruled: RepoBuilder) -> None:
    run = made(ruled, "results/auc.json", "0.9")
    retraction = {name: run_record()[name] for name in ("schema", "id", "at", "by")}
    append(ruled.path, {**retraction, "kind": "retraction", "record": run, "because": "wrong labels"})
    stage(ruled, "results/auc.json", "0.9")

    (words,) = what(staged(ruled.path))
    assert words == f"results/auc.json was made by run {run[:7]}, which was retracted: wrong labels"


def test_a_run_that_only_reproduced_another_speaks_for_nothing(ruled: RepoBuilder) -> None:
    made(ruled, "results/auc.json", "0.9", reproduces=record_id())
    stage(ruled, "results/auc.json", "0.9")

    assert verdicts(staged(ruled.path)) == BLOCKED


def test_a_result_of_unknown_origin_that_was_claimed_counts(ruled: RepoBuilder) -> None:
    made(ruled, "results/auc.json", "0.9", origin="claimed")
    stage(ruled, "results/auc.json", "0.9")

    assert staged(ruled.path).findings == ()


def test_an_output_recorded_as_a_blob_counts(ruled: RepoBuilder) -> None:
    stage(ruled, "results/auc.json", "0.9")
    blob = ruled.git("rev-parse", ":results/auc.json")
    append(ruled.path, run_record(output=[{"path": "results/auc.json", "digest": f"git:{blob}"}]))

    assert staged(ruled.path).findings == ()


def test_bytes_made_at_another_path_do_not_count(ruled: RepoBuilder) -> None:
    made(ruled, "elsewhere/auc.json", "0.9")
    stage(ruled, "results/auc.json", "0.9")

    assert verdicts(staged(ruled.path)) == BLOCKED


def test_an_output_outside_of_the_repository_is_no_result_in_it(ruled: RepoBuilder) -> None:
    outside = output(str(ruled.path / "results/auc.json"), "0.9", absolute=True)
    append(ruled.path, run_record(output=[outside]))
    stage(ruled, "results/auc.json", "0.9")

    assert verdicts(staged(ruled.path)) == BLOCKED


def test_paths_that_no_rule_is_about_are_nobodys_business(ruled: RepoBuilder) -> None:
    stage(ruled, "src/model.py", "x = 1")

    judgement = staged(ruled.path)

    assert judgement.findings == ()
    assert judgement.rules == ()


def test_a_result_that_goes_needs_no_run(ruled: RepoBuilder) -> None:
    ruled.commit("results", {"results/auc.json": "0.9"})
    ruled.git("rm", "-q", "results/auc.json")

    assert staged(ruled.path).findings == ()


def test_a_change_of_mode_alone_needs_no_run(ruled: RepoBuilder) -> None:
    ruled.commit("results", {"results/auc.json": "0.9"})
    ruled.git("update-index", "--chmod=+x", "results/auc.json")

    judgement = staged(ruled.path)

    assert judgement.findings == ()
    assert judgement.judged == "nothing is staged"


def test_a_result_renamed_among_results_is_as_it_was(ruled: RepoBuilder) -> None:
    ruled.commit("results", {"results/auc.json": "0.9"})
    ruled.git("mv", "results/auc.json", "results/old.json")

    assert staged(ruled.path).findings == ()


def test_what_a_run_made_elsewhere_and_was_then_renamed_counts(ruled: RepoBuilder) -> None:
    made(ruled, "scratch/auc.json", "0.9")
    ruled.commit("scratch", {"scratch/auc.json": "0.9", "scratch/b.json": "0.5"})
    (ruled.path / "results").mkdir()
    ruled.git("mv", "scratch/auc.json", "results/auc.json")
    ruled.git("mv", "scratch/b.json", "results/b.json")

    assert verdicts(staged(ruled.path)) == [("results-need-run", "block", "results/b.json")]


def test_a_copy_is_no_rename(ruled: RepoBuilder) -> None:
    made(ruled, "results/auc.json", "0.9")
    ruled.commit("results", {"results/auc.json": "0.9"})
    stage(ruled, "results/best.json", "0.9")

    assert verdicts(staged(ruled.path)) == [("results-need-run", "block", "results/best.json")]


def test_empty_files_are_not_taken_for_one_another(ruled: RepoBuilder) -> None:
    ruled.commit("results", {"results/old": ""})
    ruled.git("rm", "-q", "results/old")
    stage(ruled, "results/new", "")

    assert verdicts(staged(ruled.path)) == [("results-need-run", "block", "results/new")]


@pytest.mark.parametrize(
    "name", ["a b.json", "line\nbreak", "tab\there", 'quo"te', b"caf\xe9.txt", "-x", "ü/ö.json", "*"]
)
def test_names_of_every_kind(ruled: RepoBuilder, name: str | bytes) -> None:
    path = f"results/{name}" if isinstance(name, str) else (b"results/" + name).decode("utf-8", "surrogateescape")
    stage(ruled, path, "0.9")
    assert len(staged(ruled.path).findings) == 1

    made(ruled, path, "0.9")
    assert staged(ruled.path).findings == ()


def test_a_rule_is_about_the_whole_history_before_the_first_commit(make_repo: RepoMaker) -> None:
    repo = make_repo(empty=True)
    repo.write(".gitprov.toml", NEED_RUN)
    repo.write("results/auc.json", "0.9")
    repo.git("add", ".")

    assert verdicts(staged(repo.path)) == BLOCKED

    made(repo, "results/auc.json", "0.9")
    assert staged(repo.path).findings == ()


def test_a_repository_with_longer_ids(make_repo: RepoMaker) -> None:
    repo = make_repo(object_format="sha256", empty=True)
    repo.write(".gitprov.toml", NEED_RUN)
    repo.write("results/auc.json", "0.9")
    repo.git("add", ".")
    assert verdicts(staged(repo.path)) == BLOCKED

    repo.git("commit", "-qm", "first")
    assert verdicts(in_ci(repo.path)) == BLOCKED


def test_what_is_only_meant_to_be_added_is_not_judged(ruled: RepoBuilder) -> None:
    ruled.write("results/auc.json", "0.9")
    ruled.git("add", "-N", "results/auc.json")

    assert staged(ruled.path).judged == "nothing is staged"


def test_files_that_are_named_are_judged_alone(ruled: RepoBuilder) -> None:
    for name in ("results/a.json", "results/deep/b.json", "results/c.json"):
        stage(ruled, name, "0.9")

    assert [path for *_, path in verdicts(staged(ruled.path, "results/a.json"))] == ["results/a.json"]
    assert [path for *_, path in verdicts(staged(ruled.path, "results/deep"))] == ["results/deep/b.json"]
    assert [path for *_, path in verdicts(staged(ruled.path / "results", "c.json"))] == ["results/c.json"]
    assert len(staged(ruled.path, ".").findings) == 3


@pytest.mark.parametrize(
    ("attributes", "on_disk"),
    [("*.csv text eol=crlf", b"a,b\r\n1,2\r\n"), ("*.csv working-tree-encoding=UTF-16LE", "a,b\n".encode("utf-16-le"))],
)
def test_bytes_that_git_changes_when_they_are_added(ruled: RepoBuilder, attributes: str, on_disk: bytes) -> None:
    ruled.commit("attributes", {".gitattributes": attributes})
    made(ruled, "results/table.csv", on_disk)
    stage(ruled, "results/table.csv", on_disk)
    assert ruled.git_bytes("cat-file", "blob", ":results/table.csv") != on_disk

    assert staged(ruled.path).findings == ()


def test_lines_of_another_system_are_known_again_where_git_does_not_change_them(ruled: RepoBuilder) -> None:
    made(ruled, "results/table.csv", b"a\r\n1\r\n")
    stage(ruled, "results/table.csv", b"a\n1\n")

    assert staged(ruled.path).findings == ()


def test_a_filter_that_fails_is_no_offence_of_ours(ruled: RepoBuilder) -> None:
    made(ruled, "results/auc.json", "0.9")
    stage(ruled, "results/auc.json", "0.9")
    ruled.write(".gitattributes", "* filter=broken")
    ruled.git("config", "filter.broken.smudge", "false")
    ruled.git("config", "filter.broken.required", "true")

    assert staged(ruled.path).findings == ()


def pointer(content: bytes) -> bytes:
    digest = hashlib.sha256(content).hexdigest()
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(content)}\n".encode()


def test_a_pointer_stands_for_the_bytes_in_the_local_store_of_git_lfs(ruled: RepoBuilder) -> None:
    made(ruled, "results/model.bin", b"weights")
    stage(ruled, "results/model.bin", pointer(b"weights"))
    name = hashlib.sha256(b"weights").hexdigest()
    store = ruled.path / ".git" / "lfs" / "objects" / name[:2] / name[2:4] / name
    store.parent.mkdir(parents=True)
    store.write_bytes(b"weights")

    assert staged(ruled.path).findings == ()

    stage(ruled, "results/model.bin", pointer(b"other weights"))
    store.write_bytes(b"damaged")
    ruled.write("results/model.bin", b"other weights")
    assert verdicts(staged(ruled.path)) == [("results-need-run", "block", "results/model.bin")]


def test_a_pointer_stands_for_the_bytes_in_the_working_tree(ruled: RepoBuilder) -> None:
    made(ruled, "results/model.bin", b"weights")
    stage(ruled, "results/model.bin", pointer(b"weights"))
    ruled.write("results/model.bin", b"weights")

    assert staged(ruled.path).findings == ()


def test_a_pointer_that_nobody_can_follow_is_said_and_stops_nobody(ruled: RepoBuilder) -> None:
    made(ruled, "results/model.bin", b"weights")
    stage(ruled, "results/model.bin", pointer(b"weights"))

    judgement = staged(ruled.path)

    assert not judgement.blocked
    assert verdicts(judgement) == [("results-need-run", "warn", "results/model.bin")]
    assert "it is a pointer of Git LFS" in what(judgement)[0]


def test_a_pointer_is_followed_by_what_was_said_of_it(ruled: RepoBuilder) -> None:
    made(ruled, "results/model.bin", b"weights")
    stage(ruled, "results/model.bin", pointer(b"weights"))
    state(ruled, b"weights", location=[{"kind": "lfs", "oid": hashlib.sha256(b"weights").hexdigest()}])

    assert staged(ruled.path).findings == ()


def test_a_link_that_a_run_made(ruled: RepoBuilder) -> None:
    (ruled.path / "results").mkdir()
    (ruled.path / "results" / "latest").symlink_to("run-1")
    ruled.git("add", ".")
    assert verdicts(staged(ruled.path)) == [("results-need-run", "block", "results/latest")]

    made(ruled, "results/latest", "run-1")
    assert staged(ruled.path).findings == ()


def test_a_submodule_is_a_repository_of_its_own(ruled: RepoBuilder) -> None:
    ruled.git("update-index", "--add", "--cacheinfo", f"160000,{ruled.head},results/sub")

    assert staged(ruled.path).findings == ()


def record_directory(repo: RepoBuilder, directory: str, files: dict[str, str]) -> None:
    for name, content in files.items():
        repo.write(f"{directory}/{name}", content)
    found = describe(str(repo.path / directory), list(files))
    item = {"path": directory, "digest": found.digest, "size": found.size, "files": found.files, "how": "traced"}
    session = session_in(repo.path)
    writer.append(session.repo, session.state, Addition([run_record(output=[item])], data=found.listings))


def test_files_of_a_directory_that_is_recorded_as_one(ruled: RepoBuilder) -> None:
    files = {f"fold-{number}/auc.json": f"0.{number}" for number in range(30)}
    record_directory(ruled, "results/folds", files)
    ruled.git("add", ".")
    assert staged(ruled.path).findings == ()

    stage(ruled, "results/folds/fold-7/auc.json", "0.99")
    stage(ruled, "results/folds/fold-99/auc.json", "0.5")
    assert [path for *_, path in verdicts(staged(ruled.path))] == [
        "results/folds/fold-7/auc.json",
        "results/folds/fold-99/auc.json",
    ]


def test_a_directory_whose_listing_is_not_here_cannot_be_judged(ruled: RepoBuilder) -> None:
    item = {"path": "results", "digest": digest_bytes(b"a listing elsewhere"), "files": 40, "how": "traced"}
    append(ruled.path, run_record(output=[item]))
    stage(ruled, "results/auc.json", "0.9")

    judgement = staged(ruled.path)

    assert [one.level for one in judgement.findings] == ["warn"]
    assert "the listing of results, which run" in what(judgement)[0]


def test_in_ci_records_that_were_not_fetched_are_no_offence_but_an_error(ruled: RepoBuilder, tmp_path: Path) -> None:
    clone = ruled.clone(tmp_path / "clone")
    clone.commit("results", {"results/auc.json": "0.9"})

    with pytest.raises(ProvError) as caught:
        in_ci(clone.path)

    assert "no records have been fetched from origin" in caught.value.message
    assert "git prov sync origin" in caught.value.hint
    assert "+refs/prov/log/*:refs/prov/remotes/origin/log/*" in caught.value.hint


def test_at_home_a_result_without_a_run_is_an_offence_whatever_was_fetched(ruled: RepoBuilder, tmp_path: Path) -> None:
    clone = ruled.clone(tmp_path / "clone")
    stage(clone, "results/auc.json", "0.9")

    judgement = staged(clone.path)

    assert verdicts(judgement) == BLOCKED
    assert judgement.notes == (
        "no records have been fetched from origin; if others made what is meant: git prov sync origin",
    )


def test_records_that_were_fetched_count(ruled: RepoBuilder, tmp_path: Path) -> None:
    made(ruled, "results/auc.json", "0.9")
    clone = ruled.clone(tmp_path / "clone")
    clone.git("fetch", "-q", "origin", "+refs/prov/log/*:refs/prov/remotes/origin/log/*")
    clone.write("results/auc.json", "0.9")
    clone.write("results/b.json", "0.9")
    clone.git("add", ".")

    assert verdicts(staged(clone.path)) == [("results-need-run", "block", "results/b.json")]


def test_where_records_are_fetched_as_a_habit_none_means_none(ruled: RepoBuilder, tmp_path: Path) -> None:
    clone = ruled.clone(tmp_path / "clone")
    clone.git("config", "--add", "remote.origin.fetch", "+refs/prov/log/*:refs/prov/remotes/origin/log/*")
    clone.write("results/auc.json", "0.9")
    clone.git("add", ".")

    assert verdicts(staged(clone.path)) == BLOCKED
