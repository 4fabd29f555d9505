"""What `experiment.toml` may say, and how it is refused."""

import pytest

from gitprov.api.experiments.reading import understood
from gitprov.api.policy.faults import PolicyError

FILE = "experiments/x/experiment.toml"


def refused(text: str) -> list[str]:
    """Return the lines of the refusal, without the file."""
    with pytest.raises(PolicyError) as caught:
        understood(text.encode(), FILE)
    assert "docs/templates.md" in caught.value.hint
    lines = caught.value.message.split("\n")
    return [line.removeprefix(f"{FILE}:") for line in (lines[1:] or lines)]


def test_an_empty_file_asks_for_nothing() -> None:
    found = understood(b"", FILE)

    assert (found.hypothesis, found.seed, found.expect, found.split) == ("", None, (), {})


def test_everything_is_read() -> None:
    text = """
hypothesis = "h"
owner = "Ana"
tags = ["a", "b"]
seed = 7
metrics_from = ["results/m.json"]
expect = ["auc >= 0.9"]
metrics = { auc = "max", loss = "min" }
[split]
train = "data/train.csv"
test = ["data/a.csv", "data/b/"]
"""
    found = understood(text.encode(), FILE)

    assert found.hypothesis == "h"
    assert (found.tags, found.seed, found.expect) == (("a", "b"), 7, ("auc >= 0.9",))
    assert found.metrics == {"auc": "max", "loss": "min"}
    assert found.split == {"train": ("data/train.csv",), "test": ("data/a.csv", "data/b/")}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hypothesis = 5", "1: hypothesis is not a text"),
        ('hypothesis = "\\u001b[31m"', "1: hypothesis has a control character in it"),
        ('\nownr = "x"', "2: ownr is not known; did you mean 'owner'?"),
        ('tags = "a"', '1: tags is not a list such as ["baseline"]'),
        ('tags = [""]', "1: tags[0] is not one line of text"),
        ("seed = -1", "1: seed is not a whole number from 0 to 4294967295"),
        ("seed = true", "1: seed is not a whole number from 0 to 4294967295"),
        ("seed = 4294967296", "1: seed is not a whole number from 0 to 4294967295"),
        (
            'expect = ["acc about 5"]',
            "1: expect[0] is no comparison of a metric with a number, as in accuracy >= 0.9: acc about 5",
        ),
        ("expect = [4]", "1: expect[0] is not a text"),
        (
            'metrics_from = [\n"../m.json"]',
            "2: metrics_from[0] climbs out of the repository: write it from the top of the repository",
        ),
        ('metrics_from = ["/m.json"]', "1: metrics_from[0] is absolute: write it from the top of the repository"),
        ('[metrics]\nauc = "up"', '2: metrics.auc is neither "min" nor "max": which way is the metric better?'),
        ("metrics = 1", "1: metrics is not a table"),
        ('[split]\n"a=b" = "x"', '2: split."a=b" is not a name of one line without ='),
        ("[split]\na = 5", '2: split.a is not a list such as ["data/train.csv"]'),
        (
            '[split]\na = ["x", "../y"]',
            "2: split.a[1] climbs out of the repository: write it from the top of the repository",
        ),
        ('expect = ["acu > 1"]\nmetrics = { auc = "max" }', "1: expect[0] is about acu; did you mean 'auc'?"),
        ('hypothesis = "x\n', "1: hypothesis has no closing quotes on its line"),
    ],
)
def test_a_fault_is_named_by_line_and_key(text: str, said: str) -> None:
    assert refused(text) == [said]


def test_all_faults_are_said_at_once_in_the_order_of_the_lines() -> None:
    assert refused('seed = "x"\ntags = 1\nowner = 2') == [
        "1: seed is not a whole number from 0 to 4294967295",
        '2: tags is not a list such as ["baseline"]',
        "3: owner is not a text",
    ]


def test_without_a_table_of_metrics_any_metric_can_be_expected() -> None:
    assert understood(b'expect = ["anything > 1"]', FILE).expect == ("anything > 1",)
