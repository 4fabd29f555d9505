"""The JSON Schema of the shared file, as text."""

import json

from gitprov.model.policy.described import json_schema


def schema() -> str:
    """Return the JSON Schema of `.gitprov.toml`, as it is published."""
    return json.dumps(json_schema(), indent=2) + "\n"
