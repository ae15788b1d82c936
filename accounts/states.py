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


SOURCE_SELECTION_ROLES = frozenset(
    {
        Role.CONTRACTING_OFFICER,
        Role.CONTRACT_SPECIALIST,
        Role.EVALUATOR,
        Role.SOURCE_SELECTION_AUTHORITY,
        Role.AUDITOR,
    }
)


class ReviewField(TextChoices):
    """What a reviewer reviews for."""

    TECHNICAL = "TECHNICAL", "technical"
    LEGAL = "LEGAL", "legal"
    SECURITY = "SECURITY", "security"
    FINANCE = "FINANCE", "finance"
    SMALL_BUSINESS = "SMALL_BUSINESS", "small business"
    COMPETITION = "COMPETITION", "competition advocate"
    ACTIVITY_HEAD = "ACTIVITY_HEAD", "head of activity"
    EXECUTIVE = "EXECUTIVE", "procurement executive"


class Scope(TextChoices):
    """What a machine's key may do; approving, signing and opening are not among it."""

    USAGE_READ = "usage:read", "read usage"
    USAGE_WRITE = "usage:write", "send usage events"
    REPORTS_READ = "reports:read", "read usage reports"
    REPORTS_WRITE = "reports:write", "send usage reports"
    INVOICES_READ = "invoices:read", "read invoices"
    INVOICES_WRITE = "invoices:write", "send invoices"
    REQUISITIONS_READ = "requisitions:read", "read requisitions"
    SOLICITATIONS_READ = "solicitations:read", "read solicitations"
    SOLICITATIONS_WRITE = "solicitations:write", "release approved solicitations"
    SUBMISSIONS_READ = "submissions:read", "read receipts of submissions"
    DRAFTS_WRITE = "drafts:write", "send files to drafts of offers"
    CONTRACTS_READ = "contracts:read", "read contracts"
    ORDERS_READ = "orders:read", "read task orders"
    RECONCILIATION_READ = "reconciliation:read", "read reconciliations"
    RECOUNTS_WRITE = "recounts:write", "send recounted samples"
    PAYMENTS_READ = "payments:read", "read payments"
    PAYMENTS_WRITE = "payments:write", "exchange batches and answers with finance"
    DOCUMENTS_READ = "documents:read", "read documents"
    DOCUMENTS_WRITE = "documents:write", "hand in signed copies of documents"
    REFERENCE_READ = "reference:read", "read reference data"


AGENCY_ONLY_SCOPES = frozenset(
    {
        Scope.USAGE_WRITE,
        Scope.PAYMENTS_WRITE,
        Scope.RECOUNTS_WRITE,
        Scope.REQUISITIONS_READ,
        Scope.SOLICITATIONS_WRITE,
    }
)
VENDOR_ONLY_SCOPES = frozenset(
    {
        Scope.REPORTS_WRITE,
        Scope.INVOICES_WRITE,
        Scope.SUBMISSIONS_READ,
        Scope.DRAFTS_WRITE,
    }
)
