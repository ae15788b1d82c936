"""Where a prompt could leave a trace: every table of ours, every file of media."""

from pathlib import Path

import zstandard
from django.conf import settings
from django.db import connection

from contracting.documents.models import Blob
from tests.cast import OURS

CANARY = "Patient 4711 asks about a rash"


def found_in_the_database(text: str) -> list[str]:
    """The tables with a row that has the text in any column."""
    tables = sorted(
        name
        for name in connection.introspection.table_names()
        if name.split("_")[0] in OURS
    )
    found = []
    with connection.cursor() as cursor:
        for table in tables:
            rows = f'SELECT count(*) FROM "{table}" t'
            cursor.execute(f"{rows} WHERE position(%s in t::text) > 0", [text])
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def found_in_media(text: str) -> list[Path]:
    """The stored files that contain the text."""
    files = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    assert len(files) >= Blob.objects.count() > 0
    return [path for path in files if text.encode() in _unpacked(path)]


def _unpacked(path: Path) -> bytes:
    content = path.read_bytes()
    if path.suffix != ".zst":
        return content
    return zstandard.ZstdDecompressor().decompress(content, max_output_size=2**30)
