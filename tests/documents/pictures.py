"""Pictures of page one of every filled sample, for the reference of papers.

``make pictures`` writes them. Beside them stands what each was made of, so that the
page can say which of them are older than their template.
"""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
from typing import Final

from tests.architecture.tree import ROOT

PLACE: Final = ROOT / "docs" / "reference" / "papers"
MADE_OF: Final = PLACE / "pictures.json"
MOST_BYTES: Final = 40_000
_DOTS_PER_INCH: Final = 80


def mark(kind: str) -> str:
    """SHA-256 over what the picture shows: the laid-out sample and the style sheets."""
    from contracting.documents import rendering
    from tests.documents import papers

    digest = hashlib.sha256(rendering.html_of(papers.sheet(kind)).encode())
    for file in sorted(rendering.TEMPLATES.glob("*.css")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def made_of() -> dict[str, str]:
    """By kind, the mark of what its picture shows."""
    if not MADE_OF.exists():
        return {}
    found: dict[str, str] = json.loads(MADE_OF.read_text())
    return found


def _drawn(kind: str) -> bytes:
    """Page one as WebP, as sharp as fits."""
    from PIL import Image

    from tests.documents import papers

    png = subprocess.run(
        ["pdftoppm", "-r", str(_DOTS_PER_INCH), "-f", "1", "-l", "1", "-png", "-"],
        input=papers.printed(kind),
        capture_output=True,
        check=True,
    ).stdout
    picture = Image.open(io.BytesIO(png)).convert("L")
    for quality in range(60, 0, -10):
        out = io.BytesIO()
        picture.save(out, "WEBP", quality=quality, method=6)
        if len(out.getvalue()) <= MOST_BYTES:
            return out.getvalue()
    message = f"The picture of {kind} does not fit into {MOST_BYTES} bytes."
    raise ValueError(message)


def main() -> None:
    """Draw what has changed, and drop the pictures of kinds that are no more."""
    from tests.documents.papers import KINDS

    PLACE.mkdir(exist_ok=True)
    known = made_of()
    now = {kind: mark(kind) for kind in KINDS}
    for kind in KINDS:
        file = PLACE / f"{kind}.webp"
        if known.get(kind) != now[kind] or not file.exists():
            file.write_bytes(_drawn(kind))
    for file in PLACE.glob("*.webp"):
        if file.stem not in now:
            file.unlink()
    MADE_OF.write_text(json.dumps(now, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    main()
