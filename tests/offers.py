"""The world from the first offer to the selection, built through the real verbs.

Each builder takes the world of the one before it, or builds that first; instants are
told from the deadline of the solicitation. ``tests.builders`` gives them all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from contracting.core.quantities import UnitPrice
from contracting.evaluations.models import PriceAnalysis, SelectionDecision
from contracting.evaluations.operations.agree import agree_consensus
from contracting.evaluations.operations.analyse import analyse_price
from contracting.evaluations.operations.decide import decide_selection
from contracting.evaluations.operations.declare import declare_interest
from contracting.evaluations.operations.designate import designate_panel_member
from contracting.evaluations.operations.lock import lock_ratings
from contracting.evaluations.operations.rate import rate_submission
from contracting.evaluations.queries import have_not_locked, missing_consensus
from contracting.evaluations.states import NO_CONFLICT
from contracting.reference.models import AiModel
from contracting.reference.queries import list_price
from contracting.solicitations.models import Solicitation, SolicitationLine
from contracting.solicitations.operations.amend import amend_solicitation
from contracting.solicitations.queries import lines_of
from contracting.submissions.calculations import Offer, OfferedFile, OfferedPrice
from contracting.submissions.models import Box, Submission, SubmissionVersion
from contracting.submissions.operations.enrol import enrol_opener
from contracting.submissions.operations.name import name_openers
from contracting.submissions.operations.open import open_submissions
from contracting.submissions.operations.rehearse import rehearse_opening
from contracting.submissions.operations.replace_openers import replace_openers
from contracting.submissions.operations.submit import submit_submission
from contracting.submissions.queries import (
    amendment_numbers,
    box_of,
    offers_of,
)
from contracting.submissions.sealing import keys
from contracting.submissions.sealing.openers import opener_key_of
from contracting.submissions.sealing.shares import Share, combine
from tests.cast import AT, actor
from tests.remembered import remembered

SNAPSHOT = "gpt-4o-2024-08-06"
PASSPHRASE = "seven grey herons at noon"
OPENERS = ("contract_specialist", "contracting_officer", "legal_reviewer")
"""Whoever opens offers in the tests' world: any two of these three."""


OTHERS = ("contracting_officer", "finance_reviewer", "security_reviewer")
"""Whoever takes their place after the release, in some worlds: two of these three."""


@remembered
def enrolled_openers(people: Sequence[str] = OPENERS) -> list[int]:
    """The three openers have enrolled; their memberships."""
    for part in people:
        if opener_key_of(actor(part).user_id) is None:
            enrol_opener(passphrase=PASSPHRASE, by=actor(part), at=AT)
    return [actor(part).own_membership_id for part in people]


@remembered
def named_openers(*, on: Solicitation, at: datetime = AT) -> Solicitation:
    """A package whose three openers are named; nobody has rehearsed."""
    name_openers(
        solicitation_id=on.pk,
        membership_ids=enrolled_openers(),
        needed=2,
        by=actor("contracting_officer"),
        at=at,
    )
    return on


@remembered
def rehearsed_box(*, on: Solicitation, at: datetime = AT) -> Solicitation:
    """A package whose openers have opened the rehearsal offer, two of three."""
    named_openers(on=on, at=at)
    for part in OPENERS[:2]:
        rehearse_opening(
            solicitation_id=on.pk, passphrase=PASSPHRASE, by=actor(part), at=at
        )
    return on


@remembered
def other_openers(*, on: Solicitation) -> Solicitation:
    """A released package for which others are named, two of whom have rehearsed."""
    at = before(on, days=2)
    name_openers(
        solicitation_id=on.pk,
        membership_ids=enrolled_openers(OTHERS),
        needed=2,
        by=actor("contracting_officer"),
        at=at,
    )
    for part in OTHERS[:2]:
        rehearse_opening(
            solicitation_id=on.pk, passphrase=PASSPHRASE, by=actor(part), at=at
        )
    return on


@remembered
def replaced_openers(*, on: Solicitation, at: datetime | None = None) -> Solicitation:
    """A released package whose openers others have replaced, by an amendment."""
    other_openers(on=on)
    replace_openers(
        solicitation_id=on.pk,
        reason="One of the openers has left the agency.",
        by=actor("contracting_officer"),
        at=at or before(on, hours=20),
        seen_version=on.version,
    )
    on.refresh_from_db()
    return on


@remembered
def released() -> Solicitation:
    """A released solicitation; the builders of that stage know this module."""
    from tests.builders import released_solicitation

    return released_solicitation()


def the_box(solicitation: Solicitation) -> Box:
    """The box that the offers on a released solicitation are sealed to."""
    box = box_of(solicitation)
    assert box is not None
    return box


def the_private_half(solicitation: Solicitation) -> bytes:
    """What the openers would have if all of them met elsewhere."""
    rows = the_box(solicitation).shares.select_related("opener_key", "box")
    return combine(
        [
            Share(
                row.position,
                keys.decrypt_from(
                    bytes(row.sealed_share),
                    private=keys.unlock(row.opener_key.locked, PASSPHRASE),
                    binding=row.binding,
                ),
            )
            for row in rows.order_by("position")[:2]
        ]
    )


@remembered
def amended_solicitation() -> Solicitation:
    """A released solicitation with amendment 0001: a day more time."""
    solicitation = released()
    amend_solicitation(
        solicitation_id=solicitation.pk,
        summary="One day more.",
        terms={"deadline": deadline(solicitation) + timedelta(days=1)},
        by=actor("contracting_officer"),
        at=before(solicitation, days=3),
        seen_version=solicitation.version,
    )
    solicitation.refresh_from_db()
    return solicitation


def offer_on(
    solicitation: Solicitation,
    *,
    percent_of_list: int = 80,
    prices: Mapping[str, str] | None = None,
    technical: str = "We serve the snapshot in the boundary that is asked for.",
    files: Sequence[OfferedFile] = (),
    snapshot: str = SNAPSHOT,
) -> Offer:
    """An offer at a share of public list, or at these prices by line number."""
    model = AiModel.objects.get(snapshot=snapshot)
    given = prices or {}
    return Offer(
        technical=technical,
        files=files,
        prices=[
            OfferedPrice(
                line_id=line.pk,
                model_id=model.pk if line.names_a_model else None,
                price=UnitPrice(given[line.slin])
                if line.slin in given
                else _share_of_list(line, model, percent_of_list),
            )
            for line in lines_of(solicitation)
        ],
    )


def _share_of_list(
    line: SolicitationLine, model: AiModel, percent_of_list: int
) -> UnitPrice:
    listed = line.token_class and list_price(
        model, line.token_class, AT.date(), tier=line.tier
    )
    usual = listed.usd_per_million_tokens if listed else Decimal(2)
    return UnitPrice((usual * percent_of_list / 100).quantize(Decimal("0.000001")))


def deadline(solicitation: Solicitation) -> datetime:
    """The deadline that a released solicitation has."""
    assert solicitation.deadline is not None
    return solicitation.deadline


def latest_version(submission: Submission) -> SubmissionVersion:
    """What was received last."""
    assert submission.latest_version is not None
    return submission.latest_version


def before(solicitation: Solicitation, **ago: int) -> datetime:
    """So long before the deadline, an hour unless it is said."""
    return deadline(solicitation) - timedelta(**(ago or {"hours": 1}))


def after(solicitation: Solicitation, **later: int) -> datetime:
    """So long after the deadline, an hour unless it is said."""
    return deadline(solicitation) + timedelta(**(later or {"hours": 1}))


@remembered
def submitted_offer(
    *,
    on: Solicitation,
    by: str = "vendor_a_signer",
    offer: Offer | None = None,
    at: datetime | None = None,
    alternate: int = 0,
) -> Submission:
    """One vendor's offer on a released solicitation, an hour before its deadline."""
    return submit_submission(
        solicitation_id=on.pk,
        offer=offer or offer_on(on),
        acknowledged=amendment_numbers(on),
        by=actor(by),
        at=at or before(on),
        alternate=alternate,
    )


@remembered
def submitted_offers(*, on: Solicitation | None = None) -> list[Submission]:
    """Meridian at 80 % of list and Larkspur at 90 %, both sealed and in time."""
    solicitation = on or released()
    return [
        submitted_offer(on=solicitation, by="vendor_a_signer"),
        submitted_offer(
            on=solicitation,
            by="vendor_b_signer",
            offer=offer_on(solicitation, percent_of_list=90),
        ),
    ]


@remembered
def overtaken_offers() -> Solicitation:
    """Two sealed offers, and amendment 0001 that neither of them acknowledges."""
    solicitation = submitted_offers()[0].solicitation
    amend_solicitation(
        solicitation_id=solicitation.pk,
        summary="One day more.",
        terms={"deadline": deadline(solicitation) + timedelta(days=1)},
        by=actor("contracting_officer"),
        at=before(solicitation, minutes=30),
        seen_version=solicitation.version,
    )
    solicitation.refresh_from_db()
    return solicitation


@remembered
def opened_offers(*, on: Solicitation | None = None) -> Solicitation:
    """A solicitation whose two offers two of the three openers have opened."""
    solicitation = on or submitted_offers()[0].solicitation
    open_submissions(
        solicitation_id=solicitation.pk,
        passphrase=PASSPHRASE,
        by=actor("contract_specialist"),
        at=after(solicitation),
    )
    return open_submissions(
        solicitation_id=solicitation.pk,
        passphrase=PASSPHRASE,
        by=actor("contracting_officer"),
        at=after(solicitation, hours=2),
    )


@remembered
def declared_panel(*, on: Solicitation | None = None) -> Solicitation:
    """Opened offers, and a panel of two evaluators and an authority who declared."""
    solicitation = on or opened_offers()
    at = after(solicitation, hours=3)
    for part in ("evaluator", "second_evaluator", "source_selection_authority"):
        acting = actor(part)
        designate_panel_member(
            solicitation_id=solicitation.pk,
            membership_id=acting.own_membership_id,
            role=acting.role,
            by=actor("contracting_officer"),
            at=at,
        )
        declare_interest(
            solicitation_id=solicitation.pk,
            keeps_confidence=True,
            answers=NO_CONFLICT,
            by=acting,
            at=at,
        )
    return solicitation


@remembered
def rated_offers(*, on: Solicitation | None = None) -> Solicitation:
    """Both evaluators have rated both offers on every factor other than price."""
    solicitation = on or declared_panel()
    for part in ("evaluator", "second_evaluator"):
        for offer, factor in missing_consensus(solicitation):
            rate_submission(
                submission_id=offer.submission_id,
                factor_id=factor.pk,
                rating="GOOD",
                strengths=f"The boundary is met, says {part}.",
                weaknesses="The support plan is thin.",
                by=actor(part),
                at=after(solicitation, hours=4),
            )
    return solicitation


@remembered
def locked_ratings(*, on: Solicitation | None = None) -> Solicitation:
    """Both evaluators have locked their ratings of both offers."""
    solicitation = on or rated_offers()
    for part in ("evaluator", "second_evaluator"):
        for offer in offers_of(solicitation):
            owing = have_not_locked(offer.submission)
            if owing.filter(membership_id=actor(part).own_membership_id).exists():
                lock_ratings(
                    submission_id=offer.submission_id,
                    by=actor(part),
                    at=after(solicitation, hours=4, minutes=30),
                )
    return solicitation


@remembered
def agreed_offers(*, on: Solicitation | None = None) -> Solicitation:
    """The panel has agreed on every offer and factor."""
    solicitation = locked_ratings(on=on)
    for offer, factor in missing_consensus(solicitation):
        agree_consensus(
            submission_id=offer.submission_id,
            factor_id=factor.pk,
            rating="GOOD",
            narrative="Both of us find the boundary met and the support plan thin.",
            by=actor("evaluator"),
            at=after(solicitation, hours=5),
        )
    return solicitation


@remembered
def analysed_prices(*, on: Solicitation | None = None) -> PriceAnalysis:
    """Every price is found fair and reasonable on the reference workload."""
    solicitation = on or agreed_offers()
    return analyse_price(
        solicitation_id=solicitation.pk,
        conclusion="Two offers compete and both stand below public list.",
        reasonable_submission_ids=[
            offer.submission_id for offer in offers_of(solicitation)
        ],
        unbalanced_memo="Flagged prices follow the offeror's cost of each class.",
        by=actor("contract_specialist"),
        at=after(solicitation, hours=6),
    )


@remembered
def decided_solicitation(
    *,
    on: Solicitation | None = None,
    selected: str = "vendor_a_signer",
    alternate: int = 0,
) -> SelectionDecision:
    """The authority has selected the offer of that vendor, or its alternate."""
    analysis = analysed_prices(on=on)
    solicitation = analysis.solicitation
    chosen = solicitation.submissions.get(
        vendor_id=actor(selected).organization_id, alternate=alternate
    )
    return decide_selection(
        solicitation_id=solicitation.pk,
        selected={chosen.pk: ""},
        rationale="The ratings are equal, so the lower price decides; I select it.",
        seen_analysis_id=analysis.pk,
        by=actor("source_selection_authority"),
        at=after(solicitation, hours=7),
    )


@remembered
def compared_offers(*, awards: int = 2) -> PriceAnalysis:
    """Three offers on a solicitation that intends several awards, rated and priced."""
    from tests.builders import released_solicitation

    solicitation = released_solicitation(terms={"most_awards": awards})
    submitted_offers(on=solicitation)
    outsider = offer_on(solicitation, percent_of_list=95)
    submitted_offer(on=solicitation, by="other_vendor_signer", offer=outsider)
    panel = declared_panel(on=opened_offers(on=solicitation))
    return analysed_prices(on=agreed_offers(on=rated_offers(on=panel)))


REASONS = {
    "vendor_a_signer": "Meridian asks least for every class of tokens, I find.",
    "vendor_b_signer": "Larkspur brings a second line of models to compete with it.",
}


@remembered
def decided_for_several() -> SelectionDecision:
    """Meridian and Larkspur are selected, each for a reason; the third one is not."""
    analysis = compared_offers()
    solicitation = analysis.solicitation
    offers = {
        part: solicitation.submissions.get(vendor_id=actor(part).organization_id)
        for part in REASONS
    }
    return decide_selection(
        solicitation_id=solicitation.pk,
        selected={offers[part].pk: reason for part, reason in REASONS.items()},
        rationale="Two awards keep prices under competition for each order we place.",
        seen_analysis_id=analysis.pk,
        by=actor("source_selection_authority"),
        at=after(solicitation, hours=7),
    )
