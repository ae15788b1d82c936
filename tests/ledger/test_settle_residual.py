"""What is left of a line's tokens is settled once, and never more than is left."""

import pytest
from django.db import IntegrityError, transaction

from contracting.core.quantities import Dollars, Tokens
from contracting.ledger.models import ResidualTokens
from contracting.ledger.operations.settle_residual import settle_residual_tokens
from contracting.ledger.refusals import CeilingExceeded
from contracting.ledger.states import Leftover, Residual
from tests.builders_orders import CEILING_TOKENS, ISSUED_AT, issued_order
from tests.cast import actor, nothing_happens

pytestmark = pytest.mark.django_db


def settled(order, tokens):
    holder = order.current_lines()[0].holder
    return settle_residual_tokens(
        contract_id=order.contract_id,
        disposition=Residual.EXPIRED,
        leftovers=[Leftover(holder, tokens, Dollars("1.00"))],
        because=order.subject,
        by=actor("contracting_officer"),
        at=ISSUED_AT,
    )


def test_what_is_left_is_settled_once():
    order = issued_order()

    (row,) = settled(order, CEILING_TOKENS)

    assert row.tokens == CEILING_TOKENS.count
    with pytest.raises(IntegrityError), transaction.atomic():
        settled(order, CEILING_TOKENS)
    assert ResidualTokens.objects.count() == 1


@pytest.mark.parametrize("tokens", [Tokens(0), CEILING_TOKENS + Tokens(1)])
def test_nothing_and_more_than_is_left_are_refused(tokens):
    order = issued_order()

    with nothing_happens(), pytest.raises(CeilingExceeded):
        settled(order, tokens)
