"""Who may have a large order compared in steps, and when."""

from __future__ import annotations

import pytest
from django.urls import reverse

from contracting.core.errors import NotAllowed
from contracting.documents.models import Operation
from contracting.reconciliation.matching import reading
from contracting.reconciliation.operations.reconcile_in_steps import (
    reconcile_in_steps,
)
from contracting.reconciliation.refusals import NothingToReconcile
from tests.builders_billing import COMPARED_AT
from tests.builders_orders import issued_order
from tests.cast import actor, client_for, nothing_happens, submit


@pytest.mark.django_db
def test_nothing_is_compared_in_steps_where_nothing_was_used():
    untouched = issued_order()

    with nothing_happens(), pytest.raises(NothingToReconcile):
        reconcile_in_steps(order_id=untouched.pk, by=actor("cor"), at=COMPARED_AT)


@pytest.mark.parametrize("part", ["vendor_a_signer", "other_agency_officer"])
def test_only_the_agency_compares_in_steps(order, part):
    with nothing_happens(), pytest.raises(NotAllowed):
        reconcile_in_steps(order_id=order.pk, by=actor(part), at=COMPARED_AT)
    assert not Operation.objects.exists()


def test_the_page_of_comparisons_shows_how_far_it_is(order):
    asked = reconcile_in_steps(order_id=order.pk, by=actor("cor"), at=COMPARED_AT)

    page = client_for(actor("cor")).get(reverse("reconciliation:runs"))
    theirs = client_for(actor("vendor_a_signer")).get(reverse("reconciliation:runs"))

    words = " ".join(page.content.decode().split())
    assert f'{asked.path}">{order.name}</a>: 0 of {asked.total} days (0 %)' in words
    assert "Under way" not in theirs.content.decode()


def test_a_large_order_is_compared_in_steps_on_its_page(
    order, monkeypatch, told_the_time
):
    monkeypatch.setattr(reading, "LINES_AT_ONCE", 1)
    browser = client_for(actor("cor"))

    address = reverse("reconciliation:reconcile_order", args=[order.public_id])
    page = submit(browser, address, {"invoice": ""})

    (made,) = Operation.objects.filter(kind="comparison")
    assert (page.status_code, page.url) == (303, made.path)
