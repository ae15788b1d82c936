"""Check a receipt for an offer without the site that issued it.

    python3 verify_receipt.py receipt.json [FILE ...] [--root HEX]

Needs Python 3.9 or later and nothing else, and asks nothing of any network. It checks
that the receipt leads to the root that was published when receiving ended, that its
time is up to the deadline, and that each FILE is, byte for byte, the one on the
receipt. Give the root that you read on the public page of the solicitation as --root.
Ends with 0 if everything that was checked fits, and with 1 if anything does not.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

FORMAT = "drawdown/v1/receipt"
LEAF = b"\x00drawdown/v1/receipt\x00"
NODE = b"\x01drawdown/v1/node\x00"
SHORTEST = 12


def main(arguments: Sequence[str] | None = None) -> int:
    """Check what the command line names; give the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("receipt", help="the JSON of the receipt")
    parser.add_argument("files", nargs="*", help="files of the offer")
    parser.add_argument("--root", help="the root as you read it where it is published")
    given = parser.parse_args(arguments)
    try:
        whole = json.loads(Path(given.receipt).read_text(encoding="utf-8"))
        faults = list(faults_of(whole, given.files, given.root))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        say(f"NOT PROVED: this is no receipt that can be read ({error!r}).")
        return 1
    for fault in faults:
        say(f"DOES NOT FIT: {fault}.")
    say("Something does not fit." if faults else "Everything that was checked fits.")
    return 1 if faults else 0


def faults_of(
    whole: dict[str, Any], paths: Sequence[str], published: str | None
) -> Iterator[str]:
    """Say what is proved and what is not; give what does not fit."""
    if whole["format"] != FORMAT:
        message = f"its format is not {FORMAT}"
        raise ValueError(message)
    receipt = whole["receipt"]
    say(f"Receipt {receipt['receipt']}, version {receipt['version']}")
    say(f"for solicitation {receipt['piid']}, received at {receipt['received_at']}")
    yield from _of_the_root(whole, published)
    yield from _of_the_time(receipt)
    yield from _of_the_files(receipt, paths)
    say("Not proved by this: that the clock was right, and who holds the receipt.")


def _of_the_root(whole: dict[str, Any], published: str | None) -> Iterator[str]:
    leaf = leaf_of(whole["receipt"])
    if leaf.hex() != whole["leaf"]:
        yield "the receipt was altered: its hash is not the leaf"
    proof, root = whole["proof"], whole["root"]
    if proof is None:
        say("NOT PROVED: the receipt is late, and no late one is under the root")
    elif len(proof["path"]) < SHORTEST:
        yield "the proof is shorter than every proof is"
    elif root_from(leaf, proof) != root:
        yield "the receipt does not lead to the root"
    else:
        say(f"PROVED: it was there, as it is, when the root {root} was made")
    if published is None:
        say("NOT PROVED: that this root is the published one; compare, or give --root")
    elif published.strip().lower() != root:
        yield "the root is another one than the one you read"
    else:
        say("PROVED: the root is the one you read where it is published")


def _of_the_time(receipt: dict[str, Any]) -> Iterator[str]:
    received, deadline = receipt["received_at"], receipt["deadline"]
    if len(received) != len(deadline):
        yield "its times are not written in one way"
    elif (received > deadline) != receipt["is_late"]:
        yield f"it says {'late' if receipt['is_late'] else 'in time'} and is not"
    else:
        word = "after" if receipt["is_late"] else "up to"
        say(f"PROVED: its time lies {word} the deadline, {deadline}")


def _of_the_files(receipt: dict[str, Any], paths: Sequence[str]) -> Iterator[str]:
    listed, seen = receipt["files"], set()
    for path in map(Path, paths):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        names = [part["name"] for part in listed if part["sha256"] == digest]
        seen.update(names)
        if names:
            say(f"PROVED: {path.name} is the file that was received, {names[0]}")
        else:
            yield f"{path.name} is, byte for byte, no file that was received"
    for part in listed:
        if part["name"] not in seen:
            say(f"NOT CHECKED: {part['name']}")


def root_from(leaf: bytes, proof: dict[str, Any]) -> str:
    """The root to which the proof leads from the leaf."""
    here, position = leaf, int(proof["position"])
    for height, beside in enumerate(proof["path"]):
        other = bytes.fromhex(beside)
        pair = other + here if (position >> height) & 1 else here + other
        here = hashlib.sha256(NODE + pair).digest()
    return here.hex()


def leaf_of(receipt: dict[str, Any]) -> bytes:
    """The hash of the receipt: of its JSON with sorted keys and without spaces."""
    text = json.dumps(
        receipt, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return hashlib.sha256(LEAF + text.encode()).digest()


def say(text: str) -> None:
    """Print one line."""
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
