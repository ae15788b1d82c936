"""Ratios, each measured in one run, side by side: ``make bench``.

*Ingest* (``ingest.py``): batches of usage through the verb against a bare COPY of the
very rows that they left into the very same tables; and the same batches again.
*Doors* (``doors.py``): the same over HTTP, beside a plain DRF door and a null view.

*Paper*: a task order from its request to its stored print against a bare WeasyPrint of
the same HTML with the same options.

*Funds* (``funds.py``): reservations on one order, over many, and through HTTP.

*Signing* (``signing.py``): an order of five lines drafted and signed, against a lean
desk (``lean.py``). *Orders* (``orders.py``): lists and searches among a million.

*Reconciling* (``reconciling.py``): meter and report of an order compared, all of it and
one more day, against scans of their tables.

*Dashboard* (``dashboard.py``): pages of usage with a million rated lines and with
twenty, lines and days held equal.

A ratio says how many times the floor our way takes. The rounds of both sides alternate,
so that whatever else the machine does meets both. Medians, minima and maxima go to
``var/bench.json``. Nothing is judged here.
"""

from __future__ import annotations

import gc
import json
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from figures import spread, timed

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

DATABASE = "drawdown_bench"
RESULT = ROOT / "var" / "bench.json"
PAPERS = 15


def main() -> None:
    """Measure both, print a line for each, and write the figures."""
    import dashboard
    import doors
    import funds
    import ingest
    import orders
    import reconciling
    import signing

    with own_database():
        figures = {
            "machine": machine(),
            "ingest": ingest.measure(),
            "doors": doors.measure(),
            "paper": paper_against_weasyprint(),
            "signing": signing.measure(),
            "funds": funds.measure(),
            "orders": orders.measure(),
            "reconciling": reconciling.measure(),
            "dashboard": dashboard.measure(),
        }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(figures, indent=2) + "\n")
    print(f"The figures are in {RESULT.relative_to(ROOT)}.")


# The world --------------------------------------------------------------------------


@contextmanager
def own_database() -> Iterator[None]:
    """A migrated database of this run's own, on the servers that are there."""
    from contracting import embedded

    embedded.ensure()
    server = os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]
    _recreate(server)
    address = urlunsplit(urlsplit(server)._replace(path=f"/{DATABASE}"))
    os.environ |= {
        "DATABASE_URL": address,
        "DATABASE_OWNER_URL": address,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DRAWDOWN_TEST_DB": DATABASE,
    }
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    from contracting.celery import app
    from manage import migrating_lightly
    from tests.cast import build_cast

    print("Building a database and a signed order ...")
    with migrating_lightly():
        call_command("migrate", verbosity=0, interactive=False)
    build_cast()
    try:
        yield
    finally:
        connections.close_all()
        app.control.purge()
        shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
        _drop(server)


def _recreate(server: str) -> None:
    _drop(server)
    with psycopg.connect(server, autocommit=True) as session:
        session.execute(
            f"CREATE DATABASE {DATABASE} TEMPLATE template0 ENCODING 'UTF8'"
        )


def _drop(server: str) -> None:
    with psycopg.connect(server, autocommit=True) as session:
        session.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")


def machine() -> dict[str, Any]:
    """What it ran on."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (postgres,) = cursor.fetchone()
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "postgresql": postgres,
        "system": platform.platform(),
    }


# Paper ------------------------------------------------------------------------------


def paper_against_weasyprint() -> dict[str, Any]:
    """The order's paper through the verb that prints, and its HTML printed bare."""
    import presses

    from contracting.documents import rendering
    from contracting.documents.models import Document
    from contracting.documents.operations.render import _sheet, render_document
    from contracting.documents.states import DocumentState

    original = Document.objects.filter(kind="task_order").latest("pk")
    html = rendering.html_of(_sheet(original))
    ours, floor = [], []
    for number in range(PAPERS + 1):
        document_id = _asked_again(original)
        gc.collect()
        printed, took = timed(
            lambda document_id=document_id: render_document(document_id=document_id)
        )
        assert printed is not None
        assert printed.state == DocumentState.RENDERED, printed.last_error
        gc.collect()  # neither side pays for what the other has left
        _, bare = timed(lambda: _bare(html))
        if number:
            ours.append(took)
            floor.append(bare)
    return _report(
        "print a task order",
        ours,
        floor,
        html_bytes=len(html),
        two_workers=presses.measure(_sheet(original)),
    )


def _asked_again(original: Any) -> int:
    """The same paper, requested once more."""
    from contracting.documents.operations.request import request_document
    from tests.builders_orders import ISSUED_AT
    from tests.cast import actor

    made = request_document(
        kind=original.kind,
        subject=original.as_subject,
        title=original.title,
        number=original.number,
        agency_id=original.agency_id,
        vendor_id=original.vendor_id,
        context=original.context,
        content_sha256=original.content_sha256,
        version=original.version,
        by=actor("contracting_officer"),
        at=ISSUED_AT,
    )
    return int(made.pk)


def _bare(html: str) -> bytes:
    from weasyprint import HTML

    from contracting.documents.rendering import TEMPLATES, VARIANT

    pdf: bytes = HTML(string=html, base_url=f"{TEMPLATES}/").write_pdf(
        pdf_tags=True, pdf_variant=VARIANT
    )
    return pdf


# Figures ----------------------------------------------------------------------------


def _report(
    what: str, ours: list[float], floor: list[float], **more: Any
) -> dict[str, Any]:
    ratios = [each / bare for each, bare in zip(ours, floor, strict=True)]
    figures = {
        "what": what,
        "rounds": len(ours),
        "seconds": spread(ours),
        "floor_seconds": spread(floor),
        "ratio": spread(ratios),
        **more,
    }
    print(
        f"{what}: {figures['seconds']['median']} s, floor "
        f"{figures['floor_seconds']['median']} s, ratio {figures['ratio']['median']}"
    )
    return figures


if __name__ == "__main__":
    main()
