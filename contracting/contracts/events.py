"""What can happen to a contract."""

from contracting.audit.events import event_type

CONTRACT_DRAFTED = event_type(
    "contracts.contract.drafted", "The award was drafted from the decision."
)
TOKENS_BOUGHT = event_type(
    "contracts.tokens.bought",
    "A purchase was drafted on one quotation, up to the micro-purchase threshold.",
)
CONTRACT_DISCARDED = event_type(
    "contracts.contract.discarded", "The draft award was discarded."
)
CONTRACT_FUNDS_CERTIFIED = event_type(
    "contracts.contract.funds_certified",
    "Funds for the guaranteed minimum were certified.",
)
CONTRACT_AWARDED = event_type(
    "contracts.contract.awarded",
    "The contracting officer signed the award; the minimum was obligated.",
)
AWARD_FORGONE = event_type(
    "contracts.award.forgone",
    "The contracting officer forwent the award of an offer that was selected.",
)
AWARD_OFFERED = event_type(
    "contracts.award.offered",
    "The contracting officer signed the offer of an award on a quotation.",
)
AWARD_ACCEPTED = event_type(
    "contracts.award.accepted", "The vendor accepted the award; it is in force."
)
AWARD_DECLINED = event_type(
    "contracts.award.declined", "The vendor declined the award that it was offered."
)
COR_DESIGNATED = event_type(
    "contracts.cor.designated",
    "A contracting officer's representative was designated.",
)
GRATUITOUS_SERVICE_RECORDED = event_type(
    "contracts.gratuitous_service.recorded",
    "The agreement under which a line costs nothing was recorded.",
)
COR_DESIGNATION_ACCEPTED = event_type(
    "contracts.cor.designation_accepted",
    "A representative accepted the letter of designation.",
)
PROTEST_RECORDED = event_type(
    "contracts.protest.recorded", "Notice of a protest against the award was recorded."
)
PROTEST_LIFTED = event_type(
    "contracts.protest.lifted",
    "The head of the contracting activity lifted the suspension for a protest.",
)
UNSUCCESSFUL_NOTIFIED = event_type(
    "contracts.unsuccessful.notified",
    "The offerors that were not selected were told why.",
)
DEBRIEFING_REQUESTED = event_type(
    "contracts.debriefing.requested", "An unsuccessful offeror asked for a debriefing."
)
DEBRIEFING_HELD = event_type(
    "contracts.debriefing.held", "A debriefing was held and summed up for the file."
)
CONTRACT_ACTION_REPORTED = event_type(
    "contracts.action.reported", "The contract action report of the award was filed."
)
VENDOR_TERM_REVIEWED = event_type(
    "contracts.vendor_term.reviewed",
    "A passage of the vendor's terms was taken in or struck.",
)
ORDERING_OFFICER_APPOINTED = event_type(
    "contracts.ordering_officer.appointed",
    "Somebody was appointed to sign orders within limits.",
)
ORDERING_OFFICER_REVOKED = event_type(
    "contracts.ordering_officer.revoked",
    "The appointment of an ordering officer was revoked.",
)
CONTRACT_REASSIGNED = event_type(
    "contracts.contract.reassigned", "Another officer has the contract in hand."
)
AGREEMENT_REVIEWED = event_type(
    "contracts.agreement.reviewed",
    "The contracting officer made the yearly review of the agreement.",
)
