"""A source proves that it is complete; its pages say what is missing."""

import pytest
from django.utils.html import strip_tags

from contracting.metering.models import UsageSource
from contracting.metering.operations.register import register_source
from contracting.metering.refusals import (
    BadSuccession,
)
from tests.builders_metering import (
    CALLED_AT,
    DELIVERED_AT,
    codes,
    event,
    ingested,
)
from tests.cast import actor, client_for, key_client, machine, nothing_happens, submit


def text(response):
    return " ".join(strip_tags(response.content.decode()).split())


def followed(source, administrator, year=2027, code="gateway-2027"):
    return register_source(
        agency_id=source.agency_id,
        code=code,
        label="Gateway, fiscal year 2027",
        fiscal_year=year,
        succeeds_id=source.pk,
        by=administrator,
        at=CALLED_AT,
    )


def test_a_successor_reports_on_the_orders_of_the_source_before(
    order, source, administrator
):
    # Given an order that is charged by the source of the year
    assert source.fiscal_year == 2026
    ingested(event(1, order=order))

    # When the source of the next year reports on it
    successor = followed(source, administrator)
    from contracting.metering.operations.ingest import ingest_usage
    from tests.builders_metering import ndjson

    receipt = ingest_usage(
        source_id=successor.pk,
        payload=ndjson(event(2, order=order, source=successor.code)),
        by=actor("cor"),
        at=DELIVERED_AT,
    )

    # Then it is charged as well: it is the same gateway
    assert codes(receipt) == [""]


@pytest.mark.parametrize("year", [2025, 1999])
def test_a_source_follows_one_of_an_earlier_year(source, administrator, year):
    with nothing_happens(), pytest.raises(BadSuccession):
        followed(source, administrator, year=year)


def test_a_source_has_one_successor(source, administrator):
    followed(source, administrator)

    with nothing_happens(), pytest.raises(BadSuccession):
        followed(source, administrator, code="gateway-2028")


def test_a_gateway_proves_its_completeness_over_the_api(source, now):
    gateway = key_client(machine("gateway"))
    beat = {"source": source.code, "watermark": CALLED_AT.isoformat(), "last_seq": 7}

    def post(path, body):
        return gateway.post(f"/api/v1/usage/{path}", body, "application/json")

    assert post("heartbeats", beat).json()["last_seq"] == 7
    for no_instant in ("noon", "0001-01-01T00:00:00+14:00", "1999-12-31T00:00:00Z"):
        refused = post("heartbeats", beat | {"watermark": no_instant})
        assert (refused.status_code, refused.json()["code"]) == (422, "bad_control")
    assert post("heartbeats", beat | {"watermark": 5}).status_code == 422
    assert post("heartbeats", {**beat, "mood": "good"}).status_code == 422
    total = {
        "source": source.code,
        "day": "2026-04-19",
        "calls": 0,
        "tokens": {"input": 0},
    }
    assert post("control_totals", total).status_code == 201
    assert post("control_totals", total | {"day": "2026-04-20"}).status_code == 422
    assert post("control_totals", total | {"calls": "2"}).status_code == 422
    assert post("control_totals", total | {"tokens": [1]}).status_code == 422
    assert post("control_totals", total | {"source": "no-such"}).status_code == 404
    assert post("control_totals", [total]).status_code == 422

    # And a stranger's gateway finds no such source
    stranger = key_client(machine("other_agency_gateway"))
    answer = stranger.post("/api/v1/usage/heartbeats", beat, "application/json")
    assert answer.status_code == 404


def test_a_source_is_looked_at_and_closed_in_the_browser(
    source, administrator, cor, other_agency_officer, now
):
    browser = client_for(administrator)
    shown = text(browser.get(source.path))
    assert "Nothing was heard of this source yet" in shown
    assert source.path in browser.get("/usage/").content.decode()
    address = f"{source.path}/close_source"

    assert client_for(cor).get(address).status_code == 403
    assert client_for(other_agency_officer).get(source.path).status_code == 404
    assert submit(browser, address, {"reason": ""}).status_code == 422
    assert submit(browser, address, {"reason": "Switched off."}).status_code == 303

    assert "This source was closed" in text(browser.get(source.path))
    assert UsageSource.objects.get(pk=source.pk).closed_at is not None
