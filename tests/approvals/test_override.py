"""A rule is put aside only where the regulation lets somebody, and on record."""

import csv
import re

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from contracting.approvals.models import Override
from contracting.approvals.operations.dispose import dispose_nonconcurrence
from contracting.approvals.operations.override import override_rule
from contracting.approvals.queries.queues import overrides_on
from contracting.approvals.refusals import NoOverride, OverrideUnfounded
from contracting.approvals.states import OVERRIDABLE
from contracting.audit.models import AuditEvent
from contracting.determinations.states import RULES as RULES_OF_DETERMINATIONS
from contracting.determinations.states import RULES_ON
from tests.approvals.conftest import SUBJECT
from tests.architecture.tree import ROOT
from tests.cast import client_for, nothing_happens

RULES = ROOT / "docs" / "reference" / "rules.csv"


@pytest.fixture
def disposed(
    submit_for_review,
    decide,
    technical_reviewer,
    finance_reviewer,
    contracting_officer,
    at,
):
    """A non-concurrence that the contracting officer disposed of."""
    route = submit_for_review()
    decide(route, technical_reviewer, verdict="NONCONCUR", comment="Too large.")
    decide(route, finance_reviewer)
    dispose_nonconcurrence(
        decision_id=route.decisions.get(verdict="NONCONCUR").pk,
        text="The ceiling is the pilot's own.",
        by=contracting_officer,
        at=at,
    )
    return Override.objects.get()


def test_an_override_says_who_under_which_warrant_and_why(
    disposed, contracting_officer, auditor, cor, other_agency_officer, vendor_a_signer
):
    # It bears the rule, the warrant, the reason and the regulation
    assert (disposed.rule, disposed.reason_code) == ("R-TO-09", "DISPOSITION")
    assert disposed.membership_id == contracting_officer.membership_id
    assert (disposed.role, disposed.warrant_number) == (
        *("CONTRACTING_OFFICER", "W-0001"),
    )
    event = AuditEvent.objects.get(event="approvals.rule.overridden")
    assert event.stream == SUBJECT.stream

    # The auditor reads it on the list, and others not
    page = client_for(auditor).get("/approvals/overrides/").text
    assert "R-TO-09" in page
    assert "own." in page
    assert "warrant W-0001" in page
    assert client_for(cor).get("/approvals/overrides/").status_code == 404
    assert client_for(vendor_a_signer).get("/approvals/overrides/").status_code == 404
    elsewhere = client_for(other_agency_officer).get("/approvals/overrides/").text
    assert "No rule was put aside" in elsewhere

    # And it stands on what it is about, for the agency alone
    assert list(overrides_on(cor, SUBJECT)) == [disposed]
    assert list(overrides_on(other_agency_officer, SUBJECT)) == []
    assert list(overrides_on(vendor_a_signer, SUBJECT)) == []


def test_it_is_only_ever_added(disposed):
    with pytest.raises(DatabaseError), transaction.atomic():
        Override.objects.update(words="Something else.")


def test_of_every_other_rule_there_is_no_override(disposed, contracting_officer, at):
    with RULES.open() as file:
        every = {row["rule"] for row in csv.DictReader(file)}
    assert set(OVERRIDABLE) < every
    written = {
        "subject": SUBJECT,
        "title": "Pilot order",
        "url_path": "/orders/ord_x",
        "reason_code": "WANTED",
        "by": contracting_officer,
        "at": at,
    }

    # Neither by the verb, which names the rule
    for rule in sorted(every - set(OVERRIDABLE)):
        with pytest.raises(NoOverride) as refusal:
            override_rule(rule=rule, words="We want to.", **written)
        assert refusal.value.rule == rule
    with nothing_happens(), pytest.raises(NoOverride):
        override_rule(rule="R-ROL-01", words="We want to.", **written)
    with nothing_happens(), pytest.raises(OverrideUnfounded):
        override_rule(rule="R-SUB-05", words=" ", **written)

    # Nor by whoever writes into the table
    disposed.pk, disposed.rule = None, "R-ROL-01"
    with (
        pytest.raises(IntegrityError, match="only_a_rule_that_knows_an_override"),
        transaction.atomic(),
    ):
        disposed.save(force_insert=True)


NOT_OFFERED = {
    "R-AWD-05": "the three days for a notice are not waived; a late one is marked",
    "R-AWD-06": "a debriefing is not refused for being asked for late",
    "R-EVL-09": "a certificate of competency lifts it, which is a record of its own",
    "R-FND-05": "nothing is paid from a closed account; current funds pay instead",
    "R-FND-06": "the notice of availability is what the rule asks for",
    "R-FND-07": "the percentages are terms of the contract",
    "R-FND-10": "pools are paid for as they are used, and never ahead",
    "R-FND-12": "the order of payment is stated on the order, and nothing departs",
    "R-TO-11": "limits move by a modification",
    "R-TO-12": "a boundary is authorized by a record of its own",
    "R-REC-01": "nothing is accepted without a comparison",
    "R-REC-03": "what is resolved is a resolution of its finding",
    "R-PAY-04": "an early payment is authorized on its certification",
    "R-AI-02": "an authorization is renewed by a record of its own",
}
"""Rules that the regulation lets somebody put aside, and nothing here does."""


def test_whatever_puts_a_rule_aside_leaves_a_record():
    written = set(RULES_OF_DETERMINATIONS.values()) | set(RULES_ON.values())
    for place in (ROOT / "contracting").glob("*/operations/*.py"):
        text = place.read_text()
        if "override_rule" in text:
            written |= set(re.findall(r'"(R-[A-Z]+-[0-9]{2})", "[A-Z_]+"', text))
            written |= set(re.findall(r'rule="(R-[A-Z]+-[0-9]{2})"', text))

    assert sorted(set(OVERRIDABLE) - written) == sorted(NOT_OFFERED)
