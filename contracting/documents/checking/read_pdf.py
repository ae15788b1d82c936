"""Looks at one PDF in a process of its own: bytes on stdin, one line of JSON out.

Started by ``pdf.py`` by its file name. It imports nothing of ours, gives itself little
time and memory first, and no file of the machine is written or opened by name.
"""

import io
import json
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
    "/GoToE": "attachment",
    "/EmbeddedFile": "attachment",
    "/FileAttachment": "attachment",
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


def _found_in(pdf) -> list[str]:  # type: ignore[no-untyped-def]
    import pikepdf

    found, seen = set(), 0
    waiting = [*pdf.objects, pdf.trailer]
    while waiting:
        each = waiting.pop()
        seen += 1
        if seen > MOST:
            return ["too_heavy"]
        if isinstance(each, pikepdf.Stream):
            each = each.stream_dict
        if isinstance(each, pikepdf.Dictionary):
            for key, value in each.items():
                found.add(_KEYS.get(key, ""))
                if key in _NAMING and isinstance(value, pikepdf.Name):
                    found.add(_VALUES.get(str(value), ""))
                if _is_direct(value):
                    waiting.append(value)
        elif isinstance(each, pikepdf.Array):
            waiting.extend(value for value in each if _is_direct(value))
    return sorted(found - {""})


def _is_direct(value) -> bool:  # type: ignore[no-untyped-def]
    """What is named by a number is among the objects already."""
    import pikepdf

    is_bundle = isinstance(value, pikepdf.Dictionary | pikepdf.Array)
    return is_bundle and not value.is_indirect


def main() -> None:
    """One file in, one line out."""
    limit()
    try:
        found = look(sys.stdin.buffer.read())
    except MemoryError:
        found = ["too_heavy"]
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
