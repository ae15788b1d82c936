"""What an archive is made of: its manifest, its guide, and the bytes of the ZIP.

Pure but for the files of the package: the same parts give the same bytes, whenever and
wherever they are put together. Nothing is compressed, so that no version of a library
shapes the bytes.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from contracting.core.api import instant
from contracting.evidence.models import Archive, ArchivePart
from contracting.evidence.states import Level, PartKind

MANIFEST: Final = "manifest.json"
SUMS: Final = "SHA256SUMS"
SCHEMA: Final = "drawdown-archive/1"
VERIFIER: Final = Path(__file__).parent / "data" / "verify_pack.py"
_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the ZIP and what the manifest says of it."""

    name: str
    content: bytes
    kind: str
    title: str
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def member_of(part: ArchivePart, content: bytes) -> Member:
    """A gathered part as a file of the ZIP."""
    more: dict[str, Any] = {}
    if part.document_id:
        more = {
            "number": part.number,
            "version": part.version,
            "content_sha256": part.content_sha256,
        }
    if part.kind == PartKind.CHAIN:
        last = json.loads(content.splitlines()[-1]) if content else {}
        more = {
            "stream": part.number,
            "links": last.get("seq", 0),
            "last_hash": last.get("hash", "0" * 64),
        }
    return Member(part.name, content, part.kind, part.title, more)


def guides(archive: Archive, members: Sequence[Member]) -> list[Member]:
    """What is put beside the parts of an archive: how to read and how to check it."""
    guide = readme(archive, members).encode()
    return [
        Member("README.txt", guide, PartKind.GUIDE, "What is in it"),
        Member(
            "verify_pack.py",
            VERIFIER.read_bytes(),
            PartKind.GUIDE,
            "Checks every hash and chain, with Python alone",
        ),
    ]


def manifest_of(archive: Archive, members: Sequence[Member]) -> bytes:
    """Every file with its hash, size and kind; written once everything is there."""
    said = {
        "schema": SCHEMA,
        "id": archive.public_id,
        "kind": archive.get_kind_display(),
        "level": archive.get_level_display() if archive.level else None,
        "title": archive.title,
        "number": archive.number,
        "orders": archive.orders,
        "starts_on": archive.starts_on.isoformat() if archive.starts_on else None,
        "ends_on": archive.ends_on.isoformat() if archive.ends_on else None,
        "asked_at": instant(archive.asked_at),
        "asked_by": None if archive.level == Level.RELEASE else archive.asked_by_name,
        "complete": True,
        "files": [
            {
                "name": each.name,
                "sha256": each.sha256,
                "size_bytes": len(each.content),
                "kind": str(each.kind),
                "title": each.title,
                **each.more,
            }
            for each in members
        ],
    }
    return (json.dumps(said, indent=2, ensure_ascii=False) + "\n").encode()


def zip_of(members: Iterable[Member], manifest: bytes) -> bytes:
    """The ZIP: the manifest first, then its sums, then every file in its order."""
    listed = list(members)
    told = {each.name: each.sha256 for each in listed}
    told[MANIFEST] = hashlib.sha256(manifest).hexdigest()
    sums = "".join(f"{told[name]}  {name}\n" for name in sorted(told)).encode()
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as file:
        for name, content in [
            (MANIFEST, manifest),
            (SUMS, sums),
            *((each.name, each.content) for each in listed),
        ]:
            about = zipfile.ZipInfo(name, date_time=_LONG_AGO)
            about.create_system = 3
            about.external_attr = 0o644 << 16
            file.writestr(about, content)
    return target.getvalue()


def readme(archive: Archive, members: Sequence[Member]) -> str:
    """What is in it, what was left out and why, and how to check it, in plain words."""
    lines = [archive.title, "=" * len(archive.title), ""]
    lines += [f"Asked for {instant(archive.asked_at)}.", *_scope(archive), ""]
    lines += ["What is in it", "-------------", ""]
    lines += [f"{each.name}\n    {each.title}" for each in members]
    lines += ["", *_LEFT_OUT.get(archive.level, []), *_HOW]
    if archive.is_pack:
        lines += _READING
    return "\n".join(lines) + "\n"


def _scope(archive: Archive) -> list[str]:
    if not archive.is_pack:
        return ["It has the papers that were chosen, as they were printed."]
    orders = (
        f"the orders {', '.join(archive.orders)}" if archive.orders else "every order"
    )
    days = (
        f"from {archive.starts_on or 'the beginning'} "
        f"to {archive.ends_on or 'the day it was asked for'}"
    )
    return [
        f"Level: {archive.get_level_display()}.",
        f"It is about {orders} of contract {archive.number}, {days}. Papers are those "
        "requested in these days, in the time zone of the contract; reports, "
        "comparisons and invoices those whose period touches them; entries of the "
        "ledger, discrepancies and disputes those that fall within them. Orders, "
        "modifications and chains of events are there whole.",
    ]


_LEFT_OUT: Final[dict[str, list[str]]] = {
    Level.OWN: [
        "What was left out",
        "-----------------",
        "",
        "This is what the vendor may read: no entries of the agency's ledger, no index "
        "of its file, no papers that are the agency's alone. Of the chain of events, "
        "what the vendor's own people did is there in full, and of everything else its "
        "place and its hash.",
        "",
    ],
    Level.RELEASE: [
        "What was left out",
        "-----------------",
        "",
        "Source selection information, names of people, references of payments, "
        "questions of disputes, and papers that are not public: withheld_papers.csv "
        "lists those of the contract. "
        "Of the chain of events there is the place and the hash of each, and nothing "
        "of what it says. Figures are not redacted: whether they may be released is "
        "decided by who releases them (5 U.S.C. 552(b)).",
        "",
    ],
}
_HOW: Final = [
    "How to check it",
    "---------------",
    "",
    "Unpack it and run: python3 verify_pack.py. Or: sha256sum -c SHA256SUMS. It needs "
    "no connection. That it is the one that was issued is shown by the SHA-256 of the "
    "ZIP, which stands on its page and in the record of the agency. Signatures and "
    "seals of the papers are shown by any PDF reader that checks them, and by "
    "drawdown-verify.",
    "",
]
_READING: Final = [
    "How to read it",
    "--------------",
    "",
    "Tables are CSV in UTF-8: dollars and tokens exact, instants in UTC, an apostrophe "
    "before words that a spreadsheet would take for a formula. Each is as it was when "
    "it was read; they were read one after the other, after the papers. chain-*.jsonl "
    "has one event in a line; each is hashed with the one before it.",
    "",
]
