"""What `.gitprov.toml` may say, as frozen models: the whole file, and the policy in it that is judged by.

The hot path never comes here (`api.settings` reads what a run needs); what a file says is judged whole by
`api.policy.loading`, `git prov config`, and editors that know the JSON Schema.
"""

from gitprov.model.policy.base import Level, Rule, Stage, Table
from gitprov.model.policy.governance import DataClass, Retention
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
from gitprov.model.policy.shared import Policy, Rules, Shared

__all__ = [
    "Acceptance",
    "CleanTree",
    "DataAsPointers",
    "DataClass",
    "DataClasses",
    "Level",
    "LockedEnvironment",
    "MessageNamesRun",
    "NeedsReplication",
    "NeedsReview",
    "NoStaleResults",
    "Policy",
    "RequiredFields",
    "ResultsNeedRun",
    "Retention",
    "Rule",
    "Rules",
    "Shared",
    "SignedRecords",
    "Stage",
    "Table",
]
