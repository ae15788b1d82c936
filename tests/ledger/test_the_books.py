"""Whatever is done in whatever order, the books say what plain sums say.

The plain ledger below knows nothing of the one that is tested: it is a page of
additions on exact numbers, and it foretells every refusal and every figure. FULL=1 asks
it two hundred times.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from contracting.core.errors import Refusal
from contracting.core.quantities import Dollars
from contracting.ledger.models import Balance, FundsBalance, HolderBalance, Transfer
from contracting.ledger.operations.allot import allot_funds
from tests.cast import AT, actor, organization
from tests.ledger.conftest import LINE, OTHER_LINE, Books, exceptions

FULL = bool(os.environ.get("FULL"))
CENT: Final = Decimal("0.01")
CENTS = st.integers(1, 4_000).map(lambda cents: Decimal(cents) / 100)
PRICES = st.sampled_from(["0", "0.15", "2.5", "7", "10.000001", "75"])
TOKENS = st.integers(0, 3_000_000)
LINES: Final = {"first": LINE, "second": OTHER_LINE}
PARTS: Final = {
    ("first", "AA"): "one year",
    ("first", "AB"): "no year",
    ("first", "AC"): "one year",
    ("second", "AA"): "no year",
}
"""By line and ACRN, in the order of payment: the pot that pays."""

WHERE = st.sampled_from(sorted(PARTS))
CEILING = Decimal(60)
TOKENS_ALLOWED = 9_000_000

EFFECTS: Final = {
    "ALLOT": {"allotted": 1},
    "COMMIT": {"committed": 1},
    "RELEASE": {"committed": -1},
    "OBLIGATE": {"obligated": 1},
    "OBLIGATE what was committed": {"committed": -1, "obligated": 1},
    "DEOBLIGATE": {"obligated": -1},
    "CONSUME": {"consumed": 1, "tokens consumed": 1},
    "UNFUNDED": {"unfunded": 1, "tokens unfunded": 1},
    "ACCEPT": {"accepted": 1, "tokens accepted": 1},
    "ROUND": {"accepted": 1, "rounding": 1},
    "PAY": {"paid": 1},
}


@dataclass
class Posting:
    """One row that the ledger must have written; down to the cent is negative here."""

    what: str
    where: tuple[str, str] | str
    dollars: Decimal
    tokens: int = 0
    undone: bool = False
    undoes: bool = False

    def effect(self, figure: str) -> Decimal:
        amount = self.tokens if figure.startswith("tokens") else self.dollars
        return EFFECTS[self.what].get(figure, 0) * Decimal(amount)


@dataclass
class PlainLedger:
    """Every figure is added up anew, from the first posting to the last."""

    postings: list[Posting] = field(default_factory=list)

    def sum(self, figure: str, *places: tuple[str, str] | str) -> Decimal:
        standing = (
            each
            for each in self.postings
            if each.where in places and not each.undone and not each.undoes
        )
        return sum((each.effect(figure) for each in standing), Decimal(0))

    def of_pot(self, figure: str, pot: str) -> Decimal:
        return self.sum(figure, *(part for part, of in PARTS.items() if of == pot))

    def of_line(self, figure: str, line: str) -> Decimal:
        return self.sum(figure, *(part for part in PARTS if part[0] == line))

    def free(self, pot: str) -> Decimal:
        bound = self.of_pot("committed", pot) + self.of_pot("obligated", pot)
        return self.sum("allotted", pot) - bound

    def room(self, part: tuple[str, str]) -> Decimal:
        return CEILING - self.sum("committed", part) - self.sum("obligated", part)

    def payable(self, part: tuple[str, str]) -> Decimal:
        return self.sum("consumed", part) + self.sum("rounding", part)

    def left(self, part: tuple[str, str]) -> Decimal:
        return self.sum("obligated", part) - self.payable(part)

    def unaccepted(self, part: tuple[str, str]) -> Decimal:
        return self.payable(part) - self.sum("accepted", part)

    def unpaid(self, part: tuple[str, str]) -> Decimal:
        return self.sum("accepted", part) - self.sum("paid", part)

    def holds(self) -> bool:
        """Whether nothing passes its bound."""
        parts = all(
            self.room(part) >= 0
            and self.left(part) >= 0
            and self.unaccepted(part) >= 0
            and self.unpaid(part) >= 0
            and self.sum("accepted", part) <= self.sum("obligated", part)
            and self.sum("tokens accepted", part) <= self.sum("tokens consumed", part)
            and all(
                self.sum(figure, part) >= 0
                for figure in ("committed", "obligated", "consumed", "unfunded")
            )
            for part in PARTS
        )
        return parts and all(self.free(pot) >= 0 for pot in PARTS.values())


class TheBooks(RuleBasedStateMachine):
    """Random verbs on two lines of four ACRNs, beside the plain ledger."""

    @initialize()
    def open_the_books(self):
        self.undo = transaction.atomic()
        self.undo.__enter__()
        officer, certifier = actor("contracting_officer"), actor("funds_certifier")
        agency = organization(certifier)
        self.books = Books(officer, certifier, agency.pk, AT)
        self.funds = {
            "one year": self.books.fund("One year", "100"),
            "no year": self.books.fund("No year", "30", funds_available_to=None),
        }
        for place, ((line, acrn), pot) in enumerate(PARTS.items(), start=1):
            self.books.open(
                str(CEILING),
                acrn=acrn,
                sequence=place,
                funds=self.funds[pot],
                holder=LINES[line],
                tokens=TOKENS_ALLOWED,
            )
        self.plain = PlainLedger(
            [
                Posting("ALLOT", "one year", Decimal(100)),
                Posting("ALLOT", "no year", Decimal(30)),
            ]
        )
        rows = Transfer.objects.order_by("pk")
        self.written = list(rows.values_list("pk", flat=True))

    def teardown(self):
        if hasattr(self, "undo"):
            assert exceptions() == []
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    @contextmanager
    def foretold(self, *postings: Posting | None) -> Iterator[None]:
        """The verb writes exactly these rows; it is refused where one is ``None``."""
        expected = [each for each in postings if each is not None]
        is_refused = not postings or len(expected) < len(postings)
        try:
            with transaction.atomic():
                yield
        except Refusal:
            if not is_refused:
                raise
            expected = []
        else:
            assert not is_refused, f"done, although {postings} was foretold"
        rows = Transfer.objects.filter(pk__gt=self.written[-1]).order_by("pk")
        found = [(row.dollars, row.tokens) for row in rows]
        assert found == [(abs(each.dollars), each.tokens) for each in expected]
        self.written += [row.pk for row in rows]
        self.plain.postings += expected
        self.every_figure_is_foretold()

    def every_figure_is_foretold(self):
        figures = {
            "committed_dollars": "committed",
            "obligated_dollars": "obligated",
            "consumed_dollars": "consumed",
            "unfunded_dollars": "unfunded",
            "accepted_dollars": "accepted",
            "rounding_dollars": "rounding",
            "paid_dollars": "paid",
            "consumed_tokens": "tokens consumed",
            "unfunded_tokens": "tokens unfunded",
            "accepted_tokens": "tokens accepted",
        }
        names = {holder: name for name, holder in LINES.items()}
        for row in Balance.objects.select_related("line"):
            part = (names[row.holder], row.acrn)
            for column, figure in figures.items():
                assert getattr(row, column) == self.plain.sum(figure, part), column
        for line in HolderBalance.objects.all():
            for column in list(figures)[-3:]:
                wanted = self.plain.of_line(figures[column], names[line.holder])
                assert getattr(line, column) == wanted, column
        for pot, account in self.funds.items():
            funds = FundsBalance.objects.get(line_of_accounting=account)
            assert funds.available_dollars == self.plain.sum("allotted", pot)
            assert funds.committed_dollars == self.plain.of_pot("committed", pot)
            assert funds.obligated_dollars == self.plain.of_pot("obligated", pot)

    def asked(self, dollars, part):
        line, acrn = part
        return self.books.asked(
            str(dollars),
            acrn=acrn,
            funds=self.funds[PARTS[part]],
            holder=LINES[line],
        )

    def fits(self, dollars, part):
        return dollars <= min(self.plain.free(PARTS[part]), self.plain.room(part))

    @rule(dollars=CENTS, pot=st.sampled_from(["one year", "no year"]))
    def allot(self, dollars, pot):
        with self.foretold(Posting("ALLOT", pot, dollars)):
            allot_funds(
                line_of_accounting_id=self.funds[pot].pk,
                dollars=Dollars(dollars),
                by=self.books.certifier,
                at=AT,
            )

    @rule(dollars=CENTS, part=WHERE)
    def commit(self, dollars, part):
        done = Posting("COMMIT", part, dollars) if self.fits(dollars, part) else None
        with self.foretold(done):
            self.books.commit(self.asked(dollars, part))

    @rule(dollars=CENTS, part=WHERE)
    def release(self, dollars, part):
        is_there = dollars <= self.plain.sum("committed", part)
        with self.foretold(Posting("RELEASE", part, dollars) if is_there else None):
            self.books.release(self.asked(dollars, part))

    @rule(dollars=CENTS, part=WHERE, certified=st.booleans())
    def obligate(self, dollars, part, certified):
        if certified:
            what = "OBLIGATE what was committed"
            is_there = dollars <= self.plain.sum("committed", part)
        else:
            what, is_there = "OBLIGATE", self.fits(dollars, part)
        with self.foretold(Posting(what, part, dollars) if is_there else None):
            self.books.obligate(self.asked(dollars, part), from_commitment=certified)

    @rule(dollars=CENTS, part=WHERE)
    def deobligate(self, dollars, part):
        plain = self.plain
        owed = plain.unpaid(part) + plain.unaccepted(part)
        most = plain.sum("obligated", part) - plain.sum("paid", part) - owed
        done = Posting("DEOBLIGATE", part, dollars) if dollars <= most else None
        with self.foretold(done):
            self.books.deobligate(self.asked(dollars, part))

    @rule(line=st.sampled_from(sorted(LINES)), price=PRICES, tokens=TOKENS)
    def use(self, line, price, tokens):
        each = Decimal(price) / 10**6
        allowed = TOKENS_ALLOWED - int(self.plain.of_line("tokens consumed", line))
        parts = [part for part in PARTS if part[0] == line]
        rest, expected = tokens, []
        for part in parts:
            fits = min(rest, allowed)
            if each:
                fits = min(fits, int(self.plain.left(part) // each))
            if fits > 0:
                expected.append(Posting("CONSUME", part, fits * each, fits))
                rest, allowed = rest - fits, allowed - fits
        if rest:
            expected.append(Posting("UNFUNDED", parts[-1], rest * each, rest))
        rows = Transfer.objects.count()
        if expected:
            with self.foretold(*expected):
                self.books.use((f"at {price}", price, tokens), holder=LINES[line])
        else:
            self.books.use((f"at {price}", price, tokens), holder=LINES[line])
            assert Transfer.objects.count() == rows

    @rule(share=st.integers(1, 4), beyond=st.booleans(), acrn=st.sampled_from("ABC"))
    def accept(self, share, beyond, acrn):
        part = ("first", f"A{acrn}")
        used = int(
            self.plain.sum("tokens consumed", part)
            - self.plain.sum("tokens accepted", part)
        )
        tokens = used // share + beyond
        exact = max(self.plain.unaccepted(part), Decimal(0))
        cents = exact.quantize(CENT, "ROUND_HALF_UP")
        more = cents - exact
        fits = tokens <= used and (exact or tokens) and more <= self.plain.left(part)
        expected = [Posting("ACCEPT", part, exact, tokens) if fits else None]
        if fits and more:
            expected.append(Posting("ROUND", part, more))
        with self.foretold(*expected):
            self.books.accept(str(exact), str(cents), tokens, acrn=part[1])

    @rule(dollars=CENTS, acrn=st.sampled_from(["AA", "AB", "AC", None]))
    def pay(self, dollars, acrn):
        own = [part for part in PARTS if part[0] == "first"]
        parts = [part for part in own if acrn in (part[1], None)]
        rest, expected = dollars, []
        for part in parts:
            mine = min(rest, self.plain.unpaid(part))
            if mine:
                expected.append(Posting("PAY", part, mine))
                rest -= mine
        with self.foretold(*(expected if not rest else [None])):
            self.books.pay(str(dollars), acrn=acrn)

    @rule(back=st.integers(0, 8))
    def reverse(self, back):
        place = len(self.written) - 1 - back
        if place < 0:
            return
        original = self.plain.postings[place]
        transfer = Transfer.objects.get(pk=self.written[place])
        undoing = None
        if not original.undone and not original.undoes:
            original.undone = True
            if self.plain.holds():
                undoing = Posting(
                    original.what,
                    original.where,
                    original.dollars,
                    original.tokens,
                    undoes=True,
                )
            else:
                original.undone = False
        with self.foretold(undoing):
            self.books.reverse(transfer)


@pytest.mark.django_db
def test_random_verbs_leave_the_books_that_plain_sums_foretell():
    run_state_machine_as_test(
        TheBooks,
        settings=settings(
            max_examples=200 if FULL else 12,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
