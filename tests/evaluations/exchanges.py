"""Ranges, discussions and cutoffs, built through the real verbs."""

from datetime import timedelta

from contracting.evaluations.operations.determine import determine_range
from contracting.evaluations.operations.open import open_discussions
from contracting.evaluations.operations.open_revisions import open_revisions
from contracting.evaluations.operations.request import request_revisions
from contracting.evaluations.operations.revise import revise_submission
from contracting.solicitations.models import Solicitation
from tests.cast import actor
from tests.offers import PASSPHRASE, after, locked_ratings, offer_on
from tests.remembered import remembered

VENDORS = ("vendor_a_signer", "vendor_b_signer")


def offer_of(solicitation, part):
    """The submission of that vendor."""
    return solicitation.submissions.get(vendor_id=actor(part).organization_id)


def determined(solicitation, *, by="contracting_officer", left_out=None):
    """The officer keeps everybody, or leaves these out."""
    return determine_range(
        solicitation_id=solicitation.pk,
        left_out=left_out or {},
        by=actor(by),
        at=after(solicitation, hours=5),
    )


def discussed(solicitation, *, by="contracting_officer", topics=None):
    """The officer opens discussions with both vendors, or about these topics."""
    words = {
        offer_of(solicitation, part).pk: f"The support plan of {part} is thin."
        for part in VENDORS
    }
    return open_discussions(
        solicitation_id=solicitation.pk,
        topics=words if topics is None else topics,
        by=actor(by),
        at=after(solicitation, hours=6),
    )


def cutoff_of(solicitation):
    """Two days after discussions were opened."""
    return after(solicitation, hours=6) + timedelta(days=2)


def requested(solicitation, *, by="contracting_officer", cutoff=None):
    """The officer requests final revisions."""
    return request_revisions(
        solicitation_id=solicitation.pk,
        cutoff=cutoff or cutoff_of(solicitation),
        by=actor(by),
        at=after(solicitation, hours=7),
    )


@remembered
def both_in_range() -> Solicitation:
    """Both offers are rated, locked and in the competitive range."""
    solicitation = locked_ratings()
    determined(solicitation)
    return solicitation


@remembered
def open_exchanges() -> Solicitation:
    """Discussions are open with both vendors."""
    solicitation = both_in_range()
    discussed(solicitation)
    return solicitation


@remembered
def revisions_due() -> Solicitation:
    """Final revisions are requested from both by one cutoff."""
    solicitation = open_exchanges()
    requested(solicitation)
    return solicitation


def revised(solicitation, *, part="vendor_b_signer", by=None, at=None, **offer):
    """Larkspur hands in a final revision at 70 % of list, an hour before the cutoff."""
    stated = {"percent_of_list": 70, "technical": "We add a named engineer.", **offer}
    return revise_submission(
        submission_id=offer_of(solicitation, part).pk,
        offer=offer_on(solicitation, **stated),
        by=actor(by or part),
        at=at or cutoff_of(solicitation) - timedelta(hours=1),
    )


def revisions_opened_by(solicitation, part, *, at=None, passphrase=PASSPHRASE):
    """One opener gives a share for the final revisions, an hour after the cutoff."""
    return open_revisions(
        solicitation_id=solicitation.pk,
        passphrase=passphrase,
        by=actor(part),
        at=at or cutoff_of(solicitation) + timedelta(hours=1),
    )


@remembered
def opened_revisions() -> Solicitation:
    """Larkspur's final revision is open; Meridian has handed in none."""
    solicitation = revisions_due()
    revised(solicitation)
    for part in ("contract_specialist", "contracting_officer"):
        revisions_opened_by(solicitation, part)
    return solicitation
