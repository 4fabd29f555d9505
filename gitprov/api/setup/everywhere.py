"""`git prov init --global`: every later clone brings provenance and shows it.

With git 2.54 and newer the hooks are entries of the person's own configuration. Before, they are files in the template
that git copies into each new repository: in the person's own `init.templateDir` where there is one (beside the hooks in
it, and in front of them), else in a copy of git's default template. Whichever it is, the first hook that runs in a
clone (`git clone` runs post-checkout at its end) adds the fetch refspecs there and fetches the records.

Not done with `remote.origin.fetch` in the person's configuration, which `git clone` would go by: every repository,
remote or none, would then list a remote "origin", and clones with `-o` another name would get nothing.
"""

import os
import shutil
from collections.abc import Mapping
from typing import NamedTuple

from gitprov.api.setup import entries, hookfiles, shims
from gitprov.api.setup.configfile import ConfigFile
from gitprov.api.setup.ledger import Ledger
from gitprov.api.setup.local import DISPLAY_KEY, Report
from gitprov.api.setup.places import CONFIG_HOOKS_GIT, EVENTS, global_config, user_dir
from gitprov.gitrepo.process import Git, text
from gitprov.records.layout import DISPLAY

_KEY = "init.templateDir"


class Person(NamedTuple):
    """The person's own configuration, and where what it names stands."""

    git: Git
    environ: Mapping[str, str]
    ledger: Ledger
    config: ConfigFile
    directory: str


def init_global(cwd: str, environ: Mapping[str, str], *, program: str) -> Report:
    """Let every later clone bring and show provenance. Raises `GitFailed`, `OSError` where that cannot be written."""
    me = _person(cwd, environ)
    report = Report([], [], [])
    way = "config" if me.git.version() >= CONFIG_HOOKS_GIT else "files"
    if me.ledger.hooks and me.ledger.hooks != way:
        _remove_hooks(me)
    me.ledger.hooks = way
    me.ledger.save()
    if way == "config":
        hooks = os.path.join(me.directory, "hooks")
        commands = {event: entries.global_command(hooks, event) for event in EVENTS}
        entries.install(me.config, hooks, commands, program, me.ledger)
        report.done.append(f"hooks: entries in {me.config.path}")
    else:
        template = _template(me)
        kept = hookfiles.install(os.path.join(template, "hooks"), program, me.ledger)
        report.done.append(f"hooks: files in {template}, which git copies into new repositories")
        if kept:
            report.notes.append(f"kept and still run: {', '.join(kept)}")
        if environ.get("GIT_TEMPLATE_DIR"):
            report.warnings.append("GIT_TEMPLATE_DIR is set, and git goes by that template instead")
    if me.config.add(DISPLAY_KEY, DISPLAY):
        report.done.append("git log shows runs")
    report.notes.append("repositories that are here already: run git prov init in each")
    return report


def deinit_global(cwd: str, environ: Mapping[str, str]) -> Report:
    """Take out what `init_global` put in. Repositories made in between keep theirs until `git prov deinit` there."""
    me = _person(cwd, environ)
    report = Report([], [], [])
    if not me.ledger.exists:
        report.notes.append("nothing was set up for every clone")
        return report
    report.warnings.extend(_remove_hooks(me))
    me.config.undo()
    me.ledger.forget()
    report.done.append(f"{me.config.path} is as it was before")
    report.notes.append("repositories made in between keep their hooks until git prov deinit is run there")
    return report


def _person(cwd: str, environ: Mapping[str, str]) -> Person:
    git, directory = Git(cwd, environ), user_dir(environ)
    ledger = Ledger.load(os.path.join(directory, "install.json"), directory)
    return Person(git, environ, ledger, ConfigFile(git, global_config(environ), ledger), directory)


def _remove_hooks(me: Person) -> list[str]:
    left = []
    if me.ledger.hooks == "files":
        template = _configured_template(me)
        left = hookfiles.remove(os.path.join(template, "hooks")) if template else []
        own = os.path.join(me.directory, "template")
        if any(edit.key == _KEY for edit in me.ledger.edits) and os.path.isdir(own):
            shutil.rmtree(own)
    shims.remove_all(os.path.join(me.directory, "hooks"))
    me.config.undo(lambda key: entries.is_ours(key) or key == _KEY)
    _remove_made(me.ledger)
    return left


def _remove_made(ledger: Ledger) -> None:
    for name in reversed(ledger.made):
        path = ledger.place(name)
        if os.path.isdir(path) and not os.listdir(path):
            os.rmdir(path)
    ledger.made = []
    ledger.save()


def _template(me: Person) -> str:
    """The template directory to put hooks into: the person's own, or a copy in our care."""
    configured = _configured_template(me)
    if configured and os.path.isdir(configured) and os.access(configured, os.W_OK):
        return configured
    own = os.path.join(me.directory, "template")
    if not os.path.isdir(own):
        os.makedirs(me.directory, exist_ok=True)
        _copy_template(me.git, configured, own)
    known = me.config.values(_KEY)
    if known and known[-1] != own:
        me.config.replace(_KEY, known[-1], own)
    me.config.add(_KEY, own)
    return own


def _configured_template(me: Person) -> str:
    answer = me.git.start("config", "--type=path", "--get", _KEY).output(check=False)
    return text(answer).removesuffix("\n")


_NOT_TEMPLATE = shutil.ignore_patterns("HEAD", "config", "objects", "refs", "reftable")


def _copy_template(git: Git, source: str, target: str) -> None:
    """What git puts into a new repository besides the repository itself."""
    if source and os.path.isdir(source):
        shutil.copytree(source, target, symlinks=True)
        return
    scratch = f"{target}.{os.getpid()}"
    git.run("init", "--quiet", "--bare", scratch)
    try:
        shutil.copytree(scratch, target, symlinks=True, ignore=_NOT_TEMPLATE)
    finally:
        shutil.rmtree(scratch)
