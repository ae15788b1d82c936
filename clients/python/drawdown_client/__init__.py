"""Drawdown's client for gateways: ask before a call, settle what it used, lose nothing.

client = Client(url, key=key, source="gateway-east", spool="/var/spool/drawdown")
with client.call(order="ord_7k2m", model="gpt-4o-2024-08-06",
                 input_tokens_max=4_000, output_tokens_max=500) as call:
    answer = provider.chat.completions.create(...)
    call.used(answer)
"""

from drawdown_client.aio import AsyncCall, AsyncClient
from drawdown_client.calls import Progress
from drawdown_client.client import Call, Client
from drawdown_client.errors import (
    BadUsage,
    DrawdownError,
    Refused,
    SpoolFull,
    Unreachable,
)
from drawdown_client.messages import Ask, Grant, Receipt, Settled
from drawdown_client.retries import Patience
from drawdown_client.usage import Usage, usage_of

__all__ = [
    "Ask",
    "AsyncCall",
    "AsyncClient",
    "BadUsage",
    "Call",
    "Client",
    "DrawdownError",
    "Grant",
    "Patience",
    "Progress",
    "Receipt",
    "Refused",
    "Settled",
    "SpoolFull",
    "Unreachable",
    "Usage",
    "usage_of",
]
