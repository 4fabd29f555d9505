"""`git prov check`: does a change meet the repository's policy?"""

import os
import sys
from typing import TYPE_CHECKING

import click

from gitprov.api.session import Session, open_session
from gitprov.cli import output, verdicts
from gitprov.cli.options import json_option
from gitprov.errors import ExitStatus, UsageError

if TYPE_CHECKING:
    from gitprov.model.verdicts import Judgement

_STAGES = ("pre-commit", "commit-msg", "pre-push")


@click.command("check", short_help="Hold a change against the repository's rules.")
@click.option("--ci", is_flag=True, help="Judge commits by every rule, in the words of the machine that runs it.")
@click.option("--range", "within", default="", metavar="A..B", help="Judge what B brings, seen from A. Every rule.")
@click.option("--branch", metavar="B", help="Where the commits go to. Default: what CI says, else HEAD's branch.")
@click.option("--stage", type=click.Choice(_STAGES), help="Judge as this hook does. Default: pre-commit.")
@click.option("--rule", "rules", multiple=True, metavar="NAME", help="Ask this rule alone; may be given several times.")
@click.option("--format", "form", type=click.Choice(verdicts.FORMATS), help="What to print. Default: text.")
@click.option("--markdown", metavar="FILE", help="Write a summary in Markdown, besides.")
@click.option("--junit", metavar="FILE", help="Write a JUnit report (XML), besides: GitLab and Jenkins show it.")
@click.option("--sarif", metavar="FILE", help="Write a SARIF report, besides: code scanning shows it.")
@json_option
@click.argument("files", nargs=-1, metavar="[FILES]...")
def check(
    *,
    ci: bool,
    within: str,
    branch: str | None,
    stage: str | None,
    rules: tuple[str, ...],
    form: str | None,
    markdown: str | None,
    junit: str | None,
    sarif: str | None,
    as_json: bool,
    files: tuple[str, ...],
) -> int:
    """Hold what is staged against the rules in .gitprov.toml; with --range, what a range of commits comes to.

    What is staged is judged as git would commit it now, whatever the working tree holds. FILES: these alone. A rule
    at level block makes the exit status 1, one at level warn does not. What cannot be judged, because records or
    history have not been fetched, is an error with the command that fetches it.

    --ci without --range judges what the job of GitHub Actions or GitLab CI is about, elsewhere the newest commit. In
    GitHub Actions it prints annotations, and adds a table to the summary of the job.

    --stage commit-msg FILE judges a message, and adds the trailer Prov-Run where the rule message-names-run wants it.
    --stage pre-push REMOTE reads from standard input what git gives to that hook.

    \b
    $ git prov check
    $ git prov check --range origin/main..HEAD
    $ git prov check --ci --range A..B --junit report.xml
    """
    if (ci or within) and stage:
        raise UsageError("--stage judges what a hook sees, --ci and --range judge commits", hint="give one of them")
    if as_json and form not in (None, "json"):
        raise UsageError(f"--json and --format {form} are two formats", hint="give one of them")
    session = open_session(os.getcwd(), os.environ)
    from gitprov.api.policy import stages

    if rules:
        stages.check_names(rules)
    if ci or within:
        judgement = stages.ci(session, within, files, only=rules, branch=branch)
    else:
        judgement = _at_stage(session, stage or _STAGES[0], files, rules, branch)
    shown = "json" if as_json else form or verdicts.usual_format(os.environ, ci=ci)
    _show(session, judgement, shown)
    verdicts.report(judgement, {"markdown": markdown, "junit": junit, "sarif": sarif}, os.environ, ci=ci)
    if shown in ("text", "json"):  # the other formats have the notes in them
        output.say((), judgement.notes)
    return ExitStatus.NO if judgement.blocked else ExitStatus.DONE


def _show(session: Session, judgement: "Judgement", form: str) -> None:
    if form != "text":
        output.show_document(verdicts.rendered(form, judgement))
        return
    from gitprov.views import check as views

    place = output.screen(session)
    output.show(session, place, views.check(judgement, colour=place.colour))


def _at_stage(
    session: Session, stage: str, files: tuple[str, ...], rules: tuple[str, ...], branch: str | None
) -> "Judgement":
    from gitprov.api.policy import stages

    if stage == "commit-msg":
        if len(files) != 1:
            raise UsageError("--stage commit-msg judges one message", hint="name its file: .git/COMMIT_EDITMSG")
        return stages.commit_msg(session, files[0], only=rules)
    if stage == "pre-push":
        if not files:
            raise UsageError("--stage pre-push needs to know the remote", hint="name it: --stage pre-push origin")
        if sys.stdin.isatty():
            hint = "judge commits as CI does: git prov check --range A..B"
            raise UsageError("--stage pre-push reads what git gives to that hook, and there is nothing", hint=hint)
        return stages.pre_push(session, os.fsdecode(sys.stdin.buffer.read()), files[0], only=rules)
    return stages.pre_commit(session, files, only=rules, branch=branch)
