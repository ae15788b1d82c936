"""Offers sealed as a browser seals them, in Python: what arrives in client mode."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from contracting.core.canonical import canonical_json
from contracting.reference.models import AiModel
from contracting.solicitations.models import Solicitation
from contracting.solicitations.queries import lines_of
from contracting.submissions.calculations import Place, part_names
from contracting.submissions.client import next_place
from contracting.submissions.sealing import keys
from contracting.submissions.sealing.offers import Part, SealedOffer
from tests.cast import actor
from tests.offers import SNAPSHOT, the_box

SALT = "5a" * 32


def priced_rows(
    solicitation: Solicitation, price: str = "000002.500000"
) -> list[dict[str, str]]:
    """Every line at one price."""
    model = AiModel.objects.get(snapshot=SNAPSHOT)
    return [
        {
            "line": line.public_id,
            "model": model.public_id,
            "usd_per_million_tokens": price,
        }
        for line in lines_of(solicitation)
    ]


def sealed_offer(
    solicitation: Solicitation,
    *,
    by: str = "vendor_a_signer",
    technical: str = "We serve the snapshot in the boundary that is asked for.",
    prices: Sequence[dict[str, str]] | None = None,
    files: Mapping[str, bytes] | None = None,
    place: Place | None = None,
    public: bytes | None = None,
    head: bytes | None = None,
    key: bytes | None = None,
    own: bytes | None = None,
) -> SealedOffer:
    """An offer as the browser of that vendor seals it.

    :param place: to which it is bound, if not to its own
    :param public: to which its key is encrypted, if not to that of the box
    :param head: of the content, if not one that fits
    :param key: which is encrypted to the box, if not the one that opens it
    :param own: which opens it, if not a new one
    """
    where = place or next_place(actor(by), solicitation)
    rows = priced_rows(solicitation) if prices is None else list(prices)
    given = dict(files or {})
    told = head if head is not None else _head(technical, rows, given)
    content, opens = _packed(told, given.values()), own or keys.new_key()
    box = the_box(solicitation)
    return SealedOffer(
        submission=where.submission,
        version=where.version,
        fingerprint=box.fingerprint,
        sealed=keys.encrypt(content, key=opens, binding=where.binding),
        wrapped_key=keys.encrypt_to(
            public or bytes(box.public_key), key or opens, binding=where.key_binding
        ),
        content_sha256=hashlib.sha256(told).hexdigest(),
        parts=_parts(technical, rows, given),
    )


def _head(
    technical: str, rows: Sequence[dict[str, str]], files: Mapping[str, bytes]
) -> bytes:
    plain: dict[str, Any] = {
        "files": [
            {
                "name": name,
                "sha256": hashlib.sha256(raw).hexdigest(),
                "size_bytes": len(raw),
            }
            for name, raw in files.items()
        ],
        "prices": list(rows),
        "salt": SALT,
        "technical": technical,
    }
    return canonical_json(plain).encode()


def _packed(head: bytes, files: Any) -> bytes:
    raw = len(head).to_bytes(4, "big") + head + b"".join(files)
    step = max(4096, 1 << max(len(raw).bit_length() - 4, 0))
    return raw + bytes(-len(raw) % step)


def _parts(
    technical: str, rows: Sequence[dict[str, str]], files: Mapping[str, bytes]
) -> list[Part]:
    whole = [technical.encode(), canonical_json([SALT, list(rows)]).encode()]
    whole += files.values()
    return [
        Part(name, len(raw), hashlib.sha256(raw).hexdigest())
        for name, raw in zip(part_names(len(files)), whole, strict=True)
    ]
