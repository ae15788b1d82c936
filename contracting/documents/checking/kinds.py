"""What a file is, told from its first bytes and never from its name or header."""

from __future__ import annotations

from typing import Final

from contracting.documents.checking.findings import Unfit

OFFICE: Final = "application/vnd.openxmlformats-officedocument"
MEDIA_TYPES: Final = {
    "pdf": "application/pdf",
    "docx": f"{OFFICE}.wordprocessingml.document",
    "xlsx": f"{OFFICE}.spreadsheetml.sheet",
    "pptx": f"{OFFICE}.presentationml.presentation",
    "csv": "text/csv",
    "txt": "text/plain",
    "png": "image/png",
    "jpg": "image/jpeg",
    "zip": "application/zip",
}
"""The kinds that are taken, each with the media type that it is served with."""

SUFFIXES: Final = {**{kind: kind for kind in MEDIA_TYPES}, "jpeg": "jpg"}
OFFICE_KINDS: Final = frozenset({"docx", "xlsx", "pptx"})
TEXT_KINDS: Final = frozenset({"csv", "txt"})

ZIP_START: Final = b"PK\x03\x04"
ZIP_END: Final = b"PK\x05\x06"
_ZIP_TAIL: Final = 22 + 65_535
_STARTS: Final = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (ZIP_START, "zip"),
    (ZIP_END, "zip"),
)
_FOREIGN: Final = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old or a protected Office file"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"{\\rtf", "a rich text file"),
    (b"GIF8", "a GIF image"),
)
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_CONTROLS: Final = bytes(c for c in range(32) if c not in b"\t\n\x0c\r") + b"\x7f"

TAKEN: Final = "Taken are PDF, Word, Excel, PowerPoint, CSV, text, PNG, JPEG and ZIP."


def kind_of(content: bytes) -> str:
    """``pdf``, ``png``, ``jpg``, ``zip`` or ``txt``; nothing for anything else.

    An Office file is a ZIP here, and CSV is text: more than the start must be read.
    """
    for start, kind in _STARTS:
        if content.startswith(start):
            return kind
    return "txt" if is_text(content) else ""


def foreign_kind_of(content: bytes) -> str:
    """What it is instead, in words, as far as the first bytes tell."""
    for start, words in _FOREIGN:
        if content.startswith(start):
            return words
    return "of no kind that is taken"


def is_text(content: bytes) -> bool:
    """Text in UTF-8, in UTF-16 with its mark, or in an old code of one byte each."""
    if content.startswith(_UTF16):
        try:
            decoded = content.decode("utf-16")
        except UnicodeDecodeError:
            return False
        return "\x00" not in decoded
    return len(content.translate(None, _CONTROLS)) == len(content)


def require_one_kind(content: bytes, kind: str) -> None:
    """Refuse a file that another program would read as something else.

    :raises Unfit: for a ZIP at the end of another kind, or a PDF at the start of one
    """
    also = ""
    if kind not in {"zip", *OFFICE_KINDS} and _ends_as_zip(content):
        also = "a ZIP archive"
    elif kind not in {"pdf", *TEXT_KINDS} and b"%PDF-" in content[:1024]:
        also = "a PDF"
    if also:
        raise Unfit(
            "two_kinds",
            f"It is a {kind.upper()} file and {also} at once.",
            "Such files show one thing to a check and another to a reader.",
            "Save it anew from the program that made it.",
        )


def _ends_as_zip(content: bytes) -> bool:
    """Whether the tail is the directory of an archive, as its own sizes say."""
    tail = content[-_ZIP_TAIL:]
    at = tail.rfind(ZIP_END)
    if at < 0 or len(tail) - at < 22:
        return False
    size = int.from_bytes(tail[at + 12 : at + 16], "little")
    end = len(content) - len(tail) + at
    return size == 0 or content[max(0, end - size) : end].startswith(b"PK\x01\x02")
