"""A run around each call of a function, whatever kind of function it is."""

import functools
import inspect
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import AbstractContextManager
from typing import Any, ParamSpec, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R")
Begin = Callable[[], AbstractContextManager[object]]


def decorated(function: Callable[P, R], begin: Begin) -> Callable[P, R]:
    """Return `function` with a run around each call; around all of its work where it yields or is awaited."""
    made: Callable[..., Any] = function
    if inspect.isasyncgenfunction(made):
        wrapper = _async_generator(made, begin)
    elif inspect.iscoroutinefunction(made):
        wrapper = _coroutine(made, begin)
    elif inspect.isgeneratorfunction(made):
        wrapper = _generator(made, begin)
    else:
        wrapper = _plain(made, begin)
    return cast("Callable[P, R]", functools.wraps(made)(wrapper))


def _plain(function: Callable[..., Any], begin: Begin) -> Callable[..., Any]:
    def call(*args: object, **kwargs: object) -> object:
        with begin():
            return function(*args, **kwargs)

    return call


def _coroutine(function: Callable[..., Any], begin: Begin) -> Callable[..., Any]:
    async def call(*args: object, **kwargs: object) -> object:
        with begin():
            return await function(*args, **kwargs)

    return call


def _generator(function: Callable[..., Any], begin: Begin) -> Callable[..., Any]:
    def call(*args: object, **kwargs: object) -> Generator[object, Any, object]:
        with begin():
            result: object = yield from function(*args, **kwargs)
            return result

    return call


def _async_generator(function: Callable[..., Any], begin: Begin) -> Callable[..., Any]:
    async def call(*args: object, **kwargs: object) -> AsyncIterator[object]:
        with begin():
            async for item in function(*args, **kwargs):
                yield item

    return call
