"""What verbs write besides their answer in CI: reports in files, and the summary of a job of GitHub Actions."""

import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final

from gitprov import __version__
from gitprov.errors import ProvError

if TYPE_CHECKING:
    from gitprov.model.verdicts import Judgement

FORMATS: Final = ("text", "markdown", "github", "junit", "sarif", "json")
"""What can be printed."""
_SUMMARY: Final = "GITHUB_STEP_SUMMARY"


def rendered(form: str, judgement: "Judgement") -> str:
    """Return a judgement in one of the formats that are the same wherever they are read."""
    from gitprov.views import as_json, check_github, check_junit, check_markdown, check_sarif

    views: Mapping[str, Callable[[Judgement], str]] = {
        "markdown": check_markdown.check,
        "github": check_github.check,
        "junit": check_junit.check,
        "sarif": partial(check_sarif.check, version=__version__),
        "json": as_json.judgement,
    }
    return views[form](judgement)


def usual_format(environ: Mapping[str, str], *, ci: bool) -> str:
    """Return the format for who did not ask for one: annotations where GitHub Actions reads them, else text."""
    return "github" if ci and _is_github(environ) else "text"


def report(judgement: "Judgement", files: Mapping[str, str | None], environ: Mapping[str, str], *, ci: bool) -> None:
    """Write the files that were asked for, by format, and in GitHub Actions the summary of the job.

    Raises `ProvError` where a file cannot be written.
    """
    for form, path in files.items():
        if path is not None:
            _write(path, rendered(form, judgement))
    if ci:
        summarize(lambda: rendered("markdown", judgement), environ)


def summarize(markdown: Callable[[], str], environ: Mapping[str, str]) -> None:
    """Add Markdown to the summary of the job, in GitHub Actions; elsewhere there is none, and it is not asked for.

    A summary that cannot be written is a line on standard error: it changes nothing of the verdict.
    """
    if _is_github(environ) and environ.get(_SUMMARY):
        _append(environ[_SUMMARY], markdown())


def _is_github(environ: Mapping[str, str]) -> bool:
    return environ.get("GITHUB_ACTIONS") == "true"


def _write(path: str, text: str) -> None:
    """Write a file whole or not at all, with its directories; what is there and no plain file is written to."""
    beside = f"{os.path.realpath(path)}.{os.getpid()}.new"
    try:
        if os.path.exists(path) and not os.path.isfile(path):  # a pipe, a device
            _put(path, text)
            return
        os.makedirs(os.path.dirname(beside), exist_ok=True)
        try:
            _put(beside, text)
            os.replace(beside, os.path.realpath(path))
        finally:
            with suppress(OSError):
                os.unlink(beside)
    except OSError as error:
        hint = "name a file that can be written, in a directory of yours"
        raise ProvError(f"{path} cannot be written: {error.strerror}", hint=hint) from None


def _put(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)


def _append(path: str, text: str) -> None:
    try:
        with open(path, "a", encoding="utf-8", newline="\n") as file:
            file.write(f"{text}\n")
    except OSError as error:
        print(f"note: the summary of the job was not written: {error.strerror}", file=sys.stderr)
