"""What is known at the end of a run: its results, what it said of itself, whether it met expectations.

The imports inside functions are those that a run without results or expectations need not pay for.
"""

import os
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from gitprov.api.draft import Draft, file_stat, shared_metric_files
from gitprov.api.notebooks import put_notebooks
from gitprov.api.options import RunOptions
from gitprov.api.tracing import OFF
from gitprov.model.text import quote
from gitprov.records.journal import Entry, Journal


class Told(NamedTuple):
    """What a run said of itself, as fields of its record."""

    fields: dict[str, Any]
    data: dict[str, bytes]
    """The attachments they name, by digest."""


def check(options: RunOptions) -> None:
    """Refuse expectations that cannot be meant, before the run. Raises `UsageError`."""
    if options.expect:
        from gitprov.capture.intent import parse_expectation

        for text in options.expect:
            parse_expectation(text)


def collect(draft: Draft, options: RunOptions, journal: Journal | None) -> None:
    """Put into the draft the results of the run, and what it said of itself."""
    entry = None
    if journal:
        with draft.naming("what the run said of itself"):
            entry = journal.entry()
            if any(entry.told.values()):
                from gitprov.api import logged

                logged.put(draft, entry.told, entry.data)
    results, points = _read_metric_files(draft)
    points += _points(entry) if entry else []
    declared = draft.fields["params"]
    if draft.tracked:
        from gitprov.api.tracked import not_said

        tracked = not_said(draft.tracked, [*results, *(point["name"] for point in points)])
        results, points = {**tracked.values, **results}, [*tracked.events, *points]
        declared = {**tracked.params, **declared}
    told = _told(_params(entry) if entry else {}, points, declared)
    draft.fields["params"] = told.fields.get("params", {})
    draft.fields["metrics"] = {**results, **told.fields.get("metrics", {})}
    draft.fields["series"] = told.fields.get("series", [])
    draft.data.update(told.data)
    if expect := draft.fields["intent"].get("expect"):
        from gitprov.capture.intent import judge, parse_expectation

        expectations = [parse_expectation(text) for text in expect]
        draft.fields["intent"]["verdict"] = judge(expectations, draft.fields["metrics"]).verdict
    notebooks = entry.told["notebooks"] if entry else ()
    put_notebooks(draft, options.command, [path for path in notebooks if isinstance(path, str)])
    if draft.tracer == OFF:
        if draft.fields["status"] == "ok" and not draft.fields["seeds"]:
            draft.missing.append("seed not declared: --seed N")
        draft.missing.append("files were not traced: declare them with -i and -o")


def from_journal(entry: Entry) -> Told:
    """What the run had said before it was killed."""
    return _told(_params(entry), _points(entry), entry.run.get("params", {}))


def _params(entry: Entry) -> dict[str, Any]:
    """Return the parameters that the run's own program told, as a record can hold them."""
    if not entry.params:
        return {}
    from gitprov.model import plain

    return plain.params(entry.params)


def _points(entry: Entry) -> list[dict[str, Any]]:
    """Return the results that it told, in order of time; what is no number, or has no name, is passed over."""
    if not entry.metrics:
        return []
    from gitprov.capture.readers.gathered import point

    return [found for told in entry.metrics if (found := point(*map(told.get, ("name", "value", "step", "at"))))]


def _told(params: Mapping[str, Any], points: Iterable[Mapping[str, Any]], declared: Mapping[str, Any]) -> Told:
    """A metric told once, without a step, is a value; all others are series, kept whole as an attachment."""
    by_name: dict[str, list[dict[str, Any]]] = {}
    for point in points:
        by_name.setdefault(point["name"], []).append(dict(point))
    told = Told({"params": {**declared, **params}, "metrics": {}, "series": []}, {})
    if by_name:
        from gitprov.artifacts.hashing import digest_bytes
        from gitprov.capture import series
    for name, events in by_name.items():
        told.fields["metrics"][name] = events[-1]["value"]
        if len(events) > 1 or "step" in events[0]:
            content = series.attachment(events)
            digest = digest_bytes(content)
            told.data[digest] = content
            told.fields["series"].append({"name": name, "digest": digest, **series.summarise(events)[name]._asdict()})
    return Told({name: value for name, value in told.fields.items() if value}, told.data)


def _read_metric_files(draft: Draft) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The results in files that this run wrote; what an earlier run left there is not its own."""
    results: dict[str, Any] = {}
    points: list[dict[str, Any]] = []
    for path in dict.fromkeys([*draft.metric_files, *shared_metric_files(draft)]):
        now = file_stat(path)
        if now is None or now == draft.metric_files.get(path):
            if path in draft.declared_metrics:
                why = "is not there" if now is None else "was not written by this run"
                draft.missing.append(f"metrics: {quote(os.path.basename(path))} {why}")
                draft.warnings.append(f"no metrics from {os.path.basename(path)}: it {why}")
            continue
        with draft.naming("metrics"):
            from gitprov.capture import metrics

            read = metrics.read_file(path)
            results.update(read.values)
            points += read.events
    return results, points
