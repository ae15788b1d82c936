"""Many vendors hand in within the last minute, and a web worker dies in it.

Real workers of the web server on a database of their own, a deadline that passes for
real, fifty vendors, and a megabyte from each over a socket; twenty with FULL=1, which
wants a machine of its own. What breaks off is sent again with the token it was sent
with, as a browser does that is told to.
"""

import contextlib
import http.client
import importlib.util
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import reverse

from accounts.models import Membership, Organization, User
from accounts.queries import actor_of
from contracting.core import clock
from contracting.core.canonical import canonical_json
from contracting.core.models import new_public_id
from contracting.proposals.models import DraftUpload
from contracting.proposals.queries import draft_of, files_of
from contracting.solicitations.models import Solicitation
from contracting.solicitations.operations.amend import amend_solicitation
from contracting.submissions.calculations import Place
from contracting.submissions.health.models import BegunUpload
from contracting.submissions.invariants import INVARIANTS
from contracting.submissions.models import Submission, SubmissionVersion
from contracting.submissions.operations.open import open_submissions
from contracting.submissions.paperwork import proof
from contracting.submissions.queries import published_root, unopened_after_opening
from contracting.submissions.sealing.offers import SealedOffer
from contracting.submissions.tasks import close_due_receipts
from tests.builders import released_solicitation
from tests.cast import actor, client_for
from tests.offers import PASSPHRASE, before, deadline
from tests.proposals.test_submit_upload import envelope_of
from tests.sealed_offers import sealed_offer
from tests.submissions.test_doors import filled_in
from tests.workers import ROOT, eventually

FULL = bool(os.environ.get("FULL"))
VENDORS = 50
SLOW = 2
"""So many of them begin before the deadline and end after it."""
WINDOW = 60
"""Seconds before the deadline in which they begin."""
KILLED = 10
"""Seconds before the deadline at which a worker of the web server is killed."""
MEGABYTES = 20 if FULL else 1
PLAN = b"One line of a plan that is megabytes long.\n" * 23_832 * MEGABYTES
HASH = sha256(PLAN).hexdigest()
BOUNDARY = "of-an-offer"
TRIES = 40 if FULL else 10
PATIENCE = 300 if FULL else 110
"""Seconds in which an answer has to come."""


@dataclass(frozen=True)
class Vendor:
    """A vendor's signer at a browser."""

    organization: int
    cookies: str
    token: str


@dataclass(frozen=True)
class Web:
    """The web server: where it listens, and its first process."""

    port: int
    process: subprocess.Popen

    def workers(self) -> list[int]:
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        return [int(each) for each in children.split()]

    def answers(self) -> bool:
        with contextlib.suppress(OSError):
            link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
            link.request("GET", "/livez")
            return link.getresponse().status < 500
        return False


@pytest.fixture
def web(own_database, tmp_path) -> Iterator[Web]:
    """Three workers of the web server, as it is installed."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (tmp_path / "web.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "contracting.wsgi"]
            + ["--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"]
            + ["--workers", "3", "--threads", "8", "--timeout", "120"]
            + ["--no-control-socket", "--worker-tmp-dir", "/dev/shm"],  # noqa: S108
            cwd=ROOT,
            env={
                **os.environ,
                "DATABASE_URL": own_database.url,
                "DJANGO_SETTINGS_MODULE": "tests.settings",
            },
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    server = Web(port, process)
    try:
        eventually(server.answers, within=90)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def vendors(count: int = VENDORS) -> list[Vendor]:
    """Each with an organization and a session of its own."""
    found = []
    for number in range(count):
        house = Organization.objects.create(
            name=f"Vendor {number:02}", kind="VENDOR", uei=f"VNDR{number:08}"
        )
        user = User.objects.create_user(f"signer.{number}@example.test", name="Signer")
        held = Membership.objects.create(
            user=user, organization=house, role="VENDOR_SIGNER"
        )
        session = client_for(actor_of(held)).cookies[settings.SESSION_COOKIE_NAME]
        secret = secrets.token_hex(16)
        cookies = (
            f"{settings.SESSION_COOKIE_NAME}={session.value}; "
            f"{settings.CSRF_COOKIE_NAME}={secret}"
        )
        found.append(Vendor(house.pk, cookies, secret))
    return found


@dataclass(frozen=True)
class Body:
    """The form of an offer as a browser sends it; all have the bytes of the file."""

    before: bytes
    after: bytes

    @property
    def size(self) -> int:
        return len(self.before) + len(PLAN) + len(self.after)

    def halves(self) -> tuple[list[bytes | memoryview], list[bytes | memoryview]]:
        """What is sent at once, and what is sent last."""
        plan, middle = memoryview(PLAN), len(PLAN) // 2
        return [self.before, plan[:middle]], [plan[middle:], self.after]


def body_of(vendor: Vendor, fields: dict[str, Any]) -> Body:
    """The form of an offer with the file."""
    plain = {**fields, "csrfmiddlewaretoken": vendor.token, "form_token": vendor.token}
    parts = [
        f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode()
        for name, given in plain.items()
        for value in (given if isinstance(given, list) else [given])
    ]
    parts.append(
        b'Content-Disposition: form-data; name="attachments"; filename="plan.txt"\r\n'
        b"Content-Type: text/plain\r\n\r\n"
    )
    line = f"--{BOUNDARY}".encode()
    before = b"\r\n".join(line + b"\r\n" + each for each in parts)
    return Body(before, b"\r\n" + line + b"--\r\n")


def send(
    web: Web, path: str, vendor: Vendor, body: Body, until: datetime | None
) -> str:
    """Hand the offer in, the last of it only after an instant if there is one."""
    link = http.client.HTTPConnection("127.0.0.1", web.port, timeout=PATIENCE)
    with contextlib.closing(link):
        link.putrequest("POST", path)
        link.putheader("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
        link.putheader("Content-Length", str(body.size))
        link.putheader("Cookie", vendor.cookies)
        link.endheaders()
        first, last = body.halves()
        for each in first:
            link.send(each)
        if until is not None:
            wait_for(until)
        for each in last:
            link.send(each)
        reply = link.getresponse()
        said = reply.read()
    if reply.status >= 500:
        raise ConnectionError(reply.status)
    assert reply.status == 303, said[:2000]
    return str(reply.getheader("Location"))


def hand_in(
    web: Web,
    path: str,
    vendor: Vendor,
    body: Body,
    begins: datetime,
    ends: datetime | None,
) -> str:
    """Send it until it is answered: the token makes one offer of what is sent twice."""
    wait_for(begins)
    for _ in range(TRIES):
        with contextlib.suppress(OSError, http.client.HTTPException):
            return send(web, path, vendor, body, ends)
        time.sleep(0.5)
    pytest.fail("an offer was never answered")


def wait_for(instant: datetime) -> None:
    """Until then; not at all where it has passed."""
    time.sleep(max((instant - now()).total_seconds(), 0))


def now() -> datetime:
    """The time by this machine's clock, which is the clock of its database."""
    return datetime.now(tz=UTC)


def ending_soon(solicitation: Solicitation, seconds: float) -> Solicitation:
    """The same solicitation, with a deadline that passes in so many seconds."""
    amend_solicitation(
        solicitation_id=solicitation.pk,
        summary="Another deadline.",
        terms={"deadline": now() + timedelta(seconds=seconds)},
        by=actor("contracting_officer"),
        at=before(solicitation),
        seen_version=solicitation.version,
    )
    solicitation.refresh_from_db()
    return solicitation


def verifier() -> Any:
    """The module that a vendor downloads."""
    place = finders.find("drawdown/verify_receipt.py")
    spec = importlib.util.spec_from_file_location("verify_receipt", str(place))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_arrives_in_the_last_minute_is_in_time_or_late_and_never_lost(web):
    # Given vendors at their browsers, and a deadline that is near
    everybody = vendors()
    solicitation = ending_soon(released_solicitation(), seconds=WINDOW + 15)
    ends = deadline(solicitation)
    path = reverse("submissions:submit_submission", args=[solicitation.public_id])
    fields = filled_in(solicitation)
    bodies = [body_of(each, fields) for each in everybody]

    # When all begin within the last seconds, some end late, and a worker dies
    with ThreadPoolExecutor(VENDORS) as pool:
        answers = []
        for number, (vendor, body) in enumerate(zip(everybody, bodies, strict=True)):
            begins = ends - timedelta(seconds=WINDOW * (1 - number / VENDORS))
            last = ends + timedelta(seconds=1) if number >= VENDORS - SLOW else None
            sent = (web, path, vendor, body, begins, last)
            answers.append(pool.submit(hand_in, *sent))
        wait_for(ends - timedelta(seconds=KILLED))
        os.kill(web.workers()[0], signal.SIGKILL)
        receipts = [each.result() for each in answers]
    wait_for(ends + timedelta(milliseconds=100))

    # Then each has one receipt, whatever it was told on the way
    versions = {each.public_id: each for each in SubmissionVersion.objects.all()}
    assert len(set(receipts)) == len(versions) == VENDORS
    assert {each.rsplit("/", 1)[-1] for each in receipts} == set(versions)
    for version in versions.values():
        assert version.is_late == (version.received_at > ends)

    # And every receipt in time is under the root that is then published
    assert close_due_receipts() == 1
    check, root = verifier(), published_root(solicitation)
    in_time = [each for each in versions.values() if not each.is_late]
    assert in_time
    for version in in_time:
        told = canonical_json(proof(version))
        assert list(check.faults_of(check.json.loads(told), [], root)) == []
    assert [each.code for each in INVARIANTS if list(each.check())] == []

    # And who ended after the deadline is late, kept and listed once offers are open
    late = [each for each in versions.values() if each.is_late]
    assert len(late) >= SLOW
    for part in ("contract_specialist", "contracting_officer"):
        open_submissions(
            solicitation_id=solicitation.pk,
            passphrase=PASSPHRASE,
            by=actor(part),
            at=clock.now(),
        )
    listed = list(unopened_after_opening(solicitation))
    assert {each.pk for each in listed} == {each.submission_id for each in late}
    named = {each.organization for each in everybody[-SLOW:]}
    assert named <= {each.vendor_id for each in listed}

    # And with when it was begun and complete, who was at it when the deadline passed
    across = BegunUpload.objects.select_related("version__submission")
    assert named <= {each.version.submission.vendor_id for each in across}
    for each in across:
        assert each.begun_at <= ends < each.version.received_at
    for version in versions.values():
        assert version.first_byte_at is not None
        assert version.first_byte_at <= version.received_at


def asked(
    web: Web, vendor: Vendor, method: str, path: str, body: bytes = b"", **headers: str
) -> dict[str, Any]:
    """What the server tells a script that sends a file in pieces, once it answers."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    named |= {"Cookie": vendor.cookies, "X-CSRFToken": vendor.token}
    for _ in range(TRIES):
        link = http.client.HTTPConnection("127.0.0.1", web.port, timeout=PATIENCE)
        with (
            contextlib.closing(link),
            contextlib.suppress(OSError, http.client.HTTPException),
        ):
            link.request(method, path, body, named)
            reply = link.getresponse()
            told: dict[str, Any] = json.loads(reply.read())
            assert reply.status == 200, told
            return told
        time.sleep(0.5)
    pytest.fail("a piece was never answered")


def sent_across_deaths(
    web: Web, vendor: Vendor, upload: dict[str, Any], content: bytes
) -> None:
    """All of it comes, though every worker dies with half of a piece in its hands."""
    piece, size = 300_000, len(content)
    bounds = f"bytes 0-{piece - 1}/{size}"
    asked(web, vendor, "PUT", upload["append"], content[:piece], Content_Range=bounds)
    with socket.create_connection(("127.0.0.1", web.port)) as broken:
        broken.sendall(
            f"PUT {upload['append']} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Cookie: {vendor.cookies}\r\nX-CSRFToken: {vendor.token}\r\n"
            f"Content-Range: bytes {piece}-{2 * piece - 1}/{size}\r\n"
            f"Content-Length: {piece}\r\n\r\n".encode()
            + content[piece : piece * 3 // 2]
        )
        time.sleep(0.5)
        for worker in web.workers():
            os.kill(worker, signal.SIGKILL)

    # The next workers tell where it ends, and take the rest, each piece twice at once
    offset = asked(web, vendor, "GET", upload["at"])["offset"]
    assert offset == piece
    while offset < size:
        part = content[offset : offset + piece]
        bounds = f"bytes {offset}-{offset + len(part) - 1}/{size}"
        put = both(web, vendor, "PUT", upload["append"], part, Content_Range=bounds)
        offset = put["offset"]


def both(web: Web, vendor: Vendor, *told: Any, **headers: Any) -> dict[str, Any]:
    """What the server tells of a request that is sent twice at once."""
    with ThreadPoolExecutor(2) as pool:
        sent = [pool.submit(asked, web, vendor, *told, **headers) for _ in "ab"]
        one, other = [each.result() for each in sent]
    assert (one["offset"], one["upload"]) == (other["offset"], other["upload"])
    return one


def begun(
    web: Web, vendor: Vendor, solicitation: Solicitation, form: dict[str, Any]
) -> dict[str, Any]:
    """What the server tells of a file that is begun to be sent."""
    path = reverse("proposals:begin_upload", args=[solicitation.public_id])
    form_type = "application/x-www-form-urlencoded"
    body = urlencode(form).encode()
    return asked(web, vendor, "POST", path, body, Content_Type=form_type)


def test_a_file_in_pieces_goes_on_after_every_worker_has_died(web):
    # Given a vendor of whose file the first piece is here
    vendor = vendors(1)[0]
    solicitation = released_solicitation()
    ending_soon(solicitation, seconds=3600)
    form = {"name": "plan.txt", "size_bytes": len(PLAN), "sha256": HASH}
    upload = begun(web, vendor, solicitation, form)

    # When every worker dies with half of the next one in its hands
    sent_across_deaths(web, vendor, upload, PLAN)

    # Then it is put into the draft once
    assert both(web, vendor, "POST", upload["complete"])["is_complete"]
    signer = actor_of(Membership.objects.get(organization_id=vendor.organization))
    draft = draft_of(signer, solicitation)
    assert draft is not None
    (facts,) = files_of(draft)
    assert (facts.size_bytes, facts.sha256) == (len(PLAN), HASH)


def test_a_sealed_offer_in_pieces_outlives_every_worker_and_the_deadline(web):
    # Given two vendors whose offers were sealed before they are sent, and were begun
    first, second = vendors(2)
    solicitation = ending_soon(released_solicitation(), seconds=90)
    ends = deadline(solicitation)
    offers = []
    for vendor in (first, second):
        place = Place(solicitation.public_id, new_public_id(Submission.PREFIX), 1)
        offer = sealed_offer(solicitation, place=place, files={"plan.txt": PLAN})
        form = {
            "name": f"{offer.submission}/1",
            "size_bytes": len(offer.sealed),
            "sha256": sha256(offer.sealed).hexdigest(),
            "is_offer": "on",
        }
        offers.append((vendor, offer, begun(web, vendor, solicitation, form)))

    # When one has all come in time though every worker dies, and is handed in twice at
    # once; and of the other the last piece comes after the deadline
    vendor, offer, upload = offers[0]
    sent_across_deaths(web, vendor, upload, offer.sealed)
    with ThreadPoolExecutor(2) as pool:
        pressed = [pool.submit(press, web, vendor, upload, offer) for _ in "ab"]
        one, other = [each.result() for each in pressed]
    assert one == other
    assert now() < ends
    vendor, offer, upload = offers[1]
    wait_for(ends + timedelta(milliseconds=100))
    sent_across_deaths(web, vendor, upload, offer.sealed)
    late = press(web, vendor, upload, offer)

    # Then the first is in time and under the root, and the second is late, with its
    # first byte for whoever decides on it
    versions = {each.public_id: each for each in SubmissionVersion.objects.all()}
    assert {one.rsplit("/", 1)[-1], late.rsplit("/", 1)[-1]} == set(versions)
    in_time, too_late = sorted(versions.values(), key=lambda each: each.received_at)
    assert (in_time.is_late, too_late.is_late) == (False, True)
    assert close_due_receipts() == 1
    check, root = verifier(), published_root(solicitation)
    told = canonical_json(proof(in_time))
    assert list(check.faults_of(check.json.loads(told), [], root)) == []
    across = BegunUpload.objects.get()
    assert across.version_id == too_late.pk
    assert across.begun_at < ends < too_late.received_at
    assert not DraftUpload.objects.exists()
    assert [each.code for each in INVARIANTS if list(each.check())] == []


def press(web: Web, vendor: Vendor, upload: dict[str, Any], offer: SealedOffer) -> str:
    """Hand in the offer that has come: where its receipt is."""
    form = {
        "csrfmiddlewaretoken": vendor.token,
        "form_token": vendor.token,
        "envelope": envelope_of(offer),
        "acknowledged": "0001",
    }
    body = urlencode(form).encode()
    headers = {
        "Cookie": vendor.cookies,
        "Content-Type": "application/x-www-form-urlencoded",
    }
    for _ in range(TRIES):
        link = http.client.HTTPConnection("127.0.0.1", web.port, timeout=PATIENCE)
        with (
            contextlib.closing(link),
            contextlib.suppress(OSError, http.client.HTTPException),
        ):
            link.request("POST", upload["submit"], body, headers)
            reply = link.getresponse()
            said = reply.read()
            assert reply.status == 303, said[:2000]
            return str(reply.getheader("Location"))
        time.sleep(0.5)
    pytest.fail("an offer was never answered")
