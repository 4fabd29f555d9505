"""Planted causes: the verdict, the exit status and the cause that is named first, for each way a run can come out."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support.program import git_prov, run_program
from support.replayed import leftovers, newest, replication, reproduce
from support.repo import RepoBuilder

pytestmark = pytest.mark.e2e

PROGRAM = """\
import json, os, pathlib, random
told = os.environ.get
if told("SEED") != "none":
    random.seed(int(told("SEED", "1")))
if told("VARIANT") == "b":
    import variant_b as variant
else:
    import variant_a as variant
rows = pathlib.Path(told("DATA", "data"), "rows.txt").read_text().split()
score = variant.BASE + sum(map(int, rows)) / 1000 + random.random() / 100
pathlib.Path("score.json").write_text(json.dumps({"score": score}))
"""
FILES = {
    "train.py": PROGRAM,
    "variant_a.py": "BASE = 0.5\n",
    "variant_b.py": "BASE = 0.7\n",
    ".gitignore": "data/\nscore.json\n__pycache__/\n",
}
ROWS = "1 2 3\n"


def trained(repo: RepoBuilder, **environ: str) -> str:
    """Have a training run recorded, and return its id."""
    repo.commit("project", FILES)
    repo.write("data/rows.txt", ROWS)
    return ran(repo, "python3", "train.py", options=("--metrics", "score.json"), **environ)


def ran(repo: RepoBuilder, *command: str | Path, options: tuple[str, ...] = (), **environ: str) -> str:
    """Have a run recorded, and return its id."""
    outcome = git_prov("run", *options, "--", *command, cwd=repo.path, env=environ)
    assert outcome.status == 0, outcome.stderr
    return str(newest(repo.path)["id"])


def causes(done: dict[str, Any]) -> list[str]:
    """Return what was not the same to begin with, the likeliest cause first."""
    return [one["what"] for one in done.get("deviation", ())]


def test_without_a_cause_it_is_identical(repo: RepoBuilder) -> None:
    run = trained(repo)
    done = replication(repo.path, run, WHATEVER="else")
    assert (done["verdict"], causes(done)) == ("identical", [])


# Data


def test_one_changed_byte_that_nobody_has_otherwise_is_not_comparable_and_named(repo: RepoBuilder) -> None:
    run = trained(repo)
    repo.write("data/rows.txt", "1 2 4\n")
    done = replication(repo.path, run)
    assert done["verdict"] == "not-comparable"
    assert done["reason"].startswith("could not be had: data/rows.txt: ")
    assert "rerun" not in done, "nothing was run on other data"


def test_one_changed_byte_of_data_read_from_elsewhere_is_the_first_cause(repo: RepoBuilder, tmp_path: Path) -> None:
    run = trained(repo)
    (tmp_path / "data").mkdir()
    (tmp_path / "data/rows.txt").write_text("1 2 4\n")
    done = replication(repo.path, run, DATA=str(tmp_path / "data"))
    assert done["verdict"] == "deviates"
    assert causes(done)[0].startswith("input data/rows.txt: b3:")
    assert causes(done)[1].startswith(f"input {tmp_path}/data/rows.txt: not read → b3:")


def test_the_same_bytes_from_elsewhere_are_no_cause(repo: RepoBuilder, tmp_path: Path) -> None:
    run = trained(repo)
    (tmp_path / "data").mkdir()
    (tmp_path / "data/rows.txt").write_text(ROWS)
    done = replication(repo.path, run, DATA=str(tmp_path / "data"), SEED="2")
    assert (done["verdict"], causes(done)) == ("deviates", ["seed of python: 1 → 2"])


# Software


def environment(place: Path, **versions: str) -> str:
    """Make a virtual environment with packages of one module each; return a PATH with it in front."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True)
    (site,) = place.glob("lib/python*/site-packages")
    for name, version in versions.items():
        info = site / f"{name}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        (info / "RECORD").write_text(f"{name}.py,,\n")
        (site / f"{name}.py").write_text(f"VALUE = {version}\n")
    tools = run_program("sh", "-c", 'printf %s "$PATH"', cwd=place).stdout
    return f"{place}/bin:{tools}"


def test_another_version_of_a_library_that_the_run_used_is_the_first_cause(repo: RepoBuilder, tmp_path: Path) -> None:
    before = environment(tmp_path / "before", aside="1.0", used="1.0")
    after = environment(tmp_path / "after", aside="2.0", used="2.0")
    repo.commit("uses", {"use.py": "import used; open('out.txt', 'w').write(str(used.VALUE))\n"})
    run = ran(repo, "python3", "use.py", PATH=before)

    same, other = replication(repo.path, run, PATH=before), replication(repo.path, run, PATH=after)

    assert (same["verdict"], causes(same)) == ("identical", [])
    assert (other["verdict"], causes(other)) == (
        "deviates",
        ["package used: 1.0 → 2.0", "package aside: 1.0 → 2.0"],
    )


def test_a_library_that_is_not_there_makes_it_fail_and_is_the_first_cause(repo: RepoBuilder, tmp_path: Path) -> None:
    before, after = environment(tmp_path / "before", used="1.0"), environment(tmp_path / "after", another="1.0")
    repo.commit("uses", {"use.py": "import used; open('out.txt', 'w').write(str(used.VALUE))\n"})
    run = ran(repo, "python3", "use.py", PATH=before)
    done = replication(repo.path, run, PATH=after)
    assert (done["verdict"], causes(done)[0]) == ("failed", "package used: 1.0 → not installed")
    assert done["reason"] == "it ended well when it was recorded, now: exit status 1"


# Randomness


def test_another_seed_is_the_first_cause(repo: RepoBuilder) -> None:
    run = trained(repo)
    done = replication(repo.path, run, SEED="2")
    assert (done["verdict"], causes(done)) == ("deviates", ["seed of python: 1 → 2"])


def test_no_seed_is_the_first_cause(repo: RepoBuilder) -> None:
    run = trained(repo, SEED="none")
    done = replication(repo.path, run, SEED="none")
    assert done["verdict"] == "deviates"
    assert causes(done)[0] == "randomness without a seed: random"


# Code


def test_other_code_of_the_same_commit_is_the_first_cause_and_named(repo: RepoBuilder) -> None:
    run = trained(repo)
    done = replication(repo.path, run, VARIANT="b")
    assert done["verdict"] == "deviates"
    first, second = causes(done)
    assert first.startswith("code variant_a.py: git:")
    assert second.startswith("code variant_b.py: not read → git:")


def test_code_too_large_to_be_kept_is_the_first_cause(repo: RepoBuilder) -> None:
    large = f"BASE = 0.5  # {'x' * 2000}\n"
    repo.commit("large", {**FILES, "variant_a.py": large, ".gitprov.toml": "[capture]\nsnapshot_max_file = 1000\n"})
    repo.write("data/rows.txt", ROWS)
    repo.write("variant_a.py", large.replace("0.5", "0.6"))
    options = ("--metrics", "score.json", "--trace", "off", "-o", "score.json", "-i", "data/rows.txt")
    run = ran(repo, "python3", "train.py", options=options)
    done = replication(repo.path, run)
    assert done["verdict"] == "deviates"
    assert causes(done)[0].startswith("code variant_a.py: as it was then, which was not kept")


def test_changes_in_a_submodule_that_were_not_committed_are_the_first_cause(repo: RepoBuilder, tmp_path: Path) -> None:
    part = RepoBuilder.init(tmp_path / "part")
    part.commit("part", {"value.txt": "1\n"})
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(part.path), "part")
    repo.commit("with a part", {"copy.py": "open('out.txt', 'w').write(open('part/value.txt').read())\n"})
    repo.write("part/value.txt", "2\n")
    run = ran(repo, "python3", "copy.py", options=("--trace", "off", "-o", "out.txt"))
    done = replication(repo.path, run)
    assert done["verdict"] == "deviates"
    assert causes(done)[0] == "code submodule part: with changes that were not committed → without them"


def test_uncommitted_code_that_stayed_where_it_was_written_is_not_comparable(repo: RepoBuilder, tmp_path: Path) -> None:
    hub = repo.bare_remote(tmp_path / "hub.git")
    assert git_prov("init", cwd=repo.path).status == 0
    repo.git("config", "prov.snapshots", "local")
    repo.commit("project", FILES)
    repo.write("data/rows.txt", ROWS)
    repo.write("variant_a.py", "BASE = 0.6\n")
    run = ran(repo, "python3", "train.py")
    repo.git("push", "-q", "-u", "origin", "HEAD")
    there = hub.clone(tmp_path / "there")
    assert git_prov("init", cwd=there.path).status == 0
    there.write("data/rows.txt", ROWS)

    done = replication(there.path, run)

    assert done["verdict"] == "not-comparable"
    assert done["reason"].startswith("could not be had: commit ")
    assert leftovers(there) == []


# Metrics

TELLS = """\
import json, os
values = json.loads(os.environ["VALUES"])
open("values.json", "w").write(json.dumps(values))
"""


def told(repo: RepoBuilder, values: str) -> str:
    """Have a run recorded whose metrics are `values`, as JSON."""
    repo.commit("tells", {"tell.py": TELLS, ".gitignore": "values.json\n"})
    return ran(repo, "python3", "tell.py", options=("--metrics", "values.json"), VALUES=values)


@pytest.mark.parametrize(
    ("flag", "before", "inside", "outside"),
    [
        ("abs:0.01", 0.5, 0.51, 0.5101),
        ("abs:0.01", 0.5, 0.49, 0.4899),
        ("rel:0.02", 200.0, 204.0, 204.1),
        ("abs:5,rel:0.02", 200.0, 205.0, 205.1),
    ],
)
def test_a_metric_nudged_to_just_inside_stands_and_to_just_outside_deviates(
    repo: RepoBuilder, flag: str, before: float, inside: float, outside: float
) -> None:
    run = told(repo, json.dumps({"score": before}))
    for options in (("--tolerance", f"score={flag}"), ()):
        if not options:
            repo.write(".gitprov.toml", f"[tolerance]\nscore = {{ {flag.replace(':', ' = ')} }}\n")
        for after, verdict, cause in (
            (inside, "within-tolerance", []),
            (outside, "deviates", ["unknown cause: nothing that is recorded was different"]),
        ):
            done = replication(repo.path, run, *options, VALUES=json.dumps({"score": after}))
            (metric,) = done["metric"]
            assert (done["verdict"], causes(done)) == (verdict, cause)
            assert (metric["within"], metric["tolerance"]) == (verdict == "within-tolerance", flag)


def test_without_a_tolerance_another_order_of_summation_stands_and_another_result_does_not(repo: RepoBuilder) -> None:
    run = told(repo, '{"score": 0.6}')
    assert replication(repo.path, run, VALUES='{"score": 0.6000000000000001}')["verdict"] == "within-tolerance"
    assert replication(repo.path, run, VALUES='{"score": 0.60001}')["verdict"] == "deviates"


@pytest.mark.parametrize(
    ("before", "outcomes"),
    [
        ("NaN", {"NaN": "identical", "0.5": "deviates", "Infinity": "deviates"}),
        ("Infinity", {"Infinity": "identical", "-Infinity": "deviates", "1e300": "deviates"}),
        ("0.5", {"NaN": "deviates", "-Infinity": "deviates"}),
    ],
)
def test_what_is_no_finite_number_is_near_its_like_alone(
    repo: RepoBuilder, before: str, outcomes: dict[str, str]
) -> None:
    run = told(repo, f'{{"score": {before}}}')
    generous = ("--tolerance", "score=abs:1e308")
    for after, verdict in outcomes.items():
        done = replication(repo.path, run, *generous, VALUES=f'{{"score": {after}}}')
        shown = "1e+300" if after == "1e300" else after
        reason = f"score ({before} → {shown})" if verdict == "deviates" else "1 output and 1 metric, all the same"
        assert (done["verdict"], reason in done["reason"]) == (verdict, True), done["reason"]


def test_nan_both_times_is_said(repo: RepoBuilder) -> None:
    run = told(repo, '{"score": NaN, "loss": 1.5}')
    shown = reproduce(repo.path, run, VALUES='{"score": NaN, "loss": 1.5}')
    assert shown.status == 0
    assert "NaN both times" in shown.stdout


def test_a_missing_metric_deviates_and_is_named(repo: RepoBuilder) -> None:
    run = told(repo, '{"loss": 1.5, "score": 0.5}')
    done = replication(repo.path, run, "--tolerance", "values.json=any", VALUES='{"loss": 1.5}')
    assert (done["verdict"], done["reason"]) == ("deviates", "score (is missing)")


def test_an_extra_metric_stands_and_is_named(repo: RepoBuilder) -> None:
    repo.commit("tells", {"tell.sh": 'git prov metric score=0.5; [ -z "$MORE" ] || git prov metric extra=1\n'})
    run = ran(repo, "sh", "tell.sh")
    done = replication(repo.path, run, MORE="1")
    assert done["verdict"] == "within-tolerance"
    assert done["reason"].endswith("only new: extra")
