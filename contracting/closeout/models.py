"""Close-out: what was ordered, used, paid and given back, and who signed for it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from contracting.core.models import Addressed, AppendOnly
from contracting.ledger.states import Residual


class ClaimsRelease(Addressed, AppendOnly):
    """The vendor's word that it claims nothing more, and what it gives up by that.

    Of an order: usage that is not accepted (FAR 4.804-5). Of a contract: what its
    guaranteed minimum leaves unpaid (FAR 16.504(a)(1)). The latest one counts.
    """

    PREFIX = "rel"

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="releases"
    )
    order = models.ForeignKey(
        "orders.TaskOrder",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="releases",
    )
    dollars = models.DecimalField(
        max_digits=24, decimal_places=12, help_text="Given up, exact."
    )
    tokens = models.BigIntegerField(help_text="Used and not accepted.")
    statement = models.TextField()
    signed_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    signed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="what_is_given_up_is_never_negative",
                condition=Q(dollars__gte=0, tokens__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"release of {self.order or self.contract}"


class CompletionStatement(Addressed, AppendOnly):
    """The contract completion statement of an order or a contract (FAR 4.804-5)."""

    PREFIX = "cls"

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="completions"
    )
    order = models.OneToOneField(
        "orders.TaskOrder",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="completion",
    )
    figures = models.JSONField(help_text="Ordered, used, accepted, paid, returned.")
    residual_tokens = models.BigIntegerField()
    deobligated_dollars = models.DecimalField(max_digits=18, decimal_places=2)
    remarks = models.TextField(blank=True)
    signed_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    signed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_contract_is_closed_out_once",
                fields=["contract"],
                condition=Q(order__isnull=True),
            ),
            models.CheckConstraint(
                name="residual_tokens_are_never_negative",
                condition=Q(residual_tokens__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"completion of {self.order or self.contract}"

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/close_outs/{self.public_id}"

    @property
    def closed(self) -> str:
        """The number of what was closed out."""
        return (self.order.piid if self.order else self.contract.piid) or ""


class LegalHold(Addressed, AppendOnly):
    """Nothing of a contract's file is disposed of while it stands (FAR 4.805)."""

    PREFIX = "hold"

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="legal_holds"
    )
    matter = models.CharField(max_length=200, help_text="The case or inquiry.")
    reason = models.TextField()
    placed_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+"
    )
    placed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_legal_hold_names_its_matter",
                condition=~Q(matter="") & ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"legal hold for {self.matter}"


class LegalHoldRelease(AppendOnly):
    """The end of a legal hold."""

    hold = models.OneToOneField(
        LegalHold, on_delete=models.PROTECT, related_name="release"
    )
    reason = models.TextField()
    released_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+"
    )
    released_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_legal_hold_is_released_for_a_reason",
                condition=~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"release of {self.hold}"


class ResidualTerms(AppendOnly):
    """What the contract says of tokens that an order does not use; the last counts."""

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="residual_terms"
    )
    disposition = models.CharField(max_length=12, choices=Residual.choices)
    source = models.CharField(max_length=200, help_text="The clause that says so.")
    recorded_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+"
    )
    terms_recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="terms_on_unused_tokens_name_their_clause",
                condition=~Q(source=""),
            ),
        ]

    def __str__(self) -> str:
        return f"unused tokens are {self.get_disposition_display()}"
