"""The people: one fixed cast by role, and the helpers to act as one of them.

The cast is built once, in the database that every test works on a copy of. A fixture
named after a role is the actor; ``person`` gives its user, ``client_for`` a browser.
"""

from __future__ import annotations

import functools
import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from accounts.models import ApiKey, Membership, Organization, User, Warrant
from accounts.queries import SESSION_KEY, actor_of, actor_of_key
from accounts.states import OrganizationKind, ReviewField, Role, Scope
from contracting.approvals.models import Policy, PolicyStep
from contracting.core.actors import Actor
from tests.remembered import memory

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
AGENCY = "Department of Examples"
OTHER_AGENCY = "Bureau of Elsewhere"
VENDOR_A = "Meridian Models"
VENDOR_B = "Larkspur AI"
OTHER_VENDOR = "Outsider Compute"
PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Part:
    """One part in the cast: who plays it, where, in which role."""

    name: str
    organization: str
    role: Role
    review_field: str = ""

    @property
    def email(self) -> str:
        return f"{self.name.lower().replace(' ', '.')}@example.test"


PARTS = {
    "contracting_officer": Part("Ada Officer", AGENCY, Role.CONTRACTING_OFFICER),
    "second_contracting_officer": Part("Ben Officer", AGENCY, Role.CONTRACTING_OFFICER),
    "contract_specialist": Part("Cleo Specialist", AGENCY, Role.CONTRACT_SPECIALIST),
    "program_manager": Part("Dev Manager", AGENCY, Role.PROGRAM_MANAGER),
    "technical_reviewer": Part(
        "Eli Technical", AGENCY, Role.REVIEWER, ReviewField.TECHNICAL
    ),
    "legal_reviewer": Part("Fay Legal", AGENCY, Role.REVIEWER, ReviewField.LEGAL),
    "security_reviewer": Part(
        "Gus Security", AGENCY, Role.REVIEWER, ReviewField.SECURITY
    ),
    "finance_reviewer": Part("Hal Finance", AGENCY, Role.REVIEWER, ReviewField.FINANCE),
    "evaluator": Part("Ida Evaluator", AGENCY, Role.EVALUATOR),
    "second_evaluator": Part("Jon Evaluator", AGENCY, Role.EVALUATOR),
    "source_selection_authority": Part(
        "Kim Selection", AGENCY, Role.SOURCE_SELECTION_AUTHORITY
    ),
    "cor": Part("Lee Representative", AGENCY, Role.COR),
    "funds_certifier": Part("Mia Funds", AGENCY, Role.FUNDS_CERTIFIER),
    "payment_certifier": Part("Ned Payment", AGENCY, Role.PAYMENT_CERTIFIER),
    "auditor": Part("Ola Auditor", AGENCY, Role.AUDITOR),
    "administrator": Part("Pia Administrator", AGENCY, Role.ADMINISTRATOR),
    "vendor_a_signer": Part("Quin Meridian", VENDOR_A, Role.VENDOR_SIGNER),
    "vendor_a_member": Part("Ria Meridian", VENDOR_A, Role.VENDOR_MEMBER),
    "vendor_a_administrator": Part("Sol Meridian", VENDOR_A, Role.VENDOR_ADMINISTRATOR),
    "vendor_b_signer": Part("Tia Larkspur", VENDOR_B, Role.VENDOR_SIGNER),
    "vendor_b_member": Part("Uma Larkspur", VENDOR_B, Role.VENDOR_MEMBER),
    "vendor_b_administrator": Part("Vic Larkspur", VENDOR_B, Role.VENDOR_ADMINISTRATOR),
    "other_agency_officer": Part(
        "Wes Elsewhere", OTHER_AGENCY, Role.CONTRACTING_OFFICER
    ),
    "other_vendor_signer": Part("Xia Outsider", OTHER_VENDOR, Role.VENDOR_SIGNER),
}

ORGANIZATIONS: dict[str, dict[str, str]] = {
    AGENCY: {
        "kind": OrganizationKind.AGENCY,
        "aac": "75D301",
        "time_zone": "America/New_York",
        "address": "100 Example Avenue NW\nWashington, DC 20001",
    },
    OTHER_AGENCY: {
        "kind": OrganizationKind.AGENCY,
        "aac": "91E002",
        "time_zone": "America/Chicago",
        "address": "200 Other Street\nChicago, IL 60601",
    },
    VENDOR_A: {
        "kind": OrganizationKind.VENDOR,
        "uei": "MERD1ANMDLS5",
        "cage": "1MER5",
        "address": "1 Meridian Way\nAustin, TX 78701",
        "remit_to": "Meridian Models, PO Box 1, Austin, TX 78701",
        "tin_last4": "1111",
    },
    VENDOR_B: {
        "kind": OrganizationKind.VENDOR,
        "uei": "LRKSPR2ABCD6",
        "cage": "2LAR6",
        "address": "2 Larkspur Lane\nBoise, ID 83702",
        "remit_to": "Larkspur AI, PO Box 2, Boise, ID 83702",
        "tin_last4": "2222",
    },
    OTHER_VENDOR: {
        "kind": OrganizationKind.VENDOR,
        "uei": "UTSDR3ABCDE7",
        "cage": "3UTS7",
        "address": "3 Outsider Road\nReno, NV 89501",
        "remit_to": "Outsider Compute, PO Box 3, Reno, NV 89501",
        "tin_last4": "3333",
    },
}

WARRANTS = {
    "contracting_officer": ("W-0001", "10000000.00"),
    "second_contracting_officer": ("W-0002", "10000000.00"),
    "other_agency_officer": ("W-0003", "10000000.00"),
}

KEYS = {
    "gateway": (
        AGENCY,
        "AI gateway",
        [Scope.USAGE_READ, Scope.USAGE_WRITE, Scope.ORDERS_READ, Scope.CONTRACTS_READ],
        ["gateway"],
    ),
    "vendor_a_machine": (
        VENDOR_A,
        "Meridian billing",
        [
            Scope.ORDERS_READ,
            Scope.REPORTS_READ,
            Scope.REPORTS_WRITE,
            Scope.INVOICES_READ,
            Scope.INVOICES_WRITE,
            Scope.SUBMISSIONS_READ,
            Scope.DRAFTS_WRITE,
        ],
        [],
    ),
    "other_agency_gateway": (
        OTHER_AGENCY,
        "Elsewhere gateway",
        [Scope.USAGE_READ, Scope.USAGE_WRITE, Scope.ORDERS_READ, Scope.CONTRACTS_READ],
        ["elsewhere"],
    ),
    "other_vendor_machine": (
        OTHER_VENDOR,
        "Outsider billing",
        [
            Scope.ORDERS_READ,
            Scope.REPORTS_READ,
            Scope.REPORTS_WRITE,
            Scope.INVOICES_READ,
            Scope.INVOICES_WRITE,
            Scope.SUBMISSIONS_READ,
        ],
        [],
    ),
}

POLICIES: dict[str, list[tuple[str, list[tuple[int, str]]]]] = {
    "solicitation": [("0.00", [(1, "TECHNICAL"), (2, "LEGAL")])],
    "award": [("0.00", [(1, "LEGAL")])],
    "task_order": [
        ("0.00", [(1, "TECHNICAL"), (1, "FINANCE")]),
        (
            "1000000.00",
            [(1, "TECHNICAL"), (1, "FINANCE"), (2, "LEGAL"), (2, "SECURITY")],
        ),
    ],
    "modification": [("0.00", [(1, "LEGAL")])],
}


def build_cast() -> None:
    """Put the cast into the present database, unless it is there."""
    if Organization.objects.filter(name=AGENCY).exists():
        return
    houses = {
        name: Organization.objects.create(name=name, **particulars)
        for name, particulars in ORGANIZATIONS.items()
    }
    for part_name, part in PARTS.items():
        user = User.objects.create_user(part.email, PASSWORD, name=part.name)
        membership = Membership.objects.create(
            user=user,
            organization=houses[part.organization],
            role=part.role,
            review_field=part.review_field,
        )
        if part_name in WARRANTS:
            number, limit = WARRANTS[part_name]
            Warrant.objects.create(
                membership=membership,
                number=number,
                limit_dollars=Decimal(limit),
                valid_from=date(2025, 1, 1),
                valid_to=date(2030, 12, 31),
            )
    _build_keys(houses)
    _build_policies(houses[AGENCY])


def _build_keys(houses: dict[str, Organization]) -> None:
    issuer = User.objects.get(email=PARTS["administrator"].email)
    for name, (house, label, scopes, sources) in KEYS.items():
        lookup, secret = _key_parts(name)
        ApiKey.objects.create(
            organization=houses[house],
            label=label,
            lookup=lookup,
            secret_sha256=hashlib.sha256(secret.encode()).hexdigest(),
            scopes=scopes,
            sources=sources,
            created_by=issuer,
            # The door reads the real clock: this key outlives the tests' own.
            expires_at=datetime(2099, 1, 1, tzinfo=UTC),
        )


def _build_policies(agency: Organization) -> None:
    for kind, tiers in POLICIES.items():
        for minimum, steps in tiers:
            policy = Policy.objects.create(
                agency=agency,
                kind=kind,
                title=f"{kind.replace('_', ' ').capitalize()} from ${minimum}",
                min_value_dollars=Decimal(minimum),
                valid_from=date(2025, 1, 1),
            )
            PolicyStep.objects.bulk_create(
                PolicyStep(
                    policy=policy,
                    position=position,
                    role=Role.REVIEWER,
                    review_field=review_field,
                )
                for position, review_field in steps
            )


def _key_parts(name: str) -> tuple[str, str]:
    digest = hashlib.sha256(name.encode()).hexdigest()
    return digest[:16], digest[16:] + "-of-the-cast"


_known: dict[tuple[object, str], Actor] = {}
"""Who plays a part, in each world that is known: it is asked for in every test."""


def actor(part_name: str) -> Actor:
    """The actor who plays that part: ``actor("cor")``."""
    if memory.here is None:
        return _read_actor(part_name)
    place = (memory.here, part_name)
    if place not in _known:
        _known[place] = _read_actor(part_name)
    return _known[place]


def _read_actor(part_name: str) -> Actor:
    held = Membership.objects.select_related("user", "organization")
    return actor_of(held.get(user__email=PARTS[part_name].email))


def machine(key_name: str) -> Actor:
    """The machine that holds that key: ``machine("gateway")``."""
    lookup, _secret = _key_parts(key_name)
    return actor_of_key(
        ApiKey.objects.select_related("organization").get(lookup=lookup)
    )


def person(acting: Actor) -> User:
    """The user behind an actor."""
    return User.objects.get(pk=acting.own_user_id)


def membership(acting: Actor) -> Membership:
    """The membership in which an actor acts."""
    held = Membership.objects.select_related("user", "organization")
    return held.get(pk=acting.own_membership_id)


def organization(acting: Actor) -> Organization:
    """The agency or vendor for which an actor acts."""
    return Organization.objects.get(pk=acting.own_organization_id)


def client_for(acting: Actor) -> Client:
    """A browser in which this person is logged in and acts in this role."""
    browser = Client()
    browser.force_login(person(acting))
    session = browser.session
    session[SESSION_KEY] = acting.membership_id
    session["account_authentication_methods_user"] = str(acting.own_user_id)
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time()}
    ]
    session.save()
    return browser


def key_text(holding: Actor) -> str:
    """The text of the machine's key, as it was shown when it was issued."""
    names = {_key_parts(name)[0]: name for name in KEYS}
    lookup = ApiKey.objects.get(pk=holding.key_id or 0).lookup
    secret = _key_parts(names[lookup])[1]
    return f"ddk_{lookup}_{secret}"


def key_client(holding: Actor) -> Client:
    """An HTTP client that shows the machine's key with each request."""
    return Client(headers={"Authorization": f"Bearer {key_text(holding)}"})


def submit(browser: Client, url: str, data: dict[str, Any] | None = None) -> Any:
    """Send a page's form with what it holds hidden; ``_shown`` vouches for boxes."""
    page = browser.get(url)
    token = page.context["form_token"] if page.status_code == 200 else "none"
    form = page.context.get("form") if page.context is not None else None
    hidden = form.hidden_fields() if form is not None else []
    seen = [each for each in hidden if not each.name.endswith("_shown")]
    held = {each.html_name: each.value() for each in seen if each.value() is not None}
    return browser.post(url, {**held, **(data or {}), "form_token": token})


def _fixture_of(part_name: str) -> Any:
    @pytest.fixture(name=part_name)
    def play(db: None) -> Actor:
        return actor(part_name)

    return play


def _machine_of(key_name: str) -> Any:
    @pytest.fixture(name=key_name)
    def hold(db: None) -> Actor:
        return machine(key_name)

    return hold


contracting_officer = _fixture_of("contracting_officer")
second_contracting_officer = _fixture_of("second_contracting_officer")
contract_specialist = _fixture_of("contract_specialist")
program_manager = _fixture_of("program_manager")
technical_reviewer = _fixture_of("technical_reviewer")
legal_reviewer = _fixture_of("legal_reviewer")
security_reviewer = _fixture_of("security_reviewer")
finance_reviewer = _fixture_of("finance_reviewer")
evaluator = _fixture_of("evaluator")
second_evaluator = _fixture_of("second_evaluator")
source_selection_authority = _fixture_of("source_selection_authority")
cor = _fixture_of("cor")
funds_certifier = _fixture_of("funds_certifier")
payment_certifier = _fixture_of("payment_certifier")
auditor = _fixture_of("auditor")
administrator = _fixture_of("administrator")
vendor_a_signer = _fixture_of("vendor_a_signer")
vendor_a_member = _fixture_of("vendor_a_member")
vendor_a_administrator = _fixture_of("vendor_a_administrator")
vendor_b_signer = _fixture_of("vendor_b_signer")
vendor_b_member = _fixture_of("vendor_b_member")
vendor_b_administrator = _fixture_of("vendor_b_administrator")
other_agency_officer = _fixture_of("other_agency_officer")
other_vendor_signer = _fixture_of("other_vendor_signer")
gateway = _machine_of("gateway")
vendor_a_machine = _machine_of("vendor_a_machine")
other_agency_gateway = _machine_of("other_agency_gateway")
other_vendor_machine = _machine_of("other_vendor_machine")


@pytest.fixture
def agency(db: None) -> Organization:
    """The Department of Examples."""
    return Organization.objects.get(name=AGENCY)


@pytest.fixture
def vendor_a(db: None) -> Organization:
    """Meridian Models."""
    return Organization.objects.get(name=VENDOR_A)


@pytest.fixture
def vendor_b(db: None) -> Organization:
    """Larkspur AI."""
    return Organization.objects.get(name=VENDOR_B)


@pytest.fixture
def policies(agency: Organization) -> dict[str, list[Policy]]:
    """The agency's approval policies by kind, the lowest threshold first."""
    found = Policy.objects.filter(agency=agency).order_by("min_value_dollars")
    return {kind: [p for p in found if p.kind == kind] for kind in POLICIES}


@pytest.fixture
def at() -> datetime:
    """Monday, 2 March 2026, 10 a.m. in Washington."""
    return AT


def days(number: float) -> timedelta:
    """So many days of 24 hours."""
    return timedelta(days=number)


OURS = {"accounts"} | {
    app.label for app in apps.get_app_configs() if app.name.startswith("contracting.")
}
_NOT_EVIDENCE = {"accounts_user": ["last_login"], "accounts_apikey": ["last_used_at"]}
_NO_READINGS = "WHERE stream NOT LIKE 'reads:%'"
_LEFT_OUT = {"audit_auditevent": _NO_READINGS, "audit_audithead": _NO_READINGS}


_watchers: list[object] = []


@contextmanager
def nothing_happens() -> Iterator[None]:
    """Every row of every table of ours is afterwards as it was before.

    ``with nothing_happens(), pytest.raises(…):`` around a refused verb proves that no
    event, transfer, document, notice or state has changed. When somebody logged in,
    when a key was last used and who has read what are left out.
    """
    before = _fingerprints()
    _watchers.append(before)
    try:
        yield
    finally:
        _watchers.remove(before)
    after = _fingerprints()
    changed = {
        table: f"{before[table][0]} rows before, {after[table][0]} after"
        for table in before
        if before[table] != after[table]
    }
    assert not changed, f"a refusal has changed rows: {changed}"


def tables_are_watched() -> bool:
    """Whether this is inside ``nothing_happens()``."""
    return bool(_watchers)


def _fingerprints() -> dict[str, tuple[int, str]]:
    """Asked twice in each refusal: so it is planned once for each connection."""
    with connection.cursor() as cursor:
        cursor.execute(_IS_PLANNED)
        if not cursor.fetchone():  # psycopg forgets all plans with a rollback
            cursor.execute(f"PREPARE fingerprints AS {_query_of_fingerprints()}")
        cursor.execute("EXECUTE fingerprints")
        return {name: (count, mark) for name, count, mark in cursor.fetchall()}


_IS_PLANNED = "SELECT 1 FROM pg_prepared_statements WHERE name = 'fingerprints'"


@functools.cache
def _query_of_fingerprints() -> str:
    """One question about all our tables; a run knows its tables after the first."""
    ours = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in OURS
    }
    tables = sorted(ours.intersection(connection.introspection.table_names()))
    return " UNION ALL ".join(_fingerprint_of(table) for table in tables)


def _fingerprint_of(table: str) -> str:
    """Count and content of a table, whatever the order of its rows."""
    row = "t::text"
    if table in _NOT_EVIDENCE:
        blanked = " - ".join(f"'{name}'" for name in _NOT_EVIDENCE[table])
        row = f"(to_jsonb(t) - {blanked})::text"
    return (
        f"SELECT '{table}', count(*), "
        f"coalesce(sum(hashtextextended({row}, 0)::numeric), 0)::text "
        f'FROM "{table}" t {_LEFT_OUT.get(table, "")}'
    )
