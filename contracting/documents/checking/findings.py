"""What a check finds, the limits that it counts against, and its verdict."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Final

MEGABYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a file is not taken: what was found, why it matters, what to do."""

    code: str
    file: str
    found: str
    matters: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}: {self.found} {self.matters} {self.remedy}"


class Unfit(Exception):
    """Ends the check of a file; never leaves this package."""

    def __init__(self, code: str, found: str, matters: str, remedy: str) -> None:
        super().__init__(found)
        self.code = code
        self.words = (found, matters, remedy)
        self.inside: tuple[str, ...] = ()

    def within(self, name: str) -> Unfit:
        """The same, found in an entry of an archive."""
        self.inside = (name, *self.inside)
        return self


@dataclass(frozen=True, slots=True)
class Limits:
    """How large, how many and how deep. All are counted, none is believed."""

    file_bytes: int = 20 * MEGABYTE
    entries: int = 1_000
    unpacked_bytes: int = 200 * MEGABYTE
    entry_bytes: int = 50 * MEGABYTE
    ratio: int = 100
    ratio_from_bytes: int = MEGABYTE
    depth: int = 2
    pixels: int = 50_000_000
    xml_bytes: int = MEGABYTE
    seconds: float = 20.0


@dataclass(slots=True)
class Budget:
    """What one upload may still unfold to, over all archives that lie in it."""

    limits: Limits
    packed_bytes: int
    entries: int = 0
    unpacked_bytes: int = 0
    began: float = field(default_factory=time.monotonic)

    @property
    def seconds_left(self) -> float:
        """How long the check may still take."""
        return self.limits.seconds - (time.monotonic() - self.began)

    def require_time(self) -> None:
        """Refuse what takes too long, before the next part of it is begun."""
        if self.seconds_left <= 0:
            raise Unfit(
                "too_slow",
                f"It takes more than {self.limits.seconds:.0f} seconds to check.",
                "It would stop a reader's computer, or has too many parts.",
                "Split it, or save it anew in a simpler form.",
            )

    def count_entries(self, number: int) -> None:
        """Count the entries of one more archive."""
        self.entries += number
        if self.entries > self.limits.entries:
            raise Unfit(
                "too_many_entries",
                f"It holds more than {self.limits.entries:,} files.",
                "So many cannot be checked before the deadline.",
                "Pack fewer files, or combine them.",
            )

    def count_bytes(self, number: int) -> None:
        """Count bytes as they are inflated.

        A ratio counts from some size on: a small file of blanks is no bomb.
        """
        self.unpacked_bytes += number
        limits = self.limits
        if self.unpacked_bytes > limits.unpacked_bytes:
            raise Unfit(
                "unpacks_too_large",
                f"It unpacks to more than {limits.unpacked_bytes // MEGABYTE} MB.",
                "Files that unfold without end stop a reader's computer.",
                "Hand in less, or split it.",
            )
        self.count_ratio(self.unpacked_bytes, self.packed_bytes)

    def count_ratio(self, unpacked: int, packed: int) -> None:
        """Refuse what unfolds to more than a hundred times its size."""
        limits = self.limits
        if unpacked > max(limits.ratio_from_bytes, limits.ratio * packed):
            raise Unfit(
                "unpacks_too_far",
                f"It unpacks to more than {limits.ratio} times its size.",
                "Files that unfold so far are made to stop a reader's computer.",
                "Save it anew from the program that made it.",
            )


@dataclass(frozen=True, slots=True)
class FileVerdict:
    """What a file is by its content, and why it is not taken, if it is not.

    ``content`` is the whole file when it is fit, and nothing of one that is not.
    ``is_scanned`` says that a malware scanner has read it and found nothing.
    """

    name: str
    kind: str = ""
    media_type: str = "application/octet-stream"
    content: bytes = field(default=b"", repr=False)
    sha256: str = ""
    findings: tuple[Finding, ...] = ()
    is_scanned: bool = False

    @property
    def is_fit(self) -> bool:
        """Whether the file may be taken."""
        return not self.findings

    @property
    def size_bytes(self) -> int:
        return len(self.content)

    @property
    def words(self) -> str:
        """Every reason why it is not taken, or nothing."""
        return " ".join(str(finding) for finding in self.findings)
