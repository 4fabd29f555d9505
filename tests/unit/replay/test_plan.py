"""What a record alone says about running it again."""

from typing import Any

import pytest

from gitprov.replay.plan import plan
from support.records import run_record

COMMIT = "c" * 40


def run(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    return run_record(1, **{"cwd": ".", "code": {"commit": COMMIT, "tree": "d" * 40}, **fields})


def test_a_whole_record_is_possible_and_has_no_gaps() -> None:
    found = plan(run(seeds={"declared": 7, "hash": 7, "numpy": [1, 2]}))
    assert (found.impossible, found.gaps) == ((), ())
    assert (found.command, found.cwd, found.commit) == (("python", "train.py"), "", COMMIT)
    assert (found.seed, found.hash_seed) == (7, 7)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"command": []}, "its command was not recorded"),
        ({"command": ["curl", "-u", "me:[redacted:password]"]}, "its command held a secret, which was not recorded"),
        ({"command": ['"a\\000b"']}, "its command cannot be one"),
        ({"code": {}}, "its code was not recorded"),
        ({"code": {"base": COMMIT}}, "its code was not recorded"),
        ({"cwd": None}, "the directory it ran in was not recorded"),
        ({"origin": "stated"}, "it was not observed, but stated by a person"),
        ({"launch": {"world": 4}}, "it was one of 4 processes that something else started"),
    ],
)
def test_what_keeps_a_run_from_being_run_again_is_named(fields: dict[str, Any], why: str) -> None:
    assert plan(run(**fields)).impossible == (why,)


def test_a_launch_that_started_all_its_ranks_itself_can_be_run_again() -> None:
    found = plan(run(command=["torchrun", "--nproc-per-node", "2", "train.py"], launch={"world": 2}))
    assert found.impossible == ()


def test_words_that_are_not_utf8_come_back_as_bytes() -> None:
    assert plan(run(command=["cat", '"caf\\351"'])).command == ("cat", "caf\udce9")


def test_an_input_without_a_digest_and_what_a_snapshot_left_out_are_gaps() -> None:
    code = {
        "commit": COMMIT,
        "omitted": [{"path": "big.bin", "why": "too large"}, {"path": "had.bin", "why": "too large"}],
    }
    found = plan(run(code=code, input=[{"path": "gone.csv"}, {"path": "had.bin", "digest": "b3:" + "0" * 64}]))
    assert [gap.what for gap in found.gaps] == [
        "gone.csv as it was read was not recorded",
        "big.bin is not in the snapshot: too large",
    ]


def test_paths_that_lead_out_are_left_out_even_if_a_model_had_let_them_pass() -> None:
    entries = [{"path": "../up", "digest": "x"}, {"path": "/etc/x", "digest": "x"}, {"path": "in", "digest": "x"}]
    found = plan(
        run(input=entries, cwd="../..", code={"commit": COMMIT, "submodules": [{"path": "../s", "commit": COMMIT}]})
    )
    assert [one.path for one in found.inputs] == ["in"]
    assert (found.cwd, found.submodules) == ("", {})


@pytest.mark.parametrize("seed", [True, -1, 2**32, "7", 1.5, [1, 2]])
def test_a_seed_that_is_no_such_number_is_not_set(seed: object) -> None:
    found = plan(run(seeds={"declared": seed, "hash": seed}))
    assert (found.seed, found.hash_seed) == (None, None)


def test_the_line_that_is_shown_is_harmless_and_short() -> None:
    line = plan(run(command=["sh", "-c", "\x1b[2J" + "x" * 2000])).line
    assert "\x1b" not in line
    assert len(line) <= 400
