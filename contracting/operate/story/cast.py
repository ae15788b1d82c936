"""Who plays the story: an agency, three vendors, and a person for each role."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from accounts.models import Membership, Organization
from accounts.operations.create_organization import create_organization
from accounts.operations.grant_membership import grant_membership
from accounts.operations.issue_api_key import issue_api_key
from accounts.operations.issue_warrant import issue_warrant
from accounts.operations.register_user import register_user
from accounts.queries import (
    DEMO_PASSPHRASE,
    DEMO_PASSWORD,
    actor_of,
    actor_of_key,
)
from accounts.states import OrganizationKind, ReviewField, Role, Scope
from contracting.approvals.operations.adopt import StepTerms, adopt_policy
from contracting.core.actors import SYSTEM, Actor
from contracting.core.quantities import Dollars
from contracting.ledger.operations.allot import allot_funds
from contracting.ledger.operations.create import create_line_of_accounting
from contracting.metering.operations.register import register_source
from contracting.operate.story import times
from contracting.operate.story.times import Calendar
from contracting.submissions.operations.enrol import enrol_opener

SOURCE: Final = "urn:gateway:civic-records"
WARRANT: Final = Dollars("5000000.00")
FUNDS: Final = Dollars("250000.00")

AGENCY: Final = "Department of Civic Records"
NORTHLIGHT: Final = "Northlight Models"
HARBORLINE: Final = "Harborline AI"
TIDEWATER: Final = "Tidewater Compute"
ELSEWHERE: Final = "Office of Elsewhere"

ORGANIZATIONS: Final[dict[str, dict[str, str]]] = {
    AGENCY: {
        "kind": OrganizationKind.AGENCY,
        "aac": "75C401",
        "time_zone": times.ZONE,
        "address": "100 Example Avenue NW\nWashington, DC 20001",
    },
    ELSEWHERE: {
        "kind": OrganizationKind.AGENCY,
        "aac": "91E402",
        "time_zone": "America/Chicago",
        "address": "200 Other Street\nChicago, IL 60601",
    },
    NORTHLIGHT: {
        "kind": OrganizationKind.VENDOR,
        "uei": "NRTHL1GHTMD5",
        "cage": "1NLM5",
        "address": "1 Northlight Way\nAustin, TX 78701",
        "remit_to": "Northlight Models, PO Box 1, Austin, TX 78701",
        "tin_last4": "1111",
    },
    HARBORLINE: {
        "kind": OrganizationKind.VENDOR,
        "uei": "HRBRL2NEABC6",
        "cage": "2HLA6",
        "address": "2 Harbor Lane\nBoise, ID 83702",
        "remit_to": "Harborline AI, PO Box 2, Boise, ID 83702",
        "tin_last4": "2222",
    },
    TIDEWATER: {
        "kind": OrganizationKind.VENDOR,
        "uei": "TDWTR3QFGHJ7",
        "cage": "3TWC7",
        "address": "3 Tidewater Road\nNorfolk, VA 23510",
        "remit_to": "Tidewater Compute, PO Box 3, Norfolk, VA 23510",
        "tin_last4": "3333",
    },
}


@dataclass(frozen=True, slots=True)
class Part:
    """One part: who plays it, for whom, in which role."""

    name: str
    organization: str
    role: Role
    review_field: str = ""

    @property
    def email(self) -> str:
        """The address to log in with."""
        return f"{self.name.lower().replace(' ', '.')}@example.test"


PARTS: Final[dict[str, Part]] = {
    "administrator": Part("Priya Anand", AGENCY, Role.ADMINISTRATOR),
    "program_manager": Part("Dana Whitfield", AGENCY, Role.PROGRAM_MANAGER),
    "contract_specialist": Part("Cleo Marsh", AGENCY, Role.CONTRACT_SPECIALIST),
    "contracting_officer": Part("Maria Ortiz", AGENCY, Role.CONTRACTING_OFFICER),
    "second_officer": Part("Ben Okafor", AGENCY, Role.CONTRACTING_OFFICER),
    "technical_reviewer": Part(
        "Eli Novak", AGENCY, Role.REVIEWER, ReviewField.TECHNICAL
    ),
    "legal_reviewer": Part("Fay Lindqvist", AGENCY, Role.REVIEWER, ReviewField.LEGAL),
    "security_reviewer": Part(
        "Gus Romero", AGENCY, Role.REVIEWER, ReviewField.SECURITY
    ),
    "finance_reviewer": Part("Hal Brandt", AGENCY, Role.REVIEWER, ReviewField.FINANCE),
    "evaluator": Part("Ida Kowalski", AGENCY, Role.EVALUATOR),
    "second_evaluator": Part("Jon Price", AGENCY, Role.EVALUATOR),
    "source_selection_authority": Part(
        "Kim Sato", AGENCY, Role.SOURCE_SELECTION_AUTHORITY
    ),
    "cor": Part("Lee Carver", AGENCY, Role.COR),
    "funds_certifier": Part("Mia Torres", AGENCY, Role.FUNDS_CERTIFIER),
    "payment_certifier": Part("Ned Gallagher", AGENCY, Role.PAYMENT_CERTIFIER),
    "auditor": Part("Ola Svensson", AGENCY, Role.AUDITOR),
    "northlight_signer": Part("Quinn Avery", NORTHLIGHT, Role.VENDOR_SIGNER),
    "northlight_member": Part("Ria Patel", NORTHLIGHT, Role.VENDOR_MEMBER),
    "northlight_administrator": Part(
        "Sol Greene", NORTHLIGHT, Role.VENDOR_ADMINISTRATOR
    ),
    "harborline_signer": Part("Tia Romano", HARBORLINE, Role.VENDOR_SIGNER),
    "harborline_administrator": Part("Vic Dunn", HARBORLINE, Role.VENDOR_ADMINISTRATOR),
    "tidewater_signer": Part("Una Brooks", TIDEWATER, Role.VENDOR_SIGNER),
    "elsewhere_officer": Part("Wes Harmon", ELSEWHERE, Role.CONTRACTING_OFFICER),
}

OPENERS: Final = (
    "contract_specialist",
    "contracting_officer",
    "legal_reviewer",
    "second_officer",
    "security_reviewer",
)
NEEDED: Final = 3
"""So many of the openers open the offers together."""

POLICIES: Final[dict[str, tuple[StepTerms, ...]]] = {
    "solicitation": (
        StepTerms(1, Role.REVIEWER, ReviewField.TECHNICAL),
        StepTerms(2, Role.REVIEWER, ReviewField.LEGAL),
    ),
    "task_order": (
        StepTerms(1, Role.REVIEWER, ReviewField.TECHNICAL),
        StepTerms(1, Role.REVIEWER, ReviewField.FINANCE),
        StepTerms(2, Role.REVIEWER, ReviewField.SECURITY),
    ),
}


@dataclass(slots=True)
class Cast:
    """Everybody, by the name of their part, and what was set up for them."""

    actors: dict[str, Actor] = field(default_factory=dict)
    organizations: dict[str, Organization] = field(default_factory=dict)
    line_of_accounting_id: int = 0
    source_id: int = 0
    gateway_key: str = ""
    gateway: Actor = SYSTEM
    vendor_key: str = ""
    vendor_system: Actor = SYSTEM

    def __getitem__(self, part: str) -> Actor:
        return self.actors[part]

    def membership(self, part: str) -> int:
        """The membership in which a part is played."""
        return self.actors[part].own_membership_id


def engage(calendar: Calendar) -> Cast:
    """Set up the agency, the vendors, their people, policies, funds and machines."""
    at = calendar.at(times.STARTS, 9)
    cast = Cast()
    for name, particulars in ORGANIZATIONS.items():
        cast.organizations[name] = create_organization(
            name=name, by=SYSTEM, at=at, **particulars
        )
    for part_name, part in PARTS.items():
        cast.actors[part_name] = _hire(part, cast.organizations[part.organization], at)
    for part_name in OPENERS:
        enrol_opener(passphrase=DEMO_PASSPHRASE, by=cast[part_name], at=at)
    _give_warrants(cast, calendar, at)
    _adopt_policies(cast, calendar, at)
    _fund(cast, calendar, at)
    _connect_machines(cast, at)
    return cast


def _hire(part: Part, organization: Organization, at: datetime) -> Actor:
    user = register_user(
        email=part.email, name=part.name, password=DEMO_PASSWORD, by=SYSTEM, at=at
    )
    membership: Membership = grant_membership(
        organization_id=organization.pk,
        user_id=user.pk,
        role=part.role,
        review_field=part.review_field,
        by=SYSTEM,
        at=at,
    )
    return actor_of(membership)


def _give_warrants(cast: Cast, calendar: Calendar, at: datetime) -> None:
    officers = ("contracting_officer", "second_officer", "elsewhere_officer")
    for number, part in enumerate(officers, start=1):
        issue_warrant(
            membership_id=cast.membership(part),
            number=f"DCR-{number:04d}",
            limit=WARRANT,
            valid_from=calendar.day(-400),
            valid_to=calendar.day(1000),
            by=SYSTEM,
            at=at,
        )


def _adopt_policies(cast: Cast, calendar: Calendar, at: datetime) -> None:
    for kind, steps in POLICIES.items():
        adopt_policy(
            agency_id=cast.organizations[AGENCY].pk,
            kind=kind,
            title=f"Review of every {kind.replace('_', ' ')}",
            steps=steps,
            valid_from=calendar.day(times.STARTS),
            by=SYSTEM,
            at=at,
        )


def _fund(cast: Cast, calendar: Calendar, at: datetime) -> None:
    agency = cast.organizations[AGENCY]
    first, last = calendar.funds_from.year + 1, calendar.funds_to.year
    line = create_line_of_accounting(
        agency_id=agency.pk,
        label="AI services, salaries and expenses",
        treasury_account_symbol=f"075-{first}/{last}-0101-000",
        appropriation="Salaries and expenses",
        funds_available_from=calendar.funds_from,
        funds_available_to=calendar.funds_to,
        fund_year=first,
        object_class="25.7",
        acrn_hint="AA",
        by=cast["funds_certifier"],
        at=at,
    )
    allot_funds(
        line_of_accounting_id=line.pk, dollars=FUNDS, by=cast["funds_certifier"], at=at
    )
    cast.line_of_accounting_id = line.pk


def _connect_machines(cast: Cast, at: datetime) -> None:
    agency, vendor = cast.organizations[AGENCY], cast.organizations[NORTHLIGHT]
    source = register_source(
        agency_id=agency.pk,
        code=SOURCE,
        label="Agency AI gateway",
        by=cast["administrator"],
        at=at,
    )
    cast.source_id = source.pk
    gateway = issue_api_key(
        organization_id=agency.pk,
        label="Agency AI gateway",
        scopes=[Scope.USAGE_WRITE, Scope.USAGE_READ, Scope.ORDERS_READ],
        sources=[SOURCE],
        expires_at=at + timedelta(days=360),
        by=cast["administrator"],
        at=at,
    )
    cast.gateway_key, cast.gateway = gateway.text, actor_of_key(gateway.key)
    vendor_key = issue_api_key(
        organization_id=vendor.pk,
        label="Northlight billing system",
        scopes=[Scope.REPORTS_WRITE, Scope.INVOICES_WRITE],
        expires_at=at + timedelta(days=360),
        by=cast["northlight_administrator"],
        at=at,
    )
    cast.vendor_key, cast.vendor_system = (
        vendor_key.text,
        actor_of_key(vendor_key.key),
    )
