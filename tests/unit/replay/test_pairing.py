import pytest

from gitprov.replay.compare.pairing import outline, pairs


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("out/run-2026-01-02/m.json", "out/run-2026-11-21/m.json"),
        ("out/20260102_123005/m.json", "out/20261121_000000/m.json"),
        ("out/2026-01-02T12-30-05/m.json", "out/2026-11-21T08-01-59/m.json"),
        ("out/2026-01-02T12.30.05.123Z/m.json", "out/2026-11-21T08.01.59.999Z/m.json"),
        ("Jan02_12-30-05/x", "Nov21_08-01-59/x"),
        ("model-1700000000.pt", "model-1790000000.pt"),
        ("mlruns/0/0123456789abcdef0123456789abcdef/x", "mlruns/0/fedcba9876543210fedcba9876543210/x"),
        ("a/0f8fad5b-d9cb-469f-a165-70867728950e.csv", "a/7c9e6679-7425-40de-944b-e07fc1f90ae7.csv"),
        ("work/tmpab12cd34/x", "work/tmpzz98xy76/x"),
        ("logs/events.out.tfevents.1700000000.one.12.0", "logs/events.out.tfevents.1790000000.two.9.0"),
        ("lightning_logs/version_7/m.csv", "lightning_logs/version_0/m.csv"),
    ],
)
def test_names_that_differ_in_a_date_or_an_identifier_are_one_name(before: str, after: str) -> None:
    assert outline(before) == outline(after) != before
    assert pairs([before], [after]) == {before: after}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("fold1.csv", "fold2.csv"),
        ("epoch_10.pt", "epoch_20.pt"),
        ("resnet50.pt", "resnet18.pt"),
        ("decade/x", "facade/x"),
        ("seed12345678.csv", "seed87654321.csv"),
        ("data2024.csv", "data2025.csv"),
    ],
)
def test_names_that_mean_something_stay_apart(before: str, after: str) -> None:
    assert pairs([before], [after]) == {}


def test_the_same_path_comes_first_and_dated_ones_follow_in_order() -> None:
    before = ["m.json", "2026-01-01/a", "2026-01-02/a"]
    after = ["2026-03-02/a", "m.json", "2026-03-01/a"]
    assert pairs(before, after) == {"m.json": "m.json", "2026-01-01/a": "2026-03-01/a", "2026-01-02/a": "2026-03-02/a"}


def test_nothing_is_guessed_where_there_are_not_as_many() -> None:
    assert pairs(["2026-01-01/a"], ["2026-03-01/a", "2026-03-02/a"]) == {}
