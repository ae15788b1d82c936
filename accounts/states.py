"""Roles of the field, and the fields that a reviewer may review."""

from django.db.models import TextChoices


class OrganizationKind(TextChoices):
    """Which side of a contract an organization stands on."""

    AGENCY = "AGENCY", "agency"
    VENDOR = "VENDOR", "vendor"


class Role(TextChoices):
    """What a membership is for; a person acts in one membership at a time."""

    CONTRACTING_OFFICER = "CONTRACTING_OFFICER", "contracting officer"
    CONTRACT_SPECIALIST = "CONTRACT_SPECIALIST", "contract specialist"
    PROGRAM_MANAGER = "PROGRAM_MANAGER", "program manager"
    REVIEWER = "REVIEWER", "reviewer"
    EVALUATOR = "EVALUATOR", "evaluator"
    SOURCE_SELECTION_AUTHORITY = (
        "SOURCE_SELECTION_AUTHORITY",
        "source selection authority",
    )
    COR = "COR", "contracting officer's representative"
    FUNDS_CERTIFIER = "FUNDS_CERTIFIER", "funds certifier"
    PAYMENT_CERTIFIER = "PAYMENT_CERTIFIER", "payment certifier"
    AUDITOR = "AUDITOR", "auditor"
    ADMINISTRATOR = "ADMINISTRATOR", "administrator"
    VENDOR_MEMBER = "VENDOR_MEMBER", "vendor member"
    VENDOR_SIGNER = "VENDOR_SIGNER", "vendor signer"
    VENDOR_ADMINISTRATOR = "VENDOR_ADMINISTRATOR", "vendor administrator"


VENDOR_ROLES = frozenset(
    {Role.VENDOR_MEMBER, Role.VENDOR_SIGNER, Role.VENDOR_ADMINISTRATOR}
)


class ReviewField(TextChoices):
    """What a reviewer reviews for."""

    TECHNICAL = "TECHNICAL", "technical"
    LEGAL = "LEGAL", "legal"
    SECURITY = "SECURITY", "security"
    FINANCE = "FINANCE", "finance"
    SMALL_BUSINESS = "SMALL_BUSINESS", "small business"
