"""Reviews as a test wants them."""

from typing import Any

from support.records import record_id

BO = "Bo Ek <bo@example.org>"


def review_record(number: int, of: int, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    """Return a valid review of run number `of`; of two with numbers, the one with the greater is the younger."""
    return {
        "kind": "review",
        "schema": 1,
        "id": record_id(number),
        "at": f"2026-02-01T00:{number // 60:02}:{number % 60:02}Z",
        "by": BO,
        "run": record_id(of),
        "verdict": "accepted",
        **fields,
    }
