"""What became of tokens that were ordered and not used."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from contracting.core.models import AppendOnly
from contracting.ledger.models.funds import dollars_field, tokens_field
from contracting.ledger.states import Residual


class ResidualTokens(AppendOnly):
    """Tokens of a line that expired, rolled over to another line, or were refunded.

    ``dollars`` are the funds that were bound to the line and went back with them.
    """

    contract_id = models.BigIntegerField(db_index=True)
    stream = models.CharField(max_length=80, help_text="Audit stream of the contract.")
    disposition = models.CharField(max_length=12, choices=Residual.choices)
    holder_kind = models.CharField(max_length=60)
    holder_id = models.BigIntegerField()
    to_holder_kind = models.CharField(max_length=60, blank=True)
    to_holder_id = models.BigIntegerField(null=True, blank=True)
    tokens = tokens_field("Ordered on the line and not used.")
    dollars = dollars_field("Funds of the line that went back with them.")
    because_kind = models.CharField(max_length=60)
    because_id = models.BigIntegerField()
    settled_by_name = models.CharField(max_length=160)
    settled_by_user_id = models.BigIntegerField(null=True, blank=True)
    settled_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="the_tokens_of_a_line_are_settled_once",
                fields=["holder_kind", "holder_id"],
            ),
            models.CheckConstraint(
                name="what_is_left_of_a_line_is_above_nothing",
                condition=Q(tokens__gt=0, dollars__gte=0),
            ),
            models.CheckConstraint(
                name="tokens_roll_over_to_a_line_and_nothing_else_does",
                condition=Q(disposition="ROLLED_OVER", to_holder_id__isnull=False)
                | (~Q(disposition="ROLLED_OVER") & Q(to_holder_id__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tokens} tokens {self.get_disposition_display()}"
