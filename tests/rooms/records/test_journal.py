"""A run under way is written down before it starts, and is found again however its wrapper died."""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3

from gitprov.records import journal, processes
from gitprov.records.journal import Abandoned, Journal, abandoned
from gitprov.records.layout import State
from support.records import record_id, run_record


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(str(tmp_path))


@pytest.fixture
def child() -> Iterator["subprocess.Popen[bytes]"]:
    """A process that goes on until its standard input is closed."""
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
        yield process


def end(process: "subprocess.Popen[bytes]") -> None:
    assert process.stdin is not None
    process.stdin.close()
    process.wait()


def named(content: bytes) -> str:
    return f"b3:{blake3(content).hexdigest()}"


def found(state: State) -> list[Abandoned]:
    return list(abandoned(state))


def only(state: State) -> Abandoned:
    [left] = found(state)
    return left


def files(state: State) -> list[str]:
    return sorted(os.listdir(state.journal))


# --- while it goes on ---


def test_a_journal_is_there_before_the_child_and_gone_when_the_run_is_recorded(state: State) -> None:
    run = run_record(1)

    begun = Journal.begin(state, run)
    assert files(state) == [f"{record_id(1)}.jsonl"]
    assert begun.entry().run == run

    begun.finish()
    assert files(state) == []


def test_what_becomes_known_is_put_together(state: State) -> None:
    begun = Journal.begin(state, run_record(1))
    begun.add({"code": {"anchor": "a"}})
    begun.add({"run": {"status": "failed", "exit": 3}})
    journal.say(begun.path, {"params": {"lr": 0.1, "deep": {"x": 1}}})
    journal.say(begun.path, {"params": {"lr": 0.2}})
    journal.say(begun.path, {"metrics": [{"name": "loss", "value": 2, "step": 1}]})
    journal.say(begun.path, {"metrics": [{"name": "loss", "value": "NaN", "step": 2}]})

    entry = begun.entry()
    begun.leave()

    assert entry.run == run_record(1, status="failed", exit=3)
    assert entry.code == {"anchor": "a"}
    assert entry.params == {"lr": 0.2, "deep": {"x": 1}}
    assert [point["value"] for point in entry.metrics] == [2, "NaN"]
    assert not entry.whole


def test_the_final_record_stands_for_all_and_its_attachments_are_kept_byte_for_byte(state: State) -> None:
    begun = Journal.begin(state, run_record(1, message="draft"))
    data = {named(content): content for content in (b"\0\xff\n", "Ünï".encode())}
    begun.whole(run_record(1, exit=0), data)

    entry = begun.entry()
    begun.leave()

    assert (entry.run, entry.whole) == (run_record(1, exit=0), True)
    assert entry.data == data


def test_a_run_with_a_living_owner_is_nobody_elses(state: State, child: "subprocess.Popen[bytes]") -> None:
    begun = Journal.begin(state, run_record(1))
    assert found(state) == []
    begun.child(child.pid)
    end(child)
    assert found(state) == []
    begun.finish()


def test_a_run_that_is_over_cannot_be_told_anything(state: State) -> None:
    begun = Journal.begin(state, run_record(1))
    begun.finish()

    with pytest.raises(FileNotFoundError):
        journal.say(begun.path, {"params": {"late": 1}})


def test_lines_of_many_processes_never_mix(state: State) -> None:
    begun = Journal.begin(state, run_record(1))
    script = (
        "import sys; from gitprov.records.journal import say\n"
        "for n in range(200): say(sys.argv[1], {'metrics': [{'name': sys.argv[2], 'value': n, 'more': 'x' * 500}]})"
    )
    writers = [subprocess.Popen([sys.executable, "-c", script, begun.path, name]) for name in "abcd"]
    assert [writer.wait() for writer in writers] == [0, 0, 0, 0]

    points = begun.entry().metrics
    begun.leave()

    for name in "abcd":
        assert [point["value"] for point in points if point["name"] == name] == list(range(200))


# --- when its owner is gone ---


def test_a_run_whose_wrapper_was_killed_is_found_with_all_that_was_known(state: State) -> None:
    begun = Journal.begin(state, run_record(1))
    begun.add({"code": {"anchor": "a"}})
    begun.leave()

    left = only(state)

    assert (left.status, left.entry.run["id"], left.entry.code) == ("killed", record_id(1), {"anchor": "a"})
    assert left.path == begun.path


def test_sigkill_lets_go_of_a_journal(state: State) -> None:
    script = (
        "import json, os, signal, sys\n"
        "from gitprov.records.journal import Journal; from gitprov.records.layout import State\n"
        "Journal.begin(State(sys.argv[1]), json.loads(sys.argv[2])); os.kill(os.getpid(), signal.SIGKILL)"
    )
    top = os.path.dirname(state.root)
    assert subprocess.run([sys.executable, "-c", script, top, json.dumps(run_record(1))], check=False).returncode == -9

    assert only(state).entry.run == run_record(1)


def test_a_run_is_not_over_while_its_child_goes_on(state: State, child: "subprocess.Popen[bytes]") -> None:
    begun = Journal.begin(state, run_record(1))
    begun.child(child.pid)
    begun.leave()
    assert found(state) == []

    end(child)

    assert only(state).status == "killed"


def test_a_child_that_nobody_has_waited_for_is_over(state: State) -> None:
    process = subprocess.Popen(["true"], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.read()
    process.stdout.close()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    begun = Journal.begin(state, run_record(1))
    begun.child(process.pid)
    begun.leave()

    assert only(state).status == "killed"
    process.wait()


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="start times are read from /proc")
def test_a_number_that_is_used_again_is_not_the_child(state: State) -> None:
    begun = Journal.begin(state, run_record(1))
    begun.add({"child": [os.getpid(), "1"]})  # our own number, another start
    begun.leave()

    assert only(state).status == "killed"


def restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the machine look as if it had been started again."""
    (tmp_path / "boot_id").write_text("another\n")
    monkeypatch.setattr(processes, "_BOOT_ID", str(tmp_path / "boot_id"))


def test_a_run_from_before_a_restart_is_lost(
    state: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, child: "subprocess.Popen[bytes]"
) -> None:
    begun = Journal.begin(state, run_record(1))
    begun.child(child.pid)
    begun.leave()

    restart(tmp_path, monkeypatch)

    assert only(state).status == "lost"


def test_a_line_that_was_being_written_when_the_power_went_is_passed_over(state: State) -> None:
    begun = Journal.begin(state, run_record(1))
    begun.add({"params": {"lr": 0.1}})
    begun.add({"whole": run_record(1, exit=0), "data": {}})
    begun.leave()
    path = Path(begun.path)
    path.write_bytes(path.read_bytes()[:-20])

    left = only(state)

    assert not left.entry.whole
    assert left.entry.run == run_record(1)
    assert left.entry.params == {"lr": 0.1}


@pytest.mark.parametrize(
    "strange",
    [
        *("5", "null", '"x"', "[1]", '{"run": 5}', '{"params": [1]}', '{"metrics": {"a": 1}}', '{"metrics": [5, {}]}'),
        *('{"child": 5}', '{"child": ["a", 1]}', '{"data": [1]}', '{"data": {"b3:1": 5}}', '{"boot": 5}'),
        *('{"whole": 7}', '{"code": "x"}', "[" * 100_000, "\x00" * 100),
    ],
)  # fmt: skip
def test_what_a_run_wrote_there_by_itself_does_no_harm(state: State, strange: str) -> None:
    begun = Journal.begin(state, run_record(1))
    begun.leave()
    with open(begun.path, "a", encoding="utf-8") as file:
        file.write(strange + "\n")

    assert only(state).entry.run == run_record(1)


@pytest.mark.parametrize("digest", ["b3:../../..", "x", f"b3:{'a' * 64}", "", "b3:"])
def test_an_attachment_that_is_not_what_its_name_says_is_passed_over(state: State, digest: str) -> None:
    begun = Journal.begin(state, run_record(1))
    journal.say(begun.path, {"data": {digest: "from inside the run", named(b"mine"): "mine", named(b"?"): "\ud800"}})

    entry = begun.entry()
    begun.leave()

    assert entry.data == {named(b"mine"): b"mine"}


@pytest.mark.parametrize("name", ["notes.txt", "x.jsonl", f"{record_id(1)}.jsonl.new", f"{record_id(1)}.json"])
def test_other_files_are_no_journals(state: State, name: str) -> None:
    os.makedirs(state.journal)
    (Path(state.journal) / name).write_text("{}")

    assert found(state) == []


def test_without_any_journal_there_is_nothing_to_find(state: State) -> None:
    assert found(state) == []


def test_of_two_that_look_at_once_each_run_goes_to_one(state: State) -> None:
    for number in (1, 2):
        Journal.begin(state, run_record(number)).leave()
    one, other = abandoned(state), abandoned(state)

    first = next(one)
    second = next(other)

    assert first.path != second.path
    assert found(state) == []
    one.close()
    other.close()
    assert len(found(state)) == 2


def test_a_journal_that_was_recorded_while_it_was_opened_is_not_recorded_again(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = Journal.begin(state, run_record(1))
    begun.leave()
    plain = fcntl.flock

    def slow(handle: int, operation: int) -> None:
        os.unlink(begun.path)  # somebody else was quicker
        plain(handle, operation)

    monkeypatch.setattr(fcntl, "flock", slow)

    assert found(state) == []


def without_locks(*_: Any) -> None:  # noqa: ANN401 - stands in for any call
    raise OSError(95, "not supported")


def test_on_a_file_system_without_locks_the_owner_is_known_by_its_process(
    state: State, monkeypatch: pytest.MonkeyPatch, child: "subprocess.Popen[bytes]"
) -> None:
    monkeypatch.setattr(fcntl, "flock", without_locks)
    begun = Journal.begin(state, run_record(1))
    assert found(state) == []
    begun.add({"owner": processes.process(child.pid)})
    begun.leave()
    assert found(state) == []

    end(child)

    assert only(state).status == "killed"


def test_a_full_disk_is_an_error_and_spoils_no_other_line(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = Journal.begin(state, run_record(1))
    plain = os.write

    def short(handle: int, data: bytes) -> int:
        return plain(handle, data[:5]) if len(data) > 5 else plain(handle, data)

    monkeypatch.setattr(os, "write", short)
    with pytest.raises(OSError, match="No space left"):
        begun.add({"params": {"lost": 1}})
    monkeypatch.setattr(os, "write", plain)
    begun.add({"params": {"kept": 1}})

    entry = begun.entry()
    begun.leave()
    assert entry.params == {"kept": 1}


def test_a_child_that_its_killed_wrapper_could_not_note_keeps_the_run_open(state: State) -> None:
    Journal.begin(state, run_record(1)).leave()
    environ = {**os.environ, journal.RUN: record_id(1)}
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environ) as unknown:
        assert found(state) == []
        end(unknown)
    assert only(state).status == "killed"
