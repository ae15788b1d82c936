"""Every call is sent ten times, late and in no order, while everything is killed.

Twenty gateways post through the site's own door what twenty thousand calls have
used, shuffled, each ten times, late by up to forty days, some with another content
under their id, some that nobody can read. Workers of the web server, the roller and
PostgreSQL itself are killed meanwhile, and what is not answered is sent again. In the
end the balances are what adding up by hand says, to the token and to the last digit of
a dollar. FULL=1 sends a hundred thousand calls.
"""

import contextlib
import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connections
from django.db.models import Count, Sum

from contracting.core import clock
from contracting.core.quantities import Dollars
from contracting.ledger.models import Balance
from contracting.ledger.queries import balances_of
from contracting.metering.models import (
    HourlyUsage,
    UsageBatch,
    UsageEvent,
    UsageHold,
    UsageLine,
    UsageRating,
)
from contracting.operate.queries import broken_invariants
from contracting.orders.operations.certify_modification import (
    certify_modification_funds,
)
from contracting.orders.operations.issue_modification import issue_modification
from contracting.orders.states import EffectDraft
from tests.builders_metering import folded, order_for, usage_source
from tests.builders_orders import awarded_contract, drafted_modification
from tests.cast import actor, key_text, machine
from tests.metering.plain_draw import drawn
from tests.metering.test_fold import RATES
from tests.own_server import own_server  # noqa: F401
from tests.ratified import ratified
from tests.storm import (
    CALLS,
    CHANGED_LATER,
    HELD,
    NOW,
    VERDICTS,
    Delivery,
    Gateways,
    calls_of,
    deliveries,
)
from tests.workers import ROOT, eventually

FUNDS = ("8.00", "12.00", "40.00", "40.00")
CHANGED = {1: Decimal("4.00"), 2: Decimal("-10.00")}
"""Dollars that modifications add and take back meanwhile, by order."""


KILLED = {"worker": 24, "roller": 6, "database": 4}
"""How often each is killed, at any point on the way."""


@contextlib.contextmanager
def process(command, own, log, **environment):
    """A process of the site, on the test's server and on its day."""
    with log.open("ab") as output:
        made = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env={
                **os.environ,
                "DATABASE_URL": own.url,
                "DATABASE_OWNER_URL": "",
                "DJANGO_SETTINGS_MODULE": "tests.settings",
                "TEST_DAY": NOW.isoformat(),
                "API_RATE": "1000000/min",
                **environment,
            },
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        yield made
    finally:
        made.terminate()
        try:
            made.wait(timeout=20)
        except subprocess.TimeoutExpired:
            made.kill()
            made.wait()


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def answers(port):
    with contextlib.suppress(OSError):
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        link.request("GET", "/livez")
        return link.getresponse().status < 500
    return False


@dataclass
class Site:
    """The web server and the roller of a test, and how often each was killed."""

    own: Any
    place: Path
    ends: contextlib.ExitStack
    port: int = 0
    web: Any = None
    roller: Any = None
    killed: Counter[str] = field(default_factory=Counter)

    def start(self):
        self.port = free_port()
        command = [
            *("gunicorn", "tests.shifted:application", "--preload"),
            *("--bind", f"127.0.0.1:{self.port}", "--worker-class", "gthread"),
            *("--workers", "3", "--threads", "8", "--timeout", "120"),
            *("--no-control-socket", "--worker-tmp-dir", "/dev/shm"),  # noqa: S108
        ]
        log = self.place / "web.log"
        self.web = self.ends.enter_context(process(command, self.own, log))
        eventually(lambda: answers(self.port), within=90)
        self.roll()

    def roll(self):
        log = self.place / "roller.log"
        self.roller = self.ends.enter_context(process(["tests.shifted"], self.own, log))

    def fate(self, chance):
        """When, as a share of the way, and what is killed, in this order."""
        kills = {
            "worker": lambda: self.kill_a_worker(chance),
            "roller": self.kill_the_roller,
            "database": self.kill_the_database,
        }
        points = [
            (0.95 * (place + chance.random()) / times, what)
            for what, times in KILLED.items()
            for place in range(times)
        ]
        return [(share, kills[what]) for share, what in sorted(points)]

    def kill_a_worker(self, chance):
        pid = self.web.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        if children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(chance.choice(children)), signal.SIGKILL)
            self.killed["web worker"] += 1

    def kill_the_roller(self):
        self.roller.kill()
        self.roller.wait()
        self.killed["roller"] += 1
        self.roll()

    def kill_the_database(self):
        connections.close_all()
        self.own.kill()
        time.sleep(0.3)
        self.own.start()
        self.killed["database"] += 1


@pytest.fixture
def site(own_server, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.setattr(clock, "now", lambda: NOW)
    with contextlib.ExitStack() as ends:
        yield Site(own_server, tmp_path, ends)


def test_what_a_storm_of_usage_comes_to(site):
    # Given four orders, of which two run out, and what their calls have used
    chance = random.Random(20_260_525)
    contract = awarded_contract()
    orders = [
        order_for(funds, on=contract, title=f"Order {number}")
        for number, funds in enumerate(FUNDS)
    ]
    ratify_what_runs_out(orders)
    usage_source()
    calls = calls_of(chance, orders)
    key = f"Bearer {key_text(machine('gateway'))}"
    site.start()
    gateways = Gateways(site.port, key, calls)

    # When the calls whose content will change are sent in peace
    first = [
        (place, "plain")
        for place, call in enumerate(calls)
        if call.kind == CHANGED_LATER
    ]
    peace = [Delivery(first[at : at + 500]) for at in range(0, len(first), 500)]
    for _ in gateways.deliver(peace):
        pass

    # And then all at once, while everything is killed and funds come and go
    batches = deliveries(chance, calls)
    began, gateways.done = time.monotonic(), 0
    signing = [modifying(orders[place], dollars) for place, dollars in CHANGED.items()]
    fate = site.fate(chance)
    for tick, done in enumerate(gateways.deliver(batches)):
        share = done / len(batches)
        if fate and share >= fate[0][0]:
            fate.pop(0)[1]()
        elif share > 0.1 and signing:
            if next(signing[0], "signed") == "signed":
                signing.pop(0)
            else:
                site.killed["time for a signature"] += 1
        elif tick % 5 == 0:
            assert_funded_within_the_obligation()
    took = time.monotonic() - began
    site.ends.close()

    # Then every call is stored once, and every receipt has added up
    assert gateways.wrong == []
    assert fate == []
    assert signing == []
    again = [name for name, times in Counter(gateways.kept).items() if times > 1]
    assert again == []
    stored = set(UsageEvent.objects.values_list("event_id", flat=True))
    assert stored == {call.id for call in calls}
    sums = UsageBatch.objects.aggregate(**{kind: Sum(kind) for kind in VERDICTS})
    assert sums["accepted"] + sums["held"] == CALLS
    assert sum(sums.values()) == UsageBatch.objects.aggregate(n=Sum("received"))["n"]

    # And every balance and roll-up is what adding up by hand says
    while folded():
        pass
    assert_the_lines_are(calls)
    for place, order in enumerate(orders):
        own = [c.plain for c in calls if c.order == place and c.kind != HELD]
        funds = Decimal(FUNDS[place]) + CHANGED.get(place, 0)
        assert stands(order) == drawn(own, RATES, [funds], 20_000_000)
    assert sum(row.unfunded_tokens > 0 for row in Balance.objects.all()) == 2
    assert_the_hours_are(calls, orders)
    assert UsageHold.objects.count() == sum(call.kind == HELD for call in calls)

    # And nobody has waited for each other in a circle
    assert "deadlock detected" not in site.own.log
    assert broken_invariants() == {}
    print(  # noqa: T201 (figures for whoever runs it)
        f"{sum(len(each.rows) for each in batches):,} rows in {len(batches):,} batches "
        f"in {took:.0f} s; told {dict(gateways.told)}; killed {dict(site.killed)}"
    )


def ratify_what_runs_out(orders):
    """What is used before its funds come may be paid by the modification then."""
    for place in (place for place, dollars in CHANGED.items() if dollars > 0):
        ratified(orders[place], Dollars("1000.00"), at=NOW)


def stands(order):
    """Funded and unfunded tokens and dollars of each ACRN of the order."""
    return [
        (
            row.consumed_tokens,
            row.consumed_dollars,
            row.unfunded_tokens,
            row.unfunded_dollars,
        )
        for row in balances_of(order.lines.get().holder)
    ]


def modifying(order, dollars):
    """A modification adds funds to the line, or takes some back: verb after verb."""
    effect = EffectDraft(clin="0001", acrn="AA", add_dollars=Dollars(dollars))
    drafted = yield from tried(drafted_modification, on=order, effects=[effect], at=NOW)
    known = {"modification_id": drafted.pk, "seen_version": drafted.version, "at": NOW}
    if dollars > 0:
        certifier = actor("funds_certifier")
        yield from tried(certify_modification_funds, **known, by=certifier)
    yield from tried(issue_modification, **known, by=actor("contracting_officer"))


def tried(verb, **given):
    """Again and again while others work on the same records, as a person would."""
    while True:
        try:
            return verb(**given)
        except OperationalError:
            yield


def assert_funded_within_the_obligation():
    for row in Balance.objects.all():
        assert row.payable_dollars <= row.obligated_dollars


def assert_the_lines_are(calls):
    """What is stored and what is rated, by class."""
    told: Counter[str] = Counter()
    rated: Counter[str] = Counter()
    for call in calls:
        for code, tokens in call.plain.tokens:
            told[code] += tokens
            rated[code] += tokens * (call.kind != HELD)
    for model, expected in ((UsageLine, told), (UsageRating, rated)):
        rows = model.objects.values_list("token_class_code").annotate(Sum("tokens"))
        assert dict(rows) == dict(expected)
    cost = sum(RATES[code] * tokens for code, tokens in rated.items()) / 1_000_000
    assert UsageRating.objects.aggregate(n=Sum("dollars"))["n"] == cost


def assert_the_hours_are(calls, orders):
    """What the roll-ups have of each order, hour and class."""
    expected: Counter[tuple[int, datetime, str]] = Counter()
    for call in calls:
        if call.kind != HELD:
            hour = call.plain.at.replace(minute=0, second=0, microsecond=0)
            for code, tokens in call.plain.tokens:
                expected[orders[call.order].pk, hour, code] += tokens
    rows = HourlyUsage.objects.values_list(
        "order_line__order_id", "hour", "token_class_code"
    ).annotate(Sum("tokens"), Count("pk"))
    assert {(o, h, c): n for o, h, c, n, _ in rows if n} == +expected
