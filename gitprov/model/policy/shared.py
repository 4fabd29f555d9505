"""The whole file, and the part of it that rules are judged by."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from gitprov.model.policy.base import Level, Rule, Table
from gitprov.model.policy.governance import DataClass, People, Retention
from gitprov.model.policy.rules import (
    Acceptance,
    CleanTree,
    DataAsPointers,
    DataClasses,
    LockedEnvironment,
    MessageNamesRun,
    NeedsReplication,
    NeedsReview,
    NoStaleResults,
    RequiredFields,
    ResultsNeedRun,
    SignedRecords,
)
from gitprov.model.policy.tables import TOLERANCE, Capture, Data, Experiments, Lint


class Rules(Table):
    """`[rules]`: a rule that does not stand there is off."""

    results_need_run: ResultsNeedRun | None = Field(default=None, alias="results-need-run")
    required_fields: RequiredFields | None = Field(default=None, alias="required-fields")
    clean_tree: CleanTree | None = Field(default=None, alias="clean-tree")
    locked_environment: LockedEnvironment | None = Field(default=None, alias="locked-environment")
    no_stale_results: NoStaleResults | None = Field(default=None, alias="no-stale-results")
    acceptance: Acceptance | None = None
    data_as_pointers: DataAsPointers | None = Field(default=None, alias="data-as-pointers")
    needs_replication: NeedsReplication | None = Field(default=None, alias="needs-replication")
    needs_review: NeedsReview | None = Field(default=None, alias="needs-review")
    data_classes: DataClasses | None = Field(default=None, alias="data-classes")
    signed_records: SignedRecords | None = Field(default=None, alias="signed-records")
    message_names_run: MessageNamesRun | None = Field(default=None, alias="message-names-run")

    def rules(self) -> Iterator[tuple[str, Rule]]:
        """Yield the rules that are asked, by their names in the file, in the order of the reference."""
        for field, info in Rules.model_fields.items():
            rule = getattr(self, field)
            if rule is not None and rule.level is not Level.OFF:
                yield info.alias or field, rule


class Policy(Rules):
    """What a change is judged by: the rules, and what they refer to."""

    classes: dict[str, DataClass] = Field(default_factory=dict)
    """Classes of data (`[data.classes]`), by name."""
    people: People = Field(default_factory=dict)
    """E-mail addresses (`[people]`), by handle."""


class Shared(Table):
    """The whole file: what a repository shares."""

    capture: Capture = Capture()
    """What is observed of a run, and how."""
    tolerance: dict[str, Annotated[Any, WithJsonSchema(TOLERANCE)]] = Field(default_factory=dict)
    """By how much a metric may differ and still count as reproduced, by name or pattern; `default` for all others."""
    data: Data = Data()
    """Data, its remotes and its classes."""
    rules: Rules = Rules()
    """What results must have."""
    retention: dict[str, Retention] = Field(default_factory=dict)
    """How long results are kept, by class. Declared here; what is thrown away is up to `git prov gc`."""
    people: People = Field(default_factory=dict)
    """E-mail addresses of the handles in CODEOWNERS."""
    experiments: Experiments = Experiments()
    """What experiments are made from."""
    lint: Lint = Lint()
    """What `git prov lint` looks at."""

    @property
    def policy(self) -> Policy:
        """The part that changes are judged by."""
        rules = {info.alias or name: getattr(self.rules, name) for name, info in Rules.model_fields.items()}
        return Policy.model_validate({**rules, "classes": self.data.classes, "people": self.people})
