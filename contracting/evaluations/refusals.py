"""What an evaluation will not do."""

from contracting.core.errors import Conflict, Invalid, Refusal, Stale


class NotOpened(Refusal):
    """The offers are not open, so there is nothing to evaluate."""

    code = "not_opened"


class AlreadyDecided(Conflict):
    """The selection is decided; nothing before it changes any more."""

    code = "already_decided"


class NotOnThePanel(Invalid):
    """Somebody who cannot be designated for this panel."""

    code = "not_on_the_panel"


class AlreadyDesignated(Conflict):
    """One person has one part on a panel: who decides does not rate."""

    code = "already_designated"


class NotDeclared(Invalid):
    """Without the promise and an answer to each question nobody reads an offer."""

    code = "not_declared"
    rule = "R-ROL-06"


class ConflictUnexplained(Invalid):
    """A conflict is declared, or decided on, without a word about it."""

    code = "conflict_unexplained"
    rule = "R-ROL-06"


class NothingToResolve(Conflict):
    """Nobody waits for a decision on a conflict, or it is taken."""

    code = "nothing_to_resolve"


class NotAPublishedFactor(Invalid):
    """A factor that the solicitation did not publish, or the price factor."""

    code = "not_a_published_factor"
    rule = "R-EVL-01"


class NotOnTheScale(Invalid):
    """A rating that the published scale does not have."""

    code = "not_on_the_scale"
    rule = "R-EVL-01"


class ModificationUnfit(Invalid):
    """A late modification that the regulation does not let count."""

    code = "modification_unfit"
    rule = "R-SUB-02"


class PlaceUnknown(Invalid):
    """A rating stands on a place that the offer does not have."""

    code = "place_unknown"
    rule = "R-EVL-01"


class NarrativeMissing(Invalid):
    """A rating without words is no rating."""

    code = "narrative_missing"
    rule = "R-EVL-01"


class AlreadyAcknowledged(Conflict):
    """There is nothing to waive: the amendment is acknowledged, or waived."""

    code = "already_acknowledged"
    rule = "R-SUB-05"


class AlreadyAgreed(Conflict):
    """The panel has agreed on this offer and factor."""

    code = "already_agreed"


class RatingsMissing(Refusal):
    """The evaluator has not rated the offer on every published factor."""

    code = "ratings_missing"


class RatingsNotLocked(Refusal):
    """Not every evaluator has locked their own ratings of the offer."""

    code = "ratings_not_locked"
    rule = "R-EVL-03"


class AlreadyLocked(Conflict):
    """These ratings are locked."""

    code = "already_locked"


class RevisionUnexplained(Invalid):
    """A rating that was locked is revised and nobody says why."""

    code = "revision_unexplained"
    rule = "R-EVL-03"


class ConsensusMissing(Refusal):
    """The panel has not agreed on every offer and factor."""

    code = "consensus_missing"


class ReasonMissing(Invalid):
    """Prices are shown to the technical panel early and nobody says why."""

    code = "reason_missing"
    rule = "R-EVL-02"


class AlreadyReleased(Conflict):
    """The evaluators see the prices already."""

    code = "already_released"


class OffersStillSealed(Refusal):
    """Offers in time are sealed to a former key that can still be opened."""

    code = "offers_still_sealed"
    rule = "R-SUB-04"


class PriceNotComparable(Invalid):
    """An offer that does not price every line of the workload."""

    code = "price_not_comparable"
    rule = "R-EVL-05"


class NothingToClarify(Invalid):
    """The line has a price that counts, or is none of this workload."""

    code = "nothing_to_clarify"


class AlreadyAsked(Conflict):
    """The offeror was asked and has yet to answer, or has answered."""

    code = "already_asked"


class AlreadyNormalised(Conflict):
    """The officer has put in a price for this line of this offer."""

    code = "already_normalised"


class RuleNotApplicable(Invalid):
    """The stated rule gives no price above zero for the line, or without a reason."""

    code = "rule_not_applicable"
    rule = "R-EVL-05"


class UnbalancedUnexplained(Invalid):
    """A flagged price is found reasonable and nobody says why."""

    code = "unbalanced_unexplained"
    rule = "R-EVL-05"


class ReasonablenessMissing(Invalid):
    """No record says that the price of the offer is fair and reasonable."""

    code = "reasonableness_missing"
    rule = "R-EVL-07"


class RangeIncomplete(Invalid):
    """Not every offer has a place in or outside the range, with a reason outside."""

    code = "range_incomplete"
    rule = "R-EVL-04"


class RangeDetermined(Conflict):
    """The competitive range is determined."""

    code = "range_determined"


class RangeMissing(Refusal):
    """No competitive range is determined, and discussions are held within one."""

    code = "range_missing"
    rule = "R-EVL-04"


class DiscussionsWithSome(Invalid):
    """Discussions are opened with all in the range and with nobody else."""

    code = "discussions_with_some"
    rule = "R-EVL-04"


class AlreadyDiscussed(Conflict):
    """Discussions are open."""

    code = "already_discussed"


class NotDiscussed(Refusal):
    """Final revisions end discussions, and none were opened."""

    code = "not_discussed"
    rule = "R-EVL-04"


class OneCutoff(Conflict):
    """Final revisions have one cutoff for everybody, and it is set and ahead."""

    code = "one_cutoff"
    rule = "R-EVL-04"


class CutoffPassed(Refusal):
    """No final revision is asked for, or its one cutoff has passed."""

    code = "cutoff_passed"
    rule = "R-EVL-04"


class DiscussionsOpen(Refusal):
    """Discussions are open and their final revisions are not."""

    code = "discussions_open"
    rule = "R-EVL-04"


class NotInTheRange(Refusal):
    """The offer is outside the competitive range."""

    code = "not_in_the_range"
    rule = "R-EVL-04"


class NoAwardUnexplained(Invalid):
    """All offers are rejected and the offerors are not told why (FAR 15.305(b))."""

    code = "no_award_unexplained"


class RationaleNotOwn(Invalid):
    """A rationale that is empty, or nothing but the panel's words."""

    code = "rationale_not_own"
    rule = "R-EVL-06"


class BadExtract(Invalid):
    """A file of registrations that cannot be read, or is from the future."""

    code = "bad_extract"


class SelectionUnfit(Invalid):
    """Nothing is selected, or more than the solicitation intends, or without reasons.

    FAR 16.504(c): how many awards are intended is said before the offers come in.
    """

    code = "selection_unfit"


class AlreadyImported(Conflict):
    """This extract has been imported."""

    code = "already_imported"


class OfferExpired(Refusal):
    """The last day of the offer has passed and its vendor has not extended it."""

    code = "offer_expired"
    rule = "R-SUB-09"


class ExtensionUnfit(Invalid):
    """An extension without the vendor's words, or until a day that is not later."""

    code = "extension_unfit"
    rule = "R-SUB-09"


class RegistrationInactive(Refusal):
    """The vendor was not registered at submission, or is not at award."""

    code = "registration_inactive"
    rule = "R-SUB-06"


class ExcuseUnfounded(Invalid):
    """No exception excuses this vendor from registration, as far as is shown."""

    code = "excuse_unfounded"
    rule = "R-SUB-06"


class RatingDraftChanged(Stale):
    """The same evaluator has saved it from another window."""

    code = "rating_draft_changed"


class FindingIncomplete(Invalid):
    """A finding or a rejection without its words, or one too many."""

    code = "finding_incomplete"


class ReferralUnfit(Invalid):
    """Nothing that is referred or decided on, or without its office or day."""

    code = "referral_unfit"
    rule = "R-EVL-09"


class CertificateAwaited(Refusal):
    """A small business is not rejected before its referral has ended (FAR 19.602)."""

    code = "certificate_awaited"
    rule = "R-EVL-09"


class FoundNonresponsible(Refusal):
    """The vendor was found not responsible and holds no certificate."""

    code = "found_nonresponsible"
