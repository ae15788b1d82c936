#!/usr/bin/env python3
"""Check an archive without the site that made it: every hash, and every chain.

Usage: python3 verify_pack.py [ARCHIVE.zip | FOLDER] [--sha256 HASH]

Without an argument it checks the folder that it lies in. It needs Python 3.8 or newer
and nothing else, opens no connection and writes nothing. Exit code 0: everything holds.
1: something does not, and it says what. 2: it could not read the archive.

What it shows: the files are those of the manifest, none is missing, none is changed and
none was added; each link of each chain of events follows the one before it, and each
link that is there in full has the hash that it says. What it cannot show: that the
manifest is the one that was issued. For that, compare the SHA-256 of the ZIP with the
one on the page of the archive (--sha256 does), or of a chain's last link with a
published one.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
GENESIS = "0" * 64
HASHED = (
    "stream",
    "seq",
    "event",
    "subject_kind",
    "subject_id",
    "actor_kind",
    "actor_user_id",
    "actor_membership_id",
    "actor_key_id",
    "actor_organization_id",
    "actor_name",
    "actor_role",
    "at_microseconds",
    "payload",
)


class Archive:
    """Files by name, out of a ZIP or a folder."""

    def __init__(self, place: str | Path) -> None:
        self.place = Path(place)
        self.zip = None if self.place.is_dir() else zipfile.ZipFile(self.place)

    def names(self) -> list[str]:
        """The name of every file in it, twice if it is there twice."""
        if self.zip is not None:
            return [each.filename for each in self.zip.infolist()]
        files = [each for each in self.place.rglob("*") if each.is_file()]
        return [each.relative_to(self.place).as_posix() for each in files]

    def read(self, name: str) -> bytes:
        """The bytes of one file."""
        if self.zip is not None:
            return self.zip.read(name)
        return (self.place / name).read_bytes()


def check(archive: Archive) -> Iterator[str]:
    """Yield a sentence for each thing that does not hold."""
    names = archive.names()
    if MANIFEST not in names:
        yield f"There is no {MANIFEST}: this is no archive, or not all of one."
        return
    manifest = json.loads(archive.read(MANIFEST).decode("utf-8"))
    if manifest.get("complete") is not True:
        yield "The manifest does not say that the archive is complete."
    listed = {each["name"]: each for each in manifest["files"]}
    if len(listed) != len(manifest["files"]):
        yield "The manifest lists a name twice."
    for name in sorted(set(names)):
        if names.count(name) > 1:
            yield f"{name} is in it twice."
        if name not in listed and name not in (MANIFEST, SUMS):
            yield f"{name} is in it and not in the manifest."
    for name, about in listed.items():
        if name not in names:
            yield f"{name} is missing."
        else:
            yield from check_file(archive.read(name), about)
    yield from check_sums(archive, manifest)


def check_file(content: bytes, about: dict[str, Any]) -> Iterator[str]:
    """Yield what of one file is not as the manifest says."""
    name = about["name"]
    if len(content) != about["size_bytes"]:
        yield f"{name} has another size."
    if hashlib.sha256(content).hexdigest() != about["sha256"]:
        yield f"{name} was changed: its SHA-256 differs."
    elif about["kind"] == "chain":
        for wrong in check_chain(content, about):
            yield f"{name}: {wrong}"


def check_sums(archive: Archive, manifest: dict[str, Any]) -> Iterator[str]:
    """Yield whether the list of sums differs from the manifest."""
    if SUMS not in archive.names():
        yield f"{SUMS} is missing."
        return
    told = {each["name"]: each["sha256"] for each in manifest["files"]}
    told[MANIFEST] = hashlib.sha256(archive.read(MANIFEST)).hexdigest()
    sums = archive.read(SUMS).decode("utf-8").splitlines()
    if sums != [f"{told[name]}  {name}" for name in sorted(told)]:
        yield f"{SUMS} does not say what the manifest says."


def check_chain(content: bytes, about: dict[str, Any]) -> Iterator[str]:
    """Yield a sentence for each link that does not hold."""
    prev, seq = GENESIS, 0
    for line in content.decode("utf-8").splitlines():
        link = json.loads(line)
        if link["seq"] != seq + 1:
            yield f"after link {seq} comes link {link['seq']}."
        if link["prev"] != prev:
            yield f"link {link['seq']} does not follow the one before it."
        if not link.get("withheld") and link_hash(link) != link["hash"]:
            yield f"link {link['seq']} is not what was hashed."
        prev, seq = link["hash"], link["seq"]
    if seq != about["links"]:
        yield f"it has {seq} links, and the manifest says {about['links']}."
    if prev != about["last_hash"]:
        yield "its last link is not the one that the manifest names."


def link_hash(link: dict[str, Any]) -> str:
    """SHA-256 of one link: everything that it says, in a fixed order."""
    parts = [link[name] for name in HASHED]
    if link["scheme"] != 1:
        parts += [link["scheme"], link["recorded_at_microseconds"]]
    digest = hashlib.sha256(b"\x00" + bytes.fromhex(link["prev"]))
    for part in parts:
        raw = ("" if part is None else str(part)).encode("utf-8")
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()


def main(words: list[str]) -> int:
    """Check, say what was found, and return the exit code."""
    first, _, rest = (__doc__ or "").strip().partition("\n")
    reader = argparse.ArgumentParser(
        description=first,
        epilog=rest,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    reader.add_argument("archive", nargs="?", default=Path(__file__).resolve().parent)
    reader.add_argument("--sha256", help="what the ZIP must have")
    asked = reader.parse_args(words)
    try:
        archive = Archive(asked.archive)
        wrong = list(check(archive))
        if asked.sha256:
            found = hashlib.sha256(Path(asked.archive).read_bytes()).hexdigest()
            if found != asked.sha256.lower():
                wrong.append(f"The SHA-256 of the ZIP is {found}.")
        manifest = json.loads(archive.read(MANIFEST)) if not wrong else {}
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        say(f"It cannot be read: {type(error).__name__}: {error}")
        return 2
    for each in wrong:
        say(each)
    if wrong:
        say(f"{len(wrong)} of these things do not hold: do not rely on it.")
        return 1
    chains = [each for each in manifest["files"] if each["kind"] == "chain"]
    links = sum(each["links"] for each in chains)
    say(
        f"{manifest['title']}: {len(manifest['files'])} files and {links} links in "
        f"{len(chains)} chains, everything holds."
    )
    if not asked.sha256:
        say("That it is the one that was issued: compare the SHA-256 of the ZIP.")
    return 0


def say(words: str) -> None:
    """Tell whoever runs it."""
    sys.stdout.write(f"{words}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
