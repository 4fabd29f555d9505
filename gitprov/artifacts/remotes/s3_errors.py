"""What goes wrong with S3, in the words of a backend. Nothing of a request or an answer is repeated but the code."""

from typing import Final

from aiohttp import ClientError as ConnectionTrouble
from botocore import exceptions as boto
from fsspec.exceptions import FSTimeoutError

from gitprov.artifacts.remotes.address import place_of_credentials
from gitprov.artifacts.remotes.backend import Absent, PastEnd, Transient
from gitprov.errors import ProvError

FAILURES: Final = (OSError, ValueError, boto.BotoCoreError, boto.ClientError, ConnectionTrouble, FSTimeoutError)
_NO_CONNECTION: Final = (OSError, boto.ConnectionError, boto.HTTPClientError, ConnectionTrouble, FSTimeoutError)

_ABSENT: Final = {"404", "NoSuchKey", "NoSuchUpload", "NotFound"}
_PASSING: Final = {"SlowDown", "RequestTimeout", "BadDigest", "IncompleteBody", "InternalError", "ServiceUnavailable"}
_NO_CREDENTIALS: Final = (
    boto.NoCredentialsError,
    boto.PartialCredentialsError,
    boto.CredentialRetrievalError,
    boto.SSOError,
)
_CREDENTIALS: Final = place_of_credentials("s3")
_REFUSALS: Final = (  # codes, what they mean, what helps
    ({"NoSuchBucket"}, "there is no bucket {}", "make it first, or mend the remote's URL"),
    ({"InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken"}, "the key for S3 is not accepted", _CREDENTIALS),
    ({"ExpiredToken", "RequestExpired"}, "the credentials for S3 have expired", "aws sso login, or get new ones"),
    ({"PermanentRedirect", "AuthorizationHeaderMalformed"}, "{} is in another region", "set the remote's `region`"),
    ({"QuotaExceeded", "XMinioStorageFull"}, "bucket {} is full", "free some space there, then say the same again"),
)


def explained(name: str, bucket: str, error: BaseException) -> Exception:
    """Return what is to be raised for a failure of the library."""
    response = _response(error) or _response(error.__cause__)
    if response is not None:
        return _answered(name, bucket, response)
    if isinstance(error, FileNotFoundError):
        return Absent()
    if isinstance(error, _NO_CREDENTIALS):
        return ProvError(f"remote {name!r}: there are no credentials for S3", hint=_CREDENTIALS)
    if isinstance(error, boto.ProfileNotFound):
        return ProvError(
            f"remote {name!r}: there is no such profile", hint="see `profile` of the remote; aws configure"
        )
    if isinstance(error, PermissionError):
        return _denied(name, bucket)
    if isinstance(error, _NO_CONNECTION):
        return Transient(type(error).__name__)
    return ProvError(
        f"remote {name!r} cannot be used ({type(error).__name__})",
        hint="see its settings: endpoint_url, region, profile",
    )


def _response(error: BaseException | None) -> tuple[str, int] | None:
    """Return the code and the HTTP status of a server's answer."""
    if not isinstance(error, boto.ClientError):
        return None
    answer = error.response
    code = str(answer.get("Error", {}).get("Code", ""))
    return code, int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _answered(name: str, bucket: str, response: tuple[str, int]) -> Exception:
    code, status = response
    if code in _ABSENT:
        return Absent()
    if code == "InvalidRange" or status == 416:
        return PastEnd()
    if code in _PASSING or status >= 500 or status == 429:
        return Transient(code)
    for codes, message, hint in _REFUSALS:
        if code in codes:
            return ProvError(f"remote {name!r}: {message.format(bucket)} ({code})", hint=hint)
    if status in {401, 403}:
        return _denied(name, bucket)
    return ProvError(f"remote {name!r}: the server refuses: {code} ({status})", hint="see the settings of the remote")


def _denied(name: str, bucket: str) -> ProvError:
    return ProvError(
        f"remote {name!r}: permission denied in bucket {bucket}",
        hint=f"ask its owner, or see whose key is used: {_CREDENTIALS}",
    )
