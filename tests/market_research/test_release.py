"""A request is released to everybody at once."""

import pytest

from contracting.core.errors import NotAllowed, Stale
from contracting.market_research.operations.release import release_rfi
from contracting.market_research.refusals import DueDatePast, RfiIncomplete
from contracting.market_research.states import RfiState
from contracting.notices.models import Notice
from tests.builders_market import DUE, drafted_rfi, released_rfi
from tests.cast import nothing_happens

pytestmark = pytest.mark.django_db


def release(rfi, by, at, seen_version=1):
    return release_rfi(rfi_id=rfi.pk, by=by, at=at, seen_version=seen_version)


@pytest.mark.parametrize("part", ["contracting_officer", "contract_specialist"])
def test_the_contracting_office_releases_and_every_vendor_is_told(
    request, part, vendor_a, vendor_b, at
):
    rfi = release(drafted_rfi(at), request.getfixturevalue(part), at)

    assert rfi.state == RfiState.RELEASED
    assert rfi.released_at == at
    told = Notice.objects.filter(url_path=rfi.public_path)
    assert {vendor_a.pk, vendor_b.pk} <= set(
        told.values_list("recipient_organization_id", flat=True)
    )
    assert all(
        "not a solicitation" in body for body in told.values_list("body", flat=True)
    )


@pytest.mark.parametrize(
    ("lacking", "code"),
    [
        ({"purpose": ""}, "purpose"),
        ({"due_at": None}, "due_at"),
        ({"questions": ()}, "questions"),
    ],
)
def test_what_nobody_could_answer_is_not_released(
    contracting_officer, at, lacking, code
):
    rfi = drafted_rfi(at, **lacking)

    with nothing_happens(), pytest.raises(RfiIncomplete) as refusal:
        release(rfi, contracting_officer, at)

    assert refusal.value.data == {"missing": [code]}


def test_nothing_is_released_that_is_due_already(contracting_officer, at):
    rfi = drafted_rfi(at)

    with nothing_happens(), pytest.raises(DueDatePast):
        release(rfi, contracting_officer, DUE)


def test_only_what_was_read_is_released(contracting_officer, at):
    rfi = drafted_rfi(at)

    with nothing_happens(), pytest.raises(Stale):
        release(rfi, contracting_officer, at, seen_version=7)


def test_a_request_is_released_once(contracting_officer, at):
    rfi = released_rfi(at)

    with nothing_happens(), pytest.raises(NotAllowed):
        release(rfi, contracting_officer, at)


@pytest.mark.parametrize("outsider", ["program_manager", "other_agency_officer"])
def test_nobody_else_speaks_to_the_market(request, outsider, at):
    rfi = drafted_rfi(at)
    by = request.getfixturevalue(outsider)

    with nothing_happens(), pytest.raises(NotAllowed):
        release(rfi, by, at)
