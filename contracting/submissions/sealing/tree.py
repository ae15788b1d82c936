"""One root over every receipt, which tells nobody how many there are.

The tree has 4,096 leaves. A receipt lies at a random place, and every other leaf is
random: it looks like a receipt's. So every root and every proof is of one length,
whether no vendor has handed in or all of them have. For more receipts than that the
tree is as much higher as it must be, for all of them.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from contracting.core.canonical import canonical_json

DEPTH: Final = 12
_LEAF: Final = b"\x00drawdown/v1/receipt\x00"
_NODE: Final = b"\x01drawdown/v1/node\x00"
_HASH: Final = 32
_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class Proof:
    """Where a receipt lies, and the hashes that lead from it to the root."""

    position: int
    path: tuple[str, ...]


def leaf_of(receipt: Mapping[str, Any]) -> bytes:
    """The hash of a receipt; no other kind of hash in the tree can equal it."""
    return hashlib.sha256(_LEAF + canonical_json(receipt).encode()).digest()


def grow(leaves: Mapping[_Key, bytes]) -> tuple[str, dict[_Key, Proof]]:
    """The root over these leaves, in hexadecimal, and each one's proof by its key."""
    depth = max(DEPTH, (len(leaves) - 1).bit_length())
    places = secrets.SystemRandom().sample(range(2**depth), len(leaves))
    at = dict(zip(leaves, places, strict=True))
    level = [secrets.token_bytes(_HASH) for _ in range(2**depth)]
    for key, place in at.items():
        level[place] = leaves[key]
    paths: dict[_Key, list[str]] = {key: [] for key in leaves}
    for height in range(depth):
        for key, place in at.items():
            paths[key].append(level[(place >> height) ^ 1].hex())
        level = _above(level)
    proofs = {key: Proof(at[key], tuple(path)) for key, path in paths.items()}
    return level[0].hex(), proofs


def root_from(leaf: bytes, proof: Proof) -> str:
    """The root, in hexadecimal, to which a proof leads from a leaf."""
    here = leaf
    for height, beside in enumerate(proof.path):
        other = bytes.fromhex(beside)
        is_right = (proof.position >> height) & 1
        here = _node(other, here) if is_right else _node(here, other)
    return here.hex()


def _above(level: Sequence[bytes]) -> list[bytes]:
    return [_node(level[i], level[i + 1]) for i in range(0, len(level), 2)]


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()
