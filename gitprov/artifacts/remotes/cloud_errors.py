"""What goes wrong with a file system of fsspec, in the words of a backend.

Each library has errors of its own; they are judged by their kind, and by the HTTP status that they carry.
"""

from typing import Final

from gitprov.artifacts.remotes.address import place_of_credentials
from gitprov.artifacts.remotes.backend import Absent, PastEnd, Transient
from gitprov.errors import ProvError

_CONNECTION: Final = {  # of aiohttp, httpx and Azure, and those of Python itself
    "ClientConnectionError",
    "ClientPayloadError",
    "FSTimeoutError",
    "ServiceRequestError",
    "ServiceResponseError",
    "TransportError",
}
_NO_CREDENTIALS: Final = {"CredentialUnavailableError", "ClientAuthenticationError", "GoogleAuthError"}


def explained(name: str, kind: str, error: Exception) -> Exception:
    """Return what is to be raised for a failure of a library."""
    status = _status(error)
    kinds = {one.__name__ for one in type(error).__mro__}
    if isinstance(error, FileNotFoundError) or status == 404 or "ResourceNotFound" in kinds:
        return Absent()
    if status == 416:
        return PastEnd()
    if isinstance(error, PermissionError) or status in {401, 403} or kinds & (_NO_CREDENTIALS | {"ForbiddenOperation"}):
        return ProvError(f"remote {name!r}: permission denied", hint=f"credentials: {place_of_credentials(kind)}")
    if status == 507 or "InsufficientStorage" in kinds:
        return ProvError(f"remote {name!r} is full", hint="free some space there, then say the same again")
    if isinstance(error, ConnectionError | TimeoutError) or kinds & _CONNECTION or status >= 500 or status == 429:
        return Transient(type(error).__name__)
    return ProvError(
        f"remote {name!r} cannot be used ({type(error).__name__}{f' {status}' if status else ''})",
        hint="see its URL and settings",
    )


def _status(error: BaseException | None) -> int:
    """Return the HTTP status that an error, or the one behind it, carries; 0 where there is none."""
    while error is not None:
        for holder in (error, getattr(error, "response", None)):
            for field in ("status_code", "status", "code"):
                value = getattr(holder, field, None)
                if isinstance(value, int) and 400 <= value < 600:
                    return value
        error = error.__cause__
    return 0
