"""Seal an offer on your own machine, without a browser and without asking the site.

    drawdown-offer show   FORM
    drawdown-offer sheet  FORM prices.csv
    drawdown-offer seal   FORM --fingerprint HEX --technical plan.md
                          --prices prices.csv [--file a.pdf …] offer.sealed
    drawdown-offer check  RECEIPT offer.sealed

FORM is the JSON that the page "Submit a sealed file" gives. It says to which key the
offer is sealed; compare that key's fingerprint with the printed solicitation, for it is
the one thing that you take from the site on trust. The sealed file is handed in on the
same page, by whoever signs for the vendor. Ends with 0 if done, with 1 if what was
given does not do, and with 2 if a receipt is not that of the sealed file.
"""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import io
import json
import os
import re
import secrets
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

FORM = "drawdown/v1/offer-form"
PACKET = b"drawdown/v1/sealed-offer\n"
TECHNICAL, PRICES = "Technical proposal", "Price schedule"
COLUMNS = ("line", "asked for", "figure", "model", "price")
SHORTEST_FINGERPRINT = 16
_CURVE = ec.SECP256R1()
_HYBRID = b"drawdown/v1/to-public-key"
_PRICE = re.compile(r"([0-9]{1,6})(?:\.([0-9]{0,6}))?")
_KEPT = {"\t", "\n", "\r"}


class Unfit(Exception):
    """What was given does not do; the sentences say why."""


@dataclass(frozen=True)
class Price:
    """What is offered for one line; ``model`` is a public id, or empty."""

    line: str
    model: str
    figure: str


def seal(
    form: Mapping[str, Any],
    *,
    technical: str,
    prices: Sequence[Price],
    files: Sequence[tuple[str, bytes]],
    fingerprint: str,
) -> bytes:
    """The file that is handed in: what is told of the offer, and the sealed bytes.

    :param fingerprint: of the key, as it was read elsewhere; 16 characters are enough
    :raises Unfit: if the key is another one, or the offer is not within the limits
    """
    public = base64.b64decode(form["key"], validate=True)
    _require_key(public, fingerprint)
    if wrong := list(_wrong(form, technical, prices, files)):
        raise Unfit("\n".join(wrong))
    address = "/".join(
        [form["place"]["solicitation"], form["place"]["submission"]]
        + [str(form["place"]["version"])]
    )
    head, parts = _content(technical, prices, files)
    raw = len(head).to_bytes(4, "big") + head + b"".join(body for _name, body in files)
    raw += bytes(-len(raw) % max(4096, 1 << max(len(raw).bit_length() - 4, 0)))
    key = AESGCM.generate_key(bit_length=256)
    sealed = _encrypt(raw, key, f"drawdown/v1/offer/{address}")
    told = {
        "submission": form["place"]["submission"],
        "version": form["place"]["version"],
        "fingerprint": _sha256(public),
        "wrapped_key": _told(
            _encrypt_to(public, key, f"drawdown/v1/content-key/{address}")
        ),
        "content_sha256": _sha256(head),
        "sealed_sha256": _sha256(sealed),
        "parts": parts,
    }
    if form["offer_key"]:
        own = base64.b64decode(form["offer_key"], validate=True)
        told["offer_key"] = _sha256(own)
        told["wrapped_for_vendor"] = _told(
            _encrypt_to(own, key, f"drawdown/v1/offer-key/{address}")
        )
    return PACKET + _json(told) + b"\n" + sealed


def read_prices(form: Mapping[str, Any], text: str) -> list[Price]:
    """The prices of a sheet, one for each line of the form.

    :raises Unfit: naming each row that cannot be read
    """
    rows: dict[str, dict[str, str]] = {}
    found, wrong = [], []
    for row in csv.DictReader(io.StringIO(text.lstrip("\ufeff")), strict=True):
        slin = (row.get("line") or "").strip()
        if slin in rows:
            wrong.append(f"Line {slin} has two rows.")
        rows[slin] = row
    for line in form["lines"]:
        cells = rows.pop(line["slin"], {})
        price, model = ((cells.get(name) or "").strip() for name in ("price", "model"))
        figure = fixed(price)
        if not figure:
            wrong.append(
                f"Line {line['slin']}: {price or 'no price'!r} is no figure below a "
                "million with at most six decimals and a point before them."
            )
        named = [each for each in form["models"] if model in (each["id"], each["name"])]
        if line["names_a_model"] and not named:
            wrong.append(f"Line {line['slin']}: no model of the form is {model!r}.")
        served = named[0] if line["names_a_model"] and named else None
        if served and line["boundary"] not in ["", *served["boundaries"]]:
            wrong.append(
                f"Line {line['slin']}: {model} is not authorized for "
                f"{line['boundary']}."
            )
        found.append(Price(line["id"], served["id"] if served else "", figure))
    wrong += [f"Line {slin} is not on the price schedule." for slin in rows if slin]
    if wrong:
        raise Unfit("\n".join(wrong))
    return found


def fixed(price: str) -> str:
    """The figure, always as long: ``000002.500000``; empty if it is none."""
    found = _PRICE.fullmatch(price)
    if found is None:
        return ""
    return f"{found[1].zfill(6)}.{(found[2] or '').ljust(6, '0')}"


def faults_of(receipt: Mapping[str, Any], packet: bytes) -> Iterator[str]:
    """In what a receipt is not that of a sealed file."""
    told, sealed = opened_packet(packet)
    given = receipt["receipt"]
    if _sha256(sealed) != told["sealed_sha256"]:
        yield "the sealed file was altered after it was made"
    if given["version"] != told["version"]:
        yield "the receipt is for another version"
    if [dict(part) for part in given["files"]] != told["parts"]:
        yield "the receipt lists other parts, sizes or hashes"


def opened_packet(packet: bytes) -> tuple[dict[str, Any], bytes]:
    """What is told of a sealed file, and its sealed bytes.

    :raises Unfit: if it is no such file
    """
    head, mark, sealed = packet.removeprefix(PACKET).partition(b"\n")
    if not packet.startswith(PACKET) or not mark:
        message = "This is no file that was sealed with this program."
        raise Unfit(message)
    told: dict[str, Any] = json.loads(head)
    return told, sealed


def _require_key(public: bytes, fingerprint: str) -> None:
    own, given = _sha256(public), "".join(fingerprint.lower().split())
    if len(given) < SHORTEST_FINGERPRINT or not own.startswith(given):
        message = (
            f"The key of the form has the fingerprint {own}, and you gave "
            f"{given or 'none'}. Give at least its first {SHORTEST_FINGERPRINT} "
            "characters as they stand on the printed solicitation. If they differ, "
            "seal nothing, and tell the contracting officer."
        )
        raise Unfit(message)


def _wrong(
    form: Mapping[str, Any],
    technical: str,
    prices: Sequence[Price],
    files: Sequence[tuple[str, bytes]],
) -> Iterator[str]:
    limits, names = form["limits"], [name for name, _body in files]
    if not technical.strip():
        yield "The technical proposal is empty."
    if len(technical) > limits["technical"]:
        yield f"The technical proposal is longer than {limits['technical']} characters."
    if {price.line for price in prices} != {line["id"] for line in form["lines"]}:
        yield "Not every line of the price schedule has one price."
    if len(files) > limits["files"]:
        yield f"Hand in at most {limits['files']} files."
    if sum(len(body) for _name, body in files) > limits["bytes"]:
        yield f"Hand in at most {limits['bytes'] // 1024 // 1024} MB in all."
    for name, body in files:
        if not body:
            yield f"{name}: it is empty."
        if name.lower().rpartition(".")[2] not in limits["kinds"].split():
            yield f"{name}: files of this kind are not taken ({limits['kinds']})."
        if names.count(name) > 1:
            yield f"{name}: two files have this name."


def _content(
    technical: str, prices: Sequence[Price], files: Sequence[tuple[str, bytes]]
) -> tuple[bytes, list[dict[str, Any]]]:
    """The head of the content, and what the receipt says of its parts."""
    salt = secrets.token_hex(32)
    rows = [
        {"line": x.line, "model": x.model, "usd_per_million_tokens": x.figure}
        for x in prices
    ]
    listed = [
        {"name": name, "sha256": _sha256(body), "size_bytes": len(body)}
        for name, body in files
    ]
    head = {"files": listed, "prices": rows, "salt": salt, "technical": technical}
    bodies = [technical.encode(), _json([salt, rows]), *(body for _name, body in files)]
    names = [TECHNICAL, PRICES, *(f"File {n + 1}" for n in range(len(files)))]
    parts = [
        {"name": name, "sha256": _sha256(body), "size_bytes": len(body)}
        for name, body in zip(names, bodies, strict=True)
    ]
    return _json(head), parts


def _encrypt(raw: bytes, key: bytes, binding: str) -> bytes:
    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(key).encrypt(nonce, raw, binding.encode())


def _encrypt_to(public: bytes, secret: bytes, binding: str) -> bytes:
    """Ephemeral point, nonce, ciphertext and tag (ECDH P-256, HKDF-SHA-256)."""
    own = ec.generate_private_key(_CURVE)
    other = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, public)
    shared = own.exchange(ec.ECDH(), other)
    point = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    info = _HYBRID + point + public
    key = HKDF(SHA256(), length=32, salt=None, info=info).derive(shared)
    return point + _encrypt(secret, key, binding)


def _sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _told(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _json(value: Any) -> bytes:
    return json.dumps(
        value, ensure_ascii=False, separators=(",", ":"), sort_keys=True
    ).encode()


# The command -------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks; 0, 1 or 2 as the module says."""
    asked = _parser().parse_args(arguments)
    try:
        return int(asked.run(asked))
    except (Unfit, OSError, ValueError, KeyError, TypeError, csv.Error) as error:
        words = str(error) if isinstance(error, Unfit | OSError) else repr(error)
        sys.stderr.write(f"{words}\nNothing was written.\n")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="drawdown-offer", description=(__doc__ or "").splitlines()[0]
    )
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    show = verbs.add_parser("show", help="say what the form asks for, and its key")
    show.add_argument("form", type=Path)
    show.set_defaults(run=_show)
    sheet = verbs.add_parser("sheet", help="write an empty price sheet (CSV)")
    sheet.add_argument("form", type=Path)
    sheet.add_argument("sheet", type=Path)
    sheet.set_defaults(run=_sheet)
    sealing = verbs.add_parser("seal", help="seal an offer into one file")
    sealing.add_argument("form", type=Path)
    sealing.add_argument("--fingerprint", required=True, help="as it is printed")
    sealing.add_argument("--technical", type=Path, required=True, help="text, UTF-8")
    sealing.add_argument("--prices", type=Path, required=True, help="CSV")
    sealing.add_argument("--file", type=Path, action="append", default=[])
    sealing.add_argument("sealed", type=Path, help="the file to write")
    sealing.set_defaults(run=_seal)
    check = verbs.add_parser("check", help="compare a receipt with a sealed file")
    check.add_argument("receipt", type=Path, help="the JSON of the receipt")
    check.add_argument("sealed", type=Path)
    check.set_defaults(run=_check)
    return parser


def _form(path: Path) -> dict[str, Any]:
    form: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if form["format"] != FORM:
        message = f"{path} is no form of an offer ({FORM})."
        raise Unfit(message)
    return form


def _show(asked: argparse.Namespace) -> int:
    form = _form(asked.form)
    limits = form["limits"]
    told = [
        f"{form['title']}, due by {form['deadline']}",
        f"Sealed as version {form['place']['version']} to the key",
        f"  {_sha256(base64.b64decode(form['key']))}",
        "Can be read again with our offer key."
        if form["offer_key"]
        else "Can be read again by nobody of us: there is no offer key yet.",
        f"Text: at most {limits['technical']} characters. Files: at most "
        f"{limits['files']}, {limits['bytes'] // 1024 // 1024} MB; {limits['kinds']}.",
        *(f"{x['slin']}  {x['asked_for']}: {x['figure']}" for x in form["lines"]),
        "Models: " + ", ".join(each["name"] for each in form["models"]),
    ]
    sys.stdout.write("".join(f"{_plain(line)}\n" for line in told))
    return 0


def _sheet(asked: argparse.Namespace) -> int:
    form = _form(asked.form)
    with asked.sheet.open("x", encoding="utf-8", newline="") as out:
        write = csv.writer(out)
        write.writerow(COLUMNS)
        for line in form["lines"]:
            write.writerow([line["slin"], line["asked_for"], line["figure"], "", ""])
    sys.stdout.write(f"{asked.sheet}: {len(form['lines'])} lines to price.\n")
    return 0


def _seal(asked: argparse.Namespace) -> int:
    form = _form(asked.form)
    packet = seal(
        form,
        technical=asked.technical.read_text(encoding="utf-8"),
        prices=read_prices(form, asked.prices.read_text(encoding="utf-8")),
        files=[(path.name, path.read_bytes()) for path in asked.file],
        fingerprint=asked.fingerprint,
    )
    with os.fdopen(
        os.open(asked.sealed, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
    ) as out:
        out.write(packet)
    sys.stdout.write(
        f"{asked.sealed}: sealed, {len(packet):,} bytes. NOT handed in yet: do so on "
        "the page from which the form comes.\n"
    )
    return 0


def _check(asked: argparse.Namespace) -> int:
    receipt = json.loads(asked.receipt.read_text(encoding="utf-8"))
    faults = list(faults_of(receipt, asked.sealed.read_bytes()))
    for fault in faults:
        sys.stdout.write(f"DOES NOT FIT: {fault}.\n")
    if not faults:
        number = _plain(receipt["receipt"]["receipt"])
        sys.stdout.write(f"Receipt {number} is that of this sealed file.\n")
    return 2 if faults else 0


def _plain(text: str) -> str:
    """Without what would move a terminal's cursor."""
    return "".join(x if x.isprintable() or x in _KEPT else "?" for x in text)


if __name__ == "__main__":
    sys.exit(main())
