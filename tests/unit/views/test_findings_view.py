from gitprov.model.results import Finding
from gitprov.views.findings import findings

WELL = Finding("git", True, "version 2.39.5", "")
AMISS = Finding("hook pre-push", False, "is gone\x1b[2J", "git prov init")
KNOWN = Finding("push", None, "records stay here", "git config --unset prov.push")


def test_a_finding_is_a_line_and_what_is_not_well_says_what_to_do() -> None:
    assert findings([WELL, AMISS, KNOWN], colour=False) == (
        "ok git: version 2.39.5\n"
        "!! hook pre-push: is gone\\x1b[2J\n"
        "     git prov init\n"
        "-- push: records stay here\n"
        "     git config --unset prov.push\n"
    )


def test_only_the_marks_have_colour() -> None:
    assert findings([WELL], colour=True) == "\x1b[32mok\x1b[m git: version 2.39.5\n"


def test_nothing_found_is_nothing_said() -> None:
    assert findings([], colour=True) == ""
