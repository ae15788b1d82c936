"""The rows of a source lie apart from those of all others, and stay append-only."""

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction

from contracting.metering.models import UsageEvent, UsageLine
from contracting.metering.models.incoming import open_partition
from contracting.metering.operations.ingest import ingest_usage
from contracting.metering.operations.register import register_source
from tests.builders_metering import (
    CALLED_AT,
    DELIVERED_AT,
    event,
    ingested,
    ndjson,
    statuses,
)
from tests.cast import actor

TABLES = ("metering_usageevent", "metering_usageline")


def asked(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def parts_with_rows(table):
    """In which partitions of a table there are rows, and how many."""
    return dict(
        asked(f"SELECT tableoid::regclass::text, count(*) FROM {table} GROUP BY 1")
    )


@pytest.fixture
def new_source(order):
    """A source that is registered in this very test."""
    administrator = actor("administrator")
    return register_source(
        agency_id=administrator.own_organization_id,
        code="gateway-of-the-new-year",
        label="Gateway",
        by=administrator,
        at=CALLED_AT,
    )


def received(source, order, *numbers):
    return ingest_usage(
        source_id=source.pk,
        payload=ndjson(*(event(n, order=order, source=source.code) for n in numbers)),
        by=actor("cor"),
        at=DELIVERED_AT,
    )


def test_a_registered_source_has_partitions_of_its_own(new_source, order):
    # When calls of it and of another source arrive
    receipt = received(new_source, order, 1, 2)
    ingested(event(1, order=order))

    # Then its rows lie in its own partitions, and each is found as before
    assert len(receipt.verdicts) == 2
    for table, rows in zip(TABLES, (2, 4), strict=True):
        assert parts_with_rows(table)[f"{table}_of_{new_source.pk}"] == rows
    assert UsageEvent.objects.filter(source_id=new_source.pk).count() == 2
    assert UsageEvent.objects.count() == 3


def test_the_same_id_is_another_call_at_another_source_and_a_repeat_at_its_own(
    new_source, order
):
    ingested(event(1, order=order))
    first, again = received(new_source, order, 1), received(new_source, order, 1)

    assert statuses(first) != ["duplicate"]
    assert statuses(again) == ["duplicate"]


def test_to_open_what_is_open_changes_nothing(new_source, order):
    received(new_source, order, 1)

    open_partition(new_source.pk)

    assert UsageLine.objects.filter(source_id=new_source.pk).count() == 2


def test_no_partition_is_made_for_a_source_that_nobody_registered(new_source):
    with pytest.raises(IntegrityError), transaction.atomic():
        open_partition(10**9)

    assert asked("SELECT to_regclass(%s)", f"{TABLES[0]}_of_{10**9}") == [(None,)]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {part} SET tokens = 0",
        "DELETE FROM {part}",
        "TRUNCATE {part}",
        "UPDATE metering_usageline SET tokens = 0",
        "DELETE FROM metering_usageline",
    ],
)
def test_rows_of_a_partition_are_only_ever_added(new_source, order, statement):
    received(new_source, order, 1)
    part = f"metering_usageline_of_{new_source.pk}"

    with pytest.raises(DatabaseError), transaction.atomic():
        asked(statement.format(part=part))


def test_the_site_makes_no_table_and_enters_no_partition_by_itself(new_source):
    if not settings.DATABASE_OWNER_URL:
        pytest.skip("one role owns the schema and serves the site")
    part = f"metering_usageevent_of_{new_source.pk}"
    for statement in (
        "CREATE TABLE made_by_the_site (id int)",
        f"INSERT INTO {part} SELECT * FROM {part}",
        f"ALTER TABLE metering_usageevent DETACH PARTITION {part}",
        f"SELECT metering_guard_partition('{part}')",
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            asked(statement)
