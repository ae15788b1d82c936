"""What every door shares: words for a refusal, and the idempotency of a request.

Lower layers know neither the rules' words nor the table of idempotency keys; the apps
that do (``reference`` and ``accounts``) register themselves here when Django starts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.http import HttpResponse

from contracting.core.actors import Actor
from contracting.core.canonical import plain
from contracting.core.errors import Conflict, Invalid, Refusal


@dataclass(frozen=True, slots=True)
class RuleWords:
    """A rule as a person reads it, in the version in force at an instant."""

    rule: str
    sentence: str
    citation: str
    lift: str


@dataclass(frozen=True, slots=True)
class StoredReply:
    """What the first request with this key was answered."""

    status: int
    body: Any
    location: str


PATIENCE: Final = 10.0
"""Seconds for which a form that is sent twice at once waits for its first answer."""


class IdempotencyStore(Protocol):
    """Where keys are claimed and replies kept, in the caller's transaction."""

    def claim(
        self,
        *,
        by: Actor,
        scope: str,
        key: str,
        fingerprint: str,
        at: datetime,
        patience: float = 0,
    ) -> StoredReply | None:
        """Claim the key, or give back the reply of the request that did.

        ``patience`` is for how many seconds that reply is waited for.
        """

    def complete(
        self, *, by: Actor, scope: str, key: str, status: int, body: Any, location: str
    ) -> None:
        """Keep the reply."""


class ProofOfPerson(Protocol):
    """Whether the person at this browser has lately proved to be who they are."""

    def is_fresh(self, request: Any) -> bool:
        """Whether the last proof is young enough for an act that binds."""

    def prove(self, request: Any, password: str) -> None:
        """Take the password as a new proof.

        :raises Refusal: if it is missing or wrong, or was tried too often
        """

    def described(self, request: Any) -> str:
        """The last proof and when it was given, as the record of an act says it."""


SECONDS_TO_RETRY = "1"

_rule_words: Callable[[str, datetime], RuleWords | None] | None = None
_store: IdempotencyStore | None = None
_proof: ProofOfPerson | None = None
_resolve_actor: Callable[[Any], Actor] | None = None
_statement: Callable[[str, int], str] | None = None


def register_rule_words(words: Callable[[str, datetime], RuleWords | None]) -> None:
    """Called once by ``reference`` at start-up."""
    global _rule_words  # noqa: PLW0603
    _rule_words = words


def register_idempotency(store: IdempotencyStore) -> None:
    """Called once by ``accounts`` at start-up."""
    global _store  # noqa: PLW0603
    _store = store


def register_actor_resolver(resolver: Callable[[Any], Actor]) -> None:
    """Called once by ``accounts`` at start-up: request → actor."""
    global _resolve_actor  # noqa: PLW0603
    _resolve_actor = resolver


def register_proof(proof: ProofOfPerson) -> None:
    """Called once by ``accounts`` at start-up."""
    global _proof  # noqa: PLW0603
    _proof = proof


def register_statements(statement: Callable[[str, int], str]) -> None:
    """Called once by ``documents`` at start-up: verb and version → its statement."""
    global _statement  # noqa: PLW0603
    _statement = statement


def statement_of(verb: str, thing: Any) -> str:
    """What whoever does the verb on this thing states by it; empty if nothing."""
    version = getattr(thing, "version", None)
    if _statement is None or not isinstance(version, int):
        return ""
    return _statement(verb, version)


def proof() -> ProofOfPerson:
    """The registered proof of a person."""
    if _proof is None:
        message = "no app has registered a proof of the person"
        raise RuntimeError(message)
    return _proof


def actor_of(request: Any) -> Actor:
    """Who acts in this request, by session; anonymous when nobody is signed in."""
    if _resolve_actor is None:
        message = "no app has registered an actor resolver"
        raise RuntimeError(message)
    return _resolve_actor(request)


def idempotency() -> IdempotencyStore:
    """The registered store of idempotency keys."""
    if _store is None:
        message = "no app has registered an idempotency store"
        raise RuntimeError(message)
    return _store


def words_of(rule: str, at: datetime) -> RuleWords | None:
    """The rule's words in force at ``at``, or ``None`` for a refusal without a rule."""
    if not rule or _rule_words is None:
        return None
    return _rule_words(rule, at)


def fingerprint(*parts: bytes | str) -> str:
    """SHA-256 over the parts of a request that make it the same request."""
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        digest.update(len(raw).to_bytes(8, "big"))
        digest.update(raw)
    return digest.hexdigest()


def describe(
    refusal: Refusal, *, at: datetime | None, request_id: str = ""
) -> dict[str, Any]:
    """A refusal as plain values, for a page or for ``application/problem+json``.

    :param at: the instant whose words of the rule are told; none, where nobody knows
    """
    words = None if at is None else words_of(refusal.rule, at)
    return {
        "code": refusal.code,
        "status": refusal.status,
        "message": refusal.message,
        "rule": refusal.rule,
        "sentence": words.sentence if words else "",
        "citation": words.citation if words else "",
        "lift": words.lift if words else "",
        "data": plain(refusal.data),
        "retryable": refusal.retryable,
        "request_id": request_id,
    }


def retry_headers(refusal: Refusal) -> dict[str, str]:
    """When a refused request may be sent again, in seconds; empty when it never may."""
    return {"Retry-After": SECONDS_TO_RETRY} if refusal.retryable else {}


def say_when(page: HttpResponse, refusal: Refusal) -> None:
    """Put ``retry_headers`` on a page."""
    for name, value in retry_headers(refusal).items():
        page[name] = value


def refusal_of(error: Exception) -> Refusal | None:
    """Translate what the database refused into a refusal that a person can read."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, OperationalError) and _is_contention(error):
        return Busy(
            "Somebody else is working on the same record right now. Nothing was "
            "changed. Please try again in a moment."
        )
    if isinstance(error, OperationalError | InterfaceError) and _is_down(error):
        return RecordsDown(
            "The records cannot be reached just now. Send it again in a moment: "
            "whatever is done already is not done twice."
        )
    if isinstance(error, IntegrityError):
        diagnostics = getattr(error.__cause__, "diag", None)
        name = getattr(diagnostics, "constraint_name", None) or "a constraint"
        words = str(name).replace("_", " ")
        return Conflict(f"The records do not allow this: {words}.", constraint=name)
    if isinstance(error, DataError | UnicodeEncodeError):
        return Unstorable(
            "Something in this cannot be kept: a text is too long, a number or a date "
            "is out of range, or a character is none. Nothing was changed."
        )
    return None


class Unstorable(Invalid):
    """A value that no column of the database can hold."""

    code = "unstorable"


class Busy(Refusal):
    """A lock was not free within the lock timeout; trying again can help."""

    code = "busy"
    status = 503
    retryable = True


class RecordsDown(Refusal):
    """The database cannot be reached; trying again can help."""

    code = "database_down"
    status = 503
    retryable = True


def _is_contention(error: OperationalError) -> bool:
    return _state_of(error) in {"55P03", "40P01", "40001"}


_GOING_OR_COMING = frozenset({"57P01", "57P02", "57P03", "53300"})
"""Shut down, crashed, starting up, or out of connections."""


def _is_down(error: Exception) -> bool:
    """Whether there was no connection, or it was lost."""
    state = _state_of(error)
    return not state or state.startswith("08") or state in _GOING_OR_COMING


def _state_of(error: Exception) -> str:
    return getattr(error.__cause__, "sqlstate", "") or ""
