"""One file a rule. A rule knows nothing of hooks, CI or printing: it is handed facts, and yields findings."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from gitprov.api.policy.facts import Facts
from gitprov.api.policy.rules import (
    acceptance,
    clean_tree,
    data_as_pointers,
    data_classes,
    locked_environment,
    message_names_run,
    needs_replication,
    needs_review,
    no_stale_results,
    required_fields,
    results_need_run,
    signed_records,
)
from gitprov.model.verdicts import Finding

Find = Callable[[Any, Facts], Iterator[Finding]]
"""What a rule is: `find(rule, facts)`, the first being the rule's own table in the policy."""

RULES: Final[Mapping[str, Find]] = {
    results_need_run.NAME: results_need_run.find,
    required_fields.NAME: required_fields.find,
    clean_tree.NAME: clean_tree.find,
    locked_environment.NAME: locked_environment.find,
    no_stale_results.NAME: no_stale_results.find,
    acceptance.NAME: acceptance.find,
    data_as_pointers.NAME: data_as_pointers.find,
    needs_replication.NAME: needs_replication.find,
    needs_review.NAME: needs_review.find,
    data_classes.NAME: data_classes.find,
    signed_records.NAME: signed_records.find,
    message_names_run.NAME: message_names_run.find,
}
"""Every rule, by its name in the policy."""
