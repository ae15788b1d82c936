"""The one entry: is this file one that may be taken?"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from typing import IO, Final

from contracting.documents.checking import archives, kinds
from contracting.documents.checking.findings import (
    MEGABYTE,
    Budget,
    FileVerdict,
    Finding,
    Limits,
    Unfit,
)
from contracting.documents.checking.images import check_image
from contracting.documents.checking.malware import Scanner
from contracting.documents.checking.names import clean_name, suffix_of
from contracting.documents.checking.office import CONTENT_TYPES, check_office
from contracting.documents.checking.pdf import check_pdf

LIMITS: Final = Limits()
_STEP: Final = 64 * 1024
_APPLE_DOUBLE: Final = b"\x00\x05\x16\x07"
_DESKTOP_STORE: Final = b"\x00\x00\x00\x01Bud1"


def check_upload(
    name: str,
    content: bytes | IO[bytes] | Iterable[bytes],
    *,
    allowed: Collection[str] = tuple(kinds.MEDIA_TYPES),
    scanner: Scanner | None = None,
    limits: Limits = LIMITS,
) -> FileVerdict:
    """Check a file in a fixed order and stop at the first thing that is wrong.

    Size while it is read, kind by content and name, archive, Office, PDF, image, and
    last the malware scanner, if there is one. Never raises for what the file holds.

    :param name: as it was sent; the verdict has the name that may be shown
    :param content: the bytes, an open file, or chunks of bytes
    :param allowed: the kinds that may be taken here, such as ``("csv", "txt")``
    :param scanner: asked last; the verdict says whether one was
    """
    shown = clean_name(name) or "unnamed file"
    try:
        whole = _read(content, limits)
        budget = Budget(limits, packed_bytes=len(whole))
        kind = _check(shown, whole, budget, depth=0, allowed=allowed)
        if scanner is not None:
            scanner.scan(whole)
    except Unfit as unfit:
        file = " > ".join((shown, *unfit.inside))
        return FileVerdict(shown, findings=(Finding(unfit.code, file, *unfit.words),))
    return FileVerdict(
        name=shown,
        kind=kind,
        media_type=kinds.MEDIA_TYPES[kind],
        content=whole,
        sha256=hashlib.sha256(whole).hexdigest(),
        is_scanned=scanner is not None,
    )


def _read(content: bytes | IO[bytes] | Iterable[bytes], limits: Limits) -> bytes:
    """All of it, or nothing once it is too large: the rest is not read."""
    if isinstance(content, bytes):
        if len(content) > limits.file_bytes:
            raise _too_large(limits)
        return content
    read = bytearray()
    for chunk in _chunks(content):
        read += chunk
        if len(read) > limits.file_bytes:
            raise _too_large(limits)
    return bytes(read)


def _chunks(content: IO[bytes] | Iterable[bytes]) -> Iterator[bytes]:
    if not hasattr(content, "read"):
        yield from content
        return
    while chunk := content.read(_STEP):
        yield chunk


def _too_large(limits: Limits) -> Unfit:
    return Unfit(
        "too_large",
        f"It is larger than {limits.file_bytes // MEGABYTE} MB.",
        "So large a file is not kept in memory until it is sealed.",
        "Make it smaller, or split it.",
    )


def _check(
    name: str,
    content: bytes,
    budget: Budget,
    *,
    depth: int,
    allowed: Collection[str],
) -> str:
    """The kind of the file, once everything in it is fit."""
    budget.require_time()
    kind = _kind(name, content, allowed)
    if kind == "zip" or kind in kinds.OFFICE_KINDS:
        found = _walk(content, budget, depth=depth + 1, allowed=allowed)
        if found != kind:
            raise _other_kind(name, found)
    kinds.require_one_kind(content, kind)
    if kind == "pdf":
        check_pdf(content, seconds=budget.seconds_left)
    if kind in {"png", "jpg"}:
        check_image(content, kind, budget.limits)
    return kind


def _kind(name: str, content: bytes, allowed: Collection[str]) -> str:
    """The kind that the name says, if it is taken and the content may be it."""
    named = kinds.SUFFIXES.get(suffix_of(name), "")
    if named not in allowed:
        raise Unfit(
            "kind_not_taken",
            "Files of this kind are not taken.",
            "Each must be one that everybody can open and that can be checked.",
            f"Taken here: {', '.join(f'.{kind}' for kind in allowed)}.",
        )
    if not content:
        raise Unfit(
            "empty", "It is empty.", "A receipt cannot prove it.", "Hand in the file."
        )
    found = kinds.kind_of(content)
    if not found:
        raise _other_kind(name, kinds.foreign_kind_of(content))
    family = {"zip": {"zip", *kinds.OFFICE_KINDS}, "txt": kinds.TEXT_KINDS}
    if named not in family.get(found, {found}):
        raise _other_kind(name, found)
    return named


def _other_kind(name: str, found: str) -> Unfit:
    what = f"a {found.upper()} file" if found in kinds.MEDIA_TYPES else found
    return Unfit(
        "kind_differs",
        f"Its name ends in .{suffix_of(name)}; its content is {what}.",
        "A reader's program would not open it, or open it as something else.",
        "Save it in the kind that its name says. "
        f"{kinds.TAKEN} Old or protected Office files: save anew, without a password.",
    )


def _walk(
    content: bytes, budget: Budget, *, depth: int, allowed: Collection[str]
) -> str:
    """The kind of an archive, once every entry is fit."""
    if depth > budget.limits.depth:
        raise Unfit(
            "too_deep",
            "An archive lies in an archive in an archive.",
            "So bombs are built; what lies deeper is not checked.",
            "Take the files out of the inner archive.",
        )
    entries = archives.entries_of(content, budget)
    if not any(not entry.is_folder for entry in entries):
        raise archives.damaged("There is no file in the archive.")
    parts = archives.contents_of(content, entries, budget)

    def look(inner: str, inside: bytes) -> str:
        return _check(inner, inside, budget, depth=depth, allowed=kinds.MEDIA_TYPES)

    if any(entry.name.casefold() == CONTENT_TYPES for entry in entries):
        return check_office(parts, budget.limits, look)
    for entry, inside in parts:
        if _is_of_the_desktop(entry.name, inside):
            continue
        try:
            _check(entry.name, inside, budget, depth=depth, allowed=allowed)
        except Unfit as unfit:
            raise unfit.within(entry.name) from None
    return "zip"


def _is_of_the_desktop(name: str, content: bytes) -> bool:
    """What a Mac puts beside the files that it packs."""
    last = name.rpartition("/")[2]
    if last.startswith("._"):
        return content.startswith(_APPLE_DOUBLE)
    return last == ".DS_Store" and content.startswith(_DESKTOP_STORE)
