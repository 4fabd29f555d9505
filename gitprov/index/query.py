"""The query language of `git prov ls`: `metrics.accuracy > 0.9 and params.lr == 0.1 and status == "ok"`.

    query      := condition { "or" condition }            "and" binds closer than "or", "not" closer than "and"
    condition  := "(" query ")" | "not" condition | comparison
    comparison := value ( "==" | "!=" | "<" | "<=" | ">" | ">=" ) value
                | field "~" "regular expression" | field [ "not" ] "in" "[" value, ... "]" | field

A field alone asks whether a run has it. What a run does not have compares with nothing: every comparison with it is
false but `== null`. A field with several values (`tag`, `input.path`) fits when one of them does; `!=` and `not in`
fit when none of them is that value. A date (`at >= "2026-11-01"`) is all of that day, month or year.
"""

import re
import warnings
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from gitprov.errors import UsageError
from gitprov.index import compare, fields
from gitprov.index.fields import Field
from gitprov.index.lexer import Token, tokens, unreadable
from gitprov.model.text import single_line

Condition = Callable[[Mapping[str, Any]], bool]

_DEPTH: Final = 64
"""The most parentheses and `not`s within each other."""
_MIRRORED: Final = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Query(NamedTuple):
    """A query that was understood."""

    matches: Condition
    """Tells whether a run, as a plain record, is one of those asked for."""
    fields: tuple[Field, ...]
    """The fields it names."""


def parse(text: str, present: fields.Names = tuple) -> Query:
    """Return what a query means; `present` gives the names of fields that records here have.

    Raises `UsageError`, pointing at the place, where it cannot be read or names a field that no run can have.
    """
    parser = _Parser(text, present)
    condition = parser.whole()
    return Query(condition, tuple(dict.fromkeys(parser.named)))


class _Value(NamedTuple):
    """A value written in the query: text, number, true, false or null; `token` is where."""

    value: str | int | float | bool | None
    token: Token


class _Parser:
    """Recursive descent over the tokens; each method reads one rule of the grammar and returns its condition."""

    def __init__(self, text: str, present: fields.Names) -> None:
        self._text = text
        self._present = present
        self._tokens = tokens(text)
        self._next = 0
        self._depth = 0
        self.named: list[Field] = []

    def whole(self) -> Condition:
        condition = self._query()
        if self._token.kind != "end":
            raise self._unexpected("'and' or 'or'")
        return condition

    # Rules

    def _query(self) -> Condition:
        conditions = [self._all()]
        while self._take("keyword", "or"):
            conditions.append(self._all())
        return _any(conditions)

    def _all(self) -> Condition:
        conditions = [self._condition()]
        while self._take("keyword", "and"):
            conditions.append(self._condition())
        return _every(conditions)

    def _condition(self) -> Condition:
        self._depth += 1
        if self._depth > _DEPTH:
            raise unreadable(self._text, self._token.at, f"more than {_DEPTH} levels deep", "ask for less at once")
        try:
            if self._take("keyword", "not"):
                return _negated(self._condition())
            if self._take("mark", "("):
                inner = self._query()
                self._expect(")")
                return inner
            return self._comparison()
        finally:
            self._depth -= 1

    def _comparison(self) -> Condition:
        left = self._operand("a field")
        operator = self._token
        if self._take("op", "~"):
            return self._search(left, operator)
        if operator.kind == "op":
            self._next += 1
            return self._compared(left, operator, self._operand("a value"))
        negative = self._take("keyword", "not")
        if self._take("keyword", "in"):
            condition = self._listed(left, operator)
            return _present_and_not(self._field(left, operator), condition) if negative else condition
        if negative:
            raise self._unexpected("'in'")
        return _present(self._field(left, operator))

    def _search(self, left: Field | _Value, operator: Token) -> Condition:
        field = self._field(left, operator)
        token = self._token
        pattern = self._operand("a regular expression")
        if not isinstance(pattern, _Value) or not isinstance(pattern.value, str):
            raise unreadable(self._text, token.at, "after '~' stands a regular expression, in quotes")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Python's thoughts about the future of its syntax
                search = re.compile(pattern.value).search
        except (re.error, OverflowError, RecursionError) as error:
            raise unreadable(self._text, token.at, f"not a regular expression: {error}") from None
        return lambda run: any(isinstance(value, str) and search(value) is not None for value in field.values(run))

    def _listed(self, left: Field | _Value, operator: Token) -> Condition:
        field = self._field(left, operator)
        self._expect("[")
        conditions = []
        while not self._take("mark", "]"):
            item = self._operand("a value")
            if isinstance(item, Field) or item.value is None:
                raise unreadable(self._text, self._tokens[self._next - 1].at, "a list holds values")
            conditions.append(self._test(field, "==", item))
            if not self._take("mark", ","):
                self._expect("]")
                break
        return _any(conditions)

    def _compared(self, left: Field | _Value, operator: Token, right: Field | _Value) -> Condition:
        if isinstance(right, Field):
            if isinstance(left, Field):
                return _between_fields(left, operator.text, right)
            return self._with_value(right, _MIRRORED[operator.text], left, operator)
        if isinstance(left, _Value):
            raise unreadable(self._text, operator.at, "one side must be a field")
        return self._with_value(left, operator.text, right, operator)

    def _with_value(self, field: Field, operator: str, literal: _Value, place: Token) -> Condition:
        if literal.value is not None:
            return self._test(field, operator, literal)
        if operator not in ("==", "!="):
            raise unreadable(self._text, place.at, "null is only equal or not")
        return _present(field) if operator == "!=" else _negated(_present(field))

    def _test(self, field: Field, operator: str, literal: _Value) -> Condition:
        """Return the comparison of a field with a value, in the way that this field is compared."""
        value = literal.value
        if field.name == "at" and isinstance(value, str):
            start = self._period(literal)
            return _compare(lambda run: [compare.within(stamp, start) for stamp in field.values(run)], operator, start)
        same = compare.same_object if compare.names_objects(field.name) else compare.equal
        return _compare(field.values, operator, value, same)

    # Pieces

    def _operand(self, wanted: str) -> Field | _Value:
        token = self._token
        self._next += 1
        match token.kind, token.text:
            case "name", name:
                return self._known(fields.parse_name(name), token)
            case "text", quoted:
                return _Value(fields.unquoted(quoted), token)
            case "number", digits:
                return _Value(_number(digits), token)
            case "keyword", ("true" | "false" | "null") as word:
                return _Value({"true": True, "false": False}.get(word), token)
        self._next -= 1
        raise self._unexpected(wanted)

    def _known(self, field: Field, token: Token) -> Field:
        if not fields.is_known(field, self._present):
            raise unreadable(self._text, token.at, f"a run has no field {field.name}", self._meant(field, token))
        self.named.append(field)
        return field

    def _meant(self, field: Field, token: Token) -> str:
        before = self._tokens[self._tokens.index(token) - 1] if token.at else None
        if before is not None and (before.kind == "op" or before.text in ("[", ",")):
            return f'text stands in quotes: "{field.name}"'
        near = fields.nearest(field.name, self._present)
        return f"did you mean {near}?" if near else "fields are id, status, at, command, params.NAME, metrics.NAME, ..."

    def _field(self, operand: Field | _Value, place: Token) -> Field:
        if isinstance(operand, _Value):
            raise unreadable(self._text, operand.token.at, f"{operand.token.text} is a value; a field stands here")
        return operand

    def _period(self, literal: _Value) -> str:
        try:
            return compare.period(str(literal.value))
        except ValueError:
            raise unreadable(
                self._text, literal.token.at, "not a date", 'a date is as in at >= "2026-11-01", in UTC'
            ) from None

    # Tokens

    @property
    def _token(self) -> Token:
        return self._tokens[self._next]

    def _take(self, kind: str, text: str) -> bool:
        taken = self._token.kind == kind and self._token.text == text
        self._next += taken
        return taken

    def _expect(self, mark: str) -> None:
        if not self._take("mark", mark):
            raise self._unexpected(f"'{mark}'")

    def _unexpected(self, wanted: str) -> UsageError:
        token = self._token
        found = "the end" if token.kind == "end" else single_line(token.text, 20)
        return unreadable(self._text, token.at, f"{wanted} is missing before {found}")


def _number(digits: str) -> int | float:
    try:
        return int(digits)
    except ValueError:
        return float(digits)


def _any(conditions: list[Condition]) -> Condition:
    return conditions[0] if len(conditions) == 1 else lambda run: any(condition(run) for condition in conditions)


def _every(conditions: list[Condition]) -> Condition:
    return conditions[0] if len(conditions) == 1 else lambda run: all(condition(run) for condition in conditions)


def _negated(condition: Condition) -> Condition:
    return lambda run: not condition(run)


def _present(field: Field) -> Condition:
    return lambda run: bool(field.values(run))


def _present_and_not(field: Field, condition: Condition) -> Condition:
    return lambda run: bool(field.values(run)) and not condition(run)


def _compare(
    values: Callable[[Mapping[str, Any]], list[Any]],
    operator: str,
    wanted: object,
    same: compare.Test = compare.equal,
) -> Condition:
    if operator == "!=":
        return lambda run: bool(found := values(run)) and not any(same(value, wanted) for value in found)
    test = _TESTS[operator] if operator != "==" else same
    return lambda run: any(test(value, wanted) for value in values(run))


def _between_fields(left: Field, operator: str, right: Field) -> Condition:
    return lambda run: any(_compare(left.values, operator, value)(run) for value in right.values(run))


_TESTS: Final[dict[str, compare.Test]] = {
    "<": compare.less,
    ">": lambda one, other: compare.less(other, one),
    "<=": lambda one, other: compare.less(one, other) or compare.equal(one, other),
    ">=": lambda one, other: compare.less(other, one) or compare.equal(one, other),
}
