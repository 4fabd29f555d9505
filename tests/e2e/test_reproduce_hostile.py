"""Records made to have others run what they would not: nothing runs unasked, and what is refused is said."""

import json
import platform
from pathlib import Path
from typing import Any

import pytest

from gitprov.artifacts.hashing import digest_bytes
from gitprov.records import writer
from gitprov.records.writer import Addition
from support.program import git_prov
from support.records import append, record_id, run_record, session_in
from support.replayed import leftovers, reproduce
from support.repo import RepoBuilder

pytestmark = pytest.mark.e2e

RUN = record_id(1)


def planted(repo: RepoBuilder, *command: str, **fields: Any) -> str:  # noqa: ANN401 - any field
    """Put a run into the log as a fetch from somebody would have, and return its id."""
    code = {"commit": repo.head, "tree": repo.git("rev-parse", "HEAD^{tree}")}
    append(repo.path, run_record(1, **{"code": code, "cwd": ".", "command": list(command), **fields}))
    return RUN


def test_without_a_yes_nothing_runs_and_nothing_is_made(repo: RepoBuilder, tmp_path: Path) -> None:
    run = planted(repo, "touch", str(tmp_path / "pwned"))
    before = repo.refs()

    unasked = git_prov("reproduce", run, "--env", "current", cwd=repo.path)
    piped = git_prov("reproduce", run, "--env", "current", cwd=repo.path, stdin="yes\n")

    for outcome in (unasked, piped):
        assert outcome.status == 129
        assert f"touch{tmp_path}/pwned" in "".join(outcome.stderr.split())  # a long line is folded
        assert "not signed: nobody vouches for it" in outcome.stderr
        assert "Ana Lima <ana@example.org>" in outcome.stderr
        assert "hint: when you have read it and trust it: --yes" in outcome.stderr
    assert not (tmp_path / "pwned").exists()
    assert leftovers(repo) == []
    assert {ref: oid for ref, oid in repo.refs().items() if "/view/" not in ref and "notes" not in ref} == {
        ref: oid for ref, oid in before.items() if "/view/" not in ref and "notes" not in ref
    }


def test_what_means_something_to_a_shell_is_words_and_nothing_more(repo: RepoBuilder, tmp_path: Path) -> None:
    words = ("$(touch pwned)", "; touch pwned", "`touch pwned`", "| touch pwned", "> pwned", "&& touch pwned", "*")
    run = planted(repo, "printf", "%s\\n", *words)
    outcome = reproduce(repo.path, run, "--in", str(tmp_path / "place"))
    assert outcome.stdout.splitlines()[: len(words)] == list(words)
    assert [path.name for path in (tmp_path / "place").iterdir() if "pwned" in path.name] == []
    assert "'; touch pwned'" in outcome.stderr


def test_a_directory_outside_is_no_record_at_all(repo: RepoBuilder) -> None:
    run = planted(repo, "touch", "pwned", cwd="../..")
    outcome = reproduce(repo.path, run)
    assert outcome.status == 128
    assert "names no run" in outcome.stderr


def test_a_directory_that_leads_out_by_a_link_is_not_gone_to(repo: RepoBuilder, tmp_path: Path) -> None:
    (repo.path / "out").symlink_to(tmp_path)
    repo.commit("a way out")
    outcome = reproduce(repo.path, planted(repo, "touch", "pwned", cwd="out"))
    assert outcome.status == 1
    assert outcome.stdout.startswith("not-comparable: ")
    assert "leads out of it" in outcome.stdout
    assert not (tmp_path / "pwned").exists()


def test_data_are_not_written_through_a_link_that_leads_out(repo: RepoBuilder, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (repo.path / "data").symlink_to(outside)
    repo.commit("a way out")
    content = b"ssh-ed25519 AAAA mallory\n"
    repo.git("rm", "-q", "--cached", "data")
    (repo.path / "data").unlink()
    repo.write("data/authorized_keys", content)
    entry = {"path": "data/authorized_keys", "digest": digest_bytes(content), "size": len(content), "files": 1}
    outcome = reproduce(repo.path, planted(repo, "true", input=[entry]))
    assert outcome.status == 1
    assert "nothing goes through it" in " ".join(outcome.stdout.split())
    assert list(outside.iterdir()) == []


VARIABLES = {
    "LD_PRELOAD": "/tmp/evil.so",
    "PATH": "/tmp/evil",
    "GIT_SSH_COMMAND": "touch pwned",
    "PYTHONPATH": "/tmp/evil",
    "PYTHONSTARTUP": "evil.py",
    "BASH_ENV": "evil.sh",
    "OMP_TOOL_LIBRARIES": "/tmp/evil.so",
    "NCCL_NET_PLUGIN": "evil",
    "OMP_NUM_THREADS": "$(touch pwned)",
    "GIT_CONFIG_COUNT": "1",
}


def test_variables_that_lead_to_other_programs_are_refused_and_said(repo: RepoBuilder, tmp_path: Path) -> None:
    run = planted(repo, "env", environment={"variables": {**VARIABLES, "MKL_NUM_THREADS": "2", "TZ": "Asia/Tokyo"}})
    outcome = reproduce(repo.path, run)
    shown, child = outcome.stderr, outcome.stdout
    for name, value in VARIABLES.items():
        assert f"{name}={value} " in " ".join(shown.split()), name
        assert f"\n{name}={value}\n" not in f"\n{child}", name
    assert "MKL_NUM_THREADS=2\n" in child
    assert "TZ=Asia/Tokyo\n" in child
    assert "pwned" not in "".join(path.name for path in tmp_path.rglob("*"))


def test_where_packages_come_from_is_not_for_the_record_to_say(repo: RepoBuilder) -> None:
    version = platform.python_version()
    lock = LOCK.format(version=version).encode()
    session = session_in(repo.path)
    writer.append(session.repo, session.state, Addition(data={digest_bytes(lock): lock}))
    run = planted(repo, "python3", "train.py", environment={"digest": digest_bytes(lock), "python": version})
    outcome = git_prov("reproduce", run, "--installer", "pip", cwd=repo.path)
    assert outcome.status == 129, outcome.stderr
    assert "the lock names the index https://evil.example/simple: it is not used" in " ".join(outcome.stderr.split())


LOCK = """\
lock-version = "1.0"
created-by = "mallory"
[[packages]]
name = "numpy"
version = "9.9"
index = "https://evil.example/simple"
[tool.git-prov]
python = "{version}"
"""


def test_neither_hooks_nor_addresses_of_submodules_are_run(repo: RepoBuilder, tmp_path: Path) -> None:
    hook = repo.path / ".git/hooks/post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/hooked\n")
    hook.chmod(0o755)
    address = f"ext::sh -c 'touch {tmp_path}/pwned'"
    repo.commit("evil", {".gitmodules": f'[submodule "sub"]\n\tpath = sub\n\turl = {json.dumps(address)}\n'})
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub")
    repo.git("commit", "-q", "-m", "with a submodule")
    code = {
        "commit": repo.head,
        "tree": repo.git("rev-parse", "HEAD^{tree}"),
        "submodules": [{"path": "sub", "commit": "1" * 40, "dirty": False}],
    }
    outcome = reproduce(repo.path, planted(repo, "true", code=code))
    assert outcome.status == 1
    assert "submodule sub" in outcome.stdout
    assert list(tmp_path.glob("*ed")) == []


def test_a_command_that_was_only_told_of_is_not_run(repo: RepoBuilder, tmp_path: Path) -> None:
    outcome = reproduce(repo.path, planted(repo, "touch", str(tmp_path / "pwned"), origin="claimed"))
    assert outcome.status == 1
    assert "was not observed, but claimed of a file" in outcome.stdout
    assert not (tmp_path / "pwned").exists()


def test_nothing_of_a_record_reaches_the_terminal_as_anything_but_text(repo: RepoBuilder) -> None:
    run = planted(repo, '"\\033[2J"', tags=["x"], message="a\nb")
    outcome = reproduce(repo.path, run)
    assert "\x1b" not in outcome.stdout + outcome.stderr
    assert outcome.status == 1
