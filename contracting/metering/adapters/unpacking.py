"""Packed bodies: gzip and zstd, unpacked piece by piece and never beyond the limits."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Final

import zstandard

from contracting.metering.refusals import (
    BodyTooLarge,
    EncodingUnknown,
    NotPacked,
    PackedTooLarge,
    RatioTooHigh,
)

MEGABYTE: Final = 1024 * 1024
_STEP: Final = 64 * 1024
_PACKED_STEP: Final = 256
"""A few bytes of zstd may stand for megabytes: so few are unpacked at once."""

_MOST_WINDOW: Final = 8 * MEGABYTE


@dataclass(frozen=True, slots=True)
class Limits:
    """What a door takes, in bytes; ``ratio`` is unpacked to packed."""

    packed: int
    raw: int
    ratio: int = 100


BATCH: Final = Limits(packed=5 * MEGABYTE, raw=50 * MEGABYTE)
UPLOAD: Final = Limits(packed=25 * MEGABYTE, raw=500 * MEGABYTE)


def unpacked(stream: IO[bytes], encoding: str, limits: Limits) -> bytes:
    """The whole body.

    :param encoding: the ``Content-Encoding``: ``identity``, ``gzip`` or ``zstd``
    :raises EncodingUnknown: for any other
    :raises PackedTooLarge: if more packed bytes come than are allowed
    :raises BodyTooLarge: if it is larger than is allowed, unpacked
    :raises RatioTooHigh: if it unpacks to more than ``ratio`` times its size
    :raises NotPacked: if it is not packed as it says, or is cut off
    """
    return b"".join(pieces(stream, encoding, limits))


def pieces(stream: IO[bytes], encoding: str, limits: Limits) -> Iterator[bytes]:
    """The body in pieces; the limits are held while it is read."""
    name = encoding.strip().lower() or "identity"
    if name == "identity":
        return _within(limits, _plain(stream), lambda: limits.raw)
    unpack = _UNPACK.get(name)
    if unpack is None:
        message = "Send the body as it is, or with Content-Encoding gzip or zstd."
        raise EncodingUnknown(message)
    counted = _Counted(stream, limits.packed)
    return _within(limits, unpack(counted), lambda: counted.read_so_far)


class _Counted:
    """A stream that gives no more than so many bytes."""

    def __init__(self, stream: IO[bytes], most: int) -> None:
        self._stream = stream
        self._most = most
        self.read_so_far = 0

    def read(self, size: int) -> bytes:
        found = self._stream.read(size)
        self.read_so_far += len(found)
        if self.read_so_far > self._most:
            message = f"The body has more than {self._most:,} bytes packed."
            raise PackedTooLarge(message)
        return found


def _within(
    limits: Limits, found: Iterator[bytes], packed: Callable[[], int]
) -> Iterator[bytes]:
    size = 0
    for piece in found:
        size += len(piece)
        if size > limits.raw:
            message = f"The body has more than {limits.raw:,} bytes unpacked."
            raise BodyTooLarge(message)
        # The first pieces of a small body may stand for much; its whole may not.
        if size > limits.ratio * max(packed(), _STEP):
            message = f"The body unpacks to more than {limits.ratio} times its size."
            raise RatioTooHigh(message)
        yield piece
    if size > limits.ratio * packed():
        message = f"The body unpacks to more than {limits.ratio} times its size."
        raise RatioTooHigh(message)


def _plain(stream: IO[bytes]) -> Iterator[bytes]:
    while piece := stream.read(_STEP):
        yield piece


def _gunzip(stream: _Counted) -> Iterator[bytes]:
    """Members of a gzip one after the other, as ``gzip`` reads them."""
    packed = stream.read(_STEP)
    begun = False
    while packed:
        member = zlib.decompressobj(wbits=31)
        while not member.eof:
            try:
                piece = member.decompress(packed, _STEP)
            except zlib.error as error:
                raise _not_packed("gzip") from error
            if piece:
                yield piece
            packed = member.unconsumed_tail
            if not packed and not member.eof:
                packed = stream.read(_STEP)
                if not packed:
                    raise _not_packed("gzip")
        begun = True
        packed = (member.unused_data or stream.read(_STEP)).lstrip(b"\x00")
    if not begun:
        raise _not_packed("gzip")


def _unzstd(stream: _Counted) -> Iterator[bytes]:
    """Frames of zstd one after the other."""
    packed = stream.read(_PACKED_STEP)
    begun = False
    while packed:
        frame = zstandard.ZstdDecompressor(max_window_size=_MOST_WINDOW).decompressobj()
        while not frame.eof:
            if not packed:
                raise _not_packed("zstd")
            try:
                piece = frame.decompress(packed)
            except zstandard.ZstdError as error:
                raise _not_packed("zstd") from error
            if piece:
                yield piece
            packed = b"" if frame.eof else stream.read(_PACKED_STEP)
        begun = True
        packed = frame.unused_data or stream.read(_PACKED_STEP)
    if not begun:
        raise _not_packed("zstd")


_UNPACK: Final = {"gzip": _gunzip, "x-gzip": _gunzip, "zstd": _unzstd}


def _not_packed(name: str) -> NotPacked:
    return NotPacked(f"The body is not {name}, or is cut off.")
