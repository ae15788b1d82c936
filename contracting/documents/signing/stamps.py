"""When it was signed, by somebody else's clock; and what proves it years later."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings

if TYPE_CHECKING:
    from pyhanko.sign.timestamps import TimeStamper
    from pyhanko_certvalidator import ValidationContext

TSA_SECONDS: Final = 10
_ANCHORS: Final = ("*.pem", "*.crt", "*.cer")


def timestamper() -> TimeStamper | None:
    """The client of the configured time stamp authority (RFC 3161), if there is one."""
    url = settings.SEAL_TSA_URL
    if not url:
        return None
    https = url.startswith("https:")
    stamper: TimeStamper = _client()(url, https=https, timeout=TSA_SECONDS)
    return stamper


def _client() -> Any:
    from pyhanko.sign.timestamps import TimestampRequestError
    from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper

    class Client(RequestsHTTPTimeStamper):
        """Says what is wrong with an answer over whose content pyHanko stumbles."""

        async def async_timestamp(self, *asked: Any) -> Any:
            try:
                return await super().async_timestamp(*asked)
            except (AttributeError, KeyError, TypeError) as error:
                message = "The answer is no stamp of what was asked for."
                raise TimestampRequestError(message) from error

    return Client


def long_term() -> ValidationContext | None:
    """By what the chain of the seal is proved when it signs; ``None`` if not wanted."""
    if not settings.SEAL_LONG_TERM:
        return None
    from pyhanko_certvalidator import ValidationContext

    return ValidationContext(
        trust_roots=_loaded(anchors()),
        crls=crls(),
        allow_fetching=settings.SEAL_FETCHES_REVOCATION,
        revocation_mode="require",
    )


def anchors() -> list[bytes]:
    """The certificates that are trusted, each as its file has it (PEM or DER)."""
    return _files_of(*_ANCHORS)


def crls() -> list[bytes]:
    """The lists of revoked certificates that lie beside them, in DER."""
    return _files_of("*.crl")


def _files_of(*patterns: str) -> list[bytes]:
    place = settings.SIGNATURE_TRUST
    if not place:
        return []
    found = sorted(file for each in patterns for file in Path(place).glob(each))
    return [file.read_bytes() for file in found]


def _loaded(files: list[bytes]) -> list[Any]:
    from pyhanko.keys import load_certs_from_pemder_data

    return [each for file in files for each in load_certs_from_pemder_data(file)]
