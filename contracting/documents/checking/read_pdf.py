"""Looks at one PDF in a process of its own: bytes on stdin, one line of JSON out.

Started by ``pdf.py`` by its file name. It imports nothing of ours, gives itself little
time and memory first, and no file of the machine is written or opened by name.
"""

import csv
import io
import json
import re
import resource
import sys

MEMORY = 512 * 1024 * 1024
SECONDS = 12
MOST = 500_000
_KEYS = {
    "/JS": "javascript",
    "/JavaScript": "javascript",
    "/XFA": "xfa",
    "/EF": "attachment",
    "/EmbeddedFiles": "attachment",
    "/RichMediaContent": "media",
}
_VALUES = {
    "/JavaScript": "javascript",
    "/Launch": "launch",
    "/ImportData": "launch",
    "/SubmitForm": "launch",
    "/GoToE": "pinned",
    "/EmbeddedFile": "attachment",
    "/FileAttachment": "pinned",
    "/RichMedia": "media",
    "/Rendition": "media",
}
_NAMING = {"/S", "/Type", "/Subtype"}


def limit() -> None:
    """Let the kernel end this process rather than the machine's patience."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def look(content: bytes) -> list[str]:
    """What the file has that a reader must fear, or why it cannot be read."""
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(content), attempt_recovery=False) as pdf:
            if pdf.is_encrypted:
                return ["encrypted"]
            if not len(pdf.pages):
                return ["damaged"]
            return _found_in(pdf)
    except pikepdf.PasswordError:
        return ["encrypted"]
    except MemoryError:
        return ["too_heavy"]
    except Exception:  # noqa: BLE001 (whatever it is, it cannot be read)
        return ["damaged"]


def count(content: bytes) -> int | None:
    """How many pages it has, as far as its own list of pages says."""
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(content), attempt_recovery=False) as pdf:
            return len(pdf.pages)
    except Exception:  # noqa: BLE001 (whatever it is, it cannot be read)
        return None


def _found_in(pdf) -> list[str]:  # type: ignore[no-untyped-def]
    import pikepdf

    found, seen, attached = set(), 0, []
    waiting = [*pdf.objects, pdf.trailer]
    while waiting:
        each = waiting.pop()
        seen += 1
        if seen > MOST:
            return ["too_heavy"]
        if isinstance(each, pikepdf.Stream):
            each = each.stream_dict
        if isinstance(each, pikepdf.Dictionary):
            found |= _named_in(each)
            if "/EF" in each:
                attached.append(each)
            waiting.extend(value for _, value in each.items() if _is_direct(value))
        elif isinstance(each, pikepdf.Array):
            waiting.extend(value for value in each if _is_direct(value))
    if attached and all(_is_its_data(each) for each in attached):
        found.discard("attachment")
    return sorted(found - {""})


def _named_in(each) -> set[str]:  # type: ignore[no-untyped-def]
    """What the names in one dictionary give away."""
    import pikepdf

    found = {_KEYS.get(key, "") for key in each.keys()}  # noqa: SIM118 (of qpdf)
    for key in _NAMING & set(each.keys()):
        if isinstance(each[key], pikepdf.Name):
            found.add(_VALUES.get(str(each[key]), ""))
    return found


def _is_its_data(each) -> bool:  # type: ignore[no-untyped-def]
    """Whether an attachment is the paper's own content as data, as PDF/A-3 has it.

    So are the papers that the site itself prints, with their record as JSON and their
    long tables as CSV; a vendor may hand them in again.
    """
    if each.get("/AFRelationship") != "/Data":
        return False
    is_table = str(each.get("/UF", "")).endswith(".csv")
    try:
        for _name, stream in each["/EF"].items():
            text = stream.read_bytes().decode()
            if not is_table:
                json.loads(text)
            elif not _is_plain_table(text):
                return False
    except Exception:  # noqa: BLE001 (whatever it is, it is no data)
        return False
    return True


def _is_plain_table(text: str) -> bool:
    """Rows of equal length, and no cell that a spreadsheet would obey."""
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    cells = [cell for row in rows for cell in row]
    return len({len(row) for row in rows}) == 1 and not any(
        "\0" in cell or (_FORMULA.match(cell) and not _FIGURE.fullmatch(cell))
        for cell in cells
    )


_FORMULA = re.compile(r"\s*[=+\-@]")
_FIGURE = re.compile(r"-?\d+(\.\d+)?")


def _is_direct(value) -> bool:  # type: ignore[no-untyped-def]
    """What is named by a number is among the objects already."""
    import pikepdf

    is_bundle = isinstance(value, pikepdf.Dictionary | pikepdf.Array)
    return is_bundle and not value.is_indirect


def main() -> None:
    """One file in, one line out."""
    limit()
    asked = count if sys.argv[1:] == ["pages"] else look
    try:
        found = asked(sys.stdin.buffer.read())
    except MemoryError:
        found = ["too_heavy"]
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
