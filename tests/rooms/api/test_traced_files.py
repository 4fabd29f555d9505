import os
import time
from pathlib import Path
from typing import Any

import pytest

from gitprov.api.declared import find_inputs, put_inputs, put_outputs
from gitprov.api.draft import Draft, begin_draft
from gitprov.api.options import RunOptions
from gitprov.api.session import open_session
from gitprov.api.settings import load
from gitprov.api.traced import Traced, put_traced, trace
from gitprov.artifacts.hashing import digest_bytes
from gitprov.artifacts.listing import parse_listing
from gitprov.capture.files.touched import gather
from gitprov.gitrepo.blobs import listing
from gitprov.model.run import Run
from gitprov.observer.protocol import encode, pair
from support.repo import RepoBuilder

LONG_AGO = 1_000_000_000
RUN = "0123456789abcdef0123456789abcdef"


class Traces:
    """A run in a repository, told event by event."""

    def __init__(self, repo: RepoBuilder, directory: Path) -> None:
        self.repo = repo
        self.directory = directory
        self.options = RunOptions(["train"])
        self._events: list[bytes] = []
        directory.mkdir()

    def begin(self, *inputs: str) -> Draft:
        """Begin the run; what is on disk is as it was long ago."""
        for path in self.repo.path.rglob("*"):
            if ".git" not in path.parts and path.is_file() and not path.is_symlink():
                os.utime(path, (LONG_AGO, LONG_AGO))
        session = open_session(str(self.repo.path), os.environ)
        found = find_inputs(session, inputs)
        self.draft = begin_draft(session, self.options._replace(inputs=inputs), load(session.repo), RUN)
        put_inputs(self.draft, found)
        self.started_ns = time.time_ns()
        return self.draft

    def saw(self, kind: bytes, *paths: str | Path) -> None:
        """Note an event about paths of the working tree, or absolute ones."""
        raw = [os.fsencode(self.repo.path / path) for path in paths]
        payload = raw[0] if len(raw) == 1 else pair(*raw)
        self._events.append(encode(kind, len(self._events), payload))

    def wrote(self, name: str, content: str = "out") -> None:
        """Write a file as the run would."""
        self.repo.write(name, content)
        self.saw(b"w", name)

    def end(self, progress: list[tuple[int, int]] | None = None) -> Traced:
        """Put what was seen into the draft."""
        (self.directory / "strace.events").write_bytes(b"".join(self._events))
        tell = None if progress is None else lambda *done: progress.append(done)
        return put_traced(self.draft, gather(str(self.directory)), self.started_ns, tell)

    def record(self) -> dict[str, Any]:
        """Return the record, which the model of it takes."""
        self.draft.fields.update(status="ok", exit=0, seconds=1.0)
        record = self.draft.record()
        Run.model_validate(record)
        return record


@pytest.fixture
def traces(repo: RepoBuilder, tmp_path: Path) -> Traces:
    return Traces(repo, tmp_path / "events")


def entries(record: dict[str, Any], name: str) -> dict[str, str | None]:
    assert all(entry["how"] == "traced" for entry in record.get(name, ()))
    return {entry["path"]: entry.get("digest") for entry in record.get(name, ())}


def blob(repo: RepoBuilder, path: str) -> str:
    return repo.git("rev-parse", f"HEAD:{path}")


def test_a_run_without_options_has_its_inputs_outputs_and_code(traces: Traces, tmp_path: Path) -> None:
    repo = traces.repo
    repo.commit("code", {"train.py": "code", "conf.yaml": "lr: 1", ".gitignore": "/data/\n"})
    repo.write("data/a.csv", "1,2")
    outside = tmp_path / "far.csv"
    outside.write_text("far")
    os.utime(outside, (LONG_AGO, LONG_AGO))
    traces.begin()
    for path in ("train.py", "conf.yaml", "data/a.csv", str(outside), "/usr/lib/os-release"):
        traces.saw(b"r", path)
    traces.wrote("out/tmp1")
    (repo.path / "out/tmp1").rename(repo.path / "out/model.bin")
    traces.saw(b"m", "out/tmp1", "out/model.bin")
    traces.end()

    record = traces.record()
    assert entries(record, "input") == {
        "conf.yaml": f"git:{blob(repo, 'conf.yaml')}",
        "data/a.csv": digest_bytes(b"1,2"),
        str(outside): digest_bytes(b"far"),
    }
    assert entries(record, "output") == {"out/model.bin": digest_bytes(b"out")}
    read = listing({path.encode(): blob(repo, path) for path in ("train.py", "conf.yaml")})
    assert record["code"]["files"] == digest_bytes(read)
    assert traces.draft.data[digest_bytes(read)] == read
    assert traces.draft.missing == []


def test_the_snapshot_says_what_uncommitted_code_was_read(traces: Traces) -> None:
    repo = traces.repo
    repo.commit("code", {"train.py": "old"})
    repo.write("train.py", "changed")
    repo.write("helper.py", "untracked")
    repo.write("data.csv", "1")
    code = traces.begin().fields["code"]
    for name in ("train.py", "helper.py", "data.csv"):
        traces.saw(b"r", name)
    traces.end()

    read = {name.encode(): repo.git("rev-parse", f"{code['tree']}:{name}") for name in ("train.py", "helper.py")}
    record = traces.record()
    assert record["code"]["files"] == digest_bytes(listing(read))
    assert entries(record, "input") == {"data.csv": digest_bytes(b"1")}


def test_what_the_snapshot_left_out_is_hashed_as_it_is_on_disk(traces: Traces) -> None:
    traces.repo.commit("data", {"data.csv": "committed", ".gitprov.toml": "[capture]\nsnapshot_max_file = 9\n"})
    traces.repo.write("data.csv", "changed and too large")
    assert [one["path"] for one in traces.begin().fields["code"]["omitted"]] == ["data.csv"]
    traces.saw(b"r", "data.csv")
    traces.end()

    record = traces.record()
    assert entries(record, "input") == {"data.csv": digest_bytes(b"changed and too large")}
    assert "files" not in record["code"]


def test_what_was_declared_stands_and_covers_what_is_below_it(traces: Traces) -> None:
    repo = traces.repo
    repo.write(".git/info/exclude", "/data/\n/state.json\n/out/\n")
    for name in ("data/a", "data/b", "state.json"):
        repo.write(name, "before")
    traces.begin("data", "state.json")
    for name in ("data/a", "data/b", "state.json"):
        traces.saw(b"r", name)
    traces.wrote("state.json", "after")
    traces.wrote("out/one")
    traces.wrote("out/two")
    put_outputs(traces.draft, ["out/one"])
    traces.end()

    record = traces.record()
    assert [(entry["path"], entry["how"]) for entry in record["input"]] == [
        ("data", "declared"),
        ("state.json", "declared"),
    ]
    assert record["input"][1]["digest"] == digest_bytes(b"before")
    assert [(entry["path"], entry["how"]) for entry in record["output"]] == [
        ("out/one", "declared"),
        ("out/two", "traced"),
        ("state.json", "traced"),
    ]
    assert traces.draft.missing == []


def test_a_file_updated_in_place_is_named_with_the_way_to_mend_it(traces: Traces) -> None:
    traces.repo.write(".git/info/exclude", "state.json\n")
    traces.repo.write("state.json", "before")
    traces.begin()
    traces.saw(b"r", "state.json")
    traces.wrote("state.json", "after")
    traces.end()

    record = traces.record()
    assert entries(record, "input") == {"state.json": None}
    assert entries(record, "output") == {"state.json": digest_bytes(b"after")}
    assert record["capture"]["missing"] == [
        "state.json was read and then changed by the run: declare it with -i to have it hashed before the run"
    ]


def test_git_knows_what_a_tracked_file_held_before_the_run_changed_it(traces: Traces) -> None:
    traces.repo.commit("state", {"state.json": "before"})
    traces.begin()
    traces.saw(b"r", "state.json")
    traces.wrote("state.json", "after")
    traces.end()

    assert entries(traces.record(), "input") == {"state.json": f"git:{blob(traces.repo, 'state.json')}"}
    assert traces.draft.missing == []


def test_an_input_that_was_moved_has_the_digest_of_its_bytes(traces: Traces) -> None:
    traces.repo.write(".git/info/exclude", "*.csv\n")
    traces.repo.write("in.csv", "data")
    traces.begin()
    traces.saw(b"r", "in.csv")
    (traces.repo.path / "in.csv").rename(traces.repo.path / "done.csv")
    traces.saw(b"m", "in.csv", "done.csv")
    traces.end()

    record = traces.record()
    assert entries(record, "input") == {"in.csv": digest_bytes(b"data")}
    assert entries(record, "output") == {"done.csv": digest_bytes(b"data")}


def test_many_files_fold_and_tracked_ones_apart_from_others(traces: Traces) -> None:
    repo = traces.repo
    repo.commit("conf", {f"data/conf-{n}.yaml": str(n) for n in range(10)})
    repo.write(".git/info/exclude", "*.npy\n*.bin\n")
    for n in range(40):
        repo.write(f"data/train/shard-{n}.npy", str(n))
    for n in range(10):
        repo.write(f"data/extra-{n}.npy", str(n))
    traces.begin()
    for path in sorted((repo.path / "data").rglob("*.*")):
        traces.saw(b"r", path)
    for n in range(17):
        traces.wrote(f"out/{n}.bin")
    traces.end()

    record = traces.record()
    folded = {entry["path"]: entry["files"] for entry in record["input"]}
    assert folded.pop("data/train") == 40
    assert folded == {f"data/{name}": 1 for n in range(10) for name in (f"conf-{n}.yaml", f"extra-{n}.npy")}
    (out,) = record["output"]
    assert (out["path"], out["files"], out["size"]) == ("out", 17, 51)
    assert len(parse_listing(traces.draft.data[out["digest"]])) == 17


def test_what_else_is_missing_is_said_in_few_lines(traces: Traces) -> None:
    traces.repo.write(".git/info/exclude", "*\n")
    traces.begin()
    for n in range(7):
        traces.saw(b"r", f"job-{n}")
        traces.saw(b"d", f"job-{n}")
    peers = [b"127.0.0.1:80", b"localhost:1", b"[::1]:80", *(b"host-%d:443" % n for n in range(7))]
    traces._events += [encode(b"n", 100 + n, peer) for n, peer in enumerate(peers)]
    traces._events.append(encode(b"j", 200, b'{"gap": "strace ended early"}'))
    traces.end()

    gap, *removed, network = traces.record()["capture"]["missing"]
    assert gap == "strace ended early"
    assert [line.partition(" ")[0] for line in removed] == [*(f"job-{n}" for n in range(5)), "2"]
    assert network.startswith("what came over the network from host-0:443, host-1:443")
    assert " and 2 more: " in network
    assert len(traces.record()["input"]) == 7


def test_inputs_that_are_gone_by_the_thousand_do_not_fill_the_record(traces: Traces) -> None:
    traces.begin()
    for n in range(3000):
        traces.saw(b"r", f"job-{n}")
        traces.saw(b"d", f"job-{n}")
    traces.end()

    assert len(traces.record()["input"]) == 16
    assert any(line.startswith("2984 more files that were read and then") for line in traces.draft.missing)


def test_a_path_that_holds_a_secret_is_redacted(traces: Traces) -> None:
    token = "ghp_" + "a1B2c3D4e5F6" * 3
    traces.repo.write(".git/info/exclude", "*\n")
    traces.repo.write(f"out/{token}/x", "1")
    traces.begin()
    traces.saw(b"r", f"out/{token}/x")
    traces.end()

    (entry,) = traces.record()["input"]
    assert token not in entry["path"]
    assert entry["path"].startswith("out/[redacted:")


def test_progress_is_told_up_to_the_last_byte(traces: Traces) -> None:
    traces.begin()
    for n in range(3):
        traces.wrote(f"out-{n}", "x" * 10)
    told: list[tuple[int, int]] = []
    traces.end(told)

    assert told == [(10, 30), (20, 30), (30, 30)]


def test_large_files_are_remembered_and_not_read_again(traces: Traces, monkeypatch: pytest.MonkeyPatch) -> None:
    traces.repo.write(".git/info/exclude", "*\n")
    traces.repo.write("big.bin", b"x" * (5 << 20))
    draft = traces.begin()
    later = draft.session._replace(clock=lambda: time.time() + 3600)  # long after it was written
    draft.session = later
    traces.saw(b"r", "big.bin")
    first = traces.end().inputs

    def refuse(path: str | bytes, _tell: object) -> None:
        raise AssertionError(f"{path!r} was read again")

    monkeypatch.setattr("gitprov.artifacts.statcache.digest_file", refuse)
    touched = gather(str(traces.directory))
    assert trace(later, {"code": {}}, touched, traces.started_ns).inputs == first


def test_an_abandoned_run_needs_nothing_but_its_record_so_far(traces: Traces) -> None:
    traces.repo.commit("code", {"train.py": "code"})
    draft = traces.begin()
    traces.saw(b"r", "train.py")
    traces.wrote("out.csv")
    run = dict(draft.fields)
    (traces.directory / "strace.events").write_bytes(b"".join(traces._events))

    found = trace(draft.session, run, gather(str(traces.directory)), traces.started_ns)
    assert [entry["path"] for entry in found.outputs] == ["out.csv"]
    assert found.files == digest_bytes(listing({b"train.py": blob(traces.repo, "train.py")}))
    assert list(found.data) == [found.files]


def test_a_linked_worktree_has_its_git_directory_apart(traces: Traces, tmp_path: Path) -> None:
    linked = traces.repo.worktree(tmp_path / "linked", "other")
    events = Traces(linked, tmp_path / "more-events")
    events.begin()
    events.saw(b"r", ".git")
    events.saw(b"r", traces.repo.path / ".git/config")
    events.wrote("out.csv")
    events.end()

    assert entries(events.record(), "output") == {"out.csv": digest_bytes(b"out")}
    assert entries(events.record(), "input") == {}
