"""Who may act, and for whom."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.states import VENDOR_ROLES, OrganizationKind, ReviewField, Role
from contracting.core.models import Addressed, LockingQuerySet, Timestamped
from contracting.core.origin import is_within
from contracting.core.periods import accounting_day


class UserManager(BaseUserManager["User"]):
    """Creates people by their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **more: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **more)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str, **more: Any) -> User:
        return self.create_user(
            email, password, is_staff=True, is_superuser=True, **more
        )


class User(AbstractBaseUser, PermissionsMixin):
    """A person; what they may do lies in their memberships."""

    email = models.EmailField(unique=True, help_text="Signs in with this address.")
    name = models.CharField(max_length=120, help_text="As printed on paper.")
    phone = models.CharField(max_length=40, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name or self.email


class Organization(Addressed, Timestamped):
    """An agency or a vendor: the tenant that owns rows."""

    PREFIX = "org"

    kind = models.CharField(max_length=10, choices=OrganizationKind.choices)
    name = models.CharField(max_length=200, unique=True)
    address = models.TextField(blank=True)
    aac = models.CharField(
        "activity address code",
        max_length=6,
        blank=True,
        help_text="First six characters of the agency's PIIDs (FAR 4.1603).",
    )
    uei = models.CharField("UEI", max_length=12, blank=True)
    cage = models.CharField("CAGE code", max_length=5, blank=True)
    time_zone = models.CharField(max_length=60, default="America/New_York")
    remit_to = models.TextField(blank=True, help_text="Where payment is sent.")
    tin_last4 = models.CharField("TIN, last four", max_length=4, blank=True)
    is_registered = models.BooleanField(
        default=True, help_text="Active registration (FAR 52.204-7)."
    )

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="an_agency_has_an_activity_address_code",
                condition=~Q(kind="AGENCY") | ~Q(aac=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def local_day(self, at: datetime) -> date:
        """The calendar day of an instant in the organization's time zone."""
        return accounting_day(at, self.time_zone)


class Membership(Addressed, Timestamped):
    """A person's role in one organization; they act in one at a time."""

    PREFIX = "mem"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField(max_length=30, choices=Role.choices)
    review_field = models.CharField(
        max_length=20, choices=ReviewField.choices, blank=True
    )
    is_active = models.BooleanField(default=True)

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_person_holds_a_role_once_in_an_organization",
                fields=["user", "organization", "role", "review_field"],
            ),
            models.CheckConstraint(
                name="only_a_reviewer_has_a_review_field",
                condition=Q(role=Role.REVIEWER) & ~Q(review_field="")
                | ~Q(role=Role.REVIEWER) & Q(review_field=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.role_label}, {self.organization}"

    @property
    def role_label(self) -> str:
        label = Role(self.role).label
        if self.review_field:
            return f"{ReviewField(self.review_field).label} {label}"
        return str(label)

    @property
    def is_vendor_role(self) -> bool:
        return self.role in VENDOR_ROLES


class Warrant(Addressed, Timestamped):
    """A contracting officer's certificate of appointment (FAR 1.603-3, SF 1402)."""

    PREFIX = "war"

    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="warrants"
    )
    number = models.CharField(max_length=40, unique=True)
    limit_dollars = models.DecimalField(
        max_digits=18, decimal_places=2, help_text="Per action, US dollars."
    )
    valid_from = models.DateField()
    valid_to = models.DateField(help_text="Last day on which it is in force.")
    revoked_on = models.DateField(null=True, blank=True)

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_warrant_has_a_limit_above_zero",
                condition=Q(limit_dollars__gt=0),
            ),
            models.CheckConstraint(
                name="a_warrant_ends_after_it_begins",
                condition=Q(valid_to__gte=F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Delegation(Addressed, Timestamped):
    """A reviewer lets a colleague review in their place, for some days.

    Warrant authority is never delegated here (FAR 1.603).
    """

    PREFIX = "dlg"

    delegator = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="delegations_given"
    )
    delegate = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="delegations_received"
    )
    valid_from = models.DateField()
    valid_to = models.DateField(help_text="Last day on which it is in force.")
    reason = models.CharField(max_length=200)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="nobody_delegates_to_themselves",
                condition=~Q(delegator=F("delegate")),
            ),
            models.CheckConstraint(
                name="a_delegation_ends_after_it_begins",
                condition=Q(valid_to__gte=F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delegator} to {self.delegate}"


class ApiKey(Addressed, Timestamped):
    """A machine's key: shown once, stored hashed, scoped, revocable, never a role."""

    PREFIX = "key"

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="api_keys"
    )
    label = models.CharField(max_length=120)
    lookup = models.CharField(
        max_length=16, unique=True, help_text="The searchable part of the key."
    )
    secret_sha256 = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=40), default=list)
    sources = ArrayField(
        models.CharField(max_length=120),
        default=list,
        blank=True,
        help_text="Usage sources that this key may write.",
    )
    networks = ArrayField(
        models.CharField(max_length=43),
        default=list,
        blank=True,
        help_text="Where it may be used from, as CIDR; empty: from anywhere.",
    )
    replaces = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        help_text="The key that this one was issued in place of.",
    )
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="api_keys_created"
    )
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_key_does_not_replace_itself",
                condition=Q(replaces__isnull=True) | ~Q(replaces=F("id")),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def is_in_force(self, at: datetime) -> bool:
        """Whether a machine may show it at this instant."""
        return self.revoked_at is None and at < self.expires_at

    def may_come_from(self, address: str) -> bool:
        """Whether it may be used from there.

        A key that is bound to networks is not taken where no address is known.
        """
        return not self.networks or is_within(address, self.networks)


class IdempotencyKey(Timestamped):
    """A request that has been answered: its repeat gets the same answer."""

    principal = models.CharField(max_length=60)
    scope = models.CharField(max_length=300)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    claimed_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    body = models.JSONField(null=True, blank=True)
    location = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_key_is_claimed_once_by_its_principal",
                fields=["principal", "scope", "key"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"
