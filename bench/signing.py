"""An order of five lines, drafted and signed: by our pages, and by a lean desk.

Ours is what a browser sends: the draft's form and the signature's, each with its
guards, permissions, ledger, paper, notices and hash-chained record. Beside it stands
the lean desk of ``bench/lean.py``, called as a WSGI function in this process on this
database, and measured against its own bare statements, run by the driver alone.
"""

from __future__ import annotations

import io
import json
import re
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import psycopg
from figures import spread

ROUNDS = 15
LINES = 5
SECRET = "made-for-this-run"
DIGITS = 5


def measure() -> dict[str, Any]:
    """Rounds of both by turns, the parts of ours, and the lean desk's own share."""
    desk, lean = _desk(), _lean()
    bare = _bare(lean.database)
    ours: list[float] = []
    theirs: list[float] = []
    floors: list[float] = []
    steps: dict[str, list[float]] = defaultdict(list)
    for number in range(ROUNDS + 1):
        took = desk.draft_and_sign(number)
        least = min(lean.create_and_confirm() for _ in range(5))
        floor = min(bare() for _ in range(5))
        if number:
            ours.append(took["draft"] + took["sign"])
            theirs.append(least)
            floors.append(floor)
            for name, seconds in took.items():
                steps[name].append(seconds)
    lean.database.close()
    share = [least / mine for mine, least in zip(ours, theirs, strict=True)]
    of_bare = [floor / least for least, floor in zip(theirs, floors, strict=True)]
    figures = {
        "what": f"draft and sign an order of {LINES} lines",
        "rounds": ROUNDS,
        "seconds": spread(ours, DIGITS),
        "lean_seconds": spread(theirs, DIGITS),
        "bare_seconds": spread(floors, DIGITS),
        "share_of_lean_rate": spread(share, DIGITS),
        "lean_share_of_bare_rate": spread(of_bare, DIGITS),
        "steps_seconds": {
            name: spread(values, DIGITS) for name, values in steps.items()
        },
    }
    print(
        f"draft and sign: {figures['seconds']['median']} s, lean "
        f"{figures['lean_seconds']['median']} s: "
        f"{figures['share_of_lean_rate']['median']} of its rate; the lean desk reaches "
        f"{figures['lean_share_of_bare_rate']['median']} of its bare statements"
    )
    return figures


# Ours --------------------------------------------------------------------------------


class _desk:
    """A contract of five lines and the people who bring an order to its signature."""

    def __init__(self) -> None:
        from contracting.core import clock
        from tests.builders_orders import (
            ISSUED_AT,
            awarded_contract,
            line_of_accounting,
        )
        from tests.cast import actor, client_for

        # The day of the world, in which its funds are available.
        clock.now = lambda: ISSUED_AT
        self.contract = awarded_contract()
        self.funds = line_of_accounting()
        self.clins = _more_lines(self.contract)
        self.writer = client_for(actor("program_manager"))
        self.officer = client_for(actor("contracting_officer"))

    def draft_and_sign(self, number: int) -> dict[str, float]:
        """Seconds of the two posts and, of each, in the database and elsewhere."""
        from contracting.orders.models import TaskOrder
        from tests.builders_orders import certified, concurred

        took: dict[str, float] = {}
        address = f"/contracts/{self.contract.public_id}/draft_task_order"
        with _watched("draft", took):
            sent = _posted(self.writer, address, self._form(number), took, "draft")
        assert sent.status_code == 303, sent.status_code
        order = TaskOrder.objects.latest("pk")
        order = certified(concurred(_submitted(order)))
        address = f"{order.path}/issue_task_order"
        form = {"seen_version": str(order.version), "confirm": "on"}
        with _watched("sign", took):
            sent = _posted(self.officer, address, form, took, "sign")
        assert sent.status_code == 303, sent.status_code
        return took

    def _form(self, number: int) -> dict[str, str]:
        rows = {
            f"rows-{place}-{name}": value
            for place, clin in enumerate(self.clins)
            for name, value in {
                "clin": clin,
                "acrn": "AA",
                "line_of_accounting": str(self.funds.pk),
                "ceiling_tokens": "2000000",
                "ceiling_dollars": "6.00",
                "dollars": "4.00",
            }.items()
        }
        return {
            "title": f"Order of five lines {number}",
            "description": "Summaries of claims.",
            "period_start": "2026-04-13",
            "period_end": "2026-09-30",
            "boundary": "FEDRAMP_MOD",
            "risk": "LOW",
            "place": "Agency AI gateway",
            "payment_office": "Examples Finance Center",
            "fair_opportunity": "single award",
            "rows-TOTAL_FORMS": str(LINES),
            "rows-INITIAL_FORMS": "0",
            "rows-MIN_NUM_FORMS": "0",
            "rows-MAX_NUM_FORMS": "1000",
            **rows,
        }


def _more_lines(contract: Any) -> list[str]:
    """As many lines as the bench orders, each a copy of the first with its prices."""
    from contracting.contracts.models import ContractLine, RateRow

    first = contract.lines.order_by("clin")[0]
    rates = list(first.rate_rows.all())
    known = set(contract.lines.values_list("clin", flat=True))
    for number in range(1, LINES + 1):
        clin = f"{number:04}"
        if clin in known:
            continue
        fields = _fields(first) | {"clin": clin}
        line = ContractLine.objects.create(**fields)
        for rate in rates:
            own = {"line_id": line.pk, "slin": clin + rate.slin[4:]}
            RateRow.objects.create(**(_fields(rate) | own))
    return [f"{number:04}" for number in range(1, LINES + 1)]


def _fields(row: Any) -> dict[str, Any]:
    out = {"id", "public_id", "recorded_at"}
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.attname not in out
    }


def _submitted(order: Any) -> Any:
    from contracting.orders.operations.submit import submit_task_order
    from tests.builders_orders import ORDERED_AT
    from tests.cast import actor

    return submit_task_order(
        order_id=order.pk,
        by=actor("program_manager"),
        at=ORDERED_AT,
        seen_version=order.version,
    )


def _posted(
    browser: Any, address: str, form: dict[str, str], took: dict[str, float], name: str
) -> Any:
    """Load the page, then post its form on the clock."""
    page = browser.get(address)
    assert page.status_code == 200, page.status_code
    token = re.search(r'name="form_token" value="([^"]+)"', page.text)[1]  # type: ignore[index]
    took[f"{name}: statements"] = 0
    took[f"{name}: in the database"] = 0
    start = time.perf_counter()
    sent = browser.post(address, {**form, "form_token": token})
    took[name] = time.perf_counter() - start
    return sent


@contextmanager
def _watched(name: str, took: dict[str, float]) -> Iterator[None]:
    """Count the statements, and the seconds in them."""
    from django.db import connection

    def watch(execute: Any, *args: Any) -> Any:
        start = time.perf_counter()
        try:
            return execute(*args)
        finally:
            spent = time.perf_counter() - start
            for kind, more in (("statements", 1), ("in the database", spent)):
                key = f"{name}: {kind}"
                took[key] = took.get(key, 0) + more

    with connection.execute_wrapper(watch):
        yield


# The lean desk -----------------------------------------------------------------------


class _lean:
    """The lean desk in a schema of its own, called as a server calls it."""

    def __init__(self) -> None:
        import hashlib
        import os

        import lean

        self.database = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
        self.database.execute(lean.TABLES)
        sha = hashlib.sha256(SECRET.encode()).hexdigest()
        self.database.execute("INSERT INTO lean.token VALUES (%s, 'Dev')", [sha])
        self.serve = lean.application(self.database)

    def create_and_confirm(self) -> float:
        start = time.perf_counter()
        made = self._call({"lines": LEAN_LINES})
        assert self._call({"id": made["id"]})["number"]
        return time.perf_counter() - start

    def _call(self, body: dict[str, Any]) -> Any:
        raw = json.dumps(body).encode()
        environ = {
            "HTTP_AUTHORIZATION": f"Bearer {SECRET}",
            "CONTENT_LENGTH": str(len(raw)),
            "wsgi.input": io.BytesIO(raw),
        }
        said: list[str] = []
        answer = self.serve(environ, lambda status, _headers: said.append(status))
        assert said == ["200 OK"]
        return json.loads(b"".join(answer))


LEAN_LINES = [
    {"name": f"{number:04}", "tokens": 2_000_000, "price": "3.00"}
    for number in range(1, LINES + 1)
]


def _bare(database: psycopg.Connection[Any]) -> Any:
    """The lean desk's statements and commits, and nothing around them."""
    import lean

    amount = Decimal("6.00")
    names = [line["name"] for line in LEAN_LINES]
    many = [2_000_000] * LINES, [Decimal(3)] * LINES, [amount] * LINES

    def run() -> float:
        start = time.perf_counter()
        with database.transaction(), database.cursor() as cursor:
            cursor.execute(lean.PERSON, [""])
            cursor.execute(lean.WRITE, ["Dev", amount * LINES])
            (order,) = cursor.fetchone() or (0,)
            cursor.execute(lean.LINES, [order, names, *many])
        with database.transaction(), database.cursor() as cursor:
            cursor.execute(lean.PERSON, [""])
            cursor.execute(lean.READ, [order])
            cursor.execute(lean.BIND, [amount * LINES])
            cursor.execute(lean.NUMBER)
            (last,) = cursor.fetchone() or (0,)
            cursor.execute(lean.SIGN, [f"75D30126F{last:05}", order])
            cursor.execute(lean.TELL, [order])
            cursor.execute(lean.LAST)
            cursor.execute(lean.AUDIT, ["{}", b"0" * 32])
        return time.perf_counter() - start

    return run
