"""Registers the app with Django."""

from django.apps import AppConfig


class SubmissionsConfig(AppConfig):
    name = "contracting.submissions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """No solicitation is released before its openers have rehearsed its box."""
        from contracting.documents.queries import know_holders
        from contracting.documents.states import DocumentKind
        from contracting.solicitations.paperwork import put_on_the_sheet
        from contracting.solicitations.permissions import AT_RELEASE, hold_releasing
        from contracting.submissions.operations.seal import seal_box
        from contracting.submissions.paperwork import box_facts
        from contracting.submissions.permissions import has_rehearsed_box
        from contracting.submissions.queries import holds_receipt

        hold_releasing(has_rehearsed_box)
        put_on_the_sheet(box_facts)
        know_holders(DocumentKind.RECEIPT, holds_receipt)
        if seal_box not in AT_RELEASE:
            AT_RELEASE.append(seal_box)
