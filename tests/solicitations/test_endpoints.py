"""The endpoints of a package: what the agency's and the vendors' keys may do."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from accounts.operations.issue_api_key import issue_api_key
from accounts.states import Scope
from contracting.core import clock
from contracting.solicitations.operations.amend import amend_solicitation
from contracting.solicitations.operations.answer import answer_question
from contracting.solicitations.operations.ask import ask_question
from contracting.solicitations.states import SolicitationState
from tests.builders import (
    approved_solicitation,
    drafted_solicitation,
    released_solicitation,
    solicitation_in_review,
)
from tests.builders_structures import structured_solicitation
from tests.cast import days

KEY = "a-key-that-is-long-enough"


@pytest.fixture
def today(db):
    """The pages read the real clock, so these stories begin now."""
    return clock.now()


@pytest.fixture
def soon(today):
    """A deadline and an ordering period that lie ahead for the pages."""
    return {
        "deadline": (today + days(14)).replace(second=0, microsecond=0),
        "ordering_start": (today + days(30)).date(),
        "ordering_end": (today + days(394)).date(),
    }


@pytest.fixture
def key_of(administrator, at):
    def _key_of(by=administrator, scopes=(Scope.SOLICITATIONS_READ,)):
        issued = issue_api_key(
            organization_id=by.organization_id,
            label="Contract writing",
            scopes=list(scopes),
            sources=[],
            expires_at=clock.now() + timedelta(days=30),
            by=by,
            at=clock.now(),
        )
        return Client(headers={"Authorization": f"Bearer {issued.text}"})

    return _key_of


def release(client, package, key=KEY, **body):
    return client.post(
        f"/api/v1/solicitations/{package.public_id}/release",
        data=json.dumps(body or {"version": package.version}),
        content_type="application/json",
        headers={"Idempotency-Key": key},
    )


WRITE = (Scope.SOLICITATIONS_READ, Scope.SOLICITATIONS_WRITE)


def test_a_key_releases_an_approved_package_of_its_agency_once(key_of, today, soon):
    package = approved_solicitation(today - days(1), terms={**soon, "most_files": 2})
    client = key_of(scopes=WRITE)

    first, second = release(client, package), release(client, package)

    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()
    assert second["Idempotent-Replayed"] == "true"
    body = first.json()
    assert body["state"] == "RELEASED"
    assert body["maximum"] == {"amount": "400000.00", "currency": "USD"}
    assert body["lines"][0]["unit"] == "MTOK"
    limits = body["limits"]
    assert (limits["files"], limits["pages"]) == (2, None)
    assert (limits["bytes"], "pdf" in limits["kinds"]) == (20 * 1024 * 1024, True)


def test_a_key_cannot_release_what_people_have_not_approved(key_of, at):
    package = solicitation_in_review(at)

    answered = release(key_of(scopes=WRITE), package)

    assert answered.status_code == 403
    package.refresh_from_db()
    assert package.state == SolicitationState.IN_REVIEW


def test_a_release_that_is_incomplete_is_a_problem_with_its_rule(key_of, at):
    answered = release(key_of(scopes=WRITE), approved_solicitation(at))

    assert answered.status_code == 422
    assert answered["Content-Type"].startswith("application/problem+json")
    assert answered.json()["rule"] == "R-SOL-02"


@pytest.mark.parametrize(
    ("body", "status"), [({"verison": 2}, 422), ({"version": 99}, 409)]
)
def test_a_release_names_the_version_that_was_read(key_of, today, soon, body, status):
    package = approved_solicitation(today - days(1), terms=soon)

    assert release(key_of(scopes=WRITE), package, **body).status_code == status


def test_keys_read_their_own_and_what_is_released(
    key_of,
    vendor_b_administrator,
    vendor_a,
    vendor_a_member,
    contract_specialist,
    contracting_officer,
    today,
    soon,
):
    # Given a draft, and a released solicitation with an unreleased answer
    draft = drafted_solicitation(today - days(2))
    package = released_solicitation(today - days(2), terms=soon)
    question = ask_question(
        solicitation_id=package.pk, text="Which?", by=vendor_a_member, at=today
    )
    answer_question(
        question_id=question.pk,
        text="That one.",
        changes_terms=False,
        by=contract_specialist,
        at=today,
    )
    amend_solicitation(
        solicitation_id=package.pk,
        summary="More.",
        terms={"maximum_tokens": 5},
        by=contracting_officer,
        at=today,
        seen_version=package.version,
    )
    own, rival = key_of(), key_of(by=vendor_b_administrator)

    # When an agency's key and a rival vendor's key list and read
    listed = own.get("/api/v1/solicitations").json()["data"]
    public = rival.get("/api/v1/solicitations").json()["data"]
    whole = rival.get(f"/api/v1/solicitations/{package.public_id}")

    # Then each sees its part, and nothing of who asked
    assert {row["id"] for row in listed} == {draft.public_id, package.public_id}
    assert [row["id"] for row in public] == [package.public_id]
    assert whole.json()["amendments"][0]["number"] == "0001"
    assert whole.json()["questions"] == []
    assert vendor_a.name not in whole.content.decode()
    assert rival.get(f"/api/v1/solicitations/{draft.public_id}").status_code == 404


def test_a_machine_reads_what_each_line_asks_for(key_of, at):
    solicitation = structured_solicitation(at)

    told = key_of().get(f"/api/v1/solicitations/{solicitation.public_id}").json()

    lines = {line["slin"]: line for line in told["lines"]}
    assert {
        "structure": "TIERS",
        "quote": "USD_PER_MTOK",
        "from_tokens": 3_000_000,
        "counted_over": "ORDER",
        "counted_per": "MONTH",
    }.items() <= lines["0002AC"].items()
    assert {
        "token_class": "",
        "quote": "USD_PER_UNIT",
        "unit": "MO",
        "workload_quantity": 25,
        "workload_periods": 12,
        "counted_per": None,
    }.items() <= lines["0004"].items()
    assert lines["0003AB"]["quote"] == "ACU_PER_MTOK"


def test_another_agencys_key_finds_nothing_to_release(
    request, at, db, other_agency_officer
):
    from accounts.models import Membership
    from accounts.queries import actor_of
    from accounts.states import Role

    # Given an administrator of another agency with a key of theirs
    administrator = Membership.objects.create(
        user_id=other_agency_officer.user_id,
        organization_id=other_agency_officer.organization_id,
        role=Role.ADMINISTRATOR,
    )
    client = request.getfixturevalue("key_of")(by=actor_of(administrator), scopes=WRITE)

    assert release(client, approved_solicitation(at)).status_code == 404


def test_without_a_key_or_its_scope_nothing_is_read(key_of, at, db):
    package = approved_solicitation(at)

    assert Client().get("/api/v1/solicitations").status_code == 401
    assert release(key_of(), package).status_code == 403
