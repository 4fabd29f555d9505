"""Who vouches for records, as a terminal shows it."""

from gitprov.model.vouching import GOOD, UNCHECKED, UNSIGNED, Checked, State, Verification, Voucher
from gitprov.views.verification import answer
from support.records import BY, record_id

AT = "2026-02-01T00:00:00Z"
NO_LIST = State(UNCHECKED, "ssh", detail="git has no list of the ssh keys that count here")


def unsigned(*vouchers: Voucher) -> Verification:
    return Verification([Checked(record_id(1), "run", BY, AT, "1" * 40, UNSIGNED, State(UNSIGNED), vouchers)], [], [])


def test_that_a_word_does_not_count_is_said_in_a_narrow_terminal_as_well() -> None:
    found = unsigned(Voucher(record_id(2), BY, AT, UNCHECKED, NO_LIST))

    shown = answer(found, every=False, columns=80, colour=False)

    assert all(len(line) <= 80 for line in shown.splitlines())
    assert "which does not count: signed, and it cannot be checked" in " ".join(shown.split())
    assert shown.splitlines()[0].startswith("unsigned  run ")
    assert all(line.startswith(" " * 23) for line in shown.splitlines()[1:])


def test_without_a_terminal_it_is_a_line_each() -> None:
    found = unsigned(Voucher(record_id(2), BY, AT, GOOD, State(GOOD, "ssh", people=("ana@example.org",))))

    assert len(answer(found, every=False, columns=None, colour=False).splitlines()) == 2


def test_only_the_answer_is_coloured() -> None:
    shown = answer(unsigned(Voucher(record_id(2), BY, AT, UNCHECKED, NO_LIST)), every=False, columns=60, colour=True)

    assert shown.count("\x1b[") == 2
