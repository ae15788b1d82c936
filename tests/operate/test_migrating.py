"""Migrating makes the same fields and classes as Django does, with less work."""

import gc

from django.db import models
from django.db.migrations.state import ModelState, ProjectState

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


def a_line_with_its_limits(state):
    """A class that is made, and then gets a constraint and an index."""
    key = ("field_id", models.AutoField(primary_key=True))
    tokens = ("tokens", models.BigIntegerField())
    state.add_model(ModelState("examples", "Line", [key, tokens]))
    made = state.apps.get_model("examples", "Line")
    limit = models.CheckConstraint(condition=models.Q(tokens__gte=0), name="no_debt")
    state.add_constraint("examples", "line", limit)
    state.add_index("examples", "line", models.Index("tokens", name="by_tokens"))
    return made


def said_of(line):
    return (
        [each.deconstruct() for each in line._meta.constraints],
        [each.deconstruct() for each in line._meta.indexes],
    )


def test_a_class_knows_its_constraints_without_being_made_again():
    usual, light = ProjectState(), ProjectState()
    a_line_with_its_limits(usual)

    with migrating_lightly():
        made = a_line_with_its_limits(light)

    as_usual = usual.apps.get_model("examples", "Line")
    assert light.apps.get_model("examples", "Line") is made
    assert said_of(made) == said_of(as_usual)
    # A step that runs Python asks for fresh classes, and gets the same.
    light.clear_delayed_apps_cache()
    fresh = light.apps.get_model("examples", "Line")
    assert fresh is not made
    assert said_of(fresh) == said_of(as_usual)


def test_afterwards_everything_is_as_before():
    usual, thresholds = models.Field.clone, gc.get_threshold()
    append = ProjectState.__dict__["_append_option"]

    with migrating_lightly():
        assert models.Field.clone is not usual

    assert models.Field.clone is usual
    assert ProjectState.__dict__["_append_option"] is append
    assert gc.get_threshold() == thresholds
