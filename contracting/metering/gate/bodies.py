"""What a gateway sends to the gate, and what it is answered: checked while it is read.

These structs are the schema too: the OpenAPI document is written from them.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Protocol

import msgspec
from msgspec import Meta, Struct

from contracting.core.api import NotJson
from contracting.core.errors import Invalid
from contracting.metering.adapters.cloudevents import MAX_TOKENS
from contracting.metering.calculations.worst import Ask
from contracting.metering.operations.authorize import Grant
from contracting.metering.operations.settle import Settled, Spent

MOST_CALLS: Final = 1_000

_ID = r"^[\x21-\x7e]{8,180}$"
_WORD = r"^[\x21-\x7e]{0,120}$"
_Id = Annotated[str, Meta(pattern=_ID, description="Made by the gateway, once.")]
_Word = Annotated[str, Meta(pattern=_WORD)]
_Name = Annotated[str, Meta(pattern=r"^[\x21-\x7e]{1,160}$")]
_Count = Annotated[int, Meta(ge=0, le=MAX_TOKENS)]


class Authorize(Struct, forbid_unknown_fields=True, frozen=True):
    """Room for a call before it is made, at its worst case."""

    reservation_id: _Id
    source: _Name
    order: _Name
    model: _Name
    input_tokens_max: _Count
    output_tokens_max: _Count
    tier: _Word = ""
    boundary: _Word = ""
    calls: Annotated[int, Meta(ge=1, le=MOST_CALLS)] = 1
    project: _Word = ""
    key: _Word = ""
    gateway: _Word = ""
    epoch: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0

    def asked(self) -> Ask:
        """As the verb takes it."""
        return Ask(
            reservation_id=self.reservation_id,
            order_ref=self.order,
            model=self.model,
            input_tokens_max=self.input_tokens_max,
            output_tokens_max=self.output_tokens_max,
            tier=self.tier,
            boundary=self.boundary,
            calls=self.calls,
            project=self.project,
            key_ref=self.key,
            gateway=self.gateway,
            epoch=self.epoch,
        )


class Settle(Struct, forbid_unknown_fields=True, frozen=True):
    """What a call has used, as its CloudEvent; null where nobody knows."""

    reservation_id: _Id
    source: _Name
    event: dict[str, Any] | None
    call: Annotated[int, Meta(ge=1, le=MOST_CALLS)] = 1

    def spent(self) -> Spent:
        """As the verb takes it."""
        return Spent(self.reservation_id, self.event, self.call)


class SentSettle(Settle, frozen=True):
    """The same, with the event as it was written."""

    text: str = ""

    def spent(self) -> Spent:
        """As the verb takes it."""
        return Spent(self.reservation_id, self.event, self.call, self.text)


class _AsWritten(Struct):
    event: msgspec.Raw


class SettleDecoder:
    """Keeps the event digit for digit, so that it is read as the batch door reads it.

    The same event sent there is the same content then, and a key that stands twice in
    it is refused.
    """

    def decode(self, raw: bytes) -> Settle:
        """The body.

        :raises msgspec.DecodeError: if it is none
        """
        body = _SETTLE.decode(raw)
        if body.event is None:
            return body
        text = bytes(_AS_WRITTEN.decode(raw).event).decode()
        return SentSettle(
            body.reservation_id,
            body.source,
            body.event,
            body.call,
            text=text.translate(ON_ONE_LINE),
        )


_SETTLE: Final = msgspec.json.Decoder(Settle)
_AS_WRITTEN: Final = msgspec.json.Decoder(_AsWritten)
ON_ONE_LINE: Final = str.maketrans("\r\n", "  ")
"""Between the tokens of JSON the end of a line is a blank; in them it never is."""


class Release(Struct, forbid_unknown_fields=True, frozen=True):
    """A call that is not made; of several, those that are still open."""

    reservation_id: _Id
    source: _Name


class Fence(Struct, forbid_unknown_fields=True, frozen=True):
    """A gateway begins anew."""

    source: _Name
    gateway: _Word = ""


class Granted(Struct, frozen=True):
    """The grant; tokens and dollars are what is reserved for each call."""

    reservation_id: str
    calls: int
    tokens: int
    dollars: str
    lease_until: str
    beyond: str
    replayed: bool


class SettledCall(Struct, frozen=True):
    """What became of the call: settled, held or unreserved."""

    reservation_id: str
    call: int
    state: str
    verdict: str
    code: str
    tokens: int
    dollars: str
    over_dollars: str
    late: bool


class ReleasedCalls(Struct, frozen=True):
    """How many calls were given back by this very request."""

    reservation_id: str
    calls: int


class Fenced(Struct, frozen=True):
    """The epoch that has begun."""

    source: str
    gateway: str
    epoch: int


def granted(grant: Grant) -> Granted:
    """A grant as it is answered."""
    return Granted(
        reservation_id=grant.reservation_id,
        calls=grant.calls,
        tokens=grant.tokens.count,
        dollars=grant.dollars.plain(),
        lease_until=grant.lease_until.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        beyond=grant.beyond,
        replayed=grant.is_replayed,
    )


def settled_call(settled: Settled) -> SettledCall:
    """A settlement as it is answered."""
    return SettledCall(
        reservation_id=settled.reservation_id,
        call=settled.call,
        state=settled.state,
        verdict=settled.verdict,
        code=settled.code,
        tokens=settled.tokens.count,
        dollars=settled.dollars.plain(),
        over_dollars=settled.over.plain(),
        late=settled.is_late,
    )


class Decoder(Protocol):
    """What reads a body."""

    def decode(self, raw: bytes, /) -> Any: ...


def decoder_of(body: type[Struct]) -> Decoder:
    """What reads a body of this kind."""
    return SettleDecoder() if body is Settle else msgspec.json.Decoder(body)


def read_body(decoder: Decoder, raw: bytes) -> Any:
    """A body, checked while it is read.

    :raises Invalid: naming the field that is wrong
    :raises NotJson: if it is no JSON
    """
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError as error:
        said, _, place = str(error).partition(" - at `$")
        pointer = place.rstrip("`").replace(".", "/")
        raise Invalid(f"{said}.", pointer=pointer) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotJson(f"The body is no JSON: {error}.") from error


def schema_of(kind: type[Struct]) -> dict[str, Any]:
    """The JSON schema of a body, for the OpenAPI document."""
    _refs, found = msgspec.json.schema_components([kind])
    schema: dict[str, Any] = found[kind.__name__]
    return schema
