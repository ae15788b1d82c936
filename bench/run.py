"""Ratios, each measured in one run, side by side: ``make bench``.

*Ingest*: a batch of usage through the verb (read, judge, attribute, rate, store, draw
on the funds, record, commit) against a bare COPY of the very rows that it wrote into
temporary tables with the same keys.

*Paper*: a task order from its request to its stored print against a bare WeasyPrint of
the same HTML with the same options.

*Funds* (``funds.py``): reservations on one order, over many, and through HTTP.

*Signing* (``signing.py``): an order of five lines drafted and signed, against a lean
desk (``lean.py``). *Orders* (``orders.py``): lists and searches among a million.

A ratio says how many times the floor our way takes. The rounds of both sides alternate,
so that whatever else the machine does meets both. Medians, minima and maxima go to
``var/bench.json``. Nothing is judged here.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from figures import spread, timed

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

DATABASE = "drawdown_bench"
RESULT = ROOT / "var" / "bench.json"
CALLS = 3_000
ROUNDS = 7
PAPERS = 7
TABLES = (
    "metering_usageevent",
    "metering_usageline",
    "metering_usageattribution",
    "metering_usagerating",
)


def main() -> None:
    """Measure both, print a line for each, and write the figures."""
    import funds
    import orders
    import signing

    with own_database():
        figures = {
            "machine": machine(),
            "ingest": ingest_against_copy(),
            "paper": paper_against_weasyprint(),
            "signing": signing.measure(),
            "funds": funds.measure(),
            "orders": orders.measure(),
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


# Ingest -----------------------------------------------------------------------------


def ingest_against_copy() -> dict[str, Any]:
    """Batches of calls with four classes each, and the rows that they left, copied."""
    from contracting.core.quantities import Dollars, Tokens
    from contracting.metering.operations.ingest import ingest_usage
    from contracting.orders.states import FundsDraft
    from tests.builders_metering import DELIVERED_AT, usage_source
    from tests.builders_orders import issued_order, line, line_of_accounting
    from tests.cast import machine as key

    funds = [FundsDraft("AA", line_of_accounting().pk, Dollars("9000.00"))]
    room = line(tokens=Tokens(10**10), dollars=Dollars("9000.00"), funds=funds)
    order = issued_order(lines=[room])
    source, gateway = usage_source(), key("gateway")
    ours, floor = [], []
    for number in range(ROUNDS + 1):
        payload = _calls(order, number)
        receipt, took = timed(
            lambda payload=payload: ingest_usage(
                source_id=source.pk, payload=payload, by=gateway, at=DELIVERED_AT
            )
        )
        assert receipt.batch.accepted == CALLS
        copied = _copy(number)
        if number:  # the first round warms up
            ours.append(took)
            floor.append(copied)
    return _report(
        f"ingest {CALLS:,} calls of 4 classes",
        ours,
        floor,
        calls_per_second=round(CALLS / statistics.median(ours)),
        lines_per_second=round(4 * CALLS / statistics.median(ours)),
    )


def _calls(order: Any, number: int) -> bytes:
    from tests.builders_metering import CALLED_AT, event, ndjson

    return ndjson(
        *(
            event(
                f"{number}-{call:05}",
                order=order,
                tokens={
                    "input": 1_000 + call % 700,
                    "cached_input": 400 + call % 300,
                    "output": 20 + call % 50,
                    "reasoning": 5 + call % 9,
                },
                at=CALLED_AT + timedelta(milliseconds=call),
            )
            for call in range(CALLS)
        )
    )


def _copy(number: int) -> float:
    """The rows of one round into temporary tables with the same keys, committed."""
    from django.db import connection

    with connection.cursor() as cursor:
        rows = {table: _rows(cursor, table, number) for table in TABLES}
        for table in TABLES:
            cursor.execute(
                f"CREATE TEMPORARY TABLE floor_{table} (LIKE {table} INCLUDING ALL)"
            )

        def copy_all() -> None:
            cursor.execute("BEGIN")
            for table in TABLES:
                with cursor.copy(f"COPY floor_{table} FROM STDIN") as copy:
                    copy.write(rows[table])
            cursor.execute("COMMIT")

        _, took = timed(copy_all)
        for table in TABLES:
            cursor.execute(f"SELECT count(*) FROM floor_{table}")
            (count,) = cursor.fetchone()
            wide = table in {"metering_usageline", "metering_usagerating"}
            assert count == CALLS * (4 if wide else 1)
            cursor.execute(f"DROP TABLE floor_{table}")
    return took


def _rows(cursor: Any, table: str, number: int) -> bytes:
    query = f"SELECT * FROM {table} WHERE event_id LIKE 'call-{number}-%'"
    with cursor.copy(f"COPY ({query}) TO STDOUT") as copy:
        return b"".join(bytes(part) for part in copy)


# Paper ------------------------------------------------------------------------------


def paper_against_weasyprint() -> dict[str, Any]:
    """The order's paper through the verb that prints, and its HTML printed bare."""
    from contracting.documents import rendering
    from contracting.documents.models import Document
    from contracting.documents.operations.render import render_document
    from contracting.documents.states import DocumentState

    original = Document.objects.filter(kind="task_order").latest("pk")
    html = rendering.html_of(_sheet(original))
    ours, floor = [], []
    for number in range(PAPERS + 1):
        document_id = _asked_again(original)
        printed, took = timed(
            lambda document_id=document_id: render_document(document_id=document_id)
        )
        assert printed is not None
        assert printed.state == DocumentState.RENDERED, printed.last_error
        _, bare = timed(lambda: _bare(html))
        if number:
            ours.append(took)
            floor.append(bare)
    return _report("print a task order", ours, floor, html_bytes=len(html))


def _sheet(document: Any) -> Any:
    from contracting.documents import rendering

    return rendering.Sheet(
        kind=document.kind,
        title=document.title,
        number=document.number,
        version=document.version,
        content_sha256=document.content_sha256,
        context=document.context,
        author=document.agency.name,
        created_at=document.requested_at,
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
