"""What both parties change of the whole contract: its room, its options, its end."""

from __future__ import annotations

from abc import abstractmethod
from contextlib import AbstractContextManager
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from contracting.closeout.operations.close_out_contract import close_out_contract
from contracting.closeout.operations.release_minimum import release_minimum
from contracting.closeout.queries import minimum_owed
from contracting.contracts.models import Contract
from contracting.core.quantities import Dollars, Tokens
from contracting.ledger.models import ContractBalance
from contracting.solicitations.publishing.options import OptionDraft
from tests.builders_modifications import SCOPE, issued_contract_modification
from tests.builders_options import QUANTITY, determination, drafted_exercise, signed
from tests.builders_orders import MINIMUM, line_of_accounting, registrations
from tests.cast import actor
from tests.journeys.acting import Acting
from tests.plain_books import PlainBooks

ALWAYS_OPEN = {"opens_days": 365, "closes_days": 0}
"""The window of an option from the award to the last day of the ordering period."""


class Changing(Acting):
    """The verbs on the contract itself, beside the plain books."""

    is_awarded: bool
    plain: PlainBooks

    @abstractmethod
    def foretold(self, allowed: bool) -> AbstractContextManager[None]:
        """The verb is done, or refused with nothing changed, as the books say."""

    def changed(self, **what):
        """A modification of the contract, drafted and signed by both."""
        issued_contract_modification(
            on=Contract.objects.get(pk=self.contract.pk),
            at=self.at,
            effective_on=self.day,
            description="The contract follows the need.",
            scope=SCOPE,
            **what,
        )
        self.contract.refresh_from_db()

    def is_in_force(self):
        return self.is_awarded and not self.plain.is_closed

    @property
    def ends(self) -> date:
        """The last day for orders."""
        return self.contract.ordering_end

    @precondition(lambda self: self.is_awarded)
    @rule(
        dollars=st.integers(-40_000, 90_000).map(lambda amount: Decimal(amount) / 100),
        tokens=st.integers(-9, 45).map(lambda millions: millions * 1_000_000),
    )
    def move_the_room(self, dollars, tokens):
        """The ceilings of the contract lie so much above what is ordered."""
        plain = self.plain
        ceiling = max(plain.sum("ordered") + dollars, Decimal(1))
        allowed = max(int(plain.sum("tokens ordered")) + tokens, 1)
        moves = (ceiling, allowed) != (plain.ceiling, plain.tokens_allowed)
        fits = ceiling >= max(
            MINIMUM.amount, plain.sum("ordered")
        ) and allowed >= plain.sum("tokens ordered")
        with self.foretold(bool(moves and fits and self.is_in_force())):
            self.changed(terms={"ceiling_dollars": ceiling, "ceiling_tokens": allowed})
            plain.ceiling, plain.tokens_allowed = ceiling, allowed

    @precondition(lambda self: self.is_awarded and not self.plain.options)
    @rule(dollars=st.integers(1, 900), millions=st.integers(1, 60))
    def agree_an_option(self, dollars, millions):
        """The Government may buy more, at the prices in force, until orders end."""
        tokens = millions * 1_000_000
        with self.foretold(self.is_in_force()):
            self.changed(
                terms={},
                new_options=[
                    OptionDraft(
                        **QUANTITY
                        | ALWAYS_OPEN
                        | {"dollars": Dollars(dollars), "tokens": Tokens(tokens)}
                    )
                ],
            )
            self.plain.options[1] = (Decimal(dollars), tokens, False)

    @precondition(lambda self: self.plain.options)
    @rule()
    def exercise_the_option(self):
        """In its window, once, on a determination of the day."""
        plain = self.plain
        dollars, tokens, is_exercised = plain.options[1]
        in_time = self.day <= self.ends
        with self.foretold(self.is_in_force() and in_time and not is_exercised):
            option = self.contract.options.get(number=1)
            registrations(until="2027-12-31", at=self.at)
            determination(
                option, at=self.at, line_of_accounting_id=line_of_accounting().pk
            )
            signed(drafted_exercise(on=option, at=self.at), at=self.at)
            self.contract.refresh_from_db()
            plain.options[1] = (dollars, tokens, True)
            plain.ceiling += dollars
            plain.tokens_allowed += tokens

    @precondition(lambda self: self.is_awarded)
    @rule(days=st.integers(-3, 40))
    def move_the_end_of_orders(self, days):
        """Sooner or later; what has ended is not begun again."""
        until = self.day + timedelta(days=days)
        is_over = self.day > self.ends
        stands = until != self.ends and not (is_over and until > self.ends)
        with self.foretold(self.is_in_force() and stands):
            self.changed(terms={"ordering_end": until})

    @precondition(lambda self: self.is_awarded)
    @rule()
    def close_the_contract(self):
        """After its orders; what the minimum leaves unpaid, the vendor gives up."""
        plain = self.plain
        settles = all(order.is_closed for order in plain.orders.values())
        is_over = self.day > self.ends
        with self.foretold(self.is_in_force() and settles and is_over):
            owed = minimum_owed(self.contract)
            paid = sum(plain.sum("paid", number) for number in plain.orders)
            assert owed.amount == max(MINIMUM.amount - paid, Decimal(0))
            if owed:
                release_minimum(
                    contract_id=self.contract.pk,
                    given_up=owed,
                    statement="Nothing more is claimed.",
                    by=actor("vendor_a_signer"),
                    at=self.at,
                )
            close_out_contract(
                contract_id=self.contract.pk,
                by=actor("contracting_officer"),
                at=self.at,
            )
            plain.give_back(0)
            plain.is_closed = True
        self.contract.refresh_from_db()

    def the_room_is_foretold(self):
        """What the contract allows and what its orders take, in both units."""
        books = ContractBalance.objects.get(contract_id=self.contract.pk)
        assert books.ordered_dollars == self.plain.sum("ordered")
        assert books.ordered_tokens == self.plain.sum("tokens ordered")
        assert books.ceiling_dollars == self.plain.ceiling
        assert books.ceiling_tokens == self.plain.tokens_allowed
