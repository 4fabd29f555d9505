"""The page of settings names all that there is, with the defaults that hold, and its examples are well-formed."""

import json
import re

import pytest

import generate
from gitprov.api.personal import KEYS
from gitprov.api.policy.loading import understood
from gitprov.api.policy.sources import Source
from gitprov.model.policy import Rule, Rules, Shared, Stage

PAGE = (generate.DOCS / "reference/configuration.md").read_text()
RULES: list[type[Rule]] = [
    next(kind for kind in field.annotation.__args__ if kind is not type(None))  # type: ignore[union-attr]
    for field in Rules.model_fields.values()
]
NAMES = [field.alias or name for name, field in Rules.model_fields.items()]


def row(name: str) -> list[str]:
    """Return the cells of the table row that begins with a name."""
    found = next(line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |"))
    return [cell.strip() for cell in found.strip("|").split("|")]


@pytest.mark.parametrize(("name", "rule"), list(zip(NAMES, RULES, strict=True)), ids=NAMES)
def test_a_rule_stands_there_with_its_keys_defaults_and_hooks(name: str, rule: type[Rule]) -> None:
    _, _, own, stages = row(name)

    assert stages == ", ".join(f"`{Stage(stage)}`" for stage in rule.model_fields["stages"].default)
    keys = rule.model_fields.keys() - Rule.model_fields.keys()
    assert {said.split(" ")[0] for said in re.findall(r"`([a-z_]+(?: = [^`]*)?)`", own)} == keys
    for key in keys:
        default = rule.model_fields[key].default
        stated = re.search(rf"`{key} = ([^`]*)`", own)
        if stated:
            written = "10 MiB" if default == 10 << 20 else list(default) if isinstance(default, tuple) else default
            assert json.loads(stated[1]) == written


def test_every_key_of_git_config_stands_there_with_its_default() -> None:
    for key in KEYS:
        assert row(key.name)[1] == f"`{key.default}`"


def test_every_table_stands_in_the_example_which_is_well_formed() -> None:
    examples = re.findall(r"```toml\n(\[.*?)```", PAGE, re.DOTALL)
    assert len(examples) == 1
    loaded = understood(Source(examples[0].encode(), ".gitprov.toml"))

    assert loaded.table.keys() == Shared.model_fields.keys()
    for table in ("capture", "data"):
        assert loaded.table[table].keys() == type(getattr(loaded.shared, table)).model_fields.keys()
    assert loaded.shared.capture == Shared().capture.model_copy(
        update={"metrics": loaded.shared.capture.metrics, "redact": loaded.shared.capture.redact}
    )
    assert loaded.shared.data.drift == Shared().data.drift
