"""A real time stamp authority: `openssl ts` behind a server on 127.0.0.1."""

import shutil
import subprocess
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from contracting.documents.signing import keys, signatures, stamps
from tests.documents import files
from tests.documents.signers import PARTIES, authority, person, records
from tests.documents.test_signatures import statuses


@pytest.fixture(autouse=True)
def seal_file(settings, tmp_path):
    """A key that the authority of the tests vouches for."""
    seal = person("Department of the tests", authority())
    place = tmp_path / "seal.pem"
    place.write_bytes(seal.private() + seal.public() + authority().public())
    settings.SEAL_FILE, settings.SEAL_IS_MADE = str(place), False


@pytest.fixture(scope="module")
def clock(tmp_path_factory):
    """What `openssl ts` needs to answer: a key for stamps alone, and a policy."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl")
    place = tmp_path_factory.mktemp("clock")
    tsa = person("Clock of the tests", authority(), stamps=True)
    (place / "tsa.pem").write_bytes(tsa.public())
    (place / "tsa.key").write_bytes(tsa.private())
    (place / "above.pem").write_bytes(authority().public())
    (place / "serial").write_text("01\n")
    (place / "tsa.cnf").write_text(
        "[tsa]\ndefault_tsa = us\n[us]\n"
        f"serial = {place}/serial\nsigner_cert = {place}/tsa.pem\n"
        f"certs = {place}/above.pem\nsigner_key = {place}/tsa.key\n"
        "signer_digest = sha256\ndefault_policy = 1.2.3.4.1\n"
        "digests = sha256\naccuracy = secs:1\nordering = yes\ntsa_name = yes\n"
        "ess_cert_id_chain = no\ness_cert_id_alg = sha256\n"
    )
    return place


def stamped(place: Path, query: bytes) -> bytes:
    """The answer of the authority to a query, both in DER."""
    (place / "query.tsq").write_bytes(query)
    done = subprocess.run(
        [
            *("openssl", "ts", "-reply", "-config", place / "tsa.cnf"),
            *("-queryfile", place / "query.tsq", "-out", place / "reply.tsr"),
        ],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return (place / "reply.tsr").read_bytes()


@contextmanager
def serving(answer):
    """An authority at an address of this machine.

    :param answer: of a query, its status and bytes
    """
    asked: list[str] = []

    class Authority(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            asked.append(self.headers["Content-Type"])
            status, reply = answer(query)
            self.send_response(status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Authority)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_an_authority_stamps_each_signature_of_a_paper(clock, settings):
    with serving(lambda query: (200, stamped(clock, query))) as (url, asked):
        settings.SEAL_TSA_URL = url
        signed = signatures.sign_print(files.pdf(), parties=PARTIES, records=records())

    assert signed.level == "B-T"
    assert set(asked) == {"application/timestamp-query"}
    for _embedded, status in statuses(signed.content):
        assert status.bottom_line
        assert status.timestamp_validity.trusted
        assert status.timestamp_validity.intact


def test_a_seal_is_stamped_too(clock, settings):
    with serving(lambda query: (200, stamped(clock, query))) as (url, _):
        settings.SEAL_TSA_URL = url
        signed = signatures.seal(files.pdf(), reason="Issued")

    assert signed.level == "B-T"
    ((_, status),) = statuses(signed.content)
    assert status.timestamp_validity.trusted


def of_another(clock: Path, _query: bytes) -> tuple[int, bytes]:
    """A good stamp, of other bytes than were asked for."""
    done = subprocess.run(
        ["openssl", "ts", "-query", "-data", clock / "tsa.pem", "-sha256", "-cert"],
        capture_output=True,
        check=True,
    )
    return 200, stamped(clock, done.stdout)


ANSWERS = {
    "an error": lambda _clock, _query: (503, b"busy"),
    "nothing": lambda _clock, _query: (200, b""),
    "a page": lambda _clock, _query: (200, b"<html>Sign in to the network</html>"),
    "a refusal": lambda _clock, _query: (200, bytes.fromhex("30053003020102")),
    "a stamp of other bytes": of_another,
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_papers_wait_while_the_authority_gives_no_stamp(clock, settings, answer):
    with serving(lambda query: answer(clock, query)) as (url, _):
        settings.SEAL_TSA_URL = url
        with pytest.raises(keys.SealMissing, match="did not answer"):
            signatures.seal(files.pdf(), reason="Issued")

        settings.SEAL_TSA_REQUIRED = False
        assert signatures.seal(files.pdf(), reason="Issued").level == "B-B"


def test_nobody_listens_there_and_an_answer_takes_too_long(settings, monkeypatch):
    settings.SEAL_TSA_URL = "http://127.0.0.1:9/"
    with pytest.raises(keys.SealMissing, match="did not answer"):
        signatures.seal(files.pdf(), reason="Issued")

    monkeypatch.setattr(stamps, "TSA_SECONDS", 0.2)
    over = threading.Event()

    def late(_query):
        over.wait(5)
        return 200, b""

    with serving(late) as (url, _):
        settings.SEAL_TSA_URL = url
        began = time.monotonic()
        with pytest.raises(keys.SealMissing, match="did not answer"):
            signatures.seal(files.pdf(), reason="Issued")
        assert time.monotonic() - began < 4
        over.set()
