"""What each key of the file means, in the words that stand below it in the models; and all of it as JSON Schema."""

import ast
import inspect
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from textwrap import dedent
from typing import Any, Final

from pydantic import BaseModel

from gitprov.model.policy.shared import Shared

DRAFT: Final = "http://json-schema.org/draft-07/schema#"
"""The version that editors understand."""


def says(model: type[BaseModel], field: str) -> str:
    """Return what is said of a field by the model, or by one that it is made from; "" where the source is not there."""
    found = (_docstrings(one).get(field, "") for one in model.__mro__ if issubclass(one, BaseModel))
    return next((text for text in found if text), "")


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of `.gitprov.toml`."""
    made = Shared.model_json_schema(ref_template="#/definitions/{model}")
    definitions = made.pop("$defs")
    schema = {"$schema": DRAFT, **made, "definitions": definitions}
    models: list[type[BaseModel]] = [Shared, *_models(Shared)]
    for model in models:
        table = schema if model is Shared else definitions[model.__name__]
        for name, info in model.model_fields.items():
            if text := says(model, name):
                table["properties"][info.alias or name]["description"] = text.replace("`", "")
    return {"$schema": DRAFT, "title": ".gitprov.toml", **_plain(schema)}


@cache
def _docstrings(model: type[BaseModel]) -> dict[str, str]:
    """The text below each field. Read only when somebody asks: at every start it would cost as much as the models."""
    try:
        tree = ast.parse(dedent(inspect.getsource(model)))
    except (OSError, SyntaxError):
        return {}
    body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
    return {
        field.target.id: " ".join(below.value.value.split())
        for field, below in pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) and isinstance(below.value.value, str)
    }


def _models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """The models of the tables below one."""
    for info in model.model_fields.values():
        for inner in _inside(info.annotation):
            yield inner
            yield from _models(inner)


def _inside(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 - any annotation
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from _inside(part)


def _plain(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Without what only Python needs: titles, null (TOML has none), defaults of whole tables."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "anyOf" in value and {"type": "null"} in value["anyOf"]:
        value = {**value, "anyOf": [one for one in value["anyOf"] if one != {"type": "null"}]}
        value = {key: item for key, item in value.items() if key != "default" or item is not None}
        if len(value["anyOf"]) == 1:
            value = {**value["anyOf"][0], **{key: item for key, item in value.items() if key != "anyOf"}}
    if "$ref" in value and len(value) > 1:  # beside a reference nothing else counts in this version
        rest = {key: item for key, item in value.items() if key != "$ref"}
        value = {"allOf": [{"$ref": value["$ref"]}], **rest}
    kept = {key: item for key, item in value.items() if not _is_noise(key, item)}
    return {key: _plain(item) for key, item in kept.items()}


def _is_noise(key: str, value: object) -> bool:
    return (key == "title" and isinstance(value, str)) or (key == "default" and isinstance(value, dict))
