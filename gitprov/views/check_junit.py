"""A judgement as JUnit XML, in the dialect that Jenkins and GitLab read: a suite a rule, a case a file that offends.

What blocks is a failure, what warns is skipped with its reason: the readers know no warnings, and show both. A rule
that nothing offends is one case that passed.
"""

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Final
from xml.etree import ElementTree as ET

from gitprov.model.text import single_line, visible
from gitprov.model.verdicts import BLOCK, Finding, Judgement
from gitprov.views.check import summary

_TITLE: Final = "git prov check"
_NAME: Final = 1000
_NO_XML: Final = re.compile("[\ufffe\uffff]")
"""What XML forbids besides what `visible` writes out."""


def check(judgement: Judgement) -> str:
    """Return the document, whole."""
    suites = [_suite(rule, judgement) for rule in _rules(judgement)]
    root = ET.Element("testsuites", {"name": _TITLE, **_counts(suites)})
    root.extend(suites)
    ET.SubElement(suites[-1], "system-out").text = _text("\n".join((summary(judgement), *judgement.notes)))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _rules(judgement: Judgement) -> list[str]:
    """Return the rules that were asked, and those that spoke; a report without a suite would be an error to Jenkins."""
    return list(dict.fromkeys((*judgement.rules, *(one.rule for one in judgement.findings)))) or [_TITLE]


def _suite(rule: str, judgement: Judgement) -> ET.Element:
    found = sorted((one for one in judgement.findings if one.rule == rule), key=_about)
    cases = [_case(name, list(same)) for name, same in groupby(found, key=_about)] or [_passed(rule)]
    suite = ET.Element("testsuite", {"name": _text(rule)})
    suite.extend(cases)
    failures, skipped = (sum(case.find(kind) is not None for case in cases) for kind in ("failure", "skipped"))
    counts = {"tests": len(cases), "failures": failures, "errors": 0, "skipped": skipped}
    suite.attrib.update({name: str(count) for name, count in counts.items()})
    return suite


def _about(one: Finding) -> str:
    """Return what a case is called. Readers take two cases of one name for one, so there is one for both findings."""
    return one.path or one.commit or one.run or one.rule


def _case(name: str, found: Sequence[Finding]) -> ET.Element:
    case = ET.Element("testcase", {"classname": _text(found[0].rule), "name": _text(single_line(name, _NAME))})
    worst_first = sorted(found, key=lambda one: one.level != BLOCK)
    first = worst_first[0]
    told = {"type": _text(first.level), "message": _text(single_line(first.what, _NAME))}
    outcome = ET.SubElement(case, "failure" if first.level == BLOCK else "skipped", told)
    outcome.text = _text("\n".join(line for one in worst_first for line in _lines(one)))
    return case


def _lines(one: Finding) -> list[str]:
    return [one.what, f"mend: {one.mend}"] if one.mend else [one.what]


def _passed(rule: str) -> ET.Element:
    return ET.Element("testcase", {"classname": _text(rule), "name": _text(rule)})


def _counts(suites: Sequence[ET.Element]) -> dict[str, str]:
    return {name: str(sum(int(suite.get(name, "0")) for suite in suites)) for name in ("tests", "failures", "errors")}


def _text(value: str) -> str:
    return _NO_XML.sub(lambda match: f"\\u{ord(match[0]):04x}", visible(value))
