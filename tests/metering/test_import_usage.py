"""``manage.py import_usage``: the file door."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from contracting.core.actors import SYSTEM
from contracting.metering.models import UsageBatch, UsageEvent
from contracting.metering.operations.register import register_source
from tests.builders_metering import CALLED_AT, event, ndjson
from tests.cast import actor, nothing_happens, person

pytestmark = pytest.mark.usefixtures("now", "source")


@pytest.fixture
def file(tmp_path, order):
    """A file of two calls, one of them of an unknown order."""
    path = tmp_path / "usage.ndjson"
    path.write_bytes(ndjson(event(1, order=order), event(2, order="ord_unknown")))
    return path


def imported(file, by="cor", source="gateway"):
    out = StringIO()
    email = person(actor(by)).email if "@" not in by else by
    call_command(
        "import_usage", str(file), "--source", source, "--by", email, stdout=out
    )
    return out.getvalue()


def test_a_file_is_imported_once_however_often(file):
    first = imported(file)
    again = imported(file)

    batch = UsageBatch.objects.order_by("pk").first()
    assert batch is not None
    assert first == (
        f"{batch.public_id}: 2 received, 1 accepted, 1 held, 0 duplicate, 0 conflict, "
        "0 rejected\n"
    )
    assert "2 received, 0 accepted, 0 held, 2 duplicate" in again
    assert UsageEvent.objects.count() == 2
    assert batch.received_by == "Lee Representative"


def test_a_person_with_several_roles_imports_in_the_one_that_may(file, agency):
    manager = person(actor("program_manager"))
    agency.memberships.create(user=manager, role="ADMINISTRATOR")

    assert "1 accepted" in imported(file, by=manager.email)


@pytest.mark.parametrize(
    ("by", "source", "words"),
    [
        ("cor", "unknown", "such a source"),
        ("nobody@example.test", "gateway", "such a source"),
        ("vendor_a_signer", "gateway", "such a source"),
        ("other_agency_officer", "gateway", "such a source"),
        ("program_manager", "gateway", "may import usage"),
    ],
)
def test_who_may_not_is_told(file, by, source, words):
    with nothing_happens(), pytest.raises(CommandError, match=words):
        imported(file, by=by, source=source)


def test_of_two_agencies_with_such_a_source_it_is_the_one_where_one_may(file, agency):
    other = actor("other_agency_officer")
    namesake = register_source(
        agency_id=other.own_organization_id,
        code="gateway",
        label="Another",
        by=SYSTEM,
        at=CALLED_AT,
    )
    officer = person(other)

    # Whoever is of one of them means its own, in which the order is unknown
    assert "2 held" in imported(file, by=officer.email)
    assert UsageBatch.objects.get().source == namesake

    # And whoever may in both is asked to say more
    agency.memberships.create(user=officer, role="COR")
    with nothing_happens(), pytest.raises(CommandError, match="each have such a"):
        imported(file, by=officer.email)


def test_a_file_that_is_none_is_told(tmp_path):
    empty = tmp_path / "empty"
    empty.write_bytes(b"")

    for path, words in ((empty, "no row"), (tmp_path / "gone", "No such file")):
        with nothing_happens(), pytest.raises(CommandError, match=words):
            imported(path)
