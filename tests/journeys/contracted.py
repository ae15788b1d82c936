"""The life of a contract, step by step, beside a page of plain additions."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    multiple,
    precondition,
    rule,
)

from contracting.approvals.invariants import INVARIANTS as APPROVALS
from contracting.closeout.invariants import INVARIANTS as CLOSEOUT
from contracting.closeout.operations.close_out_order import close_out_order
from contracting.closeout.operations.complete_order import complete_order
from contracting.contracts.invariants import INVARIANTS as CONTRACTS
from contracting.contracts.models import Contract
from contracting.contracts.operations.accept_designation import accept_designation
from contracting.contracts.operations.award import award_contract
from contracting.contracts.operations.designate import designate_cor
from contracting.core.errors import Refusal
from contracting.core.quantities import Dollars, Tokens
from contracting.ledger.invariants import INVARIANTS as LEDGER
from contracting.ledger.models import (
    Balance,
    FundsBalance,
    HolderBalance,
)
from contracting.metering.operations.correct import correct_usage
from contracting.metering.operations.ingest import ingest_usage
from contracting.modifications.invariants import INVARIANTS as MODIFICATIONS
from contracting.operate.queries import broken_invariants
from contracting.options.invariants import INVARIANTS as OPTIONS
from contracting.orders.invariants import INVARIANTS as ORDERS
from contracting.orders.models import TaskOrder
from contracting.orders.operations.cancel import cancel_task_order
from contracting.orders.operations.certify import certify_task_order_funds
from contracting.orders.operations.issue import issue_task_order
from tests.builders_metering import PRICES, event, folded, ndjson, usage_source
from tests.builders_orders import (
    AWARDED_AT,
    MINIMUM,
    line_of_accounting,
)
from tests.cast import actor, machine
from tests.journeys.acting import DAY
from tests.journeys.changing import Changing
from tests.journeys.settling import settled
from tests.plain_books import PlainBooks, PlainOrder, cents

POTS = {"first": "700.00", "second": "400.00"}
MINIMUM_POT = "minimum"
CLASSES = {
    "input": ("IN_UNCACHED", Decimal(PRICES["IN_UNCACHED"])),
    "output": ("OUT_TEXT", Decimal(PRICES["OUT_TEXT"])),
}
MOST = 3
"""Orders of a life: few enough that much happens to each."""

RATES = dict(CLASSES.values())
"""Dollars per million tokens by token class."""
LAST_DAY = datetime(2026, 8, 1, 14, 0, tzinfo=UTC)

CENTS = st.one_of(st.integers(100, 1_500), st.integers(1_000, 25_000)).map(
    lambda amount: Decimal(amount) / 100
)
"""Funds that run out soon, or do not."""
SOME = st.integers(1, 6_000).map(lambda amount: Decimal(amount) / 100)
OF_A_PART = (
    "ceiling",
    "committed",
    "obligated",
    "consumed",
    "unfunded",
    "rounding",
)
ACRNS = st.sampled_from(["AA", "AB"])
AFTER_EACH_STEP = (
    *(*LEDGER, *CONTRACTS, *ORDERS, *MODIFICATIONS, *OPTIONS, *APPROVALS, *CLOSEOUT),
)


class Contracted(Changing, RuleBasedStateMachine):
    """Random verbs under one contract, beside the plain books."""

    orders = Bundle("orders")

    @initialize()
    def open_the_books(self):
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.at, self.is_awarded = AWARDED_AT, False
        self.contract = Contract.objects.get()
        self.pots = {
            name: line_of_accounting(label=f"Pot {name}", dollars=dollars)
            for name, dollars in POTS.items()
        } | {MINIMUM_POT: line_of_accounting()}
        self.gateway = usage_source()
        self.calls = 0
        self.plain = PlainBooks(
            self.contract.ceiling_dollars, self.contract.ceiling_tokens
        )
        for name, dollars in (POTS | {MINIMUM_POT: "500000.00"}).items():
            self.plain.add("allotted", name, Decimal(dollars))
        self.plain.pots[0, "AA"] = MINIMUM_POT
        self.plain.add("committed", (0, "AA"), MINIMUM.amount)

    def teardown(self):
        if hasattr(self, "undo"):
            assert broken_invariants() == {}
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    # What every step is followed by

    @contextmanager
    def foretold(self, allowed: bool) -> Iterator[None]:
        """The verb is done, or refused with nothing changed, as the plain books say."""
        entries = list(self.plain.entries)
        try:
            with transaction.atomic():
                yield
        except Refusal:
            if allowed:
                raise
            self.plain.entries = entries
        else:
            assert allowed, "done, although its refusal was foretold"
        self.every_figure_is_foretold()
        self.at += timedelta(minutes=5)

    def every_figure_is_foretold(self):
        self.the_orders_are_foretold()
        plain = self.plain
        for name, account in self.pots.items():
            funds = FundsBalance.objects.get(line_of_accounting=account)
            assert funds.available_dollars == plain.sum("allotted", name)
            bound = funds.committed_dollars + funds.obligated_dollars
            assert bound == plain.bound(name), name
        if self.is_awarded:
            self.the_room_is_foretold()
        assert [said for each in AFTER_EACH_STEP for said in each.check()] == []

    def the_orders_are_foretold(self):
        plain = self.plain
        for number in plain.orders:
            line = HolderBalance.objects.get(
                holder_kind="orders.line",
                holder_id=TaskOrder.objects.get(pk=number).current_lines()[0].pk,
            )
            for figure in ("ceiling", "consumed", "unfunded"):
                found = getattr(line, f"{figure}_tokens")
                assert found == plain.sum(f"tokens {figure}", number), figure
            parts = {row.acrn: row for row in Balance.objects.filter(line=line)}
            for acrn, row in parts.items():
                for figure in OF_A_PART:
                    found = getattr(row, f"{figure}_dollars")
                    assert found == plain.sum(figure, (number, acrn)), (figure, acrn)
            for figure in ("accepted", "paid"):
                found = sum(getattr(row, f"{figure}_dollars") for row in parts.values())
                assert found == plain.sum(figure, number), figure

    # The verbs

    @precondition(lambda self: not self.is_awarded)
    @rule()
    def award(self):
        officer, cor = actor("contracting_officer"), actor("cor")
        with self.foretold(allowed=True):
            award_contract(
                contract_id=self.contract.pk,
                by=officer,
                at=self.at,
                seen_version=self.contract.version,
            )
            designate_cor(
                contract_id=self.contract.pk,
                membership_id=cor.own_membership_id,
                valid_from=date(2026, 4, 1),
                valid_to=date(2027, 3, 31),
                level="II",
                certified_until=date(2027, 12, 31),
                by=officer,
                at=self.at,
            )
            accept_designation(contract_id=self.contract.pk, by=cor, at=self.at)
            self.plain.add("committed", (0, "AA"), -MINIMUM.amount)
            self.plain.add("obligated", (0, "AA"), MINIMUM.amount)
            self.is_awarded = True
        self.at += 14 * DAY

    @precondition(
        lambda self: (
            self.is_in_force()
            and self.day <= self.ends
            and len(self.plain.orders) < MOST
        )
    )
    @rule(target=orders, funded=CENTS, more=CENTS, above=CENTS, turned=st.booleans())
    def order(self, funded, more, above, turned):
        """An order on two ACRNs; ``above`` is what its ceiling is above its funds."""
        pots = sorted(POTS, reverse=turned)
        asked = dict(zip(("AA", "AB"), (funded, more), strict=True))
        ceiling, tokens = funded + more + above, 20_000_000
        room = ceiling <= self.plain.room() and tokens <= self.plain.tokens_room()
        with self.foretold(bool(room)):
            order = self.approved(pots, asked, ceiling, tokens)
        if not room:
            return multiple()
        fits = all(
            dollars <= self.plain.free(pot)
            for dollars, pot in zip(asked.values(), pots, strict=True)
        )
        number = order.pk
        with self.foretold(fits):
            certify_task_order_funds(
                order_id=number,
                by=actor("funds_certifier"),
                at=self.at,
                seen_version=order.version,
            )
            self.plain.orders[number] = PlainOrder(order.period_end)
            for (acrn, dollars), pot in zip(asked.items(), pots, strict=True):
                self.plain.pots[number, acrn] = pot
                self.plain.add("committed", (number, acrn), dollars)
                part = ceiling - more if acrn == "AA" else more
                self.plain.add("ceiling", (number, acrn), part)
            self.plain.add("tokens ceiling", number, tokens)
        if not fits:
            for acrn in asked:
                self.plain.pots.pop((number, acrn), None)
            self.plain.orders.pop(number, None)
            self.cancel(number)
            return multiple()
        with self.foretold(allowed=True):
            issue_task_order(
                order_id=number,
                by=actor("contracting_officer"),
                at=self.at,
                seen_version=order.version,
            )
            self.plain.orders[number].issued_at = self.at
            for acrn, dollars in asked.items():
                self.plain.add("committed", (number, acrn), -dollars)
                self.plain.add("obligated", (number, acrn), dollars)
            self.plain.add("ordered", None, ceiling)
            self.plain.add("tokens ordered", None, tokens)
        return number

    def cancel(self, number):
        """What is approved and cannot be certified is given up."""
        with self.foretold(allowed=True):
            cancel_task_order(
                order_id=number,
                reason="There are no funds.",
                by=actor("contracting_officer"),
                at=self.at,
            )

    def is_open(self, number):
        order = self.plain.orders[number]
        return not order.is_closed

    @rule(number=orders, acrn=ACRNS, dollars=SOME)
    def fund(self, number, acrn, dollars):
        plain, part = self.plain, (number, acrn)
        fits = dollars <= plain.free(plain.pots[part])
        under = plain.sum("obligated", part) + dollars <= plain.sum("ceiling", part)
        with self.foretold(fits and under and self.is_open(number)):
            self.modified(number, acrn=acrn, add_dollars=Dollars(dollars))
            plain.add("obligated", part, dollars)
            self.placed_anew(number)

    @rule(number=orders, acrn=ACRNS, dollars=SOME)
    def take_funds_back(self, number, acrn, dollars):
        plain, part = self.plain, (number, acrn)
        with self.foretold(dollars <= plain.left(part) and self.is_open(number)):
            self.modified(number, acrn=acrn, add_dollars=-Dollars(dollars))
            plain.add("obligated", part, -dollars)
            self.placed_anew(number)

    @rule(
        number=orders,
        acrn=ACRNS,
        dollars=st.integers(-300, 250_000).filter(bool).map(Decimal),
        tokens=st.integers(-20, 15_000).map(lambda millions: millions * 1_000_000),
    )
    def move_ceiling(self, number, acrn, dollars, tokens):
        plain, part = self.plain, (number, acrn)
        after = plain.sum("ceiling", part) + dollars
        tokens_after = plain.sum("tokens ceiling", number) + tokens
        stands = (
            after >= plain.sum("obligated", part)
            and tokens_after > 0
            and tokens_after >= plain.sum("tokens consumed", number)
            and plain.sum("ceiling", *plain.parts(number)) + dollars > 0
        )
        room = dollars <= plain.room() and tokens <= plain.tokens_room()
        with self.foretold(bool(stands and room and self.is_open(number))):
            self.modified(
                number,
                acrn=acrn,
                add_ceiling_dollars=Dollars(dollars),
                add_ceiling_tokens=Tokens(tokens),
            )
            plain.add("ceiling", part, dollars)
            plain.add("tokens ceiling", number, tokens)
            plain.add("ordered", None, dollars)
            plain.add("tokens ordered", None, tokens)
            self.placed_anew(number)

    @rule(
        number=orders,
        name=st.sampled_from(sorted(CLASSES)),
        tokens=st.integers(1, 8_000_000),
    )
    def use(self, number, name, tokens):
        self.call(number, name, tokens, at=self.at)

    @rule(
        number=orders,
        name=st.sampled_from(sorted(CLASSES)),
        tokens=st.integers(1, 8_000_000),
        share=st.floats(0, 1),
    )
    def use_and_tell_late(self, number, name, tokens, share):
        """A call of a while ago, at any instant since the order was signed."""
        order = self.plain.orders[number]
        if order.is_ended or order.is_closed or self.day > order.until:
            return
        ago = (self.at - (order.issued_at or self.at)) * (1 - share)
        self.call(number, name, tokens, at=self.at - ago)

    @rule(number=orders, name=st.sampled_from(sorted(CLASSES)), more=st.integers(1, 9))
    def use_all_that_is_left(self, number, name, more):
        """A call that the funds, or the tokens, carry but for its last tokens."""
        order, plain = self.plain.orders[number], self.plain
        if order.is_ended or order.is_closed or self.day > order.until:
            return
        left = sum(plain.left(part) for part in plain.parts(number))
        tokens = int(left * 1_000_000 / CLASSES[name][1]) + more * 1_000
        self.call(number, name, min(tokens, 30_000_000), at=self.at)

    def call(self, number, name, tokens, *, at):
        code, _price = CLASSES[name]
        order = self.plain.orders[number]
        self.calls += 1
        at += timedelta(microseconds=self.calls)  # no two are of one instant
        with self.foretold(allowed=True):
            ingest_usage(
                source_id=self.gateway.pk,
                payload=ndjson(
                    event(
                        self.calls,
                        order=TaskOrder.objects.get(pk=number),
                        tokens={name: tokens},
                        at=at,
                    )
                ),
                by=machine("gateway"),
                at=self.at,
            )
            if self.day > order.until or order.is_ended or order.is_closed:
                order.has_suspense = True
            else:
                order.calls.append((f"operation-{self.calls}", at, code, tokens))
            self.placed_anew(number)

    def placed_anew(self, number):
        """The roller comes, and puts what was used where it belongs."""
        folded()
        self.plain.place_anew(number, RATES)

    @rule(number=orders, chance=st.randoms(use_true_random=False))
    def correct(self, number, chance):
        """Another number of tokens of a call that is not accepted yet."""
        order = self.plain.orders[number]
        if not order.calls or order.is_ended or order.is_closed or order.is_billed:
            return
        place = chance.randrange(len(order.calls))
        operation, at, code, tokens = order.calls[place]
        change = chance.randint(-tokens, 2_000_000) or 1
        self.calls += 1
        with self.foretold(allowed=True):
            correct_usage(
                source_id=self.gateway.pk,
                event_id=operation.replace("operation", "call"),
                correction_id=f"correction-{self.calls}",
                changes={code: change},
                reason="The gateway has counted wrong.",
                by=actor("cor"),
                at=self.at,
            )
            order.calls[place] = (operation, at, code, tokens + change)
            order.is_corrected = True
            self.placed_anew(number)

    @rule(number=orders)
    def settle(self, number):
        """What was used is billed and paid, once, where all of it was funded."""
        plain, order = self.plain, self.plain.orders[number]
        first, second = plain.parts(number)
        if (
            order.is_billed
            or order.is_closed
            or order.owes_settlement
            or order.is_corrected
            or not order.calls
            or plain.sum("tokens unfunded", number)
            or plain.sum("consumed", second)
            or plain.left(first) < 1
        ):
            return  # usage that nothing paid, and rounding at the limit: other tests
        owed = sum(
            cents(RATES[code] * tokens / 1_000_000)
            for code, tokens in order.used.items()
        )
        with self.foretold(allowed=True):
            settled(
                TaskOrder.objects.get(pk=number), order.calls, order.used, at=self.at
            )
            plain.add("accepted", number, owed)
            plain.add("paid", number, owed)
            plain.add("rounding", first, owed - plain.sum("consumed", first))
            order.is_billed, order.kept = True, order.used
            self.placed_anew(number)

    @rule(number=orders, granted=st.sampled_from(["0", "0", "1.00"]).map(Decimal))
    def terminate(self, number, granted):
        plain, order = self.plain, self.plain.orders[number]
        if order.is_ended or order.is_closed or self.day > order.until:
            return
        free = sum(plain.free_of_order(number).values())
        with self.foretold(granted <= free):
            self.terminated(number, granted)
            kept = plain.kept(number, granted)
            plain.give_back(number, keep=granted)
            for part, dollars in kept.items():
                plain.add("consumed", part, dollars)
            self.placed_anew(number)
            order.is_ended = True
            order.owes_settlement = granted > 0

    @rule(days=st.integers(1, 15))
    def days_pass(self, days):
        if self.is_awarded and self.at < LAST_DAY:
            self.at += days * DAY

    @rule(number=orders)
    def close(self, number):
        plain, order = self.plain, self.plain.orders[number]
        if order.is_closed:
            return
        is_over = self.day > order.until or order.is_ended
        settles = not order.has_suspense and not order.owes_settlement
        with self.foretold(bool(is_over and settles and not plain.owed(number))):
            complete_order(order_id=number, by=actor("cor"), at=self.at)
            close_out_order(
                order_id=number, by=actor("contracting_officer"), at=self.at
            )
            own = plain.parts(number)
            plain.give_back(number)
            unspent = plain.sum("ceiling", *own) - plain.sum("paid", number)
            unused = plain.sum("tokens ceiling", number)
            unused -= plain.sum("tokens consumed", number)
            plain.add("ordered", None, -unspent)
            plain.add("tokens ordered", None, -unused)
            order.is_closed = True
