"""What `git prov reproduce` shows, in 80 columns."""

from datetime import UTC, datetime
from typing import Any

from gitprov.model.reproduction import Proposal, Read, Reproduced
from gitprov.views.reproduction import proposal, report
from gitprov.views.rows import Known, rows
from support.records import record_id

PROPOSAL = Proposal(
    run=record_id(1),
    command="python train.py",
    cwd=".",
    by="Ana Lima <ana@example.org>",
    at="2026-01-02T00:00:00Z",
    signature="not signed: nobody vouches for it",
    commit="c" * 40,
    subject="first",
    reads=(Read("data/a.csv", 2048, "the working tree"), Read("far.bin", 5, "", "Bo had it on 2026-01-01")),
    writes=("out.txt",),
    outside=(),
    environment=("take the environment that is here",),
    sets=(("OMP_NUM_THREADS", "4"),),
    refused=("LD_PRELOAD=x.so is left as it is here",),
    gaps=(("b.csv as it was read was not recorded", "what is there now is read instead"),),
    impossible=(),
    sandbox="",
    place="",
)


def shown(**fields: Any) -> str:  # noqa: ANN401 - any field
    return proposal(PROPOSAL._replace(**fields), columns=80, colour=False)


def test_a_proposal_says_all_there_is_to_know_before_one_says_yes() -> None:
    assert (
        shown()
        == """\
Reproduce run bd7c26d

    python train.py

Recorded by  Ana Lima <ana@example.org>, 2026-01-02 00:00:00Z
             not signed: nobody vouches for it
Code         cccccccccccc first
Reads        data/a.csv (2 KiB, the working tree)
             far.bin (5 B, nowhere here: Bo had it on 2026-01-01)
Writes       out.txt
Software     take the environment that is here
Sets         OMP_NUM_THREADS=4
Refused      LD_PRELOAD=x.so is left as it is here
Not as then  b.csv as it was read was not recorded: what is there now is read
             instead

This is somebody's program: it can do here whatever you can.
"""
    )


def test_what_it_writes_elsewhere_is_said_and_a_sandbox_keeps_it_from_there() -> None:
    assert "Outside      /data/x: outside of its place" in shown(outside=("/data/x",))
    kept = shown(outside=("/data/x",), sandbox="kept in")
    assert "Outside      /data/x: the sandbox keeps it from there" in kept
    assert "whatever you can" not in kept


def test_long_lists_are_counted() -> None:
    assert "and 8 more" in shown(writes=tuple(f"{number}.txt" for number in range(20)))


def test_no_line_is_wider_than_the_terminal() -> None:
    text = shown(command="x " * 200, refused=("a long story " * 30,))
    assert max(map(len, text.splitlines())) <= 80


def reproduced(**fields: Any) -> Reproduced:  # noqa: ANN401 - any field
    record = {
        "id": record_id(2),
        "run": record_id(1),
        "verdict": "identical",
        "reason": "1 output, all the same",
        **fields,
    }
    return Reproduced(record, None, record["verdict"] == "identical", "", ())


def test_a_report_of_what_is_identical_is_short() -> None:
    output = {"path": "out.txt", "outcome": "same", "same": True}
    assert (
        report(reproduced(output=[output], compared={"outputs": 1}), columns=80, colour=False)
        == """\
identical: 1 output, all the same

Outputs
  1 the same: out.txt

Recorded as replication c9b2fa7 of run bd7c26d.
""".replace("c9b2fa7", record_id(2)[:7])
    )


def test_a_report_of_what_deviates_names_what_and_why() -> None:
    done = reproduced(
        verdict="deviates",
        reason="accuracy (0.9 → 0.8)",
        compared={"outputs": 3, "metrics": 2},
        output=[
            {"path": "model.bin", "outcome": "differs", "same": False, "note": "the bytes differ"},
            {"path": "fig.pdf", "outcome": "same-but-noise", "same": True, "noise": ["creation date"]},
            {"path": "log.txt", "outcome": "same", "same": True},
        ],
        metric=[
            {"name": "accuracy", "before": 0.9, "after": 0.8, "tolerance": "abs:0.01", "within": False},
            {"name": "loss", "before": "NaN", "after": "NaN", "within": True},
            {"name": "gone", "before": 1, "within": False, "note": "is missing"},
        ],
        deviation=[{"what": "package numpy: 1.0 → 2.0"}, {"what": "processor: a → b"}],
    )
    assert report(done, columns=80, colour=False).splitlines()[:-2] == [
        "deviates: accuracy (0.9 → 0.8)",
        "",
        "Outputs",
        "  differs         model.bin: the bytes differ",
        "  same-but-noise  fig.pdf: creation date",
        "  1 the same: log.txt",
        "",
        "Metrics",
        "  accuracy  0.9  0.8  beyond abs:0.01",
        "  loss      NaN  NaN  same",
        "  gone        1    -  is missing",
        "",
        "Likely causes, the likeliest first",
        "  1. package numpy: 1.0 → 2.0",
        "  2. processor: a → b",
    ]


def test_where_recorded_bytes_would_tell_more_it_is_said_how_they_are_had() -> None:
    told = {
        "path": "a.pdf",
        "outcome": "not-comparable",
        "note": "the bytes differ, and the recorded file is not at hand",
    }
    text = report(reproduced(verdict="not-comparable", output=[told]), columns=80, colour=False)
    assert "git prov run --keep" in text
    assert max(map(len, text.splitlines())) <= 80


def test_a_replication_is_shown_like_its_report() -> None:
    record = {
        "kind": "replication",
        "id": record_id(2),
        "at": "2026-01-02T00:00:00Z",
        "by": "Bo <bo@example.org>",
        "verdict": "deviates",
        "compared": {"outputs": 1},
        "output": [{"path": "a.txt", "outcome": "differs", "same": False, "note": "line 3"}],
        "metric": [{"name": "loss", "before": 1.0, "after": 2.0, "tolerance": "exact", "within": False}],
        "deviation": [{"what": "seed of numpy: 1 → 2"}],
    }
    found = {row.label: row.lines for row in rows(record, Known({}, {}, datetime(2026, 1, 3, tzinfo=UTC)))}
    assert found["Outputs"] == ["differs  a.txt: line 3"]
    assert found["Metrics"] == ["loss  1  2  beyond exact"]
    assert found["Different"] == ["1. seed of numpy: 1 → 2"]
