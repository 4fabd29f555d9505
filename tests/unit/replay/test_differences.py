from typing import Any

import pytest

from gitprov.replay.compare.differences import differences

B3 = "b3:" + "a" * 64
OTHER = "b3:" + "b" * 64

RUN: dict[str, Any] = {
    "status": "ok",
    "command": ["/home/ana/env/bin/python", "train.py"],
    "code": {"commit": "c" * 40, "tree": "d" * 40, "files": B3},
    "input": [{"path": "data/train.csv", "digest": B3}],
    "environment": {"python": "3.11.7", "used": ["numpy", "click"], "variables": {"OMP_NUM_THREADS": "4", "LANG": "C"}},
    "hardware": {"cpu": "one", "cores": 8, "flags": ["avx2", "avx512f"], "gpus": ["A100"]},
    "seeds": {"declared": 1, "hash": 5, "numpy": 1},
    "params": {"lr": 0.1},
    "determinism": {"threads.torch": 4, "cudnn.benchmark": False},
}
LOCK = {"numpy": "2.0.2", "click": "8.1.0", "black": "24.1"}


def changed(path: str, value: object) -> dict[str, Any]:
    """Return the run with one value replaced, by its dotted name."""
    top, _, below = path.partition(".")
    return {**RUN, top: {**RUN[top], below: value} if below else value}


def first(new: dict[str, Any], lock: dict[str, str] | None = None) -> str:
    found = differences(RUN, new, (LOCK, lock or LOCK))
    return found[0].words if found else ""


def test_two_runs_alike_differ_in_nothing() -> None:
    moved = {**RUN, "command": ["/srv/bo/cache/bin/python", "train.py"]}
    assert differences(RUN, moved, (LOCK, LOCK)) == []


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (
            "input",
            [{"path": "data/train.csv", "digest": OTHER}],
            "input data/train.csv: b3:aaaaaaaaaaaa → b3:bbbbbbbbbbbb",
        ),
        ("code.files", OTHER, "code files that the run read: b3:aaaaaaaaaaaa → b3:bbbbbbbbbbbb"),
        ("command", ["python", "train.py", "-v"], "command: python train.py → python train.py -v"),
        ("params.lr", 0.2, "parameter lr: 0.1 → 0.2"),
        ("seeds.numpy", 2, "seed of numpy: 1 → 2"),
        ("seeds.hash", 6, "hash seed PYTHONHASHSEED: 5 → 6"),
        ("environment.python", "3.12.1", "python: 3.11.7 → 3.12.1"),
        ("environment.variables", {"LANG": "C"}, "threads OMP_NUM_THREADS: 4 → not set"),
        ("environment.variables", {"OMP_NUM_THREADS": "4", "LANG": "de"}, "variable LANG: C → de"),
        ("hardware.flags", ["avx2"], "instruction sets of the processor: avx512f → none more"),
        ("hardware.gpus", ["H100"], "GPU: A100 → H100"),
    ],
)
def test_one_planted_difference_is_found_and_said(path: str, value: object, words: str) -> None:
    assert first(changed(path, value)) == words


def test_flags_and_threads_that_programs_told_of_are_compared_where_both_told() -> None:
    assert first({**RUN, "determinism": {"threads.torch": 8}}) == "threads threads.torch: 4 → 8"
    assert first({**RUN, "determinism": {"cudnn.benchmark": True}}) == "determinism cudnn.benchmark: False → True"


def test_a_numerical_package_comes_before_others_and_an_unused_one_last() -> None:
    found = differences(RUN, changed("environment.python", "3.12.1"), (LOCK, {"numpy": "2.1.0", "click": "8.2.0"}))
    assert [one.words for one in found] == [
        "package numpy: 2.0.2 → 2.1.0",
        "package click: 8.1.0 → 8.2.0",
        "python: 3.11.7 → 3.12.1",
        "package black: 24.1 → not installed",
    ]


def test_data_comes_before_code_before_seeds_before_software_before_the_machine() -> None:
    new = {
        **RUN,
        "code": {**RUN["code"], "files": OTHER, "tree": "e" * 40},
        "input": [{"path": "data/train.csv", "digest": OTHER}],
        "seeds": {"declared": 1, "hash": 6, "numpy": 2},
        "hardware": {**RUN["hardware"], "flags": [], "gpus": []},
        "environment": {**RUN["environment"], "python": "3.12", "variables": {}},
    }
    found = differences(RUN, new, (LOCK, {**LOCK, "numpy": "2.1.0"}))
    kinds = list(dict.fromkeys(one.kind for one in found))
    assert kinds == [
        *(
            "input",
            "code",
            "seed",
            "hash seed",
            "numerical package",
            "python",
            "threads",
            "cpu flags",
            "gpu",
            "variable",
        ),
    ]


def test_randomness_without_a_seed_is_named_though_it_is_no_difference() -> None:
    missing = ["numpy.random was used without a seed: numpy.random.seed(N)", "1 package not pinned"]
    unseeded = {**RUN, "capture": {"missing": missing}}
    found = differences(unseeded, unseeded, (LOCK, {**LOCK, "numpy": "2.1.0"}))
    assert [one.words for one in found] == ["randomness without a seed: numpy.random", "package numpy: 2.0.2 → 2.1.0"]


def test_code_that_the_run_did_not_read_is_no_difference() -> None:
    assert first(changed("code.tree", "e" * 40)) == ""
    unread = {**RUN, "code": {"tree": "e" * 40}}
    assert first(unread) == f"code tree: {'d' * 40} → {'e' * 40}"


def test_a_file_that_the_run_wrote_itself_is_no_cause() -> None:
    new = {**changed("input", [{"path": "data/train.csv", "digest": OTHER}]), "output": [{"path": "data/train.csv"}]}
    assert first(new) == ""


def test_digests_of_two_kinds_say_nothing_of_each_other() -> None:
    assert first(changed("input", [{"path": "data/train.csv", "digest": "git:" + "e" * 40}])) == ""


def test_an_input_that_only_one_run_saw_counts_less_than_another_digest() -> None:
    found = differences(RUN, changed("input", []))
    assert (found[0].words, found[0].weight < 90) == ("input data/train.csv: b3:aaaaaaaaaaaa → not read", True)


def test_records_with_nothing_in_them_are_compared_as_well() -> None:
    assert differences({}, {}) == []
    assert differences({"input": [None, 3], "seeds": 4, "environment": []}, {"capture": {"missing": 3}}) == []


def test_which_files_of_the_same_code_were_read_follows_from_what_else_was_not_the_same() -> None:
    new = changed("code.files", OTHER)
    files = ({"train.py": "git:1", "old.py": "git:2"}, {"train.py": "git:1", "new.py": "git:3"})
    found = differences(RUN, new, (LOCK, {**LOCK, "click": "8.2.0"}), files)
    assert [one.words for one in found] == [
        "package click: 8.1.0 → 8.2.0",
        "code new.py: not read → git:3",
        "code old.py: git:2 → not read",
    ]


def test_the_same_bytes_from_another_path_are_no_difference_and_others_come_after_the_software() -> None:
    assert first(changed("input", [{"path": "elsewhere/train.csv", "digest": B3}])) == ""
    new = changed("input", [{"path": "data/train.csv", "digest": B3}, {"path": "more.csv", "digest": B3}])
    found = differences(RUN, new, (LOCK, {**LOCK, "numpy": "2.1.0"}))
    assert [one.name for one in found] == ["numpy", "more.csv"]


def test_an_input_that_was_not_recorded_may_be_the_cause() -> None:
    unknown = changed("input", [{"path": "data/train.csv"}])
    found = differences(unknown, RUN, (LOCK, LOCK))
    assert [one.words for one in found] == [f"input data/train.csv: unknown → {B3[:15]}"]
    assert differences(unknown, unknown, (LOCK, LOCK)) == []


def test_code_that_was_not_kept_may_be_the_cause() -> None:
    code = {
        **RUN["code"],
        "omitted": [{"path": "big.py", "why": "too large"}, {"path": "data/train.csv", "why": "too large"}],
        "submodules": [{"path": "part", "commit": "1" * 40, "dirty": True}],
    }
    unkept = {**RUN, "code": code}
    assert [one.name for one in differences(unkept, unkept, (LOCK, LOCK))] == ["big.py", "submodule part"]


def test_what_could_not_be_seen_is_no_difference() -> None:
    blind = {**RUN, "capture": {"tracer": "off"}, "input": [], "seeds": {"declared": 1, "hash": 5}}
    assert differences(RUN, blind, (LOCK, LOCK)) == []
    assert first({**blind, "seeds": {"declared": 2, "hash": 5}}) == "seed of declared: 1 → 2"


def test_in_the_recorded_image_software_is_no_difference_unless_it_was_seen() -> None:
    image = "sha256:" + "a" * 64
    contained = {**RUN, "environment": {**RUN["environment"], "container": image}}
    unseen = {**RUN, "environment": {"container": image}}
    assert differences(contained, unseen, (LOCK, LOCK)) == []
    seen = {**contained, "environment": {**contained["environment"], "python": "3.12.1"}}
    assert [one.words for one in differences(contained, seen, (LOCK, LOCK))] == ["python: 3.11.7 → 3.12.1"]


def test_what_the_weaker_tracer_did_not_see_is_no_difference_and_what_it_alone_saw_is_one() -> None:
    by_strace = {**changed("code.files", OTHER), "capture": {"tracer": "python+strace"}}
    by_python = {**RUN, "capture": {"tracer": "python"}}
    more = [*RUN["input"], {"path": "more.csv", "digest": B3}]
    files = ({"train.py": "git:1", ".gitignore": "git:2"}, {"train.py": "git:1"})
    assert differences({**by_strace, "input": more}, by_python, (LOCK, LOCK), files) == []
    found = differences(by_strace, {**by_python, "input": more}, (LOCK, LOCK), files[::-1])
    assert [one.name for one in found] == ["more.csv", ".gitignore"]


def test_files_that_one_run_names_by_their_directory_are_no_difference() -> None:
    folded = {**RUN, "input": [{"path": "data", "digest": OTHER, "files": 40}]}
    assert differences(RUN, folded) == []
    assert differences(folded, RUN) == []
    assert differences(RUN, {**RUN, "input": [{"path": ".", "digest": OTHER, "files": 90}]}) == []
    assert first({**RUN, "input": [{"path": "data.csv", "digest": OTHER}]}).startswith("input data")


def test_what_is_recorded_of_python_is_no_cause_where_none_ran() -> None:
    idle = {**RUN, "environment": {"python": "3.11.7", "python_ran": False, "r": "4.2.2"}}
    assert differences(idle, {**idle, "environment": {**idle["environment"], "python": "3.12.1"}}) == []
    (found,) = differences(idle, {**idle, "environment": {**idle["environment"], "r": "4.3.1"}})
    assert found.words == "package R: 4.2.2 → 4.3.1"


def test_packages_of_r_are_compared_by_name() -> None:
    before, after = (
        {**RUN, "environment": {"r": "4.2.2", "r_packages": [{"name": "MASS", "version": version}, {"name": "x"}, "y"]}}
        for version in ("7.3-58", "7.3-60")
    )
    (found,) = differences(before, after)
    assert found.words == "package MASS of R: 7.3-58 → 7.3-60"


def test_a_run_of_which_all_was_seen_and_that_imported_nothing_owes_nothing_to_packages() -> None:
    bare = {**RUN, "environment": {"python": "3.11.7"}, "capture": {"tracer": "python+strace", "complete": True}}
    (found,) = differences(bare, bare, (LOCK, {**LOCK, "numpy": "2.1.0"}))
    assert found.kind == "package"
    (found,) = differences(
        {**bare, "capture": {"tracer": "python"}}, {**bare, "capture": {}}, (LOCK, {**LOCK, "numpy": "2.1.0"})
    )
    assert found.kind == "numerical package"
