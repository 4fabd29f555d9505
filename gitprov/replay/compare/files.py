"""Two files compared: byte by byte, then by what they are. Whatever a parser makes of them, this answers."""

from collections.abc import Callable
from typing import Final

from gitprov.model.text import single_line
from gitprov.replay.compare.formats import (
    archives,
    arrays,
    cells,
    columns,
    hdf5,
    headed,
    lines,
    markup,
    notebooks,
    pdf,
    pictures,
    streams,
    tensors,
    values,
)
from gitprov.replay.compare.formats.kinds import kind_of
from gitprov.replay.compare.outcome import DIFFERS, NOISE, NOT_COMPARABLE, SAME, Outcome, Unreadable
from gitprov.replay.compare.source import Source, same_bytes
from gitprov.replay.compare.tally import Enough, Tally, Terms

_Comparer = Callable[[Source, Source, Tally], None]
_COMPARERS: Final[dict[str, _Comparer]] = {
    "arrow": columns.arrow,
    "bytes": headed.opaque,
    "bzip2": streams.bzipped,
    "csv": cells.table,
    "gzip": streams.gzipped,
    "hdf5": hdf5.hdf5,
    "image": pictures.pixels,
    "json": values.json_document,
    "jsonl": values.json_lines,
    "markup": markup.markup,
    "mat": headed.mat,
    "notebook": notebooks.notebook,
    "npy": arrays.npy,
    "parquet": columns.parquet,
    "pdf": pdf.pdf,
    "pickle": headed.pickled,
    "png": pictures.png,
    "pyc": headed.pyc,
    "safetensors": tensors.safetensors,
    "tar": archives.tarred,
    "text": lines.text,
    "toml": values.toml_document,
    "xz": streams.xzipped,
    "yaml": values.yaml_document,
    "zip": archives.zipped,
}
_IS_TEXT: Final = frozenset({"csv", "json", "jsonl", "markup", "notebook", "toml", "yaml"})
_LONGEST: Final = 200
_WRITTEN: Final = "how the same content is written"


def compare(before: Source, after: Source, terms: Terms) -> Outcome:
    """Compare two files; what cannot be compared, for whatever reason, is an outcome and no exception."""
    try:
        if same_bytes(before, after):
            return Outcome(SAME)
        kind, now = kind_of(before), kind_of(after)
    except Unreadable as error:
        return Outcome(NOT_COMPARABLE, str(error))
    except Exception as error:  # noqa: BLE001 - files from elsewhere, and decompressors that raise what they like
        return _failed(error)
    if kind != now:
        return Outcome(DIFFERS, f"is {now} now, {kind} is recorded")
    outcome = _by(_COMPARERS[kind], before, after, terms)
    if outcome.grade == NOT_COMPARABLE and kind in _IS_TEXT:
        outcome = _by(lines.text, before, after, terms)
    if outcome.grade == SAME:  # the bytes are not
        return Outcome(NOISE, "", (_WRITTEN,))
    return outcome


def _by(comparer: _Comparer, before: Source, after: Source, terms: Terms) -> Outcome:
    tally = Tally(terms, compare)
    try:
        comparer(before, after, tally)
    except Enough:
        pass
    except Unreadable as error:
        return Outcome(NOT_COMPARABLE, str(error))
    except Exception as error:  # noqa: BLE001 - parsers of other people's files, some not ours
        return _failed(error)
    return tally.outcome()


def _failed(error: Exception) -> Outcome:
    words = single_line(str(error), _LONGEST)
    return Outcome(NOT_COMPARABLE, f"cannot be read: {words or type(error).__name__}")
