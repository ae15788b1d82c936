"""What can happen in an evaluation; no event says what a rating was."""

from contracting.audit.events import event_type

PANEL_MEMBER_DESIGNATED = event_type(
    "evaluations.panel_member.designated", "Somebody was designated for the panel."
)
INTEREST_DECLARED = event_type(
    "evaluations.interest.declared",
    "A member of the panel promised non-disclosure and declared no conflict.",
)
CONFLICT_DECLARED = event_type(
    "evaluations.conflict.declared",
    "A member of the panel declared a conflict of interest; the offers stay closed.",
)
CONFLICT_RESOLVED = event_type(
    "evaluations.conflict.resolved",
    "The contracting officer decided on a conflict of interest.",
)
SUBMISSION_RATED = event_type(
    "evaluations.submission.rated", "An evaluator rated an offer on a factor."
)
RATING_DRAFTED = event_type(
    "evaluations.rating.drafted",
    "An evaluator began to write a rating, which is no rating yet.",
)
RATINGS_LOCKED = event_type(
    "evaluations.ratings.locked",
    "An evaluator locked their ratings of an offer; others' are shown from then on.",
)
CONSENSUS_AGREED = event_type(
    "evaluations.consensus.agreed", "The panel agreed a rating of an offer on a factor."
)
DISSENT_NOTED = event_type(
    "evaluations.dissent.noted",
    "An evaluator wrote down where they do not go along with the consensus.",
)
PRICES_RELEASED = event_type(
    "evaluations.prices.released",
    "Evaluators may see the prices before they have agreed on the other factors.",
)
ACKNOWLEDGEMENT_WAIVED = event_type(
    "evaluations.acknowledgement.waived",
    "An offer need not acknowledge an amendment that is immaterial.",
)
PRICE_ANALYSED = event_type(
    "evaluations.price.analysed",
    "The prices were analysed on the reference workload beside public list prices.",
)
PRICE_CLARIFICATION_ASKED = event_type(
    "evaluations.price.clarification_asked",
    "The contracting officer asked an offeror about a price that its offer left open.",
)
PRICE_CONFIRMED = event_type(
    "evaluations.price.confirmed",
    "An offeror answered whether its price of zero is meant.",
)
PRICE_NORMALISED = event_type(
    "evaluations.price.normalised",
    "The contracting officer put in a price by a stated rule to compare an offer by.",
)
SELECTION_DECIDED = event_type(
    "evaluations.selection.decided",
    "The source selection authority decided which offer is selected.",
)
RANGE_DETERMINED = event_type(
    "evaluations.range.determined",
    "The contracting officer determined which offers are in the competitive range.",
)
DISCUSSIONS_OPENED = event_type(
    "evaluations.discussions.opened",
    "Discussions were opened with every offeror in the competitive range at once.",
)
REVISIONS_REQUESTED = event_type(
    "evaluations.revisions.requested",
    "Final revisions were requested from everybody in the range by one cutoff.",
)
REVISION_RECEIVED = event_type(
    "evaluations.revision.received", "A final revision was received and sealed."
)
REVISIONS_OPENED = event_type(
    "evaluations.revisions.opened",
    "A quorum opened the final revisions; they count from then on.",
)
OFFERS_DECLINED = event_type(
    "evaluations.offers.declined",
    "The source selection authority accepted no offer; the solicitation ended.",
)
REGISTRATIONS_IMPORTED = event_type(
    "evaluations.registrations.imported",
    "An extract of registrations and exclusions was imported.",
)
PRICES_LOWERED = event_type(
    "evaluations.prices.lowered", "A vendor stated lower prices after the opening."
)
PRICES_ACCEPTED = event_type(
    "evaluations.prices.accepted",
    "Lower prices that came late were accepted, of the selected offer.",
)
OFFER_EXTENDED = event_type(
    "evaluations.offer.extended", "A vendor kept its offer open until a later day."
)
REGISTRATION_KEPT = event_type(
    "evaluations.registration.kept",
    "A vendor's registration was kept as it stood at submission or at award.",
)
REGISTRATION_EXCUSED = event_type(
    "evaluations.registration.excused",
    "A vendor need not be registered, under an exception of the regulation.",
)
NONRESPONSIBLE_FOUND = event_type(
    "evaluations.nonresponsible.found", "A vendor was found not responsible."
)
NONRESPONSIBILITY_REFERRED = event_type(
    "evaluations.nonresponsibility.referred",
    "The finding on a small business was referred for a certificate of competency.",
)
CERTIFICATE_RECORDED = event_type(
    "evaluations.certificate.recorded",
    "A certificate of competency was issued or denied.",
)
OFFER_REJECTED = event_type(
    "evaluations.offer.rejected",
    "The offer of a vendor that is not responsible was rejected.",
)
