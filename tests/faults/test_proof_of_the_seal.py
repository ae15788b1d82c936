"""A sealed offer is searched wherever something of it could have been left.

An offer with words nobody ever used in its text, in a price, and in the name and the
body of a file is handed in through its page and committed for real, beside a worker, a
beat and the broker. Every place is then searched in every spelling: nothing is found
before the opening, and after it all of it is there. With the encryption switched off
the same search finds it in at least three places, so that it does find.

A rival has the same words in a draft that it never submits, another one in a draft and
a file of it that its browser has sealed: they are found at no time.
"""

import contextlib
import functools
import gzip
import json
import logging
import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from contracting.documents.models import Document
from contracting.embedded import places
from contracting.embedded.servers import Postgres, Valkey
from contracting.proposals.operations.attach import CountedFile, attach_draft_files
from contracting.submissions import calculations
from contracting.submissions.calculations import OfferedFile
from contracting.submissions.models import Submission
from tests.builders import released_solicitation
from tests.cast import actor, client_for, submit
from tests.databases import _owner_address
from tests.offer_keys import chosen_passphrase
from tests.offers import before, opened_offers
from tests.proposals.drafts import prices_on, saved, sealed_content, sealed_file
from tests.submissions.test_doors import filled_in
from tests.submissions.test_sealed_box import spellings
from tests.workers import ROOT, eventually

PACKED = re.compile(rb"\x1f\x8b\x08")
MOST = 32 * 1024 * 1024
"""Bytes that a packed part is expanded to at most."""


@dataclass(frozen=True)
class Canary:
    """Words that nobody ever used, one in each part of an offer."""

    text: bytes
    name: bytes
    body: bytes
    price: bytes

    @property
    def words(self) -> list[bytes]:
        return [self.text, self.name, self.body, self.price]


def canary() -> Canary:
    text, name, body = (f"canary{secrets.token_hex(12)}".encode() for _ in range(3))
    digits = secrets.randbelow(9_000_000) + 1_000_000
    price = f"{secrets.randbelow(8_000) + 1_000}.{digits % 1_000_000:06}".encode()
    return Canary(text, name, body, price)


def handed_in(solicitation, words: Canary) -> Submission:
    """An offer with the words, sent through its page; its vendor has an offer key."""
    chosen_passphrase()
    vendor = client_for(actor("vendor_a_signer"))
    url = reverse("submissions:submit_submission", args=[solicitation.public_id])
    plan = SimpleUploadedFile(f"{words.name.decode()}.txt", words.body, "text/plain")
    sent = filled_in(solicitation, technical=f"Ours: {words.text.decode()}")
    first = next(name for name in sent if name.startswith("price"))
    sent = {**sent, first: words.price.decode(), "attachments": [plan]}
    assert submit(vendor, url, sent).status_code == 303
    return Submission.objects.get()


def drafted(solicitation, words: Canary) -> None:
    """A rival's draft with the words, saved part by part."""
    rival, text = "vendor_b_signer", f"Ours: {words.text.decode()}"
    saved(solicitation, "TECHNICAL", {"text": text}, by=rival)
    prices = prices_on(solicitation, words.price.decode())
    saved(solicitation, "PRICES", prices, by=rival)
    plan = OfferedFile(f"{words.name.decode()}.txt", "text/plain", words.body)
    attach_draft_files(
        solicitation_id=solicitation.pk,
        files=[CountedFile(plan)],
        by=actor(rival),
        at=before(solicitation, hours=1),
    )


def drafted_in_a_browser(solicitation, words: Canary) -> None:
    """A draft with the words as a vendor's browser seals it, sent through its page."""
    part = "other_vendor_signer"
    chosen_passphrase(by=part)
    fields = {
        "technical": f"Ours: {words.text.decode()}, {words.name.decode()}",
        "price": words.price.decode(),
        "other": words.body.decode(),
    }
    content = sealed_content({"fields": fields}, by=part)
    made = {
        "version": content.version,
        "sealed": b64encode(content.sealed).decode(),
        "wrapped_key": b64encode(content.wrapped_key).decode(),
        "offer_key": content.offer_key,
    }
    url = reverse("proposals:seal_draft", args=[solicitation.public_id])
    sent = {"made": json.dumps(made), "seen_version": 0}
    browser = client_for(actor(part))
    assert browser.post(url, sent).status_code == 200
    attach_in_a_browser(browser, solicitation, words, part)


def attach_in_a_browser(browser, solicitation, words: Canary, part: str) -> None:
    """A file whose name and body are the words, as a browser seals and sends it."""
    file = sealed_file(f"{words.name.decode()}.txt", words.body, by=part)
    made = {
        "name": file.name,
        "facts": b64encode(file.facts).decode(),
        "wrapped_key": b64encode(file.wrapped_key).decode(),
        "offer_key": file.offer_key,
    }
    url = reverse("proposals:attach_sealed_file", args=[solicitation.public_id])
    sent = {
        "made": json.dumps(made),
        "sealed": SimpleUploadedFile("sealed", file.sealed),
    }
    assert browser.post(url, sent).status_code == 200


def on_the_disk(folder: Path) -> bytes:
    """Every file under a folder; one that goes away meanwhile had nothing to keep."""
    kept = []
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            kept.append(path.read_bytes())
    return b"\n".join(kept)


def with_what_is_packed(raw: bytes) -> bytes:
    """The bytes, and behind them every gzipped part of them, expanded."""
    parts = [raw]
    for match in PACKED.finditer(raw):
        with contextlib.suppress(zlib.error):
            expanding = zlib.decompressobj(wbits=31)
            parts.append(expanding.decompress(raw[match.start() :], MOST))
    return b"\n".join(parts)


def expanded(look: Callable[[], bytes]) -> Callable[[], bytes]:
    return lambda: with_what_is_packed(look())


def rows(address: str) -> bytes:
    """Every row of every table, as text."""
    with psycopg.connect(address) as session:
        tables = session.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        found = []
        for (table,) in tables:
            shown = session.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608
            found += [text.encode() for (text,) in shown]
    return b"\n".join(found)


def backup(address: str) -> bytes:
    """What a backup holds: a packed dump of the database, and the stored files."""
    dump = Postgres().directories()[0] / "pg_dump"
    made = subprocess.run(
        [dump, "--dbname", address, "--compress", "gzip:6"],
        check=True,
        capture_output=True,
    )
    assert made.stdout.startswith(b"\x1f\x8b")
    return made.stdout + gzip.compress(on_the_disk(Path(default_storage.path(""))))


def written_since(folder: Path, began: float) -> bytes:
    """The files of a folder that were written into since: older ones cannot have it."""
    return b"\n".join(
        path.read_bytes()
        for path in sorted(folder.iterdir())
        if path.is_file() and path.stat().st_mtime >= began - 1
    )


def memory_of(pid: int) -> bytes:
    """All that a process can read and write, as far as it lets itself be read."""
    found = []
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            reach, rights = line.split()[:2]
            begin, end = (int(each, 16) for each in reach.split("-"))
            if not rights.startswith("rw") or "[v" in line:
                continue
            with contextlib.suppress(OSError, OverflowError, ValueError):
                memory.seek(begin)
                found.append(memory.read(end - begin))
    return b"".join(found)


def family(pid: int) -> list[int]:
    """A process and those that it has started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in family(int(child)))]


def memory_of_all(pid: int) -> bytes:
    return b"".join(map(memory_of, family(pid)))


@pytest.fixture
def beat(own_database, tmp_path) -> Iterator[subprocess.Popen]:
    """The process that sends what is due, on the test's own database."""
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "contracting", "beat"]
        + ["-s", str(tmp_path / "schedule"), "--pidfile="],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": own_database.url,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


@dataclass(frozen=True)
class Site:
    """Where everything of a running site lies."""

    address: str
    temp: Path
    began: float
    processes: dict[str, int]
    logged: pytest.LogCaptureFixture

    def searched(self, words: Canary) -> dict[str, int]:
        """How many of the words are found in each place, in whatever spelling."""
        return {place: self.found_in(place, words) for place in self.places()}

    def found_in(self, place: str, words: Canary) -> int:
        whole = self.places()[place]()
        return sum(
            any(each in whole for each in spellings(word)) for word in words.words
        )

    def places(self) -> dict[str, Callable[[], bytes]]:
        """All that the site keeps, in whatever form, by the place where it lies."""
        media, var = Path(default_storage.path("")), places.VAR
        wal = var / "postgres" / "pg_wal"
        kept = {
            "tables": lambda: rows(self.address),
            "media": lambda: on_the_disk(media),
            "backup": lambda: backup(self.address),
            "write-ahead log": lambda: written_since(wal, self.began),
            "temp": lambda: on_the_disk(self.temp),
            "logs": lambda: on_the_disk(var / "log") + self.logged.text.encode(),
            "data of the broker": lambda: on_the_disk(var / "valkey"),
        }
        return {
            **{name: expanded(look) for name, look in kept.items()},
            **{
                f"memory of the {name}": functools.partial(memory_of_all, pid)
                for name, pid in self.processes.items()
            },
        }


@pytest.fixture
def site(worker, beat, own_database, monkeypatch, tmp_path, caplog) -> Site:
    """The embedded servers with a worker and a beat, watched from now on."""
    broker = Valkey().pid_file
    if not broker.exists() or os.geteuid() != 0:
        pytest.skip("memory and folders of servers of yours are not looked into")
    temp = tmp_path / "temp"
    temp.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temp))
    caplog.set_level(logging.DEBUG)
    known = {"worker": worker.pid, "beat": beat.pid}
    known["broker"] = int(broker.read_text().split()[0])
    address = psycopg.conninfo.make_conninfo(_owner_address(), dbname=own_database.name)
    return Site(address, temp, time.time(), known, caplog)


def at_its_time(monkeypatch, solicitation) -> None:
    now = before(solicitation, minutes=5)
    monkeypatch.setattr("contracting.core.clock.now", lambda: now)


def is_taken_up() -> bool:
    """Whether the worker has had the receipt in hand."""
    papers = Document.objects.filter(kind="receipt")
    return papers.exclude(state="REQUESTED", last_error="", attempts=0).exists()


def test_a_sealed_offer_is_found_nowhere_and_after_the_opening_it_is(site, monkeypatch):
    # Given an offer that was handed in, and whose receipt the worker has taken up
    words, solicitation = canary(), released_solicitation()
    at_its_time(monkeypatch, solicitation)
    drafted(solicitation, words)
    drafted_in_a_browser(solicitation, words)
    submission = handed_in(solicitation, words)
    eventually(is_taken_up)

    # Then none of its words is anywhere, although the WAL has what was written
    found = site.searched(words)
    assert len(found) == 10
    assert set(found.values()) == {0}, found
    wal = places.VAR / "postgres" / "pg_wal"
    number = submission.public_id.encode()
    eventually(lambda: number in written_since(wal, site.began), within=10)

    # And once a quorum has opened it, all of it is in a backup: the file in the media
    opened_offers(on=solicitation)
    found = site.searched(words)
    assert (found["tables"], found["media"], found["backup"]) == (3, 1, 4), found


def test_the_same_search_finds_an_offer_that_is_not_sealed(site, monkeypatch):
    # Given encryption that does nothing, and a receipt that lists every part
    plainly = calculations.parts

    def listed(plain):
        return [*plainly(plain), {"name": str(plain), "size_bytes": 0, "sha256": ""}]

    monkeypatch.setattr(calculations, "encrypt", lambda raw, *, key, binding: raw)
    monkeypatch.setattr(calculations, "parts", listed)
    words, solicitation = canary(), released_solicitation()
    at_its_time(monkeypatch, solicitation)

    handed_in(solicitation, words)

    eventually(is_taken_up)
    eventually(lambda: site.found_in("write-ahead log", words), within=20)
    found = site.searched(words)
    assert sum(number > 0 for number in found.values()) >= 3, found
