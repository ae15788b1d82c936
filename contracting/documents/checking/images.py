"""The size of an image, read from its header: nothing is decoded."""

from __future__ import annotations

import struct
import zlib

from contracting.documents.checking.findings import Limits, Unfit

_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})


def check_image(content: bytes, kind: str, limits: Limits) -> None:
    """Refuse an image that is cut off, or has more pixels than a viewer bears.

    :raises Unfit: if it is unreadable or too large
    """
    width, height = _png_size(content) if kind == "png" else _jpeg_size(content)
    if not width or not height:
        raise _damaged()
    if width * height > limits.pixels:
        raise Unfit(
            "too_many_pixels",
            f"The image has {width:,} by {height:,} pixels.",
            f"More than {limits.pixels // 1_000_000} million stop a reader's computer.",
            "Scale it down.",
        )


def _damaged() -> Unfit:
    return Unfit(
        "image_damaged",
        "The image is damaged or cut off.",
        "Nobody could look at it.",
        "Save it anew and hand in the whole file.",
    )


def _png_size(content: bytes) -> tuple[int, int]:
    """Width and height, once every chunk up to the last one is there."""
    at, size, has_pixels = 8, (0, 0), False
    while at + 12 <= len(content):
        length, name = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if end > len(content) or not name.isalpha():
            break
        body = content[at + 4 : end - 4]
        if zlib.crc32(body) != struct.unpack_from(">I", content, end - 4)[0]:
            break
        if name == b"IHDR" and length == 13:
            size = struct.unpack_from(">II", content, at + 8)
            if size[0] * size[1] > 2**40:
                return size
        has_pixels = has_pixels or name == b"IDAT"
        if name == b"IEND":
            return size if has_pixels else (0, 0)
        at = end
    # A header that promises too much is said to do so, though the rest is missing.
    return size if size[0] * size[1] > Limits().pixels else (0, 0)


def _jpeg_size(content: bytes) -> tuple[int, int]:
    """Width and height of the first frame, of an image that ends."""
    at, size = 2, (0, 0)
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF or marker in _ALONE:
            at += 1 if marker == 0xFF else 2
            continue
        length = struct.unpack_from(">H", content, at + 2)[0]
        if length < 2:
            break
        if marker in _FRAMES and at + 9 <= len(content):
            height, width = struct.unpack_from(">HH", content, at + 5)
            size = (width, height)
        if marker == 0xDA:
            ends = content.find(b"\xff\xd9", at + 2 + length) > 0
            return size if ends or size[0] * size[1] > Limits().pixels else (0, 0)
        at += 2 + length
    return size if size[0] * size[1] > Limits().pixels else (0, 0)
