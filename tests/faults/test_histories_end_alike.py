"""Fifty random histories: every night equals a comparison of everything."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contracting.core.actors import SYSTEM
from contracting.reconciliation import queries
from contracting.reconciliation.operations.reconcile import reconcile_order
from tests.builders_billing import COMPARED_AT
from tests.builders_orders import issued_order
from tests.histories import a_history

HISTORIES = 50


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(1_000, 1_000 + HISTORIES))
def test_every_night_of_a_history_equals_a_full_comparison(seed):
    order = issued_order()
    for number, step in enumerate(a_history(order, seed, steps=3)):
        run = reconcile_order(
            order_id=order.pk,
            changed_only=True,
            by=SYSTEM,
            at=COMPARED_AT + timedelta(days=number),
        )

        again = queries.compared_again(run)
        assert again == (run.inputs_sha256, run.result_sha256), (number, step)
