"""What a record is about, as values: lower apps never import what they serve."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """One business object by kind and primary key, and the audit stream it belongs to.

    ``kind`` is dotted, app first (``"orders.task_order"``). ``stream`` names the root
    object: ``"contract:7"``, ``"solicitation:3"``, ``"organization:1"``, ``"system"``.
    """

    kind: str
    id: int
    stream: str
