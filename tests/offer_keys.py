"""The offer key of a vendor: who holds it, built through the real verbs."""

from __future__ import annotations

from contracting.submissions.models import HolderKey, OfferKey
from contracting.submissions.operations.hold import hold_offer_key
from contracting.submissions.operations.share import share_offer_key
from contracting.submissions.sealing.holders import (
    copies_of,
    holder_key_of,
    offer_key_of,
    opened_by,
)
from tests.cast import AT, actor
from tests.remembered import remembered

READING = "eight brown otters at dawn"
"""The passphrase with which the tests' vendors read their offers again."""


@remembered
def chosen_passphrase(*, by: str = "vendor_a_signer") -> HolderKey:
    """Somebody of a vendor has chosen a passphrase; the first one holds the key."""
    return hold_offer_key(passphrase=READING, by=actor(by), at=AT)


@remembered
def shared_offer_key() -> HolderKey:
    """Meridian's signer holds the offer key, and has shared it with its member."""
    chosen_passphrase()
    colleague = chosen_passphrase(by="vendor_a_member")
    return share_offer_key(
        holder=colleague.public_id,
        passphrase=READING,
        by=actor("vendor_a_signer"),
        at=AT,
    )


def the_offer_key(part: str = "vendor_a_signer") -> OfferKey:
    """The offer key in force of somebody's vendor."""
    key = offer_key_of(actor(part).organization_id)
    assert key is not None
    return key


def private_halves(part: str, passphrase: str = READING) -> set[bytes]:
    """The private halves of every offer key that somebody holds."""
    own = holder_key_of(actor(part))
    private = opened_by(own, passphrase)
    return {copy.private_half(private) for copy in copies_of(own)}
