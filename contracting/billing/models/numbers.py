"""When two invoice numbers are the same, whoever wrote them."""

from __future__ import annotations

from typing import Any

from django.db.models import Func, Value
from django.db.models.functions import Upper


class NumberKey(Func):
    """An invoice number without case, separators and leading zeros.

    ``INV-001``, ``inv 001`` and ``Inv1`` have the same key ``INV-1``; ``2026-1-1`` and
    ``2026-11`` have different ones, because letters and digits are kept in their runs.
    """

    function = "regexp_replace"

    def __init__(self, number: Any, **extra: Any) -> None:
        key: Any = Upper(number)
        for pattern, put in (
            ("[[:space:][:punct:]]+", "-"),
            ("([^0-9-])([0-9])", r"\1-\2"),
            ("([0-9])([^0-9-])", r"\1-\2"),
            ("(^|-)0+([0-9])", r"\1\2"),
        ):
            key = Func(
                key, Value(pattern), Value(put), Value("g"), function=self.function
            )
        super().__init__(key, Value("^-+|-+$"), Value(""), Value("g"), **extra)
