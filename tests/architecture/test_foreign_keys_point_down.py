"""An order knows its contract; a contract does not know its orders."""

from django.apps import apps
from django.db import models

from tests.architecture.tree import life_cycle

OURS = ("accounts", "contracting.")


def test_every_foreign_key_points_to_its_own_app_or_an_earlier_stage():
    level = {name: at for at, layer in enumerate(life_cycle()) for name in layer}

    upward = [
        f"{_place(source)}.{field.name} -> {_place(target)}"
        for source, field, target in _relations()
        if source._meta.app_label != target._meta.app_label
        and level[source._meta.app_label] <= level.get(target._meta.app_label, -1)
    ]

    assert upward == []


def test_nothing_that_is_pointed_at_can_be_removed():
    loose = [
        f"{_place(source)}.{field.name}"
        for source, field, _target in _relations()
        if isinstance(field, models.ForeignKey)
        and field.remote_field.on_delete is not models.PROTECT
    ]

    assert loose == []


def _relations():
    for config in apps.get_app_configs():
        if not config.name.startswith(OURS):
            continue
        for model in config.get_models():
            for field in (*model._meta.local_fields, *model._meta.local_many_to_many):
                if field.is_relation:
                    yield model, field, field.related_model


def _place(model: type[models.Model]) -> str:
    return f"{model._meta.app_label}.{model.__name__}"
