"""Interest that was paid at a rate which was corrected afterwards."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from contracting.core.actors import Actor
from contracting.core.quantities import Dollars, total_dollars
from contracting.payments.models import CertifiedAcceptance, Payment
from contracting.payments.queries import payments_visible_to
from contracting.payments.queries.clocks import interest_of
from contracting.reference.models import Threshold
from contracting.reference.states import RateCode


@dataclass(frozen=True, slots=True)
class Corrected:
    """A late payment, and its interest by the rates that are in force now."""

    payment: Payment
    interest: Dollars

    @property
    def more(self) -> Dollars:
        """What the vendor is owed beside what it got; below zero it got too much."""
        return self.interest - Dollars(self.payment.interest_dollars)

    @property
    def size(self) -> Dollars:
        """The difference without its sign."""
        return max(self.more, -self.more)


def interest_corrected(payment: Payment) -> Corrected | None:
    """The interest of a payment by the rates in force; ``None`` if it is what was paid.

    The vendor is owed the published rate, whatever was recorded, and errors in
    computing interest are adjusted (31 U.S.C. 3902(a), 5 CFR 1315.10(a)(2)). Only a
    rate that was corrected since can change it.

    :raises RateMissing: if the corrected rate is of other days and none is loaded
    """
    certification = payment.certification
    if certification.is_returned or not _corrections(payment).exists():
        return None
    parts = interest_of(certification, payment.paid_on)
    now = total_dollars(each.interest for each in parts).to_cents()
    found = Corrected(payment, now)
    return found if found.more else None


def payments_corrected(actor: Actor) -> list[Corrected]:
    """The payments that an actor sees of which the interest is another one now."""
    late = CertifiedAcceptance.objects.filter(
        certification=OuterRef("certification"),
        interest_after__lt=OuterRef("paid_on"),
    )
    last = _superseded().order_by("-superseded_at").first()
    if last is None:
        return []
    rows = payments_visible_to(actor).filter(paid_at__lt=last.superseded_at)
    found = map(interest_corrected, rows.filter(Exists(late)).order_by("pk"))
    return [each for each in found if each is not None]


def _superseded() -> QuerySet[Threshold]:
    rows = Threshold.objects.filter(code=RateCode.PROMPT_PAYMENT)
    return rows.exclude(superseded_at=None)


def _corrections(payment: Payment) -> QuerySet[Threshold]:
    return _superseded().filter(superseded_at__gt=payment.paid_at)
