"""Offers that leave a price open, and what is done about it."""

from contracting.evaluations.models import PriceQuestion
from contracting.evaluations.operations.clarify import clarify_price
from contracting.evaluations.operations.confirm import confirm_price
from contracting.evaluations.operations.normalise import normalise_price
from contracting.evaluations.states import NormalisationRule
from contracting.solicitations.models import Solicitation
from tests.builders import released_solicitation
from tests.cast import actor
from tests.offers import after, offer_on, opened_offers, submitted_offer
from tests.remembered import remembered


@remembered
def offered_for_nothing() -> Solicitation:
    """Meridian asks $0 for reasoning tokens, Larkspur 90 % of list for everything."""
    solicitation = released_solicitation()
    slin = free_line(solicitation).slin
    submitted_offer(on=solicitation, offer=offer_on(solicitation, prices={slin: "0"}))
    submitted_offer(
        on=solicitation,
        by="vendor_b_signer",
        offer=offer_on(solicitation, percent_of_list=90),
    )
    return opened_offers(on=solicitation)


def free_line(solicitation):
    """The line of reasoning tokens."""
    return solicitation.lines.get(token_class__code="OUT_REASONING")


def offer_of(solicitation, part="vendor_a_signer"):
    """The submission of that vendor."""
    return solicitation.submissions.get(vendor_id=actor(part).organization_id)


def asked(
    solicitation, *, by="contracting_officer", line=None, **given
) -> PriceQuestion:
    """The officer asks Meridian whether $0 is meant."""
    return clarify_price(
        submission_id=given.pop("submission", offer_of(solicitation)).pk,
        line_id=(line or free_line(solicitation)).pk,
        question=given.pop("question", "Is $0 your price for reasoning tokens?"),
        by=actor(by),
        at=after(solicitation, hours=3),
    )


def answered(solicitation, question, *, by="vendor_a_signer", is_meant=True, text=None):
    """Meridian answers: zero is meant."""
    return confirm_price(
        question_id=question.pk,
        is_meant=is_meant,
        text="We charge nothing for them." if text is None else text,
        by=actor(by),
        at=after(solicitation, hours=4),
    )


def put_in(
    solicitation,
    *,
    rule=NormalisationRule.PUBLIC_LIST,
    by="contracting_officer",
    reason="The offeror did not answer.",
    **given,
):
    """The officer puts a price in for Meridian's open line."""
    return normalise_price(
        submission_id=given.get("submission", offer_of(solicitation)).pk,
        line_id=given.get("line", free_line(solicitation)).pk,
        rule=rule,
        reason=reason,
        by=actor(by),
        at=after(solicitation, hours=5),
    )
