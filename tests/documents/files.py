"""Files that somebody might hand in, good and hostile, made on the spot."""

from __future__ import annotations

import io
import socket
import struct
import threading
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-" + (
    rb"TEST-FILE!$H+H*"
)
"""The string that every scanner knows and that harms nobody."""


def pdf(change=None, **save) -> bytes:
    """A PDF of one page; ``change(pdf)`` adds to it before it is saved.

    The same change gives the same bytes, unless they are encrypted.
    """
    import pikepdf

    out = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        if change is not None:
            change(made)
        made.save(out, deterministic_id="encryption" not in save, **save)
    return out.getvalue()


def pdf_with_script() -> bytes:
    import pikepdf

    def add(made):
        made.Root.OpenAction = pikepdf.Dictionary(
            S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)")
        )

    return pdf(add)


def pdf_that_starts_a_program() -> bytes:
    import pikepdf

    def add(made):
        action = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("calc.exe"))
        link = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Link,
            Rect=[0, 0, 9, 9],
            A=action,
        )
        made.pages[0].Annots = pikepdf.Array([link])

    return pdf(add)


def pdf_with_attachment(
    content: bytes = b"cheap",
    relationship: str = "/Unspecified",
    name: str = "price.json",
) -> bytes:
    import pikepdf

    def add(made):
        made.attachments[name] = pikepdf.AttachedFileSpec(
            made, content, filename=name, relationship=pikepdf.Name(relationship)
        )

    return pdf(add)


def pdf_with_dynamic_form() -> bytes:
    import pikepdf

    def add(made):
        made.Root.AcroForm = pikepdf.Dictionary(
            Fields=pikepdf.Array(), XFA=pikepdf.String("x")
        )

    return pdf(add)


def encrypted_pdf(user: str) -> bytes:
    import pikepdf

    return pdf(encryption=pikepdf.Encryption(owner="owner", user=user))


def heavy_pdf() -> bytes:
    """Small, until its objects are unpacked: 200 MB of blanks in an object stream."""
    blanks = zlib.compressobj(9)
    packed = b"".join(blanks.compress(b" " * 1_000_000) for _ in range(200))
    packed += blanks.flush()
    body = [
        b"%PDF-1.5\n",
        b"1 0 obj\n<</Type/ObjStm/N 2/First 20/Filter/FlateDecode/Length %d>>stream\n"
        % len(packed),
        packed,
        b"\nendstream\nendobj\n",
    ]
    at = sum(len(part) for part in body)
    rows = struct.pack(">BIH", 0, 0, 65535) + struct.pack(">BIH", 1, 9, 0)
    rows += struct.pack(">BIH", 2, 1, 0) + struct.pack(">BIH", 2, 1, 1)
    body.append(
        b"4 0 obj\n<</Type/XRef/Size 4/W[1 4 2]/Root 2 0 R/Length %d>>stream\n"
        % len(rows)
        + rows
        + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % at
    )
    return b"".join(body)


def png(width: int = 3, height: int = 2, *, body: bool = True) -> bytes:
    """A PNG whose header says so many pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        sum_ = zlib.crc32(name + data)
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", sum_)

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    rows = b"" if not body else zlib.compress(b"\0" * (width + 1) * height)
    rest = chunk(b"IDAT", rows) + chunk(b"IEND", b"") if body else b""
    return b"\x89PNG\r\n\x1a\n" + head + rest


@cache
def jpg() -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (8, 5)).save(out, "JPEG")
    return out.getvalue()


def archive(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return out.getvalue()


def bomb(megabytes: int = 400) -> bytes:
    """A ZIP of one file of blanks that does not fit into this machine's patience."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made,
        made.open("plan.txt", "w", force_zip64=False) as entry,
    ):
        for _ in range(megabytes):
            entry.write(b" " * 1_000_000)
    return out.getvalue()


def nested(content: bytes, depth: int, name: str = "inner.zip") -> bytes:
    """An archive in an archive, so many times."""
    for _ in range(depth):
        content = archive({name: content})
    return content


def like_a_quine(levels: int = 60) -> bytes:
    """Archives that hold ever more archives, as one that holds itself would."""
    content = archive({"plan.txt": b"plan"})
    for _ in range(levels):
        content = archive({"a.zip": content, "b.zip": b"PK\x03\x04" + content[4:60]})
    return content


def overlapping_bomb(entries: int = 500) -> bytes:
    """Many directory entries that all name one and the same packed megabyte."""
    whole = archive({"plan.txt": b" " * 90_000})
    end = whole.rfind(b"PK\x05\x06")
    start = struct.unpack_from("<I", whole, end + 16)[0]
    row = whole[start:end]
    names = [b"plan", *(b"%04d" % n for n in range(1, entries))]
    rows = b"".join(row.replace(b"plan", name) for name in names)
    tail = struct.pack(
        "<4s4H2IH", b"PK\x05\x06", 0, 0, entries, entries, len(rows), start, 0
    )
    return whole[:start] + rows + tail


def archive_with_link() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        link = zipfile.ZipInfo("plan.txt")
        link.external_attr = 0o120777 << 16
        made.writestr(link, "/etc/passwd")
    return out.getvalue()


def encrypted_archive() -> bytes:
    """The flags of an encrypted entry, in both places that have them."""
    whole = bytearray(archive({"plan.txt": b"plan"}))
    whole[6] |= 1
    whole[whole.rfind(b"PK\x01\x02") + 8] |= 1
    return bytes(whole)


TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
RELATIONSHIPS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
    'relationships">'
)
MAIN = (
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
)
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
SLIDES = (
    "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
)
MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"


def office(
    main: str = MAIN,
    *,
    links: str = "",
    body: bytes = b"<document/>",
    more: Mapping[str, bytes] | None = None,
) -> bytes:
    """The least Word file, or another by its main type, with these relationships."""
    types = f'{TYPES}<Override PartName="/main.xml" ContentType="{main}"/></Types>'
    return archive(
        {
            "[Content_Types].xml": types.encode(),
            "_rels/.rels": f"{RELATIONSHIPS}{links}</Relationships>".encode(),
            "main.xml": body,
            **(more or {}),
        }
    )


def link(kind: str, target: str) -> str:
    """A relationship to another place."""
    schema = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return (
        f'<Relationship Id="r" Type="{schema}/{kind}" Target="{target}" '
        'TargetMode="External"/>'
    )


@contextmanager
def clamd(place: Path | None = None, *, says: bytes | None = None) -> Iterator[str]:
    """A daemon that speaks INSTREAM and knows EICAR; yields its address.

    ``says`` makes it answer that, whatever it is sent; ``b""`` makes it hang up.
    """
    if place is None:
        server = socket.create_server(("127.0.0.1", 0))
        url = f"tcp://127.0.0.1:{server.getsockname()[1]}"
    else:
        server = socket.socket(socket.AF_UNIX)
        server.bind(str(place))
        server.listen()
        url = f"unix:{place}"

    def serve() -> None:
        while True:
            try:
                line, _ = server.accept()
            except OSError:
                return
            with line, line.makefile("rwb") as file:
                if file.read(10) != b"zINSTREAM\0":
                    continue
                sent = b""
                while size := struct.unpack(">I", file.read(4))[0]:
                    sent += file.read(size)
                found = b"stream: Eicar-Test-Signature FOUND\0"
                plain = found if EICAR in sent else b"stream: OK\0"
                file.write(plain if says is None else says)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield url
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(5)
