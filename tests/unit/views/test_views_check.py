"""A judgement as text: five lines a rule, what blocks first, nothing that a terminal would obey."""

from gitprov.model.verdicts import Finding, Judgement, together
from gitprov.views.check import LINES, check


def finding(number: int, mend: str = "mend it", rule: str = "results-need-run", level: str = "block") -> Finding:
    return Finding(rule, level, f"file {number} is amiss", mend)


def shown(*findings: Finding) -> list[str]:
    rules = tuple(dict.fromkeys(one.rule for one in findings))
    return check(Judgement(findings, rules, "3 staged changes"), colour=False).splitlines()


def test_offences_that_one_step_mends_share_it() -> None:
    assert shown(finding(1), finding(2), finding(3)) == [
        "results-need-run (block)",
        "  file 1 is amiss",
        "  file 2 is amiss",
        "  file 3 is amiss",
        "  mend: mend it",
        "3 staged changes: 3 to mend, by 1 rule",
    ]


def test_no_rule_has_more_lines_than_five() -> None:
    for same in (True, False):
        for count in range(1, 12):
            lines = shown(*(finding(number, "mend it" if same else f"mend {number}") for number in range(count)))
            assert len(lines) - 1 <= LINES
            said = sum(line.endswith("is amiss") for line in lines)
            counted = [int(line.split()[1]) for line in lines if line.startswith("  and ")]
            assert said + sum(counted) == count


def test_an_offence_without_a_mending_step() -> None:
    assert shown(finding(1, ""))[1:-1] == ["  file 1 is amiss"]


def test_what_blocks_stands_first_and_rules_keep_their_order() -> None:
    found = (
        finding(1, rule="a", level="warn"),
        finding(2, rule="b", level="block"),
        finding(3, rule="a", level="block"),
        finding(4, rule="c", level="warn"),
    )

    names = [line for line in shown(*found) if line[0] != " "][:-1]

    assert names == ["a (block)", "b (block)", "a (warn)", "c (warn)"]


def test_nothing_of_a_finding_reaches_the_terminal_as_anything_but_text() -> None:
    found = Finding("acceptance", "warn", "\x1b[2J is amiss", "\x1b[1m")

    assert "\x1b" not in check(Judgement((found,), ("acceptance",), "\x1b[3m"), colour=False)


def test_several_judgements_say_everything_once() -> None:
    one = Judgement((finding(1),), ("a",), "main", ("note",))

    assert together([one, one, Judgement((finding(2),), ("b",), "topic", ("note",))]) == Judgement(
        (finding(1), finding(2)), ("a", "b"), "main; topic", ("note",)
    )
    assert together([]) == Judgement()
