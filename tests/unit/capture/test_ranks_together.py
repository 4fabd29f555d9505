"""One record out of the records of ranks."""

from typing import Any

from gitprov.capture.ranks import together as joining
from gitprov.capture.ranks.launch import Attempt
from gitprov.capture.ranks.observed import Rank
from gitprov.capture.ranks.together import Part

ABOUT = {"kind": "mpi", "world": 2}


def part(number: int, status: str = "ok", **run: Any) -> Part:  # noqa: ANN401
    """The part of a rank that ran for a second, each a little later than the one before."""
    began = 1_000_000 + number / 10
    code = {"ok": 0, "failed": 1, "killed": 137}[status]
    fields = {"kind": "run", "id": "0" * 32, "command": ["x"], "status": status, "exit": code, "seconds": 1.0, **run}
    return Part(Rank(number, Attempt(), status, began, began + 1, "node", code), fields)


def together(parts: list[Part], about: dict[str, Any]) -> dict[str, Any]:
    """The record of parts whose files are all plain ones."""
    return joining.together(parts, about, {}, lambda _: "644").record


def missing(record: dict[str, Any]) -> list[str]:
    found: list[str] = record["capture"]["missing"]
    return found


def test_it_lasts_from_the_first_start_to_the_last_end() -> None:
    record = together([part(0, at="1970-01-12T13:46:40Z"), part(1)], ABOUT)

    assert (record["at"], record["seconds"], record["status"], record["exit"]) == ("1970-01-12T13:46:40Z", 1.1, "ok", 0)


def test_it_ended_as_the_first_rank_that_failed() -> None:
    record = together([part(0, "failed"), part(1, "killed", signal="SIGTERM")], ABOUT)

    assert (record["status"], record["exit"], record.get("signal")) == ("failed", 1, None)


def test_files_of_all_ranks_are_listed_once() -> None:
    data, one, two = ({"path": name, "digest": f"b3:{name}"} for name in ("data", "one", "two"))
    record = together([part(0, input=[data], output=[one]), part(1, input=[data], output=[two])], ABOUT)

    assert record["input"] == [data]
    assert record["output"] == [one, two]


def test_what_one_rank_wrote_for_another_is_no_input() -> None:
    shared = {"path": "vocabulary", "digest": "b3:1"}
    record = together([part(0, output=[shared]), part(1, input=[shared])], ABOUT)

    assert "input" not in record
    assert record["output"] == [shared]


def test_a_file_that_a_rank_read_and_then_wrote_stays_an_input() -> None:
    before, after = {"path": "state", "digest": "b3:1"}, {"path": "state", "digest": "b3:2"}
    record = together([part(0, input=[before], output=[after]), part(1)], ABOUT)

    assert record["input"] == [before]


def test_of_a_file_that_all_ranks_wrote_the_last_word_counts() -> None:
    record = together([part(rank, output=[{"path": "log", "digest": f"b3:{rank}"}]) for rank in (1, 0)], ABOUT)

    assert record["output"] == [{"path": "log", "digest": "b3:1"}]


def test_seeds_that_differ_are_all_there_and_params_are_of_the_lowest_rank() -> None:
    record = together(
        [part(1, seeds={"numpy": 8}, params={"lr": 2, "x": 1}), part(0, seeds={"numpy": 7}, params={"lr": 1})], ABOUT
    )

    assert record["seeds"] == {"numpy": [7, 8]}
    assert record["params"] == {"lr": 1, "x": 1}


def test_use_is_added_up_and_of_peaks_the_greatest_counts() -> None:
    use = {"cpu_seconds": 2.5, "peak_memory": 10}
    record = together([part(0, usage=use), part(1, usage={**use, "peak_memory": 12})], ABOUT)

    assert record["usage"] == {"cpu_seconds": 5.0, "peak_memory": 12}


def test_what_differs_between_ranks_and_who_was_not_seen_is_named() -> None:
    parts = [
        part(0, environment={"digest": "a"}, code={"tree": "1"}),
        part(2, environment={"digest": "b"}, code={"tree": "2"}),
    ]
    record = together(parts, {"kind": "mpi", "world": 4})

    assert missing(record) == [
        "environment: that of rank 0 is recorded, that of rank 2 is another",
        "code: rank 2 ran other code than rank 0",
        "2 of 4 ranks were not recorded, the first of them rank 1",
    ]
    assert not record["capture"]["complete"]


def test_the_same_gap_of_all_ranks_is_named_once() -> None:
    record = together([part(rank, capture={"tracer": "python", "missing": ["no seed"]}) for rank in (0, 1)], ABOUT)

    assert record["capture"] == {"tracer": "python", "complete": False, "missing": ["no seed"]}


def test_a_launcher_on_each_node_gives_its_own_ranks() -> None:
    def node(number: int) -> Part:
        below = [{"rank": 2 * number + local, "attempt": 1, "status": "ended"} for local in (0, 1)]
        inner: dict[str, Any] = {
            "launch": {"kind": "torchrun", "world": 4},
            "rank": below,
            "attempt": [{"n": 1, "status": "ended"}],
        }
        return part(number, **inner)

    record = together([node(1), node(0)], {"kind": "slurm", "world": 2, "job": "7.0"})

    assert record["launch"] == {"kind": "torchrun", "world": 4, "job": "7.0"}
    assert [(one["rank"], one["host"]) for one in record["rank"]] == [(number, "node") for number in range(4)]
