"""How large a record may be. Stated in `docs/spec/limits.md`."""

from typing import Final

LINE_LIMIT: Final = 1 << 20
"""The most bytes a record's line may have: 1 MiB."""
DEPTH_LIMIT: Final = 32
"""The most levels of lists and objects, the record itself being the first."""
DIGITS_LIMIT: Final = 1000
"""The most characters of one integer literal."""
