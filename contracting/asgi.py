"""The ASGI entry point: the gate of funds control, and Django for everything else."""

from __future__ import annotations

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contracting.settings")

_site = get_asgi_application()

from contracting.metering.gate.door import Gate  # noqa: E402 (Django is set up)

_gate = Gate()


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answer the hot doors here; hand on whatever else comes."""
    if scope["type"] == "http" and Gate.takes(scope["path"]):
        await _gate(scope, receive, send)
    elif scope["type"] == "lifespan":
        await _live(receive, send)
    else:
        await _site(scope, receive, send)


async def _live(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        else:
            _gate.close()
            await send({"type": "lifespan.shutdown.complete"})
            return
