"""Migrating makes the same fields as Django does, with less work."""

import gc

from django.db import models

from manage import migrating_lightly


def test_a_field_is_copied_as_it_was_written():
    field = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT)
    vars(field)["related_model"] = "contracts.Contract"
    usual = models.Field.clone

    with migrating_lightly():
        made = field.clone()

    assert made is not field
    assert made.remote_field is not field.remote_field
    assert made.deconstruct() == usual(field).deconstruct()
    assert "related_model" not in vars(made)


def test_afterwards_everything_is_as_before():
    usual, thresholds = models.Field.clone, gc.get_threshold()

    with migrating_lightly():
        assert models.Field.clone is not usual

    assert models.Field.clone is usual
    assert gc.get_threshold() == thresholds
