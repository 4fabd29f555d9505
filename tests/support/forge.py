"""Jobs of GitHub Actions and GitLab CI run here, line by line, from the files that people are to copy."""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from support.program import Outcome, run_program
from support.repo import RepoBuilder

FILES: Final = Path(__file__).parents[2] / "docs/ci"
ZEROS: Final = "0" * 40
_EXPRESSION: Final = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
_INSTALLED: Final = ("actions/checkout", "actions/setup-python")


class Job(NamedTuple):
    """What became of a job."""

    status: int
    log: str
    where: Path

    @property
    def summary(self) -> str:
        """What GitHub shows on the page of the job."""
        return (self.where.parent / "summary.md").read_text()


def github(hub: RepoBuilder, where: Path, sha: str, ref: str, event: Mapping[str, Any], *, depth: int = 0) -> Job:
    """Run the workflow for a commit of the hub; `depth` stands in for the one in the file."""
    (job,) = yaml.safe_load((FILES / "github-actions.yml").read_text())["jobs"].values()
    name = "pull_request" if "pull_request" in event else "push"
    context = {"github": {"event": event, "event_name": name}}
    environ = _github_environ(where, sha, ref, event, name)
    done = []
    for step in job["steps"]:
        uses = step.get("uses", "").partition("@")[0]
        if uses == "actions/checkout":
            _checkout(hub, where, sha, ref, depth or step["with"]["fetch-depth"])
        elif "run" in step and _holds(step.get("if", ""), context):
            own = {key: _filled(value, context) for key, value in step.get("env", {}).items()}
            done.append(run_program("bash", "-e", "-c", step["run"], cwd=where, env={**environ, **own}))
            if done[-1].status:
                break
        assert uses in ("", *_INSTALLED)
    return _job(done, where)


def _github_environ(where: Path, sha: str, ref: str, event: Mapping[str, Any], name: str) -> dict[str, str]:
    path = where.parent / "event.json"
    path.write_text(json.dumps(event))
    short = ref.removeprefix("refs/").partition("/")[2]
    return {
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_BASE_REF": event["pull_request"]["base"]["ref"] if name == "pull_request" else "",
        "GITHUB_EVENT_NAME": name,
        "GITHUB_EVENT_PATH": str(path),
        "GITHUB_REF": ref,
        "GITHUB_REF_NAME": short,
        "GITHUB_REF_TYPE": "tag" if ref.startswith("refs/tags/") else "branch",
        "GITHUB_SHA": sha,
        "GITHUB_STEP_SUMMARY": str(where.parent / "summary.md"),
    }


def _checkout(hub: RepoBuilder, where: Path, sha: str, ref: str, depth: int) -> None:
    """What `actions/checkout` does, a command a line."""
    clone = RepoBuilder.init(where)
    clone.git("remote", "add", "origin", hub.path.as_uri())
    local = ref.replace("refs/heads/", "refs/remotes/origin/").replace("refs/pull/", "refs/remotes/pull/")
    source = ref if ref.startswith("refs/tags/") else sha
    clone.git("fetch", "-q", "--no-tags", "--prune", f"--depth={depth}", "origin", f"+{source}:{local}")
    if ref.startswith("refs/heads/"):
        clone.git("checkout", "-q", "--force", "-B", ref.removeprefix("refs/heads/"), local)
    else:
        clone.git("checkout", "-q", "--force", "--detach", local)


def _holds(condition: str, context: Mapping[str, Any]) -> bool:
    """Whether an `if:` of `a && b == 'c'` holds."""
    return all(_is_true(part.strip(), context) for part in condition.split("&&")) if condition else True


def _is_true(part: str, context: Mapping[str, Any]) -> bool:
    name, equals, value = part.partition(" == ")
    found = _value(name, context)
    return found == value.strip("'") if equals else bool(found)


def _filled(text: str, context: Mapping[str, Any]) -> str:
    return _EXPRESSION.sub(lambda match: str(_value(match[1], context)), text)


def _value(name: str, context: Mapping[str, Any]) -> object:
    found: Any = context
    for key in name.split("."):
        found = found.get(key, "") if isinstance(found, Mapping) else ""
    return found


def gitlab(hub: RepoBuilder, where: Path, sha: str, variables: Mapping[str, str]) -> Job:
    """Run the job of GitLab CI for a commit of the hub."""
    (job,) = yaml.safe_load((FILES / "gitlab-ci.yml").read_text()).values()
    environ = {"CI": "true", "GITLAB_CI": "true", "CI_COMMIT_SHA": sha, "CI_DEFAULT_BRANCH": "main"}
    environ |= {"CI_PROJECT_URL": "https://gitlab.example.org/a/b", **job["variables"], **variables}
    assert any(_matches(rule["if"], environ) for rule in job["rules"]), "the job would not run"
    clone = RepoBuilder.init(where)
    clone.git("remote", "add", "origin", hub.path.as_uri())
    wanted = [f"+{sha}:refs/pipelines/1"]
    if branch := environ.get("CI_COMMIT_BRANCH"):
        wanted.append(f"+refs/heads/{branch}:refs/remotes/origin/{branch}")
    clone.git("fetch", "-q", "--prune", "--depth", environ["GIT_DEPTH"], "origin", *wanted)
    clone.git("checkout", "-q", "-f", "--detach", sha)
    script = "set -eo pipefail\n" + "\n".join(job["script"])
    return _job([run_program("bash", "-c", script, cwd=where, env=environ)], where)


def _matches(condition: str, environ: Mapping[str, str]) -> bool:
    left, equals, right = condition.partition(" == ")
    said = environ.get(left.removeprefix("$"), "")
    wanted = environ.get(right[1:], "") if right.startswith("$") else right.strip('"')
    return said == wanted if equals else bool(said)


def _job(done: list[Outcome], where: Path) -> Job:
    log = "".join(one.stdout + one.stderr for one in done)
    return Job(done[-1].status, log.replace(os.fspath(where), "."), where)
