"""The calls of a closed source are put away, and stay what they were for everybody."""

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction

from contracting.core.errors import NotAllowed
from contracting.ledger.queries import balances_of
from contracting.metering.models import (
    EveryEvent,
    EveryLine,
    SourceArchive,
    UsageEvent,
    UsageLine,
)
from contracting.metering.models.archive import detach_partition
from contracting.metering.operations.close import close_source
from contracting.metering.operations.correct import correct_usage
from contracting.metering.operations.detach import detach_source
from contracting.metering.operations.dispose import dispose_usage
from contracting.metering.operations.ingest import ingest_usage
from contracting.metering.operations.register import register_source
from contracting.metering.queries import HeldCalls, disposals_of, disposed
from contracting.metering.queries.as_known import known_usage
from contracting.metering.queries.terms import taken_by_minute
from contracting.metering.refusals import NotDetachable, NothingToCorrect
from contracting.reference.models import AiModel
from tests.builders_metering import (
    CALLED_AT,
    DELIVERED_AT,
    MODEL,
    assert_the_books_balance,
    event,
    folded,
    ndjson,
    statuses,
)
from tests.builders_reratings import APPROVED_AT, approved, prepared, price_fell
from tests.builders_sources import NEXT_DAY
from tests.cast import actor, client_for, nothing_happens, submit

CODE = "gateway-of-2026"


@pytest.fixture
def old_source(order):
    """A source that is registered in this very test, with partitions of its own."""
    administrator = actor("administrator")
    return register_source(
        agency_id=administrator.own_organization_id,
        code=CODE,
        label="Gateway of 2026",
        by=administrator,
        at=CALLED_AT,
    )


def sent(source, order, *numbers, at=DELIVERED_AT, **changed):
    rows = [event(n, order=order, source=CODE, **changed) for n in numbers]
    receipt = ingest_usage(
        source_id=source.pk, payload=ndjson(*rows), by=actor("cor"), at=at
    )
    folded()
    return receipt


def closed(source):
    close_source(
        source_id=source.pk,
        reason="FY 2026 is over.",
        by=actor("administrator"),
        at=NEXT_DAY,
    )


def detached(source, by="administrator"):
    return detach_source(source_id=source.pk, by=actor(by), at=NEXT_DAY)


@pytest.fixture
def archive(old_source, order):
    """Two calls of a year that is closed and put away."""
    sent(old_source, order, 1, 2)
    closed(old_source)
    return detached(old_source)


def test_what_is_put_away_leaves_the_open_tables_and_is_read_as_before(
    archive, old_source, order
):
    # Then the open tables have none of it, the archive has all, and views have both
    assert (archive.events, archive.lines, archive.tokens) == (2, 4, 2_200)
    own = {"source_id": old_source.pk}
    assert not UsageEvent.objects.filter(**own).exists()
    assert not UsageLine.objects.filter(**own).exists()
    assert EveryEvent.objects.filter(**own).count() == 2
    assert EveryLine.objects.filter(**own).count() == 4
    assert known_usage(order, NEXT_DAY).tokens == 2_200
    assert_the_books_balance()


@pytest.mark.rule("R-MET-01", case="allowed")
def test_a_call_of_a_year_that_is_put_away_is_a_duplicate_for_ever(
    archive, old_source, order
):
    again = sent(old_source, order, 1, 3, at=APPROVED_AT)
    other = sent(old_source, order, 2, at=APPROVED_AT, attempt=2)

    assert statuses(again) == ["duplicate", "rejected"]
    assert statuses(other) == ["conflict"]
    (balance,) = balances_of(order.lines.get().holder)
    assert balance.consumed_tokens == 2_200
    assert_the_books_balance()


def test_a_correction_of_it_lies_with_what_is_open(archive, old_source, order):
    # When a call of the year is corrected, under an id that is not taken
    def correct(name):
        return correct_usage(
            source_id=old_source.pk,
            event_id="call-1",
            correction_id=name,
            changes={"IN_UNCACHED": -400},
            reason="The gateway counted a retry.",
            by=actor("cor"),
            at=APPROVED_AT,
        )

    with nothing_happens(), pytest.raises(NothingToCorrect):
        correct("call-2")
    correct("correction-1")

    # Then it counts in the open period, and the archive is as it was
    assert UsageEvent.objects.get(source_id=old_source.pk).corrects == "call-1"
    (balance,) = balances_of(order.lines.get().holder)
    assert balance.consumed_tokens == 1_800
    assert_the_books_balance()


def test_it_is_rated_anew_like_any_other(archive, order, contract):
    price_fell(contract, first_day=CALLED_AT.date())

    run = approved(prepared(contract))

    assert run.differences.get().tokens == 2_000
    assert_the_books_balance()


def test_its_calls_still_count_for_the_rate_of_their_minute(archive, contract):
    model = AiModel.objects.get(snapshot=MODEL).pk

    taken = taken_by_minute(contract.pk, model, CALLED_AT, CALLED_AT)

    assert taken == {CALLED_AT: (2, 2_200)}


def test_what_was_disposed_of_keeps_its_count_and_its_order(old_source, order):
    # Given a call of an order that nobody knows, which is charged to nobody
    sent(old_source, "ord_unknown", 1)
    ours = old_source.agency_id
    dispose_usage(
        agency_id=ours,
        calls=HeldCalls("UNKNOWN_ORDER", "ord_unknown", "ord_unknown"),
        code="TEST_CALL",
        reason="A trial call.",
        by=actor("cor"),
        at=DELIVERED_AT,
    )
    closed(old_source)

    # When its year is put away
    detached(old_source)

    # Then it is listed as before
    (group,) = disposed(ours)
    assert (group.events, group.tokens) == (1, 1_100)
    assert vars(disposals_of(ours).get())["order_ref"] == "ord_unknown"


def test_a_source_is_put_away_once_it_is_closed_and_decided_on(old_source, order):
    # Given a call in suspense of a source that is open
    sent(old_source, order, 1)
    sent(old_source, "ord_unknown", 2)
    with nothing_happens(), pytest.raises(NotAllowed):
        detached(old_source)
    closed(old_source)
    with nothing_happens(), pytest.raises(NotDetachable) as refusal:
        detached(old_source)

    assert refusal.value.data["held"] == 1
    for outsider in ("cor", "vendor_a_signer", "other_agency_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            detached(old_source, by=outsider)


def test_it_is_put_away_once(archive, old_source):
    with nothing_happens(), pytest.raises(NotAllowed):
        detached(old_source)
    assert SourceArchive.objects.count() == 1


def test_an_administrator_does_it_on_the_page_of_the_source(
    old_source, order, administrator, cor, vendor_a_signer
):
    # Given a source that is closed
    sent(old_source, order, 1)
    closed(old_source)
    address = f"{old_source.path}/detach_source"
    assert client_for(cor).get(address).status_code == 403
    assert client_for(vendor_a_signer).get(address).status_code == 404

    # When its administrator puts its calls away
    browser = client_for(administrator)
    assert "still a duplicate" in browser.get(address).content.decode()
    assert submit(browser, address, {}).status_code == 303

    # Then its page says so, and the button is gone
    page = browser.get(old_source.path).content.decode()
    assert "1 call of 1,100 tokens" in page
    assert "Put its calls away" not in page


def test_nothing_in_the_archive_is_changed_and_nothing_added_to_it(archive, old_source):
    for statement in (
        "UPDATE metering_archivedline SET tokens = 0",
        "DELETE FROM metering_archivedevent",
        "TRUNCATE metering_archivedevent",
        "INSERT INTO metering_archivedline SELECT * FROM metering_archivedline",
        f"DELETE FROM metering_usageevent_of_{old_source.pk}",
    ):
        with (
            pytest.raises(DatabaseError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_the_function_puts_no_open_source_away(old_source):
    with pytest.raises(IntegrityError), transaction.atomic():
        detach_partition(old_source.pk)
    if not settings.DATABASE_OWNER_URL:
        pytest.skip("one role owns the schema and serves the site")
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "ALTER TABLE metering_usageevent DETACH PARTITION "
            f"metering_usageevent_of_{old_source.pk}"
        )
