"""The page on which an agreement is reviewed each year."""

from __future__ import annotations

from typing import Any

from contracting.contracts import forms, permissions
from contracting.contracts.models import Contract
from contracting.contracts.operations.review_agreement import review_agreement
from contracting.contracts.queries.agreements import review_due_on, reviews_of
from contracting.contracts.views.awards import ContractOperationView
from contracting.ledger.queries import contract_balance


class ReviewAgreementView(ContractOperationView):
    """Is this agreement still worth calling on?"""

    template_name = "contracts/review_agreement.html"
    form_class = forms.ReviewAgreementForm
    submit_label = "Record the review"
    done_message = "The review is on record, and the next one is due in its time."
    can = staticmethod(permissions.can_review_agreement)
    operation = staticmethod(review_agreement)
    takes = ("is_best_value", "findings", "reductions")

    def extra(self, thing: Contract) -> dict[str, Any]:
        return super().extra(thing) | {  # noqa: S610
            "balance": contract_balance(thing.pk),
            "due_on": review_due_on(thing),
            "is_late": self.today(thing) > (review_due_on(thing) or self.today(thing)),
            "reviews": reviews_of(thing),
        }
