"""Why a field is refused, in words for people: what pydantic found, said our way."""

from typing import TYPE_CHECKING, Any, Final

from gitprov.model.text import single_line
from gitprov.model.wire import SHOWN, place

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

_WORDS: Final = {
    "missing": "is missing",
    "string_type": "is not text",
    "int_type": "is not an integer",
    "bool_type": "is not true or false",
    "tuple_type": "is not a list",
    "dict_type": "is not a table",
    "model_type": "is not a table",
    "too_short": "is empty",
    "too_long": "has too many entries",
    "greater_than_equal": "is less than nothing",
}


def explain(error: "ValidationError") -> str:
    """Say what is wrong first: `input[0].path climbs out of the repository: ../x`."""
    first = error.errors(include_url=False)[0]
    context = first.get("ctx", {})
    hidden = first["type"] in ("missing", "too_long")
    return f"{place(first['loc'])} {_reason(first, context)}" + (
        "" if hidden else shown(context.get("shown", first["input"]))
    )


def shown(value: object) -> str:
    """Return an offending value for the end of a message: escaped, on one line, cut."""
    if value is None or value == "":
        return ""
    text = value if isinstance(value, str) else repr(value)
    return ": " + single_line(text, SHOWN)


def _reason(detail: "ErrorDetails", context: dict[str, Any]) -> str:
    if detail["type"] == "literal_error":
        return f"is not {context['expected']}"
    return _WORDS.get(detail["type"], detail["msg"])
