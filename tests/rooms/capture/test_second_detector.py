"""`detect-secrets` as a second look: with a stand-in of the same shape where it is not installed."""

import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from gitprov.capture.secrets import detector
from gitprov.errors import ConfigError


class Found:
    """A secret as the package reports it."""

    type = "Secret Kind"


class SomeDetector:
    """One of its detectors."""


class KeywordDetector:
    """One that is left out."""


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Put the stand-in where the package would be; yields the settings it was used with."""
    used: list[Any] = []

    @contextmanager
    def transient_settings(settings: Any) -> Iterator[None]:  # noqa: ANN401 - as the package has it
        used.append(settings)
        yield

    modules: dict[str, dict[str, object]] = {
        "detect_secrets": {},
        "detect_secrets.core": {},
        "detect_secrets.core.plugins": {},
        "detect_secrets.core.plugins.util": {
            "get_mapping_from_secret_type_to_class": lambda: {"a": SomeDetector, "b": KeywordDetector}
        },
        "detect_secrets.core.scan": {"scan_line": lambda line: [Found()] if "hush" in line else []},
        "detect_secrets.settings": {"transient_settings": transient_settings},
    }
    for name, content in modules.items():
        module = types.ModuleType(name)
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, name, module)
    detector._library.cache_clear()
    yield used
    detector._library.cache_clear()


def test_what_it_finds_is_named_by_its_kind(installed: list[Any]) -> None:
    assert detector.find(b"nothing\nhush\n") == "secret-kind"
    assert detector.find(b"nothing\n\xff\n") == ""
    assert installed[0] == {"plugins_used": [{"name": "SomeDetector"}]}


def test_where_it_is_absent_the_way_to_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "detect_secrets.core.scan", None)
    detector._library.cache_clear()

    with pytest.raises(ConfigError) as refused:
        detector.check()
    assert refused.value.hint == "pip install 'gitprov[secrets]'"
