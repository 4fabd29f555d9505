"""What is said of a record, as rows: a label, and lines beside it. How they are laid out is not decided here."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from gitprov.model import standing
from gitprov.model.answers import About
from gitprov.model.run import Run
from gitprov.model.text import visible
from gitprov.model.words import duration, size
from gitprov.views import units
from gitprov.views.drift import splits
from gitprov.views.replication import causes, metrics, outputs
from gitprov.views.reviews import review
from gitprov.views.style import width

_DIGEST: Final = 12
_REPLICATIONS: Final = 10
_REVIEWS: Final = 10
_WIDE: Final = 1000  # what is too wide for the terminal is wrapped by whoever lays it out
_ENVELOPE: Final = frozenset(("kind", "schema", "id", "at", "by"))

Fields = Mapping[str, Any]


class Row(NamedTuple):
    """What one label says: paragraphs, each on lines of its own."""

    label: str
    lines: list[str]


class Known(NamedTuple):
    """What is known besides the record."""

    about: Mapping[str, About]
    """The commits it names."""
    committed: Mapping[str, str]
    """By run, the commit that took its uncommitted changes in."""
    now: datetime
    replications: Mapping[str, Sequence[Fields]] = MappingProxyType({})
    """By run, the records of its replications, the oldest first."""
    reviews: Mapping[str, Sequence[Fields]] = MappingProxyType({})
    """By run, the reviews of it that count, the oldest first."""
    signatures: Mapping[str, str] = MappingProxyType({})
    """By record that is signed, what is found of its signature, in words."""


Say = Callable[[Fields, Known], list[str]]


def rows(record: Fields, known: Known) -> list[Row]:
    """Return the rows of a record, the most asked-for first; what is empty has none."""
    return _run_rows(record, known) if record["kind"] == "run" else _other_rows(record, known)


def _run_rows(run: Fields, known: Known) -> list[Row]:
    found = [Row(label, lines) for label, say in _RUN_ROWS if (lines := say(run, known))]
    named = {field.alias or name for name, field in Run.model_fields.items()} | {standing.STANDING}
    return found + [Row(_label(name), _table(value)) for name, value in run.items() if name not in named and value]


def _other_rows(record: Fields, known: Known) -> list[Row]:
    found = [Row("When", _when(record, known)), Row("By", [units.line(record["by"])])]
    found += [Row("Signature", signed)] if (signed := _signature(record, known)) else []
    lists = _OF_REPLICATION if record["kind"] == "replication" else {}
    for name, value in record.items():
        if name in lists:
            found.append(lists[name](record))
        elif name not in _ENVELOPE:
            found.append(Row(_label(name), _paragraphs(value) if isinstance(value, str) else _table(value)))
    return found


_OF_REPLICATION: Final[Mapping[str, Callable[[Fields], Row]]] = {
    "output": lambda record: Row("Outputs", outputs(record, _WIDE)),
    "metric": lambda record: Row("Metrics", metrics(record["metric"], _WIDE)),
    "deviation": lambda record: Row("Different", causes(record["deviation"], _WIDE)),
}


def _label(name: str) -> str:
    return units.line(name).capitalize().replace("_", " ")


def _commit(run: Fields, known: Known) -> list[str]:
    code = run.get("code", {})
    lines = []
    if "commit" in code and "base" not in code:
        lines.append(_commit_line(code["commit"], known))
    if "base" in code:
        kept = f"kept as {code['commit'][:12]}" if "commit" in code else "which could not be kept"
        lines += [_commit_line(code["base"], known), f"with uncommitted changes, {kept}"]
        if since := known.committed.get(run["id"]):
            lines.append(f"which were committed as {_commit_line(since, known)}")
    lines += [f"without {units.line(item['path'])}: {units.line(item['why'])}" for item in code.get("omitted", ())]
    for item in code.get("submodules", ()):
        lines.append(
            f"submodule {units.line(item['path'])}" + (" with changes of its own" if item.get("dirty") else "")
        )
    return lines


def _commit_line(oid: str, known: Known) -> str:
    about = known.about.get(oid)
    if about is None:
        return f"{oid} (not in this repository)"
    refs = f" ({', '.join(map(units.line, about.refs))})" if about.refs else ""
    return f"{oid[:12]}{refs} {units.line(about.subject)}"


def _when(record: Fields, known: Known) -> list[str]:
    took = f", took {duration(record['seconds'])}" if "seconds" in record else ""
    return [f"{units.when(record['at'])} ({units.ago(record['at'], known.now)}){took}"]


def _signature(record: Fields, known: Known) -> list[str]:
    found = known.signatures.get(record["id"])
    return [units.line(found)] if found else []


def _expected(run: Fields, _: Known) -> list[str]:
    intent = run.get("intent", {})
    verdict = f": {units.line(intent['verdict'])}" if "verdict" in intent else ""
    return ["; ".join(map(units.line, intent["expect"])) + verdict] if intent.get("expect") else []


def _environment(run: Fields, _: Known) -> list[str]:
    found = run.get("environment", {})
    if found.get("python_ran") is False and not found.get("conda"):
        found = {name: value for name, value in found.items() if name not in ("python", "digest")}
    said = {"python": "Python {}", "r": "R {}", "platform": "{}", "container": "container {}", "digest": "lock {}"}
    parts = [
        form.format(_digest(found[name]) if name == "digest" else units.line(found[name]))
        for name, form in said.items()
        if name in found
    ]
    return [", ".join(parts)] if parts else []


def _hardware(run: Fields, _: Known) -> list[str]:
    found = run.get("hardware", {})
    parts = [units.line(found["cpu"])] if "cpu" in found else []
    parts += [f"{found['cores']} cores"] if "cores" in found else []
    parts += [size(found["memory"])] if "memory" in found else []
    return [*([", ".join(parts)] if parts else []), *map(units.line, found.get("gpus", ()))]


def _usage(run: Fields, _: Known) -> list[str]:
    found = run.get("usage", {})
    parts = [f"{duration(found['cpu_seconds'])} of processor time"] if "cpu_seconds" in found else []
    sizes = {"peak_memory": "{} of memory", "gpu_memory_peak": "{} of GPU memory", "read": "{} read from disk"}
    sizes["written"] = "{} written to disk"
    parts += [form.format(size(found[name])) for name, form in sizes.items() if name in found]
    return [", ".join(parts)] if parts else []


def _packages(run: Fields, _: Known) -> list[str]:
    used = run.get("environment", {}).get("used")
    return [", ".join(map(units.line, used))] if used else []


def _capture(run: Fields, _: Known) -> list[str]:
    capture = run.get("capture", {})
    tracer = capture.get("tracer", "off")
    by = f", traced by {units.line(tracer)}" if tracer != "off" else ""
    if capture.get("complete"):
        return [f"complete{by}"]
    missing = [f"- {units.line(what)}" for what in capture.get("missing", ())]
    return [f"incomplete{by}" + (":" if missing else ""), *missing] if capture else []


def _series(run: Fields, _: Known) -> list[str]:
    return [
        f"{units.line(one['name'])}: {one.get('count', '?')} points, last {units.value(one.get('last'))}"
        + (f", best {units.value(one['best'])}" if "best" in one else "")
        for one in run.get("series", ())
    ]


def _artifacts(items: list[Fields]) -> list[str]:
    """The files of a run, their sizes and digests below each other."""
    cells = [
        (
            units.line(item["path"]) + (f" ({item['files']} files)" if item.get("files", 1) != 1 else ""),
            size(item["size"]) if "size" in item else "",
            _digest(item["digest"]) if "digest" in item else "not there",
            units.line(item.get("how", "")),
        )
        for item in items
    ]
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(cell + " " * (room - width(cell)) for cell, room in zip(row, widths, strict=True)) for row in cells
    ]


def _digest(digest: str) -> str:
    scheme, _, rest = digest.partition(":")
    return units.line(f"{scheme}:{rest[:_DIGEST]}")


def _table(value: object) -> list[str]:
    """A line for each entry of a table, those of tables within it by their dotted names."""
    rows = list(_entries("", value))
    if len(rows) == 1 and not rows[0][0]:
        return [rows[0][1]]
    room = max((width(name) for name, _ in rows), default=0)
    return [f"{name}{' ' * (room - width(name))} = {said}" for name, said in rows]


def _entries(name: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from _entries(f"{name}.{units.line(key)}".removeprefix("."), item)
    else:
        yield name, "null" if value is None else units.value(value)


def _paragraphs(text: str) -> list[str]:
    return visible(text).split("\n") if text else []


def _field(name: str) -> Say:
    return lambda record, _: [units.value(record[name])] if record.get(name) else []


def _text(name: str) -> Say:
    return lambda record, _: _paragraphs(record.get(name, ""))


def _of_table(name: str) -> Say:
    return lambda record, _: _table(record[name]) if record.get(name) else []


def _files(name: str) -> Say:
    return lambda record, _: _artifacts(record[name]) if record.get(name) else []


def _standing(run: Fields, known: Known) -> list[str]:
    """Whether the result stands: in a line, then each replication in one of its own, the newest first."""
    told = run.get(standing.STANDING)
    if not told:
        return []
    every = [
        f"{one['verdict']}: {units.ago(one['at'], known.now)}, by {units.line(one['by'])} ({units.short(one['id'])})"
        for one in reversed(known.replications.get(run["id"], ()))
    ]
    more = [f"and {len(every) - _REPLICATIONS} more"] if len(every) > _REPLICATIONS else []
    return [standing.words(told), *every[:_REPLICATIONS], *more]


def _reviews(run: Fields, known: Known) -> list[str]:
    """What each person thinks of a run, the newest first, and why."""
    every = list(reversed(known.reviews.get(run["id"], ())))
    lines = [line for one in every[:_REVIEWS] for line in review(one, known.now)]
    return [*lines, f"and {len(every) - _REVIEWS} more"] if len(every) > _REVIEWS else lines


_RUN_ROWS: Final[tuple[tuple[str, Say], ...]] = (
    ("Commit", _commit),
    ("When", _when),
    ("By", _field("by")),
    ("Signature", _signature),
    ("Message", _text("message")),
    ("Standing", _standing),
    ("Reviews", _reviews),
    ("Reproduces", lambda run, _: [units.short(run["reproduces"])] if run.get("reproduces") else []),
    ("Tags", _field("tags")),
    ("Directory", lambda run, _: [units.line(run["cwd"])] if run.get("cwd", ".") != "." else []),
    ("Inside", _field("parents")),
    ("Experiment", lambda run, _: _paragraphs(run.get("intent", {}).get("experiment", ""))),
    ("Hypothesis", lambda run, _: _paragraphs(run.get("intent", {}).get("hypothesis", ""))),
    ("Expected", _expected),
    ("Params", _of_table("params")),
    ("Metrics", _of_table("metrics")),
    ("Series", _series),
    ("Inputs", _files("input")),
    ("Splits", lambda run, _: splits(run)),
    ("Outputs", _files("output")),
    ("Environment", _environment),
    ("Packages", _packages),
    ("Hardware", _hardware),
    ("Used", _usage),
    ("Seeds", _of_table("seeds")),
    ("Determinism", _of_table("determinism")),
    ("Capture", _capture),
)
