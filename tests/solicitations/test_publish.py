"""What the law of publishing asks for, beside a package that is complete."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from contracting.audit.models import AuditEvent
from contracting.core.quantities import Dollars
from contracting.determinations.models import Determination
from contracting.determinations.states import Kind
from contracting.reference.models import Clause
from contracting.solicitations.models import Solicitation
from contracting.solicitations.operations.draft import draft_solicitation
from contracting.solicitations.operations.release import release_solicitation
from contracting.solicitations.publishing.check import DONE, MISSING, WARNED
from contracting.solicitations.publishing.names import named_in
from contracting.solicitations.queries import (
    public_justifications,
    publish_gaps,
    publish_points,
)
from contracting.solicitations.refusals import NotComplete
from contracting.solicitations.states import SetAside
from tests.builders import (
    DEADLINE,
    approved_solicitation,
    complete_solicitation,
    reviewed_solicitation,
    submitted_requisition,
)
from tests.cast import AT, actor, client_for, days, nothing_happens
from tests.offers import rehearsed_box

pytestmark = pytest.mark.django_db

BETWEEN = {"maximum_dollars": Decimal("350000.00")}
"""Above the micro-purchase and up to the simplified acquisition threshold."""

NO_SYNOPSIS = {"synopsis_kind": "", "synopsis_id": ""}
NAMES_ONE = {"statement_of_objectives": "Tokens of gpt-4o for the claims assistant."}


def release(package, by, at):
    return release_solicitation(
        solicitation_id=package.pk, by=by, at=at, seen_version=package.version
    )


def approved_determination(package, kind, by, at):
    """Words that stand, whoever had to approve them: tests/determinations proves it."""
    return Determination.objects.create(
        agency=package.agency,
        kind=kind,
        subject_kind=package.subject.kind,
        subject_id=package.pk,
        stream=package.stream,
        subject_title=package.title,
        subject_path=package.path,
        text="On these facts.",
        document_sha256="0" * 64,
        value_dollars=package.maximum_dollars,
        content_sha256="0" * 64,
        made_by_id=by.membership_id,
        made_at=at,
        decided_at=at,
        state="APPROVED",
    )


def refused(package, by, at):
    """The codes of what is missing, in a release that changes nothing."""
    with nothing_happens(), pytest.raises(NotComplete) as refusal:
        release(package, by, at)
    return refusal.value


# A synopsis, R-SOL-03 --------------------------------------------------------------


@pytest.mark.rule("R-SOL-03", case="allowed")
def test_a_combined_notice_needs_no_wait(contracting_officer, at):
    package = approved_solicitation(at)

    assert release(package, contracting_officer, at + days(1)).piid


@pytest.mark.rule("R-SOL-03", case="refused")
def test_above_the_threshold_a_synopsis_is_needed(contracting_officer, at):
    package = approved_solicitation(at, terms=NO_SYNOPSIS)

    refusal = refused(package, contracting_officer, at + days(1))

    assert refusal.rule == "R-SOL-03"
    assert refusal.data["missing"] == ["synopsis"]
    assert "above $25,000" in refusal.message


@pytest.mark.parametrize(
    "terms",
    [
        {"synopsis_id": " "},
        {"synopsis_kind": "EXCEPTION"},
        {"synopsis_kind": "SEPARATE"},
        {"procedure": "NEGOTIATED"},
    ],
    ids=["no id", "no code", "no day", "a combined notice that is not commercial"],
)
def test_each_way_of_telling_the_market_is_complete(contracting_officer, at, terms):
    longer = {"deadline": DEADLINE + days(30)}
    package = approved_solicitation(at, terms={**longer, **terms})

    assert refused(package, contracting_officer, at + days(1)).rule == "R-SOL-03"


def test_an_exception_is_named_by_its_code(contracting_officer, at):
    package = approved_solicitation(
        at,
        terms={
            **NO_SYNOPSIS,
            "synopsis_kind": "EXCEPTION",
            "synopsis_exception": "5.202(a)(2)",
        },
    )

    assert release(package, contracting_officer, at + days(1)).piid


def test_fifteen_days_lie_between_a_synopsis_and_the_solicitation(
    contracting_officer, at
):
    posted = at.date() - timedelta(days=13)
    package = approved_solicitation(
        at, terms={"synopsis_kind": "SEPARATE", "synopsis_posted_on": posted}
    )

    refusal = refused(package, contracting_officer, at + days(1))
    assert "15 days after the synopsis" in refusal.message
    assert release(package, contracting_officer, at + days(2)).piid


# The time to respond, R-SOL-04 -----------------------------------------------------

SHORT = {"deadline": AT + days(10)}
"""Nine days after the release, where the policy asks for ten."""


@pytest.mark.rule("R-SOL-04", case="refused")
def test_a_short_time_to_respond_is_explained_first(contracting_officer, at):
    package = approved_solicitation(at, terms=SHORT)

    refusal = refused(package, contracting_officer, at + days(1))

    assert refusal.rule == "R-SOL-04"
    assert "9 days to respond, fewer than the policy's 10" in refusal.message


@pytest.mark.rule("R-SOL-04", case="allowed")
def test_with_a_memo_it_is_warned_about_and_recorded(contracting_officer, at):
    package = approved_solicitation(at, terms=SHORT)
    approved_determination(package, Kind.RESPONSE_WINDOW, contracting_officer, at)
    (point,) = (p for p in publish_points(package, at + days(1)) if p.state == WARNED)
    assert point.rule == "R-SOL-04"

    release(package, contracting_officer, at + days(1))

    event = AuditEvent.objects.get(event="solicitations.solicitation.released")
    ((rule, words),) = json.loads(event.payload)["data"]["warned"]
    assert (rule, words) == ("R-SOL-04", point.warning)


@pytest.mark.parametrize(
    ("deadline", "why"),
    [
        (datetime(2026, 4, 18, 18, tzinfo=UTC), "a Saturday"),
        (datetime(2026, 5, 25, 18, tzinfo=UTC), "Memorial Day, a federal holiday"),
        # Still Friday in Washington, and already Saturday there
        (datetime(2026, 4, 18, 3, tzinfo=UTC), ""),
        (datetime(2026, 4, 18, 5, tzinfo=UTC), "a Saturday"),
    ],
)
def test_a_deadline_on_a_day_of_rest_is_warned_about(at, deadline, why):
    package = approved_solicitation(at, terms={"deadline": deadline})

    (point,) = (
        p for p in publish_points(package, at + days(1)) if p.code == "deadline_day"
    )

    assert point.state == (WARNED if why else DONE)
    assert f", {why}: hardly anybody is at work" in point.warning or not why


def test_above_the_threshold_what_is_not_commercial_has_thirty_days(
    contracting_officer, at
):
    terms = {
        "procedure": "NEGOTIATED",
        "synopsis_kind": "SEPARATE",
        "synopsis_posted_on": at.date() - timedelta(days=30),
    }
    package = approved_solicitation(at, terms=terms)

    refusal = refused(package, contracting_officer, at + days(1))

    assert refusal.rule == "R-SOL-04"
    assert "17 days to respond, fewer than the policy's 30" in refusal.message


# Small business, R-SOL-07 ----------------------------------------------------------


@pytest.mark.parametrize(
    ("planned", "set_aside"),
    [
        ("15000.00", ""),
        ("15000.01", SetAside.SMALL_BUSINESS),
        ("350000.00", SetAside.SMALL_BUSINESS),
        ("350000.01", ""),
    ],
)
def test_between_the_thresholds_a_package_starts_set_aside(
    contract_specialist, at, planned, set_aside
):
    requisition = submitted_requisition(at)
    requisition.planned_dollars = Dollars(planned).amount
    requisition.save(update_fields=["planned_dollars"])

    package = draft_solicitation(
        requisition_id=requisition.pk, by=contract_specialist, at=at
    )

    assert package.set_aside == set_aside


@pytest.mark.rule("R-SOL-07", case="refused")
def test_without_a_finding_it_stays_set_aside(contracting_officer, at):
    package = approved_solicitation(at, terms=BETWEEN)

    refusal = refused(package, contracting_officer, at + days(1))

    assert refusal.rule == "R-SOL-07"
    assert refusal.data["missing"] == ["rule_of_two"]


@pytest.mark.rule("R-SOL-07", case="allowed")
@pytest.mark.parametrize("way", ["set aside", "found", "above"])
def test_it_is_set_aside_or_opened_by_a_finding(contracting_officer, at, way):
    ways: dict[str, dict[str, Any]] = {
        "set aside": {**BETWEEN, "set_aside": SetAside.SMALL_BUSINESS},
        "found": BETWEEN,
        "above": {"maximum_dollars": Decimal("350000.01")},
    }
    package = complete_solicitation(at, terms=ways[way])
    if way == "found":
        approved_determination(package, Kind.RULE_OF_TWO, contracting_officer, at)
    if way == "set aside":
        package.clauses.create(clause=Clause.objects.get(number="52.219-6"))
    package = reviewed_solicitation(rehearsed_box(on=package, at=at), at)

    assert release(package, contracting_officer, at + days(1)).piid


# One vendor or model, R-SOL-08 -----------------------------------------------------


@pytest.mark.rule("R-SOL-08", case="refused")
@pytest.mark.parametrize(
    "terms",
    [NAMES_ONE, {"named_brand": "Meridian Models"}],
    ids=["found in its words", "declared"],
)
def test_naming_one_is_justified_first(contracting_officer, at, terms):
    package = approved_solicitation(at, terms=terms)

    refusal = refused(package, contracting_officer, at + days(1))

    assert refusal.rule == "R-SOL-08"
    assert refusal.data["missing"] == ["brand_name"]


@pytest.mark.rule("R-SOL-08", case="allowed")
def test_a_justification_is_published_with_the_release(contracting_officer, at):
    package = approved_solicitation(at, terms=NAMES_ONE)
    made = approved_determination(package, Kind.BRAND_NAME, contracting_officer, at)

    released = release(package, contracting_officer, at + days(1))

    assert public_justifications(released) == [made]
    event = AuditEvent.objects.get(event="solicitations.solicitation.released")
    assert json.loads(event.payload)["data"]["published"] == [made.public_id]


def test_naming_several_makers_is_no_brand_name(at):
    known = [("openai", "gpt-4o"), ("anthropic", "claude-haiku-4-5"), ("x", "pt-4")]

    assert set(named_in(["GPT-4o or claude-haiku-4-5"], known)) == {
        "openai",
        "anthropic",
    }
    assert named_in(["gpt-4o-mini, chatgpt-4o"], known) == {}


# Offers for AI, R-SOL-12 -----------------------------------------------------------

WITHOUT_CARD = {
    "required_attachments": [
        "ACCEPTABLE_USE",
        "SYSTEM_CARD",
        "DATA_CARD",
        "USER_RESOURCES",
        "FEEDBACK_PATH",
        "SECURITY_AUTHORIZATION",
        "TOKENIZER_DISCLOSURE",
    ]
}


@pytest.mark.rule("R-SOL-12", case="allowed")
def test_a_package_asks_for_every_paper_unless_it_is_waived(contracting_officer, at):
    asked = complete_solicitation(at).required_attachments
    assert len(asked) == 8
    assert {"MODEL_CARD", *WITHOUT_CARD["required_attachments"]} == set(asked)

    package = approved_solicitation(at, terms=WITHOUT_CARD)
    approved_determination(package, Kind.CIO_WAIVER, contracting_officer, at)

    assert release(package, contracting_officer, at + days(1)).piid


@pytest.mark.rule("R-SOL-12", case="refused")
def test_a_paper_is_left_out_only_by_a_waiver(contracting_officer, at):
    package = approved_solicitation(at, terms=WITHOUT_CARD)

    refusal = refused(package, contracting_officer, at + days(1))

    assert refusal.rule == "R-SOL-12"
    assert "model card" in refusal.message


# One list for everybody ------------------------------------------------------------


def test_editor_and_guard_read_the_same_list(contracting_officer, at):
    package = approved_solicitation(at, terms={**NO_SYNOPSIS, **WITHOUT_CARD})
    then = at + days(1)

    gaps = [point.code for point in publish_gaps(package, at=then)]

    assert refused(package, contracting_officer, then).data["missing"] == gaps
    by_state = {point.state for point in publish_points(package, then)}
    assert by_state == {DONE, MISSING}
    assert all(p.done for p in publish_points(package, then) if p.state == DONE)


def test_less_than_full_competition_is_told_at_release(contracting_officer, at):
    package = approved_solicitation(at, terms={"extent_competed": "ONE_SOURCE"})

    assert publish_gaps(package, at=at) == []
    released = release(package, contracting_officer, at + days(1))

    assert Solicitation.objects.get(pk=released.pk).extent_competed == "ONE_SOURCE"


# One award or several, R-AWD-04 ------------------------------------------------------

LARGE = {"maximum_dollars": Decimal("150000000.01")}
"""A cent above what one vendor gets without a determination."""


@pytest.mark.rule("R-AWD-04", case="allowed")
def test_a_large_single_award_is_warned_about_and_recorded(contracting_officer, at):
    # Given a package above the amount that intends one award
    package = approved_solicitation(at, terms=LARGE)
    package.clauses.create(clause=Clause.objects.get(number="52.219-9"))

    release(package, contracting_officer, at + days(1))

    # Then it is released, and the record says what its award will ask for
    event = AuditEvent.objects.get(event="solicitations.solicitation.released")
    ((rule, words),) = json.loads(event.payload)["data"]["warned"]
    assert rule == "R-AWD-04"
    assert words.startswith("One award above $150,000,000 is not signed without")


@pytest.mark.parametrize(
    ("terms", "done"),
    [
        ({**LARGE, "most_awards": 2}, "Up to 2 awards."),
        ({"maximum_dollars": Decimal("150000000.00")}, "A single award is intended."),
    ],
)
def test_several_awards_or_a_smaller_one_are_not_warned_about(at, terms, done):
    package = complete_solicitation(at, terms=terms)

    (point,) = (
        p for p in publish_points(package, at + days(1)) if p.code == "awards_intended"
    )

    assert (point.state, point.done) == (DONE, done)


def test_everybody_reads_how_many_awards_are_intended(vendor_a_signer, at):
    package = approved_solicitation(at, terms={"most_awards": 3})
    release(package, actor("contracting_officer"), at + days(1))

    page = client_for(vendor_a_signer).get(package.public_path).content.decode()

    assert "up to 3, each with its own minimum and maximum" in page
