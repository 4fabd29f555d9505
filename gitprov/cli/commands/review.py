"""`git prov review`: a person's word on a run."""

import os
from typing import TYPE_CHECKING

import click

from gitprov.api.session import Session, open_session
from gitprov.cli import editor, output
from gitprov.cli.options import json_option
from gitprov.errors import ExitStatus, ProvError, UsageError

if TYPE_CHECKING:
    from gitprov.api.reviewing import Prepared

_FILE = "PROV_REVIEW_EDITMSG"


@click.command("review", short_help="Accept or reject a run.")
@click.option("--accept", "is_accepted", is_flag=True, help="Its result stands, as far as you can judge.")
@click.option("--reject", "is_rejected", is_flag=True, help="It does not; say why.")
@click.option("-m", "--message", "words", multiple=True, metavar="TEXT", help="Why. Default: opens your editor.")
@json_option
@click.argument("names", nargs=-1, required=True, metavar="RUN...")
def review(
    *, names: tuple[str, ...], words: tuple[str, ...], is_accepted: bool, is_rejected: bool, as_json: bool
) -> None:
    """Say what you think of a run, once you have looked at it: accept it, or reject it and say why.

    Your word is kept in the log, as a review by whom git takes you for, and travels with git push. What you say later
    takes the place of what you said before. Accepting a run of your own is a self-review: it is shown, and counts for
    no rule. Several runs get the same words.

    \b
    $ git prov review 9f2c1ab --accept -m 'Read the code, checked the split.'
    $ git prov review results/model.json --reject -m 'The test set is in the training data.'
    """
    from gitprov.api import reviewing
    from gitprov.views import as_json as json_of
    from gitprov.views import reviews

    if is_accepted == is_rejected:
        raise UsageError("say one of --accept and --reject", hint="look at it first: git prov show RUN")
    session = open_session(os.getcwd(), os.environ)
    prepared = reviewing.prepare(session, names, "accepted" if is_accepted else "rejected")
    text = "\n\n".join(words) if words else _asked(session, prepared)
    done = reviewing.record(session, prepared, text)
    if as_json:
        output.show_document(json_of.document("reviews", done.records, prepared.problems))
    else:
        click.echo(reviews.recorded(done.records), nl=False)
    output.say(prepared.problems, done.notes)


def _asked(session: Session, prepared: "Prepared") -> str:
    """What the person writes in their editor; "" where there is no terminal for one. Raises `ProvError` for nothing."""
    from gitprov.views import reviews

    if not editor.can_be_opened():
        return ""
    remarks = reviews.remarks(prepared.verdict, [(target.run.plain(), target.criteria) for target in prepared.targets])
    text = editor.written(session, _FILE, remarks)
    if not text:
        hint = "" if prepared.verdict == "rejected" else "accept it without words: -m ''"
        raise ProvError("nothing was recorded: there is no text", hint=hint, status=ExitStatus.NO)
    return text
