"""What was observed of a run, put into its draft: the files it touched, and what its Python processes said."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from gitprov.api.draft import Draft
from gitprov.api.options import Progress
from gitprov.api.traced import Traced, put_traced
from gitprov.capture import hashseed
from gitprov.capture.environment.finding import is_python
from gitprov.capture.environment.probe import Probe
from gitprov.capture.environment.shared import shared_libraries
from gitprov.capture.files.kinds import interpreter_of
from gitprov.capture.files.touched import Touched
from gitprov.capture.told.observed import observed

if TYPE_CHECKING:
    from gitprov.gitrepo.listing import Listing

_NAMED: Final = 5
_ASKED_ONLY: Final = frozenset(
    ("arch", "getconf", "hostname", "ldconfig", "lscpu", "nproc", "nvidia-smi", "stty", "tput", "uname")
)
"""Programs that libraries start to ask about the machine; they use no file of anybody's."""
_DRAW_UNSEEN: Final = {
    "R": "R",
    "Rscript": "R",
    "julia": "Julia",
    "octave": "Octave",
    "matlab": "MATLAB",
    "MATLAB": "MATLAB",
}
"""Languages of science whose generators of random numbers nothing here looks into."""


def put_observed(
    draft: Draft,
    touched: Touched,
    started_ns: int,
    *,
    child: int = 0,
    why_not_all: str = "",
    probe: Probe | None = None,
    progress: Progress | None = None,
    listings: "Sequence[Listing]" = (),
) -> None:
    """Put all of it into a draft that has its code, environment and declared files. Raises `ProvError`, `OSError`.

    `child` is the number of the command's own process, 0 where that is not known; `why_not_all` says why strace does
    not watch, where it was to; `listings` are of trees that git was asked about before.
    """
    if not touched.certain:
        draft.missing += unwatched(draft.fields["command"][0], child, touched, why_not_all)
    traced = put_traced(draft, touched, started_ns, progress, listings=listings)
    _put_said(draft, touched)
    _put_ranks(draft, touched)
    _put_tracked(draft, touched, started_ns)
    with draft.naming("the software it used"):
        _put_software(draft, touched, traced, probe)


def _put_tracked(draft: Draft, touched: Touched, started_ns: int) -> None:
    """What other trackers wrote; that is put beside what the run says itself when that is known."""
    if not touched.made:
        return
    from gitprov.capture.readers import looks_like

    if any(map(looks_like, touched.made)):
        from gitprov.api.tracked import read_trackers

        with draft.naming("what other trackers wrote"):
            draft.tracked = read_trackers(draft, touched.made, _interpreters(touched), started_ns)


def _put_software(draft: Draft, touched: Touched, traced: Traced, probe: Probe | None) -> None:
    """What of the environment the run really used, and what it used besides."""
    environment: dict[str, Any] = draft.fields.setdefault("environment", {})
    if touched.certain:
        paths = [*touched.read, *touched.programs]
        found = {"system_libraries": shared_libraries(paths), **_of_r(draft, touched, paths)}
        environment.update({name: value for name, value in found.items() if value})
        if not _has_python(touched):
            environment["python_ran"] = False  # it is only the first one on PATH that is described
    if probe is None:
        return
    main = probe.result()
    used = probe.used(traced.libraries) if traced.libraries else []
    if used:
        environment["used"] = used
    draft.missing += [problem for name, problem in main.trees.items() if name in used]
    session = draft.session
    interpreters = _interpreters(touched)
    if len(interpreters) > 1:
        from gitprov.capture.environment.others import others

        more = others(interpreters, main, session.environ, session.state.cache, session.repo.worktree or "")
        if more.entries:
            environment["others"] = more.entries
        draft.data.update(more.locks)
        draft.missing += more.problems


def _interpreters(touched: Touched) -> list[str]:
    """The Pythons that ran, by absolute path. What Python is built into (a web server, a debugger) is never started."""
    said = dict.fromkeys(str(one.header.get("executable") or "") for one in touched.processes)
    return [path for path in said if os.path.isabs(path) and is_python(path)]


def _has_python(touched: Touched) -> bool:
    """Whether any Python ran: as a program, by the first line of a script, or within another program."""
    return (
        bool(touched.processes)
        or any(is_python(path) or is_python(interpreter_of(path)) for path in touched.programs)
        or any(os.path.basename(path).startswith("libpython") for path in touched.read)
    )


def _of_r(draft: Draft, touched: Touched, paths: list[str]) -> dict[str, Any]:
    """R and its packages, where it was run."""
    if not any(os.path.basename(path) in ("R", "Rscript") for path in touched.programs):
        return {}
    from gitprov.capture.environment.rlang import r_packages, r_version

    session = draft.session
    version = r_version(paths, draft.fields["command"][0], session.environ, session.cwd)
    return {"r": version, "r_packages": r_packages(paths)}


def _put_said(draft: Draft, touched: Touched) -> None:
    fields = draft.fields
    seeds = fields.get("seeds", {})
    said = observed(touched.processes, seeds.get("declared"))
    if not touched.processes:
        seeds = {name: value for name, value in seeds.items() if name != hashseed.FIELD}  # nobody made use of it
    fields["seeds"] = {**seeds, **said.seeds}
    fields["params"] = {**said.params, **fields.get("params", {})}
    fields["determinism"] = said.determinism
    if said.gpu_memory_peak is not None:
        fields.setdefault("usage", {})["gpu_memory_peak"] = said.gpu_memory_peak
    if not said.seeds and fields["status"] == "ok":
        draft.missing += _unseen(touched)
    environment: dict[str, Any] = fields.setdefault("environment", {})
    environment.update(said.versions)
    environment.update({name: value for name in ("blas", "libraries") if (value := getattr(said, name))})
    draft.missing += said.missing


def _put_ranks(draft: Draft, touched: Touched) -> None:
    """Which of the processes were the ranks of a launch, where any was."""
    processes = [one for one in touched.processes if one.header.get("launch")]
    if processes:
        from gitprov.capture.ranks import observed as ranks

        seen = [ranks.process_of(one.header, one.began, one.last, in_order=one.end is not None) for one in processes]
        draft.fields |= ranks.observed([one for one in seen if one], draft.session.environ)


def _unseen(touched: Touched) -> list[str]:
    programs = touched.programs
    names = dict.fromkeys(_DRAW_UNSEEN[name] for path in programs if (name := os.path.basename(path)) in _DRAW_UNSEEN)
    if touched.certain and not touched.processes and any(map(is_python, programs)):
        names["Python"] = None  # it was isolated, or strace alone was asked to watch
    return [f"whether {name} was seeded is not seen: set a seed there, and declare it with --seed N" for name in names]


def unwatched(command: str, child: int, touched: Touched, why: str = "") -> list[str]:
    """Say which programs of a run that Python alone watched were none of Python's: their files are not known."""
    names: dict[str, None] = {}
    if child and all(one.header.get("pid") != child for one in touched.processes):
        names[os.path.basename(command)] = None
    for path in touched.programs:
        name = os.path.basename(path)
        if not (name in _ASKED_ONLY or is_python(path) or is_python(interpreter_of(path))):
            names[name] = None
    readers = [(one.end or {}).get("open_below_python") for one in touched.processes]
    libraries = dict.fromkeys(str(name) for found in readers if isinstance(found, list) for name in found)
    mend = f"for Python alone is watched{f' ({why})' if why else ''}: declare them with -i and -o"
    used = [f"files that {_listed(list(names))} used were not seen, {mend}"] if names else []
    inside = [f"files that are opened inside {_listed(list(libraries))} were not seen, {mend}"] if libraries else []
    return used + inside


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
