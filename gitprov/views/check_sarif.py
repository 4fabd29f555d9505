"""A judgement as SARIF 2.1.0, which code scanning of forges and editors read.

Every string in it is ASCII with escapes, and names of files are percent-encoded references from the top of the
repository. A finding keeps its fingerprint from push to push, so that an alert that was closed stays closed.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final, get_args

from gitprov.model.policy import Rules
from gitprov.model.text import visible
from gitprov.model.verdicts import BLOCK, WARN, Finding, Judgement
from gitprov.views.finding_paths import as_uri

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
TOP: Final = "%SRCROOT%"
"""What stands for the top of the repository."""
_LEVELS: Final = {BLOCK: "error", WARN: "warning"}
_LINK: Final = "]("
"""Without it there is no link in a text of SARIF."""


def check(judgement: Judgement, version: str) -> str:
    """Return the document, whole: one run of this version, with the rules that were asked and a result a finding."""
    rules = list(dict.fromkeys((*judgement.rules, *(one.rule for one in judgement.findings))))
    driver = {"name": "git prov", "version": version, "rules": [_rule(name, judgement) for name in rules]}
    run = {
        "tool": {"driver": driver},
        "originalUriBaseIds": {TOP: {"description": {"text": "The top of the repository."}}},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(judgement)],
        "results": list(_results(judgement, rules)),
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _invocation(judgement: Judgement) -> dict[str, Any]:
    """The rules were asked, whatever they answered; what there is to know besides."""
    notes = [{"level": "note", "message": _message(note)} for note in judgement.notes]
    return {"executionSuccessful": True, **({"toolExecutionNotifications": notes} if notes else {})}


def _rule(name: str, judgement: Judgement) -> dict[str, Any]:
    levels = [one.level for one in judgement.findings if one.rule == name]
    about = _SAYS.get(name, name)
    return {
        "id": name,
        "shortDescription": {"text": about},
        "fullDescription": {"text": about},
        "help": {"text": f"{about} The rule stands in [rules.{name}] of .gitprov.toml: its level, paths and branches."},
        "defaultConfiguration": {"level": "error" if BLOCK in levels else "warning"},
    }


def _results(judgement: Judgement, rules: list[str]) -> Iterator[dict[str, Any]]:
    seen: Counter[str] = Counter()
    for one in judgement.findings:
        digest = _fingerprint(one)
        seen[digest] += 1
        yield {
            "ruleId": one.rule,
            "ruleIndex": rules.index(one.rule),
            "level": _LEVELS.get(one.level, "note"),
            "message": _message(f"{one.what}\nTo mend it: {one.mend}" if one.mend else one.what),
            "locations": _locations(one),
            "partialFingerprints": {"primaryLocationLineHash": f"{digest}:{seen[digest]}"},
        }


def _fingerprint(one: Finding) -> str:
    """Words and runs change from push to push while the offence is the same."""
    what_stays = f"{one.rule}\0{one.path}\0{one.commit}"
    return hashlib.sha256(what_stays.encode("utf-8", "backslashreplace")).hexdigest()[:16]


def _locations(one: Finding) -> list[dict[str, Any]]:
    if not one.path:
        return []
    where = {"uri": as_uri(one.path), "uriBaseId": TOP}
    return [{"physicalLocation": {"artifactLocation": where, "region": {"startLine": 1}}}]


def _message(text: str) -> dict[str, str]:
    """Return a message in which nothing is a place for an argument, and nothing a link."""
    shown = visible(text).replace("{", "{{").replace("}", "}}")
    if _LINK in shown:
        shown = shown.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return {"text": shown}


def _says() -> Iterator[tuple[str, str]]:
    for field, info in Rules.model_fields.items():
        model = next(part for part in get_args(info.annotation) if part is not type(None))
        yield info.alias or field, " ".join((model.__doc__ or "").replace("`", "").split())


_SAYS: Final = dict(_says())
"""What each rule says, by its name in the policy."""
