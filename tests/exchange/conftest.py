"""A receiver over TLS on this machine, and webhooks that reach it."""

import ipaddress
import ssl
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from contracting.exchange.operations.deliver import deliver_webhook
from contracting.exchange.operations.register import register_webhook
from contracting.exchange.outgoing.post import Reply
from contracting.exchange.states import MessageKind
from tests.cast import actor

PUBLIC = "https://gateway.agency.example/told"


@dataclass
class Receiver:
    """A machine of the agency that is told: what it got, and what it answers."""

    port: int = 0
    answers: list = field(default_factory=list)
    got: list = field(default_factory=list)

    @property
    def url(self):
        return f"https://127.0.0.1:{self.port}/told?by=drawdown"

    def answer(self):
        return self.answers.pop(0) if self.answers else (200, {})


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A key and a certificate for 127.0.0.1 that nobody else trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
            ),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return folder


@pytest.fixture
def receiver(certificate, settings):
    """It listens until the test ends; the site may reach this machine meanwhile."""
    told = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.got.append((self.path, dict(self.headers.items()), body))
            status, headers = told.answer()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    told.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    settings.WEBHOOK_CA = str(certificate / "cert.pem")
    yield told
    server.shutdown()
    server.server_close()
    thread.join()


def registered(at, *, by="administrator", **change):
    """A webhook of the agency, or of the vendor whose administrator registers it."""
    person = actor(by) if isinstance(by, str) else by
    terms = {
        "organization_id": person.organization_id,
        "label": "AI gateway",
        "url": PUBLIC,
        "kinds": [MessageKind.NOTICE_POSTED],
    }
    return register_webhook(**{**terms, **change}, by=person, at=at)


class Post:
    """Stands in for the network: keeps what was sent, answers as it is told."""

    def __init__(self, *statuses):
        self.statuses = list(statuses)
        self.sent = []

    def __call__(self, url, body, headers):
        self.sent.append((url, body, dict(headers)))
        status = self.statuses.pop(0) if self.statuses else 200
        if isinstance(status, Reply):
            return status
        taken = status is not None and 200 <= status < 300
        return Reply(status, "" if taken else f"answered {status}", 12)


def delivered(webhook, at, post):
    """One round of the worker at that instant."""
    return deliver_webhook(webhook_id=webhook.pk, at=at, send=post)
