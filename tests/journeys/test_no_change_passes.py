"""However a signed file is changed, the program that asks nobody refuses it."""

import base64
import io
import json
import logging
import random
from datetime import UTC, datetime
from functools import cache

import pikepdf
import pytest
from cryptography.hazmat.primitives.serialization import Encoding

import drawdown_verify
from contracting.documents.signing import signatures
from drawdown_verify_bounds import TooHeavy, bounded
from drawdown_verify_lists import read_trust
from tests.documents import files
from tests.documents.signers import (
    PARTIES,
    authority,
    changed,
    person,
    records,
    revoked,
    signed_by,
    vera,
)
from tests.documents.test_signatures import stamping

CHANGES = 60
SEED = 20270301


@cache
def department():
    return person("Department of the tests", authority())


@pytest.fixture(scope="module", autouse=True)
def seal_of_this_module(tmp_path_factory):
    """A key for all that this module issues."""
    from django.test import override_settings

    place = tmp_path_factory.mktemp("keys") / "seal.pem"
    seal = department()
    place.write_bytes(seal.private() + seal.public())
    with override_settings(SEAL_FILE=str(place), SEAL_IS_MADE=False):
        yield


@pytest.fixture(autouse=True)
def quiet():
    names = ("pyhanko", "pyhanko_certvalidator")
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    yield
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture
def verdict(tmp_path):
    """What the program says of a file with these bytes."""
    der = department().certificate.public_bytes(Encoding.DER)
    (tmp_path / "trust.json").write_text(
        json.dumps(
            {
                "format": "drawdown-trust/1",
                "site": "https://drawdown.example.gov",
                "certificates": [base64.b64encode(der).decode()],
            }
        )
    )
    trust = read_trust(tmp_path / "trust.json")

    def say(content):
        place = tmp_path / "paper.pdf"
        place.write_bytes(content)
        now = datetime.now(UTC)
        return drawdown_verify.verify_file(place, trust, None, now)

    return say


def paper():
    """One page, and a record that it carries."""

    def add(made):
        made.attachments["contract.json"] = pikepdf.AttachedFileSpec(
            made, b'{"price":"2.40"}', filename="contract.json"
        )

    return files.pdf(add)


@cache
def issued():
    """As the site issues papers: both have signed, one of two has, a seal."""
    both = signatures.sign_print(paper(), parties=PARTIES, records=records())
    return {
        "both": both.content,
        "first": both.content[: both.revisions[-2]],
        "seal": signatures.seal(paper(), reason="Issued by the tests").content,
    }


WHICH = ["both", "first", "seal"]


def _anywhere(chance, content):
    """One change that somebody, or a broken disk, may make."""
    at = chance.randrange(len(content) - 200)
    some = bytes(chance.randrange(256) for _ in range(chance.randrange(1, 30)))
    way = chance.randrange(8)
    if way == 0:
        bit = bytes([content[at] ^ (1 << chance.randrange(8))])
        return content[:at] + bit + content[at + 1 :]
    if way == 1:
        return content[:at] + some + content[at:]
    if way == 2:
        return content[:at] + content[at + len(some) :]
    if way == 3:
        return content[:at] + bytes(50) + content[at + 50 :]
    if way == 4:
        return content[: at + 100] + content[at : at + 100] + content[at + 100 :]
    if way == 5:
        one, other = content[at : at + 100], content[at + 100 : at + 200]
        return content[:at] + other + one + content[at + 200 :]
    if way == 6:
        return content + chance.choice([some, content[-at:], content])
    return content[: len(content) - chance.randrange(1, 4000)]


@pytest.mark.parametrize("which", WHICH)
def test_of_many_random_changes_none_is_proved(which, verdict):
    content, chance = issued()[which], random.Random(SEED)
    assert verdict(content).verdict == "proved"

    told = {}
    for number in range(CHANGES):
        made = _anywhere(chance, content)
        if made != content:
            told[number] = verdict(made).verdict

    assert {number for number, each in told.items() if each == "proved"} == set()
    assert len(told) > CHANGES // 2


def test_no_byte_of_the_signature_itself_can_be_another(verdict):
    """Not all of it is covered by itself, nor is the room that is kept for it."""
    content, chance = issued()["seal"], random.Random(SEED)
    start = content.index(b"/Contents <") + len(b"/Contents <")
    end = content.index(b">", start)
    digits = b"0123456789ABCDEF "
    told = {}
    for at in [*range(start, start + 140, 3), *range(start + 140, end, 41)]:
        other = digits.replace(content[at : at + 1], b"")
        new = bytes([chance.choice(other)])
        told[at] = verdict(content[:at] + new + content[at + 1 :]).verdict
    told[-1] = verdict(content.replace(b"A86", b"a86", 1)).verdict

    assert {at for at, each in told.items() if each != "refused"} == set()


def test_signatures_of_every_make_are_proved(verdict, settings, tmp_path, monkeypatch):
    rsa_seal = person("Department with RSA", authority(), stamps=True)
    trust = stamping(monkeypatch, tmp_path, settings)
    (trust / "list.crl").write_bytes(revoked())
    settings.SEAL_LONG_TERM = True
    stamped = signatures.sign_print(paper(), parties=PARTIES, records=records())
    assert stamped.level == "B-LT"
    settings.SEAL_LONG_TERM = False
    settings.SEAL_FILE = str(tmp_path / "rsa.pem")
    (tmp_path / "rsa.pem").write_bytes(rsa_seal.private() + rsa_seal.public())
    by_rsa = signatures.seal(paper(), reason="Issued")

    assert verdict(stamped.content).reasons == []
    assert verdict(stamped.content).verdict == "proved"
    report = verdict(by_rsa.content)
    assert [each for each in report.reasons if "stands in the place" in each] == []
    assert report.signatures[0].is_intact


@pytest.mark.parametrize("which", WHICH)
@pytest.mark.parametrize(
    "behind",
    [b"\n", b" ", b"\0", b"words", b"\n%%EOF\n", b"startxref\n0\n%%EOF\n"],
)
def test_not_even_a_space_is_added_behind_the_last_signature(which, behind, verdict):
    report = verdict(issued()[which] + behind)

    assert report.verdict == "refused"
    assert report.reasons


def _with_note(writer):
    from pyhanko.pdf_utils.generic import pdf_name, pdf_string

    writer.root["/Lang"] = pdf_string("de")
    writer.root[pdf_name("/Note")] = pdf_string("Forty dollars")
    writer.update_root()


def _resaved(content):
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as made:
        made.save(out)
    return out.getvalue()


def _with_other_record(content):
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as made:
        made.attachments["contract.json"] = b'{"price":"9.99"}'
        made.save(out)
    return out.getvalue()


def _encrypted(content):
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as made:
        made.save(out, encryption=pikepdf.Encryption(owner="owner", user=""))
    return out.getvalue()


@pytest.mark.parametrize("which", WHICH)
@pytest.mark.parametrize(
    "change",
    [
        lambda content: changed(content, _with_note),
        _resaved,
        _with_other_record,
        _encrypted,
        lambda content: content + content,
    ],
    ids=["an update", "saved again", "another record", "encrypted", "twice"],
)
def test_what_programs_do_to_a_signed_file_is_refused(which, change, verdict):
    assert verdict(change(issued()[which])).verdict == "refused"


def test_a_signature_of_somebody_else_in_the_open_field_is_refused(verdict):
    stranger = signed_by(vera(), issued()["first"], "ContractingOfficer")

    assert verdict(stranger).verdict == "refused"


def test_what_takes_too_much_is_refused_and_ends(verdict, tmp_path):
    # Hundreds of megabytes of blanks, packed twice into a few kilobytes
    import zlib

    packing = zlib.compressobj(9)
    packed = b"".join(packing.compress(bytes(10_000_000)) for _ in range(6))
    twice = zlib.compress(packed + packing.flush(), 9)

    def add(made):
        spec = pikepdf.AttachedFileSpec(made, b"x", filename="bomb")
        stream = pikepdf.Stream(made, twice)
        stream.Filter = pikepdf.Array([pikepdf.Name.FlateDecode] * 2)
        spec.obj.EF = pikepdf.Dictionary(F=stream)
        made.attachments["bomb"] = spec

    kept = pikepdf.StreamDecodeLevel.none
    bomb = files.pdf(add, compress_streams=False, stream_decode_level=kept)
    assert len(bomb) < 100_000
    assert verdict(bomb).verdict == "refused"
    assert verdict(b"").verdict == "unproved"

    with pytest.raises(TooHeavy), bounded(seconds=0.05):
        _spin()


def _spin():
    while True:
        pass
