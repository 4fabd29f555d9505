import json

from gitprov.model.answers import CommitRuns, History, Listing, Shown
from gitprov.model.results import Graded, Problem
from gitprov.views import as_json

COMMIT = CommitRuns("c" * 40, (Graded("1" * 32, "exact"),), ("2" * 32,))
AS_PLAIN = {"commit": "c" * 40, "runs": [{"id": "1" * 32, "grade": "exact"}], "uncommitted": ["2" * 32]}
PROBLEM = Problem("record in commit abc", "is no record", "shown")


def test_a_listing_holds_the_runs_and_nothing_else() -> None:
    runs = [{"id": "1" * 32, "message": "é\u202e\x9b"}, {"id": "2" * 32}]
    said = as_json.listing(Listing(runs, ("id",), [("1",), ("2",)], False, [], []))
    assert json.loads(said) == {"schema": 1, "runs": runs}
    assert said.isascii()
    assert len(said.splitlines()) == 4  # a record a line


def test_nothing_is_an_empty_list() -> None:
    assert as_json.listing(Listing([], (), [], False, [], [])) == '{"schema": 1, "runs": []}\n'
    assert as_json.history(History([], {}, [], [])) == '{"schema": 1, "commits": []}\n'


def test_history_gives_each_run_its_grade_and_keeps_uncommitted_work_apart() -> None:
    assert json.loads(as_json.history(History([COMMIT], {}, [], []))) == {"schema": 1, "commits": [AS_PLAIN]}


def test_history_says_nothing_of_uncommitted_work_where_there_is_none() -> None:
    said = json.loads(as_json.history(History([COMMIT._replace(uncommitted=())], {}, [], [])))
    assert said["commits"] == [{name: value for name, value in AS_PLAIN.items() if name != "uncommitted"}]


def test_records_stand_as_they_are_of_a_commit_too() -> None:
    record = {"kind": "run", "id": "1" * 32}
    assert json.loads(as_json.shown(Shown([record], [COMMIT], {}, {}, [], []))) == {"schema": 1, "records": [record]}


def test_problems_stand_beside_the_records_where_there_are_any() -> None:
    told = json.loads(as_json.listing(Listing([], (), [], False, [PROBLEM], [])))
    assert told["problems"] == [{"where": "record in commit abc", "reason": "is no record", "shown": "shown"}]
