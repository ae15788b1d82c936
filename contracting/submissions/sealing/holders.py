"""The offer key of a vendor, and the people who hold it under their passphrases.

Versions of its offers are sealed to it beside the box, so that its own people can read
them again. It belongs to the organization and not to a solicitation: its rows tell
nothing of an offer, and no row of an offer tells of it.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django.db import models
from django.db.models import Q, QuerySet

from accounts.models import Membership
from accounts.queries import members
from accounts.states import Role
from contracting.audit.queries import events_of
from contracting.core.actors import Actor
from contracting.core.models import Addressed, AppendOnly, Timestamped
from contracting.core.subjects import Subject
from contracting.submissions.events import OFFER_KEY_MADE
from contracting.submissions.refusals import KeySwapped, WrongPassphrase
from contracting.submissions.sealing.keys import (
    PUBLIC_BYTES,
    decrypt_from,
    encrypt_to,
    fingerprint,
    is_point,
    new_key,
    new_pair,
    unlock,
)
from contracting.submissions.sealing.models import PersonalKey
from contracting.submissions.sealing.offers import WRAPPED_KEY_BYTES
from contracting.submissions.states import SealingMode

OFFERORS: Final = (Role.VENDOR_MEMBER, Role.VENDOR_SIGNER)


@dataclass(frozen=True, slots=True)
class MadeOfferKey:
    """A public half, and the private one encrypted to the key of each holder.

    :param copies: by the fingerprint of the holder's key
    """

    public: bytes
    copies: Mapping[str, bytes]


class HolderKey(PersonalKey):
    """One person's own key within a vendor: the offer key is encrypted to it."""

    PREFIX = "hlk"

    user = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="holder_keys"
    )
    organization = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT)
    chosen_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    chosen_at = models.DateTimeField()
    retired_at = models.DateTimeField(
        null=True, blank=True, help_text="Replaced by a later passphrase."
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_holder_has_one_key_in_force",
                fields=["user", "organization"],
                condition=Q(retired_at__isnull=True),
            ),
            models.CheckConstraint(
                name="a_holder_s_key_is_stretched", condition=Q(iterations__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"holder's key of {self.user}"

    @property
    def subject(self) -> Subject:
        """In the stream of the vendor, which no agency reads."""
        return Subject(
            "submissions.holder_key", self.pk, f"organization:{self.organization_id}"
        )


class OfferKey(Addressed, AppendOnly):
    """A public key that a vendor's offers are sealed to beside the box."""

    PREFIX = "ofk"

    organization = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT)
    public_key = models.BinaryField(help_text="A point of P-256, 65 bytes.")
    mode = models.CharField(max_length=10, choices=SealingMode.choices)
    made_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"offer key {self.public_id}"

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the public half."""
        return fingerprint(bytes(self.public_key))

    @property
    def subject(self) -> Subject:
        """In the stream of the vendor, which no agency reads."""
        return Subject(
            "submissions.offer_key", self.pk, f"organization:{self.organization_id}"
        )


class OfferKeyCopy(Timestamped):
    """The private half of an offer key, encrypted to the key of one holder.

    Only a rotation deletes it, and the database sees to that.
    """

    offer_key = models.ForeignKey(
        OfferKey, on_delete=models.PROTECT, related_name="copies"
    )
    holder_key = models.ForeignKey(
        HolderKey, on_delete=models.PROTECT, related_name="copies"
    )
    wrapped = models.BinaryField()
    given_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_holder_has_one_copy_of_an_offer_key",
                fields=["offer_key", "holder_key"],
            ),
        ]

    def __str__(self) -> str:
        return f"copy of {self.offer_key_id} for {self.holder_key_id}"

    def private_half(self, own: bytes) -> bytes:
        """The private half of the offer key, with that of its holder.

        :raises SealBroken: with another private half, or if it was altered
        """
        binding = copy_binding(
            self.offer_key.fingerprint, fingerprint(bytes(self.holder_key.public_key))
        )
        return decrypt_from(bytes(self.wrapped), private=own, binding=binding)


def made_offer_key(told: dict[str, Any]) -> MadeOfferKey:
    """The offer key that a browser tells of.

    :raises AttributeError, KeyError, TypeError, ValueError: if it is something else
    """
    public = base64.b64decode(told["public"], validate=True)
    return MadeOfferKey(public, made_copies(told["copies"]))


def made_copies(told: dict[str, str]) -> dict[str, bytes]:
    """Copies that a browser tells of, by what they are for.

    :raises AttributeError, TypeError, ValueError: if it is something else
    """
    return {
        str(name): base64.b64decode(text, validate=True) for name, text in told.items()
    }


def copy_binding(offer_key: str, holder_key: str) -> str:
    """What a copy is and whose, by the fingerprints of both keys."""
    return f"drawdown/v1/offer-key-copy/{offer_key}/{holder_key}"


def copy_for(holder: HolderKey, *, public: bytes, private: bytes) -> bytes:
    """An offer key's private half, encrypted to the key of a holder."""
    binding = copy_binding(fingerprint(public), holder.fingerprint)
    return encrypt_to(bytes(holder.public_key), private, binding=binding)


def opened_by(holder: HolderKey | None, passphrase: str) -> bytes:
    """The private half of a holder's own key.

    :raises WrongPassphrase: with another passphrase, or if nobody has chosen one
    """
    try:
        if holder is not None:
            return unlock(holder.locked, passphrase)
    except WrongPassphrase:
        pass
    message = (
        "This passphrase does not open your key. Nothing was read or shared. Type the "
        "one you chose for the offer key; it is not your login's password."
    )
    raise WrongPassphrase(message)


def wrapped_for_nobody() -> bytes:
    """What stands where a vendor has no offer key: it is told from none that has."""
    return encrypt_to(new_pair().public, new_key(), binding="drawdown/v1/nobody")


def is_wrapped(secret: bytes) -> bool:
    """Whether these bytes are of the form of a key that is encrypted to a key."""
    return len(secret) == WRAPPED_KEY_BYTES and is_point(secret[:PUBLIC_BYTES])


def holder_key_of(by: Actor) -> HolderKey | None:
    """The key that the acting person has chosen within their vendor, if they have."""
    return _in_force(by.organization_id or 0).filter(user_id=by.user_id or 0).first()


def offer_key_of(organization_id: int | None) -> OfferKey | None:
    """The key that a vendor's next version is sealed to: the last one made.

    There is none once nobody is left who holds it.
    """
    made = OfferKey.objects.filter(organization_id=organization_id or 0)
    last = made.order_by("-pk").first()
    return last if last is not None and holders_of(last) else None


def holders_of(key: OfferKey) -> list[HolderKey]:
    """Who can read what is sealed to it, as far as anybody can know, by name."""
    return list(_able(key.organization_id).filter(copies__offer_key=key))


def waiting_holders(key: OfferKey) -> list[HolderKey]:
    """Colleagues with a passphrase, with whom this key is not shared, by name."""
    return list(_able(key.organization_id).exclude(copies__offer_key=key))


def copies_of(holder: HolderKey | None) -> list[OfferKeyCopy]:
    """The offer keys that a person holds, the newest first."""
    found = OfferKeyCopy.objects.filter(holder_key_id=holder.pk if holder else 0)
    return list(found.select_related("offer_key", "holder_key").order_by("-offer_key"))


def copies_of_others(
    organization_id: int, staying: list[HolderKey]
) -> QuerySet[OfferKeyCopy]:
    """Every copy within a vendor that is not of one of these people."""
    copies = OfferKeyCopy.objects.filter(offer_key__organization_id=organization_id)
    return copies.exclude(holder_key__user__in=[each.user_id for each in staying])


def offer_key_for(by: Actor) -> OfferKey | None:
    """The offer key of the vendor, with the fingerprint that its making recorded.

    :raises KeySwapped: if another one was recorded
    """
    own = offer_key_of(by.own_organization_id)
    if own is not None and own.fingerprint != recorded_fingerprint(own):
        message = (
            "The offer key of your organization is not the one that was recorded when "
            "it was made. Your offer was not sealed to it and nothing of it was kept. "
            "Replace the offer key, and tell whoever runs this site."
        )
        raise KeySwapped(message)
    return own


def recorded_fingerprint(key: OfferKey) -> str:
    """The fingerprint that the audit recorded when the key was made; or empty."""
    found = events_of(key.subject).filter(event=OFFER_KEY_MADE.code).first()
    return "" if found is None else str(found.read["data"]["offer_key"])


def _in_force(organization_id: int) -> QuerySet[HolderKey]:
    found = HolderKey.objects.filter(
        organization_id=organization_id, retired_at__isnull=True
    )
    return found.select_related("user")


def _able(organization_id: int) -> QuerySet[HolderKey]:
    """Keys in force of those who may hand in offers for the vendor now."""
    people: QuerySet[Membership] = members(organization_id, *OFFERORS)
    found = _in_force(organization_id).filter(user__in=people.values("user"))
    return found.order_by("user__name", "pk")
