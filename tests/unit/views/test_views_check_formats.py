"""A judgement in the formats of others, read back by readers of these: whatever a file is called, it is only a name."""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from gitprov.model.reproduction import Row
from gitprov.model.text import quote
from gitprov.model.verdicts import BLOCK, WARN, Finding, Judgement
from gitprov.views import as_json, check_github, check_junit, check_markdown, check_sarif, reproductions
from gitprov.views.check import check as check_text

RULE, OTHER = "results-need-run", "data-as-pointers"
HOSTILE = (
    "a|b",
    "`x`",
    "```",
    "<script>alert(1)</script>",
    "@team",
    "#1",
    "www.example.com",
    "https://example.com/x",
    "[text](https://example.com)",
    "![image](x)",
    "new\nline",
    "carriage\rreturn",
    "%0A::error::x",
    "::error file=a::b",
    "##[error]x",
    "a,b:c%d",
    "]]>",
    "&lt;",
    "{0}",
    "esc\x1b[31m",
    "\u202eright to left",
    "\ud800",
    "\ufffe\uffff",
    '"quoted',
    "-- x",
    "\\",
    "caf\udce9",
)


def sarif(judgement: Judgement) -> str:
    return check_sarif.check(judgement, "1.2.3")


VIEWS: tuple[Callable[[Judgement], str], ...] = (
    check_markdown.check,
    check_github.check,
    check_junit.check,
    sarif,
    as_json.judgement,
)


def finding(path: str, level: str = BLOCK, *, rule: str = RULE, mend: str = "git prov run -- COMMAND") -> Finding:
    """A finding about a path, as a rule that is careless with names would say it."""
    return Finding(rule, level, f"{path} is new, and no run made it", mend, quote(path))


def judgement(*findings: Finding, rules: tuple[str, ...] = (RULE,), notes: tuple[str, ...] = ()) -> Judgement:
    return Judgement(findings, rules, "main..HEAD, 1 commit, 1 path", notes)


def read_annotations(log: str) -> tuple[list[tuple[str, dict[str, str], str]], list[str]]:
    """Read a log as GitHub's runner does: its commands, with their properties and texts, and the other lines."""
    found, others = [], []
    for line in log.splitlines():
        command = re.fullmatch(r"::(\w+)(?: ([^:]*))?::(.*)", line.lstrip())
        if command is None:
            others.append(line)
            continue
        pairs = dict(pair.split("=", 1) for pair in command[2].split(","))
        found.append((command[1], {name: _unescaped(value) for name, value in pairs.items()}, _unescaped(command[3])))
    return found, others


def _unescaped(text: str) -> str:
    for code, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, char)
    return text


def read_xml(document: str) -> ET.Element:
    return ET.fromstring(document)  # noqa: S314 - our own


def shown_text(markdown: str) -> str:
    """Return what a reader of Markdown sees; fails where there is more than text, tables, code and headings."""
    found = []
    for token in MarkdownIt("commonmark").enable("table").parse(markdown):
        assert token.type.partition("_")[0] not in ("html", "blockquote", "bullet", "ordered", "hr"), token
        for part in token.children or [token]:
            assert part.type not in ("link_open", "image", "html_inline", "em_open", "strong_open", "code_inline"), part
            found.append(part.content)
    return "\n".join(found)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", HOSTILE)
def test_every_format_is_text_that_can_be_written(view: Callable[[Judgement], str], name: str) -> None:
    shown = view(judgement(finding(f"results/{name}", mend=f"git add {name}"), notes=(name,)))

    assert shown.endswith("\n")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", shown)
    assert shown.encode()


@pytest.mark.parametrize("name", HOSTILE)
def test_in_markdown_a_name_is_neither_mark_up_nor_mention_nor_link(name: str) -> None:
    shown = check_markdown.check(judgement(finding(f"results/{name}", mend=f"git add {name}"), notes=(name,)))

    seen = shown_text(shown)
    assert "is new, and no run made it" in seen
    outside_of_code = re.split(r"^`{3,}.*$", shown, flags=re.MULTILINE)[0::2]
    assert not re.search(r"@\w|#\d|www\.|://", "".join(outside_of_code))


@pytest.mark.parametrize("name", ["a|b", "`x`", "<script>", "[x](y)", "*x*", "~~x~~", "a_b_c", "&amp;"])
def test_in_markdown_a_name_is_read_as_it_is(name: str) -> None:
    assert f"results/{name} is new, and no run made it" in shown_text(
        check_markdown.check(judgement(finding(f"results/{name}")))
    )


def test_markdown_says_the_verdict_first_and_how_to_mend_it_in_a_block_to_copy() -> None:
    shown = check_markdown.check(
        judgement(finding("a", WARN, rule=OTHER), finding("b"), rules=(OTHER, RULE), notes=("fetch it",))
    )

    assert shown == (
        "## Rules: 1 to mend, 1 warning, by 2 rules\n"
        "\n"
        "main..HEAD, 1 commit, 1 path\n"
        "\n"
        "### results-need-run (block)\n"
        "\n"
        "| file | what |\n"
        "| --- | --- |\n"
        "| b | b is new, and no run made it |\n"
        "\n"
        "To mend it:\n"
        "\n"
        "```text\n"
        "git prov run -- COMMAND\n"
        "```\n"
        "\n"
        "### data-as-pointers (warn)\n"
        "\n"
        "| file | what |\n"
        "| --- | --- |\n"
        "| a | a is new, and no run made it |\n"
        "\n"
        "To mend it:\n"
        "\n"
        "```text\n"
        "git prov run -- COMMAND\n"
        "```\n"
        "\n"
        "Note: fetch it\n"
    )


def test_markdown_stays_below_what_github_takes() -> None:
    rules = tuple(f"rule-{number}" for number in range(12))
    many = [
        finding(f"{number}" + "\U0001f600@`" * 3000, level, rule=rule, mend=f"{number}" + "\U0001f600" * 9000)
        for rule in rules
        for level in (BLOCK, WARN)
        for number in range(300)
    ]

    shown = check_markdown.check(judgement(*many, rules=rules, notes=("\U0001f600" * 9000,) * 300))

    assert len(shown.encode()) < 1 << 20
    assert shown.count("### ") == 24
    assert "and 292 more" in shown


def test_annotations_name_the_file_and_the_rule() -> None:
    shown = check_github.check(
        judgement(finding("results/a.json"), finding("b", WARN, rule=OTHER), notes=("fetch it",))
    )

    commands, others = read_annotations(shown)
    assert commands == [
        (
            "error",
            {"file": "results/a.json", "line": "1", "title": RULE},
            "results/a.json is new, and no run made it\nmend: git prov run -- COMMAND",
        ),
        (
            "warning",
            {"file": "b", "line": "1", "title": OTHER},
            "b is new, and no run made it\nmend: git prov run -- COMMAND",
        ),
        ("notice", {"title": "git prov"}, "fetch it"),
    ]
    assert others == ["git prov: main..HEAD, 1 commit, 1 path: 1 to mend, 1 warning, by 1 rule"]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_is_a_command_of_its_own(name: str) -> None:
    made = judgement(finding(f"{name}", mend=f"{name}"))._replace(judged=name)

    commands, others = read_annotations(check_github.check(made))

    assert [(command, set(properties)) for command, properties, _ in commands] == [("error", {"file", "line", "title"})]
    assert len(others) == 1
    assert "##[" not in others[0]


@pytest.mark.parametrize("name", ["a,b:c%d", "%0A::error::x", "new\nline", '"quoted', "café"])
def test_an_annotation_has_the_name_as_it_is_on_disk(name: str) -> None:
    [(_, properties, _)], _ = read_annotations(check_github.check(judgement(finding(name))))
    assert properties["file"] == name


def test_ten_errors_and_ten_warnings_are_annotated_some_of_each_rule() -> None:
    found = [finding(f"{rule}/{number}", BLOCK, rule=rule) for rule in ("a", "b", "c") for number in range(30)]
    found += [finding(str(number), WARN) for number in range(3)]

    commands, others = read_annotations(check_github.check(judgement(*found, rules=("a", "b", "c", RULE))))

    titles = [properties["title"] for _, properties, _ in commands]
    assert titles == ["a"] * 4 + ["b"] * 3 + ["c"] * 3 + [RULE] * 3
    assert [command for command, _, _ in commands] == ["error"] * 10 + ["warning"] * 3
    assert others[0].startswith("and 80 more")


def test_junit_has_a_suite_a_rule_and_a_case_a_file() -> None:
    found = (finding("a"), finding("b", WARN), finding("a", WARN)._replace(what="a is something else, too"))

    root = read_xml(check_junit.check(judgement(*found, rules=(RULE, OTHER), notes=("fetch it",))))

    assert root.attrib == {"name": "git prov check", "tests": "3", "failures": "1", "errors": "0"}
    first, second = root.findall("testsuite")
    assert first.attrib == {"name": RULE, "tests": "2", "failures": "1", "errors": "0", "skipped": "1"}
    assert [case.get("name") for case in first.findall("testcase")] == ["a", "b"]
    failure, skipped = first.find("testcase[1]/failure"), first.find("testcase[2]/skipped")
    assert failure is not None
    assert skipped is not None
    assert failure.get("message") == "a is new, and no run made it"
    assert failure.text == (
        "a is new, and no run made it\nmend: git prov run -- COMMAND\n"
        "a is something else, too\nmend: git prov run -- COMMAND"
    )
    assert [len(case) for case in second.findall("testcase")] == [0]
    assert second.findtext("system-out") == "main..HEAD, 1 commit, 1 path: 1 to mend, 2 warnings, by 2 rules\nfetch it"


def test_junit_without_rules_is_a_report_all_the_same() -> None:
    root = read_xml(check_junit.check(judgement(rules=())))
    assert [case.get("name") for case in root.iter("testcase")] == ["git prov check"]


@pytest.mark.parametrize("name", HOSTILE)
def test_junit_is_well_formed_whatever_a_file_is_called(name: str) -> None:
    root = read_xml(check_junit.check(judgement(finding(name, mend=name), notes=(name,))))
    assert [case.find("failure") is not None for case in root.iter("testcase")] == [True]


def test_sarif_names_rules_files_and_levels() -> None:
    document = json.loads(sarif(judgement(finding("a b/ü"), finding("b", WARN, rule=OTHER), notes=("fetch",))))

    [run] = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [(rule["id"], rule["defaultConfiguration"]["level"]) for rule in rules] == [
        (RULE, "error"),
        (OTHER, "warning"),
    ]
    assert rules[0]["help"]["text"].startswith("Files at paths are what a run made. The rule stands in [rules.results")
    assert [(result["ruleId"], result["ruleIndex"], result["level"]) for result in run["results"]] == [
        (RULE, 0, "error"),
        (OTHER, 1, "warning"),
    ]
    assert _where(run["results"][0]) == {"uri": "a%20b/%C3%BC", "uriBaseId": "%SRCROOT%"}
    assert run["originalUriBaseIds"].keys() == {"%SRCROOT%"}
    assert run["invocations"][0]["toolExecutionNotifications"][0]["message"] == {"text": "fetch"}


@pytest.mark.parametrize("name", HOSTILE)
def test_sarif_has_the_bytes_of_a_name_and_no_link(name: str) -> None:
    document = json.loads(sarif(judgement(finding(name))))

    [result] = document["runs"][0]["results"]
    uri = _where(result)["uri"]
    assert re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+", uri)
    assert unquote_to_bytes(uri) == name.encode("utf-8", "surrogatepass" if name == "\ud800" else "surrogateescape")
    assert not re.search(r"(?<!\\)\]\(|(?<!\{)\{\d", result["message"]["text"])


def test_a_fingerprint_stays_while_words_and_runs_change() -> None:
    def prints(*found: Finding) -> list[str]:
        results = json.loads(sarif(judgement(*found)))["runs"][0]["results"]
        return [result["partialFingerprints"]["primaryLocationLineHash"] for result in results]

    first = finding("a")
    before = prints(first, first._replace(what="a second thing"), finding("b"))
    assert len(set(before)) == 3
    assert prints(first._replace(what="other words", run="01J00000000000000000000000")) == before[:1]


@given(st.text())
def test_any_name_is_taken_by_every_reader(name: str) -> None:
    made = judgement(finding(name or "x", mend=name), notes=(name,))
    for view in VIEWS:
        view(made).encode()
    shown_text(check_markdown.check(made))
    read_xml(check_junit.check(made))
    json.loads(sarif(made))
    commands, _ = read_annotations(check_github.check(made))
    assert [command for command, _, _ in commands] == ["error", "notice"]


def test_text_keeps_a_name_on_its_line() -> None:
    shown = check_text(judgement(finding("a\n::add-mask::b", mend="git add 'a\n::add-mask::b'")), colour=False)
    assert [line[:2] for line in shown.splitlines()] == ["re", "  ", "  ", "ma"]


def _where(result: dict[str, Any]) -> dict[str, Any]:
    [place] = result["locations"]
    assert place["physicalLocation"]["region"] == {"startLine": 1}
    found: dict[str, Any] = place["physicalLocation"]["artifactLocation"]
    return found


@pytest.mark.parametrize("name", HOSTILE)
def test_the_summary_of_reproductions_is_as_careful(name: str) -> None:
    shown = reproductions.markdown([Row("01J00000000000000000000000", f"python {name}", "deviates", name)])

    assert "python" in shown_text(shown)
    assert not re.search(r"@\w|#\d|www\.|://", shown)
    assert len(shown.splitlines()) == 7
