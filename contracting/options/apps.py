"""Registers the app with Django, its guard with modifications, and memos on options."""

from django.apps import AppConfig


class OptionsConfig(AppConfig):
    name = "contracting.options"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What exercises an option is signed only as the option states."""
        from contracting.determinations.queries import offer_determinations
        from contracting.modifications.queries import also_require
        from contracting.modifications.states import ModificationKind
        from contracting.options.operations.draft import require_exercisable
        from contracting.options.permissions import about_option

        also_require(ModificationKind.OPTION, require_exercisable)
        offer_determinations("opt", about_option)
