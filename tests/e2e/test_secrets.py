"""A secret, wherever it is planted, is in no object of the repository: every object's bytes are searched."""

import json
import sys
from typing import Any

import pytest

from support.program import git_prov
from support.repo import RepoBuilder

pytestmark = pytest.mark.e2e

# Made up, with the shapes that real ones have, and put together here so that no scanner finds them in this file.
GITHUB = "ghp_" + "aK3xQ9mZ" * 4 + "Tr7w"
PLAIN = "correct7horse9battery"  # without any shape: known as a secret only by where it stands


def objects(repo: RepoBuilder) -> bytes:
    """All bytes of all objects, reachable or not."""
    return repo.git_bytes("cat-file", "--batch-all-objects", "--batch", "--unordered")


def shown(repo: RepoBuilder) -> dict[str, Any]:
    """The newest record."""
    found: dict[str, Any] = json.loads(git_prov("show", "--json", "@", cwd=repo.path).stdout)["records"][0]
    return found


def run(repo: RepoBuilder, *command: str, env: dict[str, str] | None = None, options: tuple[str, ...] = ()) -> None:
    """Record a run that works."""
    done = git_prov("run", *options, "--", *command, cwd=repo.path, env=env)
    assert done.status == 0, done.stderr


def test_the_search_finds_what_is_there(repo: RepoBuilder) -> None:
    repo.commit("leak", {"leak.txt": GITHUB})  # were the search blind, every other test here would pass

    assert GITHUB.encode() in objects(repo)


@pytest.mark.parametrize(
    "words",
    [
        ("--password", PLAIN),
        (f"--api-key={PLAIN}",),
        (GITHUB,),
        (f"https://ana:{PLAIN}@data.example.org/train.csv",),
        (f"https://data.example.org/train.csv?access_token={PLAIN}",),
        (f"Authorization: Bearer {PLAIN}",),
    ],
)
def test_no_secret_of_the_command_line_reaches_an_object(repo: RepoBuilder, words: tuple[str, ...]) -> None:
    run(repo, sys.executable, "-c", "pass", *words)

    assert shown(repo)["command"][:3] == [sys.executable, "-c", "pass"]
    assert PLAIN.encode() not in objects(repo)
    assert GITHUB.encode() not in objects(repo)


def test_the_value_of_a_secret_variable_is_hidden_wherever_it_turns_up(repo: RepoBuilder) -> None:
    script = (
        "import argparse, os, json, subprocess\n"
        "parser = argparse.ArgumentParser()\n"
        "parser.add_argument('--note', default=os.environ['STORE_TOKEN'])\n"
        "parser.parse_args()\n"
        "json.dump({'loss': 1, 'by ' + os.environ['STORE_TOKEN']: 2}, open('metrics.json', 'w'))\n"
        "subprocess.run(['git', 'prov', 'param', 'where=' + os.environ['STORE_TOKEN']], check=True)\n"
    )
    repo.commit("script", {"train.py": script})
    options = ("--metrics", "metrics.json", "-m", f"with {PLAIN}", "--tag", PLAIN, "--hypothesis", PLAIN)

    run(repo, sys.executable, "train.py", "--note", PLAIN, env={"STORE_TOKEN": PLAIN}, options=options)

    record = shown(repo)
    assert "[redacted:token" in record["message"]
    assert "[redacted:token" in record["params"]["where"]
    assert record["metrics"]["loss"] == 1
    assert PLAIN.encode() not in objects(repo)


@pytest.mark.parametrize(
    "content", [f"token = '{GITHUB}'\n", f"key: {PLAIN}\n"], ids=["by its shape", "as it is known"]
)
def test_an_untracked_file_with_a_secret_stays_out_of_the_snapshot(repo: RepoBuilder, content: str) -> None:
    repo.write("settings.yaml", content)
    repo.write("notes.txt", "nothing secret")

    run(repo, "true", env={"STORE_TOKEN": PLAIN})

    assert [left["path"] for left in shown(repo)["code"]["omitted"]] == ["settings.yaml"]
    assert b"nothing secret" in objects(repo)
    assert PLAIN.encode() not in objects(repo)
    assert GITHUB.encode() not in objects(repo)


def test_no_secret_of_a_parameter_reaches_an_object(repo: RepoBuilder) -> None:
    options = ("--param", f"api_key={PLAIN}", "--param", f"note={GITHUB}")
    run(
        repo,
        "git",
        "prov",
        "param",
        f"db.password={PLAIN}1",
        f"url=https://ana:{PLAIN}2@h.example.org/",
        options=options,
    )

    params = shown(repo)["params"]
    assert [value.partition("#")[0] for name, value in params.items() if name != "url"] == [
        "[redacted:key",
        "[redacted:github-token",
        "[redacted:password",
    ]
    assert params["url"].endswith("h.example.org/")
    assert PLAIN.encode() not in objects(repo)
    assert GITHUB.encode() not in objects(repo)


@pytest.mark.parametrize("trace", ["auto", "python"])
def test_a_secret_that_only_the_run_itself_names_is_hidden_in_its_command_and_message(
    repo: RepoBuilder, trace: str
) -> None:
    script = (
        "import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('password')\nparser.parse_args()\n"
    )
    repo.commit("script", {"login.py": script})

    run(repo, sys.executable, "login.py", PLAIN, options=("--trace", trace, "-m", f"as {PLAIN}", "--tag", PLAIN))

    record = shown(repo)
    assert record["params"]["password"] == record["command"][-1]
    assert record["command"][-1].startswith("[redacted:password#")
    assert PLAIN.encode() not in objects(repo)


def test_no_secret_of_a_metric_file_reaches_an_object(repo: RepoBuilder) -> None:
    repo.write(".gitprov.toml", '[capture]\nmetrics = ["metrics.json"]\n')
    results = json.dumps({"loss": 0.5, "token": PLAIN, "per_key": {GITHUB: 1.0}, "where": f"https://a:{PLAIN}@h.org"})
    run(repo, sys.executable, "-c", f"open('metrics.json', 'w').write({results!r})", "train")
    run(repo, "true")  # the file is untracked work by now

    assert shown(repo)["code"]["omitted"]
    assert PLAIN.encode() not in objects(repo)
    assert GITHUB.encode() not in objects(repo)
