"""Windows on reference data: read-only, for the operator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from contracting.reference.models import (
    AiModel,
    Clause,
    Counter,
    Holiday,
    ListPrice,
    ModelAlias,
    Rule,
    Threshold,
    TokenClass,
    Tokenizer,
)

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
else:
    _Admin = admin.ModelAdmin


class Window(_Admin):
    """Rows can be read here; they change by migrations and verbs alone."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(AiModel)
class AiModelWindow(Window):
    """Model snapshots."""

    list_display = ("snapshot", "provider", "tokenizer", "valid_from", "valid_to")
    search_fields = ("snapshot", "code")
    list_filter = ("provider",)


@admin.register(ModelAlias)
class ModelAliasWindow(Window):
    """What names in usage stand for."""

    list_display = ("source_name", "model", "agency", "valid_from", "valid_to")
    search_fields = ("source_name",)


@admin.register(TokenClass)
class TokenClassWindow(Window):
    """Token classes."""

    list_display = (
        "code",
        "label",
        "direction",
        "cache_action",
        "cache_ttl",
        "modality",
        "phase",
    )


@admin.register(Tokenizer)
class TokenizerWindow(Window):
    """Tokenizers."""

    list_display = ("code", "vendor_name")


@admin.register(Threshold)
class ThresholdWindow(Window):
    """Numbers of the trade."""

    list_display = ("code", "value", "unit", "valid_from", "valid_to", "confidence")
    search_fields = ("code", "label")


@admin.register(Clause)
class ClauseWindow(Window):
    """Clauses and provisions."""

    list_display = ("number", "title", "required_for", "valid_from", "valid_to")
    search_fields = ("number", "title")


@admin.register(Rule)
class RuleWindow(Window):
    """Enforced rules."""

    list_display = ("rule_id", "sentence", "citation", "valid_from", "valid_to")
    search_fields = ("rule_id", "sentence")


@admin.register(Holiday)
class HolidayWindow(Window):
    """Federal holidays."""

    list_display = ("day", "name")


@admin.register(ListPrice)
class ListPriceWindow(Window):
    """Public list prices."""

    list_display = (
        "model",
        "token_class",
        "tier",
        "above_input_tokens",
        "usd_per_million_tokens",
        "package_version",
        "imported_on",
    )
    list_filter = ("tier", "package_version")


@admin.register(Counter)
class CounterWindow(Window):
    """The last serial of each office, year and type."""

    list_display = ("aac", "fiscal_year", "type", "last")
