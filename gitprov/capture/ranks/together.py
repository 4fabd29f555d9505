"""One record of a launch, out of the records of its ranks."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from gitprov.capture.ranks import observed as ranks
from gitprov.capture.ranks.gathering import Gathered, Modes, gathered
from gitprov.capture.ranks.observed import Rank, final, first_to_fail
from gitprov.capture.told.seeds import MOST as MOST_SEEDS

_OF_ONE = ("environment", "hardware")
_FILLED = ("seeds", "params", "metrics", "determinism")
_SUMMED = ("cpu_seconds", "read", "written")


class Part(NamedTuple):
    """One rank's record, and how that rank ended."""

    rank: Rank
    run: Mapping[str, Any]


class Together(NamedTuple):
    """A record, and the listings of directories that are new in it, by digest."""

    record: dict[str, Any]
    data: dict[str, bytes]


def together(parts: Sequence[Part], about: Mapping[str, Any], data: Mapping[str, bytes], mode: Modes) -> Together:
    """Return the record of the whole. `about` is what `launch` says (kind, world, job), `data` what the parts name.

    The lowest rank of the last attempt speaks for all where they must agree; what the others know besides is added,
    and where they do not agree, that is said in `capture.missing`.
    """
    world = about.get("world", len(parts))
    last = final((part.rank for part in parts), world) or final((part.rank for part in parts), 1 << 30)
    by_rank = {part.rank: part for part in parts}
    speaker, missing = by_rank[last[0]], _missing(parts)
    record = {**speaker.run, **_outcome(parts, last, by_rank)}
    everyone = [by_rank[rank] for rank in last] + [part for part in parts if part.rank not in last]
    for name in _FILLED:
        record[name] = _filled(name, everyone)
    for name in _OF_ONE:
        missing += _differing(name, speaker, everyone)
    missing += _other_code(speaker, everyone)
    inputs, outputs = _files(everyone, data, mode)
    record |= {"input": inputs.entries, "output": outputs.entries}
    missing += [f"{path}: only what one of the ranks saw in it is known" for path in inputs.incomplete]
    missing += [f"{path}: only what one of the ranks left in it is known" for path in outputs.incomplete]
    record["tags"] = list(dict.fromkeys(tag for part in everyone for tag in part.run.get("tags", ())))
    record["series"] = _named(part.run.get("series", ()) for part in everyone)
    record["usage"] = _usage(everyone)
    record |= _launch(parts, about)
    unseen = sorted(set(range(world)) - {part.rank.rank for part in parts}) if world <= 1 << 20 else []
    if unseen:
        missing.append(f"{len(unseen)} of {world} ranks were not recorded, the first of them rank {unseen[0]}")
    capture = {**speaker.run.get("capture", {}), "complete": not missing, "missing": missing}
    fields = {name: value for name, value in {**record, "capture": capture}.items() if value not in ("", [], {}, None)}
    return Together(fields, {**inputs.data, **outputs.data})


def _outcome(parts: Sequence[Part], last: Sequence[Rank], by_rank: Mapping[Rank, Part]) -> dict[str, Any]:
    """How it ended: as the rank did that failed first, or well."""
    began = min(parts, key=lambda part: part.rank.began)
    ended = max((part.rank.ended for part in parts if part.rank.ended is not None), default=None)
    bad = first_to_fail(last)
    one = by_rank[bad].run if bad else {"status": "ok", "exit": 0}
    found: dict[str, Any] = {name: one.get(name) for name in ("exit", "signal")}
    found["status"] = bad.status if bad else "ok"
    found["at"] = began.run.get("at")
    found["seconds"] = None if ended is None else round(ended - began.rank.began, 3)
    return found


def _launch(parts: Sequence[Part], about: Mapping[str, Any]) -> dict[str, Any]:
    """`launch`, `rank` and `attempt`; a rank that is a launcher itself (torchrun, on each node) gives its own ranks."""
    told = ranks.told((part.rank for part in parts), clock=True)
    inner = [part for part in parts if part.run.get("rank")]
    if not inner:
        return {"launch": dict(about), **told}
    entries = [
        {**entry, **({"host": part.rank.host} if part.rank.host else {})}
        for part in inner
        for entry in part.run["rank"]
    ]
    entries.sort(key=lambda entry: (entry.get("attempt", 1), entry.get("rank", 0)))
    job = {"job": about["job"]} if about.get("job") else {}
    attempts = max((part.run.get("attempt", []) for part in inner), key=len)
    return {
        "launch": {**inner[0].run.get("launch", about), **job},
        "rank": entries,
        "attempt": attempts if len(attempts) > len(told["attempt"]) else told["attempt"],
    }


def _missing(parts: Iterable[Part]) -> list[str]:
    return list(dict.fromkeys(text for part in parts for text in part.run.get("capture", {}).get("missing", ())))


def _differing(name: str, speaker: Part, everyone: Sequence[Part]) -> list[str]:
    """A line for a table that is not the same for all ranks; what a rank could not tell is no difference."""
    own = speaker.run.get(name)
    others = [part.rank.rank for part in everyone if part.run.get(name, own) != own]
    of = f"that of rank {speaker.rank.rank} is recorded, that of rank {others[0]} is another" if others else ""
    return [f"{name}: {of}"] if of else []


def _other_code(speaker: Part, everyone: Sequence[Part]) -> list[str]:
    own = speaker.run.get("code", {}).get("tree")
    others = [part.rank for part in everyone if part.run.get("code", {}).get("tree", own) != own]
    return [f"code: rank {others[0].rank} ran other code than rank {speaker.rank.rank}"] if others else []


def _filled(name: str, everyone: Sequence[Part]) -> dict[str, Any]:
    """What any rank knows, the speaker's word first; of seeds, which ranks draw apart, all that differ."""
    found: dict[str, Any] = {}
    for part in everyone:
        for key, value in part.run.get(name, {}).items():
            if key not in found:
                found[key] = value
            elif name == "seeds":
                found[key] = _with(found[key], value)
    return found


def _with(seeds: Any, more: Any) -> Any:  # noqa: ANN401 - a number, or a list of them
    known = list(seeds) if isinstance(seeds, list) else [seeds]
    known += [one for one in (more if isinstance(more, list) else [more]) if one not in known]
    return known[0] if len(known) == 1 else known[:MOST_SEEDS]


def _by_end(part: Part) -> tuple[bool, float]:
    return part.rank.ended is None, part.rank.ended or 0.0


def _files(everyone: Sequence[Part], data: Mapping[str, bytes], mode: Modes) -> tuple[Gathered, Gathered]:
    """All inputs as they were first seen, and all outputs as they were last left."""
    ordered = sorted(everyone, key=_by_end)
    outputs = gathered((part.run.get("output", ()) for part in ordered), data, mode)
    return gathered(reversed(_from_outside(ordered)), data, mode), outputs


def _from_outside(parts: Sequence[Part]) -> list[list[Mapping[str, Any]]]:
    """The inputs of each rank, without what one rank wrote for another to read."""
    written: dict[tuple[str, str], set[int]] = {}
    read: dict[tuple[str, str], set[int]] = {}
    for part in parts:
        for name, by in (("output", written), ("input", read)):
            for entry in part.run.get(name, ()):
                by.setdefault(_content(entry), set()).add(part.rank.rank)
    return [
        [one for one in part.run.get("input", ()) if _is_own(written.get(_content(one)), read[_content(one)])]
        for part in parts
    ]


def _is_own(writers: Collection[int] | None, readers: Collection[int]) -> bool:
    return not writers or not set(writers).isdisjoint(readers)


def _content(entry: Mapping[str, Any]) -> tuple[str, str]:
    return entry["path"], entry.get("digest", "")


def _named(series: Iterable[Iterable[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for several in series:
        for one in several:
            found.setdefault(one["name"], dict(one))
    return list(found.values())


def _usage(everyone: Sequence[Part]) -> dict[str, Any]:
    """Time and bytes of all together; of peaks, which need not have been at one time, the greatest."""
    tables = [part.run.get("usage", {}) for part in everyone]
    names = dict.fromkeys(name for table in tables for name in table)
    found = {}
    for name in names:
        values = [table[name] for table in tables if isinstance(table.get(name), int | float)]
        if values:
            found[name] = round(sum(values), 3) if name in _SUMMED else max(values)
    return found
