"""Put the seal or the signatures on a print, and read them back.

Each revision is added behind the bytes before it, which stay as they are: whoever cuts
the file at the length of a revision has that revision again. People's private keys are
never held: the organization's key signs for an act that was recorded. The record of it
lies in the signature as a signed attribute, and its SHA-256 stands in the reason.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings

from contracting.documents.signing import appearance, stamps
from contracting.documents.signing.keys import Key, SealMissing, opened
from contracting.documents.signing.orders import FIELDS, readable

SEAL_FIELD: Final = "Seal"
RECORD_OID: Final = "2.25.198712354479946303741752870261849422612"
"""The signed attribute with the approval record: UTF-8 JSON in an OCTET STRING."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed file, the length of each of its revisions, and who signed it how.

    :param revisions: bytes up to the end of the print, of the fields that were made for
        its signatories, and of each signature, in this order
    :param level: the lowest PAdES level of its signatures: B-B, B-T or B-LT
    """

    content: bytes
    revisions: tuple[int, ...]
    certificate_sha256: str
    level: str

    @property
    def unsealed_sha256(self) -> str:
        """SHA-256 of the print before anything was added."""
        return hashlib.sha256(self.content[: self.revisions[0]]).hexdigest()


@dataclass(frozen=True, slots=True)
class Found:
    """A signature as the file has it; ``record`` is empty for a seal."""

    field: str
    reason: str
    record: str

    @property
    def record_sha256(self) -> str:
        return sha256_of(self.record) if self.record else ""


def sha256_of(record: str) -> str:
    """SHA-256 of an approval record, as the reason of its signature names it."""
    return hashlib.sha256(record.encode()).hexdigest()


def seal(pdf: bytes, *, reason: str) -> Signed:
    """Seal the printed bytes; the seal allows no later change, visible or not.

    :raises SealMissing: without a key, or without the time stamp that is asked for
    """
    from pyhanko.sign.fields import MDPPerm

    with opened() as key:
        made, level = _signed(
            pdf,
            key,
            field=SEAL_FIELD,
            reason=reason,
            permits=MDPPerm.NO_CHANGES,
            certifies=True,
        )
        return Signed(made, (len(pdf), len(made)), key.sha256, level)


def sign_print(
    pdf: bytes, *, parties: Sequence[str], records: Sequence[str], zone: str = ""
) -> Signed:
    """Make a field for each signatory of a print, and sign those that have signed.

    The first signature certifies the file and allows exactly the fields that are left;
    the last one locks it. Time stamps and validation data may be added even then.

    :param parties: who signs, in their order, as ``data/signature_orders.csv`` has it
    :param records: the approval records there are, canonical JSON, in the same order;
        fewer than parties as long as some have not signed
    :param zone: IANA name of the zone in which a signature that is shown says its time
    :raises SealMissing: without a key, or without the time stamp that is asked for
    """
    made = _with_fields(pdf, parties)
    start = Signed(made, (len(pdf), len(made)), "", "")
    return add_signatures(start, parties=parties, records=records, zone=zone)


def add_signatures(
    start: Signed, *, parties: Sequence[str], records: Sequence[str], zone: str = ""
) -> Signed:
    """The same file with the signatures that it lacks, each a revision of its own.

    One whose field has a room on the page is shown there.

    :raises ValueError: if more have signed than there are places
    :raises SealMissing: as for :func:`sign_print`
    """
    if len(records) > len(parties):
        message = "There are more approval records than places for a signature."
        raise ValueError(message)
    content, revisions, level = start.content, list(start.revisions), start.level
    certificate = start.certificate_sha256
    with opened() as key:
        for place in range(len(revisions) - 2, len(records)):
            content, reached = _signed_at(
                content, key, parties, place, records[place], zone
            )
            revisions.append(len(content))
            level = min(level, reached, key=_LEVELS.index) if level else reached
            certificate = key.sha256
    return Signed(content, tuple(revisions), certificate, level)


_LEVELS: Final = ("B-B", "B-T", "B-LT")


def found_in(pdf: bytes) -> list[Found]:
    """The signatures of a file with their approval records; nothing is verified."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    _know_the_attribute()
    reader = PdfFileReader(io.BytesIO(pdf))
    return [
        Found(
            field=each.field_name,
            reason=str(each.sig_object.get("/Reason", "")),
            record=_record_in(each.signer_info),
        )
        for each in reader.embedded_regular_signatures
    ]


def reason_of(record: str) -> str:
    """What a PDF reader shows beside a signature, with the hash of its record."""
    said: Mapping[str, Any] = json.loads(record)
    signer = said["signer"]
    who = ", ".join(filter(None, (signer["name"], signer["title"])))
    act = str(said["action"]).replace("_", " ")
    return (
        f"{who}: {act}, version {said['version']}. Signed with the organization's key "
        f"for this recorded act. Approval record SHA-256 {sha256_of(record)}"
    )


_FIELDS_AND_APPENDED_ONLY: Final = 3
"""ISO 32000-1, table 219: set at once, so that no signature has to change it."""


def _with_fields(pdf: bytes, parties: Sequence[str]) -> bytes:
    """The print with a named field for each signatory, and its lock.

    It is invisible but where the print has left room for who signs later.
    """
    from pyhanko.pdf_utils.generic import NameObject, NumberObject
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields

    writer: Any = IncrementalPdfFileWriter(io.BytesIO(pdf))
    names = [FIELDS[party] for party in parties]
    rooms = appearance.rooms_of(writer, parties)
    for place, party in enumerate(parties):
        left = names[place + 1 :]
        lock = (
            fields.FieldMDPSpec(fields.FieldMDPAction.EXCLUDE, fields=left)
            if left
            else fields.FieldMDPSpec(fields.FieldMDPAction.ALL)
        )
        level = fields.MDPPerm.FILL_FORMS if left else fields.MDPPerm.NO_CHANGES
        room = rooms.get(party)
        spec = fields.SigFieldSpec(
            sig_field_name=names[place],
            on_page=room.page if room else 0,
            box=room.box if room else None,
            field_mdp_spec=lock,
            doc_mdp_update_value=level,
            readable_field_name=readable(party),
        )
        fields.append_signature_field(writer, spec)
        if room is not None:
            appearance.tag_field(writer, writer.root["/AcroForm"]["/Fields"], room.page)
    flags: Any = NumberObject
    form = writer.root["/AcroForm"]
    form[NameObject("/SigFlags")] = flags(_FIELDS_AND_APPENDED_ONLY)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def _signed_at(
    content: bytes,
    key: Key,
    parties: Sequence[str],
    place: int,
    record: str,
    zone: str,
) -> tuple[bytes, str]:
    from pyhanko.sign.fields import MDPPerm

    last = place == len(parties) - 1
    level = MDPPerm.NO_CHANGES if last else MDPPerm.FILL_FORMS
    return _signed(
        content,
        key,
        field=FIELDS[parties[place]],
        reason=reason_of(record),
        permits=level,
        certifies=place == 0,
        record=record,
        zone=zone,
    )


def _signed(
    content: bytes,
    key: Key,
    *,
    field: str,
    reason: str,
    permits: Any,
    certifies: bool,
    record: str = "",
    zone: str = "",
) -> tuple[bytes, str]:
    """The file with one signature more, and the level that it has reached."""
    stamper = stamps.timestamper()
    proof = stamps.long_term() if stamper is not None else None
    about = {
        "field_name": field,
        "reason": reason,
        "certify": certifies,
        "docmdp_permissions": permits,
    }

    def made(stamper: Any, **more: Any) -> bytes:
        return _one_signature(content, key, record, stamper, zone, {**about, **more})

    if proof is not None:
        try:
            more = {"embed_validation_info": True, "validation_context": proof}
            return made(stamper, **more), "B-LT"
        except _revocation_is_missing():
            pass  # the authorities had nothing to give: without it, then
    if stamper is not None:
        try:
            return made(stamper), "B-T"
        except _no_stamp() as error:
            if settings.SEAL_TSA_REQUIRED:
                message = (
                    "The time stamp authority of SEAL_TSA_URL did not answer: "
                    f"{type(error).__name__}. The paper waits for it."
                )
                raise SealMissing(message) from error
    return made(None), "B-B"


def _revocation_is_missing() -> tuple[type[Exception], ...]:
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.timestamps import TimestampRequestError
    from pyhanko_certvalidator.errors import PathBuildingError, ValidationError

    return (SigningError, ValidationError, PathBuildingError, TimestampRequestError)


def _no_stamp() -> tuple[type[Exception], ...]:
    from pyhanko.sign.timestamps import TimestampRequestError

    return (TimestampRequestError, OSError, ValueError)


def _one_signature(
    content: bytes,
    key: Key,
    record: str,
    stamper: Any,
    zone: str,
    about: Mapping[str, Any],
) -> bytes:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    metadata = signers.PdfSignatureMetadata(
        md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES, **about
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    style = appearance.style_of(writer, about["field_name"], record, zone)
    room = None if stamper is not None else _room(key, record)
    with _attached(key, record):
        output = signers.PdfSigner(
            metadata, key.signer, timestamper=stamper, stamp_style=style
        ).sign_pdf(writer, bytes_reserved=room)
    signed: bytes = output.getvalue()
    return signed


def _room(key: Key, record: str) -> int:
    """Hexadecimal digits that surely hold a signature without a stamp.

    Left to itself, pyHanko signs once on trial to see how long a signature gets. Of
    the certificate, the signature repeats the names, and is itself as long as the key.
    """
    signer: Any = key.signer
    others = sum(len(each.dump()) for each in signer.cert_registry)
    length = len(record.encode()) + 3 * len(key.certificate) + others
    return 2 * (length + _REST_BYTES)


_REST_BYTES: Final = 1024
"""What algorithms, times and hashes take: some 400 bytes."""


class _attached:  # noqa: N801 (used as a function)
    """Let the signer sign the record with the digest, as one more attribute."""

    def __init__(self, key: Key, record: str) -> None:
        self.signer: Any = key.signer
        self.record = record.encode()

    def __enter__(self) -> None:
        if self.record:
            _know_the_attribute()
            self.signer._signed_attr_provider_spec = self._spec

    def __exit__(self, *_: object) -> None:
        self.signer.__dict__.pop("_signed_attr_provider_spec", None)

    def _spec(self, *args: Any, **more: Any) -> Any:
        inner = type(self.signer)._signed_attr_provider_spec(self.signer, *args, **more)
        return _with_record(inner, self.record)


def _with_record(inner: Any, record: bytes) -> Any:
    """The attributes that PAdES asks for, and the record."""
    from asn1crypto.core import OctetString
    from pyhanko.sign.attributes import (
        CMSAttributeProvider,
        SignedAttributeProviderSpec,
    )

    class Record(CMSAttributeProvider):
        attribute_type = RECORD_OID

        async def build_attr_value(self, dry_run: Any = None) -> OctetString:
            return OctetString(record)

    class Spec(SignedAttributeProviderSpec):
        def signed_attr_providers(
            self, data_digest: bytes, digest_algorithm: str
        ) -> Any:
            yield from inner.signed_attr_providers(data_digest, digest_algorithm)
            yield Record()

    return Spec()


def _know_the_attribute() -> None:
    """Tell the parser of signatures the type of ours."""
    from asn1crypto import cms

    cms.CMSAttribute._oid_specs.setdefault(RECORD_OID, cms.SetOfOctetString)


def _record_in(signer_info: Any) -> str:
    for attribute in signer_info["signed_attrs"]:
        if attribute["type"].dotted == RECORD_OID:
            return bytes(attribute["values"][0].native).decode()
    return ""
