"""Counts the tokens of a text with a tokenizer's own file; the text goes nowhere.

Byte-level BPE files of merges, as GPT-2 and its kin publish them (``vocab.bpe``,
``merges.txt``), are read here with the standard library alone. A ``tokenizer.json`` is
read by the package ``tokenizers``, a ``*.tiktoken`` by the package ``tiktoken``, where
the agency has installed it.
"""

from __future__ import annotations

import functools
import hashlib
import heapq
import importlib
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

_CONTRACTIONS: Final = ("'s", "'t", "'re", "'ve", "'m", "'ll", "'d")
_SPACES: Final = frozenset(
    map(chr, (*range(9, 14), 32, 133, 160, 5760, *range(8192, 8203)))
) | frozenset(map(chr, (8232, 8233, 8239, 8287, 12288)))
_KEPT: Final = 50_000
"""So many pieces are remembered with their counts: a language repeats itself."""

PATTERNS: Final = {
    "r50k": (
        r"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$"
        r"|\s+(?!\S)|\s"
    ),
    "cl100k": (
        r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+"
        r"| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s"
    ),
    "o200k": (
        r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*"
        r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+"
        r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
    ),
}
"""How a text is cut before bytes are merged; a ``*.tiktoken`` does not say it."""


class NoTokenizer(Exception):
    """The file is none that is known here, or its package is not installed."""


@dataclass(frozen=True, slots=True)
class Tokenizer:
    """What counts, and the SHA-256 of the file it was read from."""

    sha256: str
    count: Callable[[str], int] = field(repr=False)


def read_tokenizer(path: Path, pattern: str = "") -> Tokenizer:
    """A tokenizer from its file.

    :param pattern: of a ``*.tiktoken``, how text is cut: ``r50k``, ``cl100k``,
        ``o200k``, or the regular expression itself
    :raises NoTokenizer: if it cannot be read
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}."
        raise NoTokenizer(message) from error
    sha256 = hashlib.sha256(raw).hexdigest()
    if path.suffix == ".json":
        return Tokenizer(sha256, _of_tokenizers(raw))
    if path.suffix == ".tiktoken":
        return Tokenizer(sha256, _of_tiktoken(path, pattern))
    return Tokenizer(sha256, Merges(raw).count)


class Merges:
    """Byte-level BPE with the merges of one file, cut as GPT-2 cuts.

    :raises NoTokenizer: if a line of it is no pair
    """

    def __init__(self, raw: bytes) -> None:
        try:
            lines = raw.decode().splitlines()
        except UnicodeDecodeError as error:
            message = "A file of merges is UTF-8 text."
            raise NoTokenizer(message) from error
        self._ranks: dict[tuple[str, str], int] = {}
        for n, line in enumerate(lines):
            if not line or (n == 0 and line.startswith("#version")):
                continue
            first, _, second = line.partition(" ")
            if not first or not second or " " in second:
                message = "Each line of a file of merges is two pieces."
                raise NoTokenizer(message)
            self._ranks[first, second] = n
        if not self._ranks:
            message = "There are no merges in this file."
            raise NoTokenizer(message)
        self._piece = functools.lru_cache(_KEPT)(self._merged)

    def count(self, text: str) -> int:
        """How many tokens a text is when it is cut canonically."""
        return sum(self._piece(piece) for piece in pieces_of(text))

    def _merged(self, piece: str) -> int:
        """Merge the pair of the lowest rank, the leftmost of them, until none is left.

        Places that are merged away are skipped; whoever sends a text without any space
        must not make this take the square of its length.
        """
        # A lone surrogate is no text; it counts as what would be written for it.
        parts = [_BYTES[byte] for byte in piece.encode("utf-8", "replace")]
        end, left = len(parts), len(parts)
        after = list(range(1, end + 1))
        before = list(range(-1, end - 1))
        waiting = [
            (self._ranks[pair], n, *pair)
            for n, pair in enumerate(zip(parts, parts[1:], strict=False))
            if pair in self._ranks
        ]
        heapq.heapify(waiting)
        while waiting:
            _rank, n, first, second = heapq.heappop(waiting)
            other = after[n]
            if parts[n] != first or other == end or parts[other] != second:
                continue
            parts[n], parts[other] = first + second, ""
            after[n] = after[other]
            if after[n] < end:
                before[after[n]] = n
            left -= 1
            for place in (before[n], n):
                if place >= 0 and after[place] < end:
                    pair = (parts[place], parts[after[place]])
                    rank = self._ranks.get(pair)
                    if rank is not None:
                        heapq.heappush(waiting, (rank, place, *pair))
        return left


def pieces_of(text: str) -> Iterator[str]:
    """A text in the pieces within which bytes are merged, as GPT-2's pattern cuts it.

    ``'s|'t|'re|'ve|'m|'ll|'d| ?letters| ?numbers| ?others|spaces``, of which the last
    space before a word goes to the word.
    """
    n, end = 0, len(text)
    while n < end:
        short = next((each for each in _CONTRACTIONS if text.startswith(each, n)), "")
        if short:
            yield short
            n += len(short)
            continue
        first = n + 1 if text[n] == " " and n + 1 < end else n
        kind = _kind(text[first])
        if kind == "s":
            stop = _run(text, n, "s")
            # The last space stays for what follows; alone it is a piece of its own.
            last = stop - 1 if stop < end and stop - n > 1 else stop
        else:
            last = _run(text, first, kind)
        yield text[n:last]
        n = last


def _run(text: str, start: int, kind: str) -> int:
    n = start
    while n < len(text) and _kind(text[n]) == kind:
        n += 1
    return n


@functools.lru_cache(_KEPT)
def _kind(letter: str) -> str:
    """``L`` of a letter, ``N`` of a number, ``s`` of a space, ``o`` of all else."""
    if letter in _SPACES:
        return "s"
    category = unicodedata.category(letter)[0]
    return category if category in "LN" else "o"


def _letters_of_bytes() -> list[str]:
    """The letter that stands for each byte in a file of merges."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = {byte: chr(byte) for byte in plain}
    for byte in range(256):
        if byte not in letters:
            letters[byte] = chr(256 + len(letters) - len(plain))
    return [letters[byte] for byte in range(256)]


_BYTES: Final = _letters_of_bytes()


def _package(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        message = f"Install the package {name} beside this client to read this file."
        raise NoTokenizer(message) from error


def _of_tokenizers(raw: bytes) -> Callable[[str], int]:
    package = _package("tokenizers")
    try:
        made = package.Tokenizer.from_str(raw.decode())
    except Exception as error:  # noqa: BLE001 (whatever the package raises)
        message = "The package tokenizers cannot read this file."
        raise NoTokenizer(message) from error
    return lambda text: len(made.encode(text, add_special_tokens=False).ids)


def _of_tiktoken(path: Path, pattern: str) -> Callable[[str], int]:
    package, load = _package("tiktoken"), _package("tiktoken.load")
    if not pattern:
        message = f"Say how a text is cut: {', '.join(PATTERNS)} or the pattern itself."
        raise NoTokenizer(message)
    try:
        ranks = load.load_tiktoken_bpe(str(path))
        made = package.Encoding(
            path.stem,
            pat_str=PATTERNS.get(pattern, pattern),
            mergeable_ranks=ranks,
            special_tokens={},
        )
    except Exception as error:  # noqa: BLE001 (whatever the package raises)
        message = "The package tiktoken cannot read this file."
        raise NoTokenizer(message) from error
    return lambda text: len(made.encode_ordinary(text))
