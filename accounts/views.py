"""Pages of people, rights and keys."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.core import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts import forms, permissions, queries
from accounts.models import ApiKey, Delegation, Membership, Warrant
from accounts.operations.choose_membership import choose_membership
from accounts.operations.delegate_review import delegate_review
from accounts.operations.grant_membership import grant_membership
from accounts.operations.issue_api_key import issue_api_key
from accounts.operations.issue_warrant import issue_warrant
from accounts.operations.register_user import register_user
from accounts.operations.restrict_api_key import restrict_api_key
from accounts.operations.revoke_api_key import revoke_api_key
from accounts.operations.revoke_delegation import revoke_delegation
from accounts.operations.revoke_membership import revoke_membership
from accounts.operations.revoke_warrant import revoke_warrant
from accounts.operations.rotate_api_key import rotate_api_key
from accounts.refusals import ProofMissing, ProofTriedTooOften, ProofWrong
from accounts.states import Role
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.errors import Invalid, NotVisible
from contracting.core.permissions import Verdict
from contracting.core.quantities import Dollars
from contracting.core.views import PageView, VerbView


class PasswordProof:
    """The password, given at the login or at an act that binds.

    The library that keeps logins stamps each proof by the clock of this process, and so
    its age is told by the same clock.
    """

    def is_fresh(self, request: HttpRequest) -> bool:
        """Whether it was last given within ``PROOF_MINUTES``."""
        given = get_authentication_records(request, request.user)
        if not given:
            return False
        return time.time() - float(given[-1]["at"]) < settings.PROOF_MINUTES * 60

    def prove(self, request: HttpRequest, password: str) -> None:
        """:raises ProofMissing: and the like; nothing of the request is stored"""
        if not password:
            raise ProofMissing(
                "Your password is asked once more, because this binds and you gave it "
                f"more than {settings.PROOF_MINUTES} minutes ago. Type it at the end "
                "of the form and send it again."
            )
        if not ratelimit.consume(request, action="reauthenticate", user=request.user):
            message = "Too many passwords were tried. Wait a minute, then try again."
            raise ProofTriedTooOften(message)
        if not request.user.check_password(password):
            message = "This is not your password. Type it once more."
            raise ProofWrong(message)
        reauthenticate_by_password(request)

    def described(self, request: HttpRequest) -> str:
        """Such as ``password, given 2026-03-02T15:00:07Z``; empty if none is known."""
        given = get_authentication_records(request, request.user)
        if not given:
            return ""
        when = datetime.fromtimestamp(int(given[-1]["at"]), UTC)
        return f"{given[-1].get('method', 'login')}, given {when:%Y-%m-%dT%H:%M:%SZ}"


class ChooseMembership(VerbView):
    """In which role does the person act?"""

    template_name = "accounts/choose_membership.html"
    form_class = forms.MembershipForm
    submit_label = "Act in this role"
    needs_role = False

    def thing(self, **ids: Any) -> list[Membership]:
        return list(queries.memberships_of(self.actor.user_id))

    def form_options(self, thing: list[Membership]) -> dict[str, Any]:
        return {"held": thing}

    def initial(self, thing: list[Membership]) -> dict[str, Any]:
        now = {m.pk: m.public_id for m in thing}
        return {"membership": now.get(self.actor.membership_id or 0)}

    def perform(
        self, *, thing: list[Membership], data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        chosen = next(m for m in thing if m.public_id == data["membership"])
        membership = choose_membership(membership_id=chosen.pk, by=by, at=at)
        self.request.session.cycle_key()
        self.request.session[queries.SESSION_KEY] = membership.pk
        return self._next()

    def _next(self) -> str:
        wanted = self.request.GET.get("next", "")
        is_ours = url_has_allowed_host_and_scheme(
            wanted, {self.request.get_host()}, require_https=self.request.is_secure()
        )
        return wanted if is_ours else "/"


class EmailAddress(PageView):
    """Closed: the address one logs in with is what administrators registered.

    The page of the login package would change it without a record.
    """

    template_name = "404.html"
    needs_role = False

    def context(self, **ids: Any) -> dict[str, Any]:
        raise NotVisible("Nobody changes the address they log in with.")


class People(PageView):
    """Who may act for this organization, in which role?"""

    template_name = "accounts/people.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        organization_id = _administered(self.actor)
        return {
            "people": queries.people_visible_to(self.actor),
            "verdict": permissions.can_administer(
                self.actor, organization_id, "change who may act"
            ),
        }


class RegisterUser(VerbView):
    """Register a person."""

    template_name = "accounts/register_user.html"
    form_class = forms.PersonForm
    submit_label = "Register this person"
    done_message = "The person is registered. Now give them a role."

    def verdict(self, thing: None) -> Verdict:
        return permissions.can_register_user(self.actor)

    def perform(
        self, *, thing: None, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        user = register_user(**data, by=by, at=at)
        query = urlencode({"email": user.email}, safe="@")
        return f"{reverse('accounts:grant_membership')}?{query}"


class GrantMembership(VerbView):
    """Give a registered person a role."""

    template_name = "accounts/grant_membership.html"
    form_class = forms.GrantForm
    submit_label = "Give this role"
    done_message = "The role is given and holds from the person's next request."

    def verdict(self, thing: None) -> Verdict:
        return permissions.can_administer(
            self.actor, self.actor.organization_id, "grant a role"
        )

    def initial(self, thing: None) -> dict[str, Any]:
        return {"email": self.request.GET.get("email", "")}

    def form_options(self, thing: None) -> dict[str, Any]:
        return {"is_vendor": self.actor.is_vendor}

    def perform(
        self, *, thing: None, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        person = queries.find_person(data["email"])
        if person is None:
            message = f"Nobody is registered as {data['email']}."
            raise Invalid(message)
        grant_membership(
            organization_id=by.organization_id or 0,
            user_id=person.pk,
            role=data["role"],
            review_field=data.get("review_field", ""),
            by=by,
            at=at,
        )
        return reverse("accounts:people")


class RevokeMembership(VerbView):
    """Take a role from a person."""

    template_name = "accounts/revoke_membership.html"
    form_class = forms.ReasonForm
    submit_label = "Take this role away"
    done_message = "The role is taken away."

    def thing(self, **ids: Any) -> Membership:
        return queries.get_membership_for(self.actor, ids["membership"])

    def verdict(self, thing: Membership) -> Verdict:
        return permissions.can_revoke_membership(self.actor, thing)

    def perform(
        self, *, thing: Membership, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        revoke_membership(membership_id=thing.pk, reason=data["reason"], by=by, at=at)
        return reverse("accounts:people")


class IssueWarrant(VerbView):
    """Record a contracting officer's warrant."""

    template_name = "accounts/issue_warrant.html"
    form_class = forms.WarrantForm
    submit_label = "Record this warrant"
    done_message = "The warrant is recorded."

    def thing(self, **ids: Any) -> Membership:
        return queries.get_membership_for(self.actor, ids["membership"])

    def verdict(self, thing: Membership) -> Verdict:
        return permissions.can_issue_warrant(self.actor, thing)

    def perform(
        self, *, thing: Membership, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        limit = Dollars(data.pop("limit"))
        issue_warrant(membership_id=thing.pk, limit=limit, **data, by=by, at=at)
        return reverse("accounts:people")


class RevokeWarrant(VerbView):
    """End a contracting officer's appointment."""

    template_name = "accounts/revoke_warrant.html"
    form_class = forms.ReasonForm
    submit_label = "Revoke this warrant"
    done_message = "The warrant is revoked."

    def thing(self, **ids: Any) -> Warrant:
        return queries.get_warrant_for(self.actor, ids["warrant"])

    def verdict(self, thing: Warrant) -> Verdict:
        return permissions.can_revoke_warrant(self.actor, thing)

    def perform(
        self, *, thing: Warrant, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        revoke_warrant(warrant_id=thing.pk, reason=data["reason"], by=by, at=at)
        return reverse("accounts:people")


class Delegations(PageView):
    """Who reviews in whose place, and until when?"""

    template_name = "accounts/delegations.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        roles = (Role.REVIEWER, Role.ADMINISTRATOR, Role.AUDITOR)
        if not self.actor.has_role(*roles):
            raise NotVisible("Delegations are for reviewers.")
        rows = [
            (delegation, permissions.can_revoke_delegation(self.actor, delegation))
            for delegation in queries.delegations_visible_to(self.actor)
        ]
        return {
            "rows": rows,
            "verdict": permissions.can_delegate_review(self.actor),
        }


class DelegateReview(VerbView):
    """Let a colleague review in my place."""

    template_name = "accounts/delegate_review.html"
    form_class = forms.DelegationForm
    submit_label = "Delegate my reviews"
    done_message = "Your reviews are delegated for these days."

    def verdict(self, thing: None) -> Verdict:
        return permissions.can_delegate_review(self.actor)

    def form_options(self, thing: None) -> dict[str, Any]:
        return {"colleagues": list(queries.fellow_reviewers(self.actor))}

    def perform(
        self, *, thing: None, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        colleague = queries.fellow_reviewers(by).get(public_id=data.pop("delegate"))
        delegate_review(delegate_id=colleague.pk, **data, by=by, at=at)
        return reverse("accounts:delegations")


class RevokeDelegation(VerbView):
    """Take a delegation back."""

    template_name = "accounts/revoke_delegation.html"
    submit_label = "Revoke this delegation"
    done_message = "The delegation is revoked."

    def thing(self, **ids: Any) -> Delegation:
        return queries.get_delegation_for(self.actor, ids["delegation"])

    def verdict(self, thing: Delegation) -> Verdict:
        return permissions.can_revoke_delegation(self.actor, thing)

    def perform(
        self, *, thing: Delegation, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        revoke_delegation(delegation_id=thing.pk, by=by, at=at)
        return reverse("accounts:delegations")


class ApiKeys(PageView):
    """Which machines hold a key, and what may they do?"""

    template_name = "accounts/api_keys.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        organization_id, now = _administered(self.actor), clock.now()
        return {
            "keys": [
                (key, key.is_in_force(now), hasattr(key, "replaced_by"))
                for key in queries.api_keys_visible_to(self.actor)
            ],
            "now": now,
            "verdict": permissions.can_issue_api_key(self.actor, organization_id),
        }


class ShownOnceView(VerbView):
    """A verb that makes a secret; the answer to this one request shows it.

    ``perform`` leaves it in ``made``. It stands nowhere else: it is never stored.
    """

    shown_template: ClassVar[str]
    made: Any = None

    def post(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        """Show what was made in place of the way to the result."""
        response = super().post(request, **ids)
        if self.made is None:
            return response
        return render(request, self.shown_template, {"made": self.made}, status=201)


class ShowsKeyOnce(ShownOnceView):
    """A verb that issues a key, whose text is shown once."""

    shown_template = "accounts/issued_api_key.html"


class IssueApiKey(ShowsKeyOnce):
    """Issue a key."""

    template_name = "accounts/issue_api_key.html"
    form_class = forms.KeyForm
    submit_label = "Issue the key"

    def verdict(self, thing: None) -> Verdict:
        return permissions.can_issue_api_key(self.actor, self.actor.organization_id)

    def form_options(self, thing: None) -> dict[str, Any]:
        return {"is_vendor": self.actor.is_vendor}

    def initial(self, thing: None) -> dict[str, Any]:
        """What another key may do, where the address names the one to replace."""
        named = self.request.GET.get("like", "")
        like = queries.api_keys_visible_to(self.actor).filter(public_id=named).first()
        if like is None:
            scopes = self.request.GET.getlist("scope")
            return {"scopes": scopes, "sources": self.request.GET.get("source", "")}
        return {
            "label": like.label,
            "scopes": like.scopes,
            "sources": ", ".join(like.sources),
            "networks": ", ".join(like.networks),
        }

    def perform(
        self, *, thing: None, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        self.made = issue_api_key(
            organization_id=by.organization_id or 0,
            label=data["label"],
            scopes=data["scopes"],
            sources=data["sources"],
            networks=data["networks"],
            expires_at=at + timedelta(days=data["days"]),
            by=by,
            at=at,
        )
        return reverse("accounts:api_keys")


class RotateApiKey(ShowsKeyOnce):
    """Replace a machine's key."""

    template_name = "accounts/rotate_api_key.html"
    form_class = forms.RotateKeyForm
    submit_label = "Rotate the key"

    def thing(self, **ids: Any) -> ApiKey:
        return queries.get_api_key_for(self.actor, ids["api_key"])

    def verdict(self, thing: ApiKey) -> Verdict:
        return permissions.can_rotate_api_key(self.actor, thing)

    def perform(
        self, *, thing: ApiKey, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        self.made = rotate_api_key(
            api_key_id=thing.pk,
            overlap=timedelta(hours=data["hours"]),
            expires_at=at + timedelta(days=data["days"]),
            by=by,
            at=at,
        )
        return reverse("accounts:api_keys")


class RestrictApiKey(VerbView):
    """Bind a machine's key to networks."""

    template_name = "accounts/restrict_api_key.html"
    form_class = forms.RestrictKeyForm
    submit_label = "Bind it to these networks"
    done_message = "The networks are changed; the key's next request obeys."

    def thing(self, **ids: Any) -> ApiKey:
        return queries.get_api_key_for(self.actor, ids["api_key"])

    def verdict(self, thing: ApiKey) -> Verdict:
        return permissions.can_restrict_api_key(self.actor, thing)

    def initial(self, thing: ApiKey) -> dict[str, Any]:
        return {"networks": "\n".join(thing.networks)}

    def perform(
        self, *, thing: ApiKey, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        networks = data["networks"]
        restrict_api_key(api_key_id=thing.pk, networks=networks, by=by, at=at)
        return reverse("accounts:api_keys")


class RevokeApiKey(VerbView):
    """Revoke a machine's key."""

    template_name = "accounts/revoke_api_key.html"
    submit_label = "Revoke this key"
    done_message = "The key is revoked; its next request is refused."

    def thing(self, **ids: Any) -> ApiKey:
        return queries.get_api_key_for(self.actor, ids["api_key"])

    def verdict(self, thing: ApiKey) -> Verdict:
        return permissions.can_revoke_api_key(self.actor, thing)

    def perform(
        self, *, thing: ApiKey, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        revoke_api_key(api_key_id=thing.pk, by=by, at=at)
        return reverse("accounts:api_keys")


def _administered(actor: Actor) -> int | None:
    """The organization whose people and keys the actor may see.

    :raises NotVisible: if the actor is neither its administrator nor its auditor
    """
    roles = (Role.ADMINISTRATOR, Role.VENDOR_ADMINISTRATOR, Role.AUDITOR)
    if not actor.has_role(*roles):
        raise NotVisible("People and keys are for administrators and auditors.")
    return actor.organization_id
