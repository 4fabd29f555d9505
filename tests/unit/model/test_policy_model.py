import pytest
from pydantic import ValidationError

from gitprov.model.policy import Level, NeedsReview, Policy, Retention, Rule, Rules, Shared, Stage
from gitprov.model.policy.described import json_schema, says


def test_a_rule_that_stands_there_warns_and_one_that_does_not_is_off() -> None:
    policy = Policy.model_validate(
        {"needs-review": {}, "clean-tree": {"level": "off"}, "acceptance": {"level": "block"}}
    )

    assert [(name, rule.level) for name, rule in policy.rules()] == [
        ("acceptance", Level.BLOCK),
        ("needs-review", Level.WARN),
    ]


def test_rules_are_asked_at_their_natural_hooks() -> None:
    every: dict[str, dict[str, object]] = {
        "results-need-run": {"paths": ["r"]},
        "required-fields": {"fields": ["seed"]},
        "data-classes": {"classes": ["c"]},
        "message-names-run": {"paths": ["r"]},
    }
    names = [field.alias or name for name, field in Rules.model_fields.items()]
    policy = Policy.model_validate({name: every.get(name, {}) for name in names})
    stages = {name: rule.stages for name, rule in policy.rules()}

    assert stages.keys() == set(names)
    assert stages.pop("message-names-run") == (Stage.COMMIT_MSG,)
    at_push = {"needs-replication", "needs-review", "data-classes", "signed-records"}
    assert {name for name, where in stages.items() if where == (Stage.PRE_PUSH,)} == at_push
    assert {name for name, where in stages.items() if where == (Stage.PRE_COMMIT,)} == stages.keys() - at_push


def test_a_rule_that_is_off_may_leave_open_what_it_would_need() -> None:
    assert list(Policy.model_validate({"results-need-run": {"level": "off"}}).rules()) == []


def test_paths_that_only_take_out_are_refused() -> None:
    with pytest.raises(ValidationError, match="only take out"):
        NeedsReview(paths=("!a",))


def test_a_policy_does_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Rule().level = Level.BLOCK  # type: ignore[misc]


@pytest.mark.parametrize(
    ("keep", "days"), [("forever", None), ("30 days", 30), ("1 week", 7), ("6 months", 182), ("10 years", 3652)]
)
def test_how_long_is_days(keep: str, days: int | None) -> None:
    assert Retention(keep=keep).days == days


def test_every_key_is_described_and_described_in_the_schema() -> None:
    schema = json_schema()
    definitions = schema["definitions"]
    for name, table in definitions.items():
        for key, field in table.get("properties", {}).items():
            assert field.get("description") or name == "Rules", f"{name}.{key}"
    assert says(NeedsReview, "owners") == definitions["NeedsReview"]["properties"]["owners"]["description"]
    assert says(NeedsReview, "level").startswith("`off`")
    assert schema["properties"].keys() == Shared.model_fields.keys()
    assert schema["additionalProperties"] is False
    assert definitions["Level"]["enum"] == ["off", "warn", "block"]
