"""Several runs reproduced at once: which they are, side by side, resumed, and the table at the end."""

import json
from pathlib import Path

import pytest

from support.program import git_prov
from support.replayed import leftovers, recorded, reproduce, runs
from support.repo import RepoBuilder

pytestmark = pytest.mark.e2e

WRITES = "import os, sys; open(sys.argv[1], 'w').write(sys.argv[1] + os.environ.get('WHO', ''))"


def three(repo: RepoBuilder) -> list[str]:
    """Record three runs, the second of which comes out otherwise for somebody else; two have a tag."""
    repo.commit("writes", {"write.py": WRITES, ".gitignore": "*.txt\n"})
    first = recorded(repo, "python3", "write.py", "one.txt", options=("-t", "paper"))
    repo.commit("more", {"more.py": ""})
    second = recorded(repo, "python3", "write.py", "two.txt")
    third = recorded(repo, "python3", "write.py", "three.txt", options=("-t", "paper"))
    return [first, second, third]


def rows(path: Path, *options: str, **environ: str | None) -> list[tuple[str, str, bool]]:
    """Reproduce several, and return run, verdict and whether that was reached before."""
    outcome = git_prov("reproduce", "--env", "current", "--yes", "--json", *options, cwd=path, env=environ)
    assert outcome.status in (0, 1), outcome.stderr
    return [(row["run"], row["verdict"], row["earlier"]) for row in json.loads(outcome.stdout)["reproduced"]]


def test_the_runs_of_a_query_or_a_range_are_reproduced_side_by_side(repo: RepoBuilder) -> None:
    first, second, third = three(repo)
    assert rows(repo.path, "--query", 'tag == "paper"', "-j", "2") == [
        (first, "identical", False),
        (third, "identical", False),
    ]
    assert rows(repo.path, "--range", "HEAD~1..HEAD", "-j", "2") == [
        (second, "identical", False),
        (third, "identical", False),
    ]
    assert [run["standing"]["tried"] for run in runs(repo.path)] == [2, 1, 1]
    assert leftovers(repo) == []


def test_what_was_reproduced_here_is_left_out_when_resumed(repo: RepoBuilder) -> None:
    first, second, third = three(repo)
    assert rows(repo.path, second, first, "--resume", WHO="bo") == [
        (first, "deviates", False),
        (second, "deviates", False),
    ]
    assert rows(repo.path, first, second, third, "--resume") == [
        (first, "deviates", True),
        (second, "deviates", True),
        (third, "identical", False),
    ]


def test_the_table_and_the_summary_count_the_verdicts(repo: RepoBuilder) -> None:
    first, second, _ = three(repo)
    table = reproduce(repo.path, first, second)
    assert table.status == 0
    assert table.stdout.splitlines()[0].split()[:2] == [first[:7], "identical"]
    assert table.stdout.splitlines()[-1] == "2 of 2 stand: 2 identical."
    assert all(len(line) <= 80 for line in table.stdout.splitlines())
    summary = reproduce(repo.path, first, "--ci", WHO="bo")
    assert summary.status == 1
    assert "0 of 1 stand: 1 deviates." in summary.stdout
    assert f"| {first[:7]} | deviates | python3 write.py one.txt |" in summary.stdout


def test_in_github_actions_the_job_has_the_summary(repo: RepoBuilder, tmp_path: Path) -> None:
    first, _, _ = three(repo)
    file = tmp_path / "summary.md"
    file.write_text("before\n", encoding="utf-8")
    job = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(file)}

    done = reproduce(repo.path, first, "--ci", **job)

    assert file.read_text(encoding="utf-8") == f"before\n{done.stdout}\n"
    reproduce(repo.path, first, **job)  # and nothing where nobody asks for it
    assert file.read_text(encoding="utf-8") == f"before\n{done.stdout}\n"


def test_what_fits_nothing_is_said(repo: RepoBuilder) -> None:
    three(repo)
    assert git_prov("reproduce", "--yes", cwd=repo.path).status == 129
    nothing = git_prov("reproduce", "--yes", "--query", 'tag == "none"', cwd=repo.path)
    assert (nothing.status, "no run fits" in nothing.stderr) == (128, True)
    placed = reproduce(repo.path, "@", "@~1", "--in", "x")
    assert (placed.status, "--in is a place for one run" in placed.stderr) == (129, True)


STEPS = {
    "a.py": "open('a.bin', 'w').write('made of nothing')",
    "b.py": "open('b.bin', 'w').write(open('a.bin').read().upper())",
    "c.py": "open('c.bin', 'w').write(open('b.bin').read()[::-1])",
    ".gitignore": "*.bin\n",
}


def test_a_chain_is_reproduced_upstream_first_where_what_it_reads_is_gone(repo: RepoBuilder) -> None:
    repo.commit("steps", STEPS)
    a, b, c = (recorded(repo, "python3", name) for name in ("a.py", "b.py", "c.py"))
    (repo.path / "a.bin").unlink()
    (repo.path / "b.bin").unlink()

    assert reproduce(repo.path, c).stdout.startswith("not-comparable: could not be had: b.bin")
    assert rows(repo.path, c, "--chain") == [
        (a, "identical", False),
        (b, "identical", False),
        (c, "identical", False),
    ]
    assert not (repo.path / "a.bin").exists()
    assert rows(repo.path, c, "--chain") == [(c, "identical", False)], "the store has it all by now"
