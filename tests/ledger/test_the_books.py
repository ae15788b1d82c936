"""Whatever is done in whatever order, the books balance and no bound is passed."""

from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from contracting.core.errors import Refusal
from contracting.ledger.models import Balance, Transfer
from contracting.ledger.states import TransferKind
from tests.cast import AT, actor, organization
from tests.ledger.conftest import Books, exceptions

CENTS = st.integers(1, 4_000).map(lambda cents: str(Decimal(cents) / 100))
ACRNS = st.sampled_from(["AA", "AB"])
PRICES = st.sampled_from(["0", "0.15", "2.5", "7", "10.000001", "75"])
TOKENS = st.integers(0, 3_000_000)


class TheBooks(RuleBasedStateMachine):
    """Random verbs on one line with two ACRNs, beside a ledger kept by plain sums."""

    @initialize()
    def open_the_books(self):
        self.undo = transaction.atomic()
        self.undo.__enter__()
        officer, certifier = actor("contracting_officer"), actor("funds_certifier")
        agency = organization(certifier)
        self.books = Books(officer, certifier, agency.pk, AT)
        self.funds = {
            "AA": self.books.fund("One year", "100"),
            "AB": self.books.fund("No year", "30", funds_available_to=None),
        }
        for sequence, acrn in enumerate(self.funds, start=1):
            self.books.open(
                "60",
                acrn=acrn,
                sequence=sequence,
                funds=self.funds[acrn],
                tokens=9_000_000,
            )
        self.tokens_used = 0
        self.dollars_used = Decimal(0)
        self.paid = Decimal(0)

    def teardown(self):
        if hasattr(self, "undo"):
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    def tried(self, verb, *args, **kwargs) -> bool:
        """Whether the verb was done; a refusal must have left no trace."""
        before = Transfer.objects.count()
        try:
            with transaction.atomic():
                verb(*args, **kwargs)
        except Refusal:
            assert Transfer.objects.count() == before
            return False
        return True

    def asked(self, dollars, acrn):
        return self.books.asked(dollars, acrn=acrn, funds=self.funds[acrn])

    @rule(dollars=CENTS, acrn=ACRNS)
    def commit(self, dollars, acrn):
        self.tried(self.books.commit, self.asked(dollars, acrn))

    @rule(dollars=CENTS, acrn=ACRNS)
    def release(self, dollars, acrn):
        self.tried(self.books.release, self.asked(dollars, acrn))

    @rule(dollars=CENTS, acrn=ACRNS, certified=st.booleans())
    def obligate(self, dollars, acrn, certified):
        asked = self.asked(dollars, acrn)
        self.tried(self.books.obligate, asked, from_commitment=certified)

    @rule(dollars=CENTS, acrn=ACRNS)
    def deobligate(self, dollars, acrn):
        self.tried(self.books.deobligate, self.asked(dollars, acrn))

    @rule(used=st.lists(st.tuples(PRICES, TOKENS), min_size=1, max_size=4))
    def use(self, used):
        entries = [(f"at {price}", price, tokens) for price, tokens in used]
        assert self.tried(self.books.use, *entries), "usage is never refused"
        for price, tokens in used:
            self.tokens_used += tokens
            self.dollars_used += Decimal(price) * tokens / 10**6

    @rule(share=st.integers(1, 4), acrn=st.sampled_from(["AA", "AB", None]))
    def accept(self, share, acrn):
        rows = [self.books.row(each) for each in ([acrn] if acrn else self.funds)]
        tokens = sum(row.unaccepted_tokens.count for row in rows) // share
        exact = sum((row.unaccepted.amount for row in rows), Decimal(0))
        cents = exact.quantize(Decimal("0.01"), "ROUND_HALF_UP")
        self.tried(self.books.accept, str(exact), str(cents), tokens, acrn=acrn)

    @rule(dollars=CENTS, acrn=st.sampled_from(["AA", "AB", None]))
    def pay(self, dollars, acrn):
        if self.tried(self.books.pay, dollars, acrn=acrn):
            self.paid += Decimal(dollars)

    @rule(back=st.integers(0, 5))
    def reverse(self, back):
        kept = Transfer.objects.exclude(kind=TransferKind.ALLOT)
        recent = kept.order_by("-pk")[back : back + 1]
        for transfer in recent:
            if self.tried(self.books.reverse, transfer):
                sign = 1 if transfer.kind in (TransferKind.CONSUME, "UNFUNDED") else 0
                self.tokens_used -= sign * transfer.tokens
                self.dollars_used -= sign * transfer.dollars
                self.paid -= transfer.dollars if transfer.kind == "PAY" else 0

    @invariant()
    def the_books_balance(self):
        if hasattr(self, "books"):
            assert exceptions() == []

    @invariant()
    def every_token_and_every_dollar_is_there(self):
        if not hasattr(self, "books"):
            return
        rows = list(Balance.objects.all())
        tokens = sum(row.consumed_tokens + row.unfunded_tokens for row in rows)
        dollars = sum(row.consumed_dollars + row.unfunded_dollars for row in rows)
        assert tokens == self.tokens_used
        assert dollars == self.dollars_used
        assert sum(row.paid_dollars for row in rows) == self.paid


@pytest.mark.django_db
def test_random_verbs_never_break_the_books():
    run_state_machine_as_test(
        TheBooks,
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
