"""Why a right, a key or a request is refused."""

from contracting.core.errors import Conflict, Invalid, Refusal


class NotDelegable(Refusal):
    """Only the reviews of a reviewer can be delegated, to a colleague who reviews."""

    code = "not_delegable"
    status = 409
    rule = "R-ROL-10"


class DelegationEnded(Refusal):
    """The delegation is revoked or its last day has passed."""

    code = "delegation_ended"
    status = 409
    rule = "R-ROL-10"


class PersonExists(Conflict):
    """Somebody is registered with this e-mail address."""

    code = "person_exists"


class OrganizationExists(Conflict):
    """An organization has this name."""

    code = "organization_exists"


class AlreadyMember(Conflict):
    """The person holds this role already."""

    code = "already_member"


class OnBothSides(Conflict):
    """A person does not act for an agency and for a vendor."""

    code = "on_both_sides"


class AlreadyRevoked(Conflict):
    """It has been revoked before."""

    code = "already_revoked"


class WrongRole(Invalid):
    """The role does not go with this kind of organization or with this field."""

    code = "wrong_role"


class WrongPeriod(Invalid):
    """The period ends before it begins, or lies in the past, or is too long."""

    code = "wrong_period"


class WrongScope(Invalid):
    """The scope is not on the list, or not for this kind of organization."""

    code = "wrong_scope"


class WrongNetwork(Invalid):
    """This is no network, or it is every address, or there are too many."""

    code = "wrong_network"


class KeyEnded(Conflict):
    """The key is revoked or has expired."""

    code = "key_ended"


class AlreadyRotated(Conflict):
    """Another key was issued in its place before."""

    code = "already_rotated"


class KeyReused(Invalid):
    """The same idempotency key came with another request."""

    code = "idempotency_key_reused"


class StillRunning(Conflict):
    """The first request with this idempotency key is still being answered."""

    code = "still_running"
    retryable = True


class ProofMissing(Refusal):
    """An act that binds asks for the password, which was last given too long ago."""

    code = "proof_missing"
    status = 403


class ProofWrong(Refusal):
    """The password is not the person's."""

    code = "proof_wrong"
    status = 403


class ProofTriedTooOften(Refusal):
    """So many passwords were tried that no more are looked at for a while."""

    code = "proof_tried_too_often"
    status = 429
