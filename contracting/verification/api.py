"""The endpoint of verification: open to everybody, and fuller with a key."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from contracting.core import clock
from contracting.core.actors import ANONYMOUS, Actor
from contracting.verification import gate, queries
from contracting.verification.serializers import (
    VerificationSerializer,
    show_verification,
)


class VerificationEndpoint(APIView):
    """What a file is, by its SHA-256 or by the code that is printed on page one.

    Without a key the answer is that of the public page. With one that may read papers
    it names the paper to its agency and its vendor.
    """

    permission_classes = (AllowAny,)

    @property
    def actor(self) -> Actor:
        """Whose the key is, if it may read papers; else a visitor."""
        actor = self.request.auth
        reads = isinstance(actor, Actor) and "documents:read" in actor.scopes
        return actor if reads and isinstance(actor, Actor) else ANONYMOUS

    @extend_schema(
        operation_id="get_verification",
        summary="Verify a file",
        parameters=[
            OpenApiParameter(
                "part",
                str,
                many=True,
                description="SHA-256 of the file as it was before something was added.",
            ),
            OpenApiParameter(
                "named", str, description="The code that the file's metadata names."
            ),
        ],
        responses=VerificationSerializer,
        tags=["verifications"],
    )
    def get(self, request: Request, token: str, **_: Any) -> Response:
        more = request.query_params
        question = gate.question_asked(
            token, more.getlist("part"), more.get("named", "")
        )
        found = queries.verify(question, actor=self.actor, at=clock.now())
        return Response(show_verification(found))
