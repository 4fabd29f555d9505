"""Ranks and attempts, from the processes that were observed below one wrapper."""

from itertools import count
from typing import Any

import pytest

from gitprov.capture.ranks.launch import Attempt
from gitprov.capture.ranks.observed import Process, Rank, final, first_to_fail, observed, process_of, told

_pids = count(100)


def rank(number: int, began: float, last: float, *, in_order: bool = True, **fields: Any) -> Process:  # noqa: ANN401
    """A rank of four that lives from `began` to `last`."""
    launch = {"RANK": str(number), "WORLD_SIZE": "4", **fields.pop("launch", {})}
    pid, ppid, depth = fields.get("pid", next(_pids)), fields.get("ppid", 1), fields.get("depth", 0)
    return Process(pid, ppid, depth, fields.get("argv", ["train.py"]), launch, began, last, in_order)


def counted(number: int, restarts: int, began: float, last: float, *, in_order: bool = True) -> Process:
    launch = {"TORCHELASTIC_RUN_ID": "x", "TORCHELASTIC_RESTART_COUNT": str(restarts), "LOCAL_WORLD_SIZE": "4"}
    return rank(number, began, last, in_order=in_order, launch=launch)


def test_processes_without_a_launch_are_none() -> None:
    assert observed([Process(1, 0, 0, ["a.py"], {}, 0, 1, in_order=True)], {}) == {}


def test_a_counted_restart_of_all_ranks_is_a_second_attempt() -> None:
    first = [counted(number, 0, 0, 1, in_order=number != 2) for number in range(4)]
    found = observed(first + [counted(number, 1, 2, 5) for number in range(4)], {})

    assert found["launch"] == {"kind": "torchrun", "world": 4}
    assert found["rank"][2] == {"rank": 2, "attempt": 1, "status": "abrupt"}
    assert found["rank"][4:] == [{"rank": number, "attempt": 2, "status": "ended"} for number in range(4)]
    assert found["attempt"] == [
        {"n": 1, "status": "abrupt", "reason": "rank 2 ended abruptly"},
        {"n": 2, "seconds": 3, "status": "ended"},
    ]


def test_of_ranks_that_all_ended_abruptly_nobody_knows_which_was_first() -> None:
    (attempt,) = observed([counted(number, 0, 0, 1, in_order=False) for number in range(4)], {})["attempt"]

    assert attempt["reason"] == "4 ranks ended abruptly, rank 0 among them"


def test_one_rank_started_again_is_an_attempt_though_nobody_counts() -> None:
    found = observed([*(rank(n, 0, 9) for n in (0, 1, 3)), rank(2, 0, 1, in_order=False), rank(2, 2, 9)], {})

    assert [(one["rank"], one["attempt"]) for one in found["rank"]] == [(0, 1), (1, 1), (2, 1), (3, 1), (2, 2)]


def test_another_program_of_the_same_rank_is_no_restart() -> None:
    found = observed([rank(0, 0, 1, argv=["prepare.py"]), rank(0, 2, 3), rank(1, 0, 3)], {})

    assert [(one["rank"], one["attempt"]) for one in found["rank"]] == [(0, 1), (1, 1)]


def test_what_a_rank_starts_is_no_rank() -> None:
    master = rank(0, 0, 9, pid=10)
    worker = rank(0, 1, 2, pid=11, ppid=10, depth=1, in_order=False)
    below_a_shell = rank(0, 3, 4, pid=12, ppid=99, depth=1)
    found = observed([master, worker, below_a_shell, rank(1, 0, 9)], {})

    assert found["rank"] == [{"rank": number, "attempt": 1, "status": "ended"} for number in (0, 1)]


def test_a_wrapper_that_is_a_rank_itself_has_no_ranks_below_it() -> None:
    assert observed([rank(1, 0, 1)], {"RANK": "1", "WORLD_SIZE": "4"}) == {}


def test_a_thousand_equal_ranks_are_one_line_and_the_odd_ones_are_their_own() -> None:
    everyone = [Rank(number, Attempt(), "failed" if number == 500 else "ok", 0, 1) for number in range(1000)]

    assert told(everyone)["rank"] == [
        {"rank": 0, "attempt": 1, "status": "ok", "count": 500},
        {"rank": 500, "attempt": 1, "status": "failed"},
        {"rank": 501, "attempt": 1, "status": "ok", "count": 499},
    ]


def test_an_attempt_whose_predecessors_were_not_seen_keeps_its_number() -> None:
    assert told([Rank(0, Attempt(2, 0), "ok", 0, 1)])["attempt"] == [{"n": 3, "seconds": 1, "status": "ok"}]


def test_times_since_the_epoch_are_moments() -> None:
    assert told([Rank(0, Attempt(), "ok", 1.5, 2)], clock=True)["attempt"][0]["at"] == "1970-01-01T00:00:01.500Z"


def test_what_became_of_a_launch_is_what_became_of_each_rank_last() -> None:
    lost, again = Rank(1, Attempt(), "killed", 0, 1), Rank(1, Attempt(0, 1), "ok", 2, 3)
    well = Rank(0, Attempt(), "ok", 0, 3)

    assert final([well, lost, again], 2) == [well, again]
    assert final([well, lost], 1) == [well]  # a launch that goes on with fewer


def test_the_first_to_fail_is_the_one_the_others_were_killed_for() -> None:
    cause = Rank(2, Attempt(), "failed", 0, 1, exit=1)

    assert first_to_fail([Rank(0, Attempt(), "killed", 0, 2), cause, Rank(1, Attempt(), "killed", 0, None)]) == cause
    assert first_to_fail([Rank(0, Attempt(), "ok")]) is None


@pytest.mark.parametrize("header", [{}, {"pid": "1", "ppid": 2, "argv": [], "launch": {}}, {"pid": 1, "argv": None}])
def test_a_first_event_that_makes_no_sense_is_no_process(header: dict[str, Any]) -> None:
    assert process_of(header, 0, 1, in_order=True) is None


def test_a_process_is_what_its_first_event_says() -> None:
    header = {"pid": 5, "ppid": 4, "argv": ["a"], "launch": {"RANK": "0", "X": 3}, "depth": 2}

    assert process_of(header, 1_000_000, 3_000_000, in_order=False) == Process(
        5, 4, 2, ["a"], {"RANK": "0"}, 1.0, 3.0, in_order=False
    )
