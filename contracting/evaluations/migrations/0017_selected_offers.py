"""A decision selects one offer or several: a row for each, only ever added."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only

_INTENDED = """
CREATE OR REPLACE FUNCTION evaluations_selectedoffer_is_intended() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE most integer; decided bigint; offered bigint;
BEGIN
  SELECT s.most_awards, s.id INTO most, decided
    FROM evaluations_selectiondecision d
    JOIN solicitations_solicitation s ON s.id = d.solicitation_id
    WHERE d.id = NEW.decision_id;
  SELECT solicitation_id INTO offered
    FROM submissions_submission WHERE id = NEW.submission_id;
  IF NEW.position > most THEN
    RAISE EXCEPTION 'solicitation % intends % awards', decided, most
      USING ERRCODE = 'check_violation',
      CONSTRAINT = 'no_more_offers_are_selected_than_awards_are_intended';
  END IF;
  IF offered IS DISTINCT FROM decided THEN
    RAISE EXCEPTION 'the offer answers another solicitation'
      USING ERRCODE = 'check_violation',
      CONSTRAINT = 'a_selected_offer_answers_the_solicitation_that_is_decided';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER evaluations_selectedoffer_is_intended
  AFTER INSERT ON evaluations_selectedoffer
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION evaluations_selectedoffer_is_intended();
"""


def move_selected(apps, schema_editor):
    """Give each decision that stands the row of the one offer that it selected."""
    selected = apps.get_model("evaluations", "SelectedOffer")
    for decision in apps.get_model("evaluations", "SelectionDecision").objects.all():
        selected.objects.create(
            decision=decision, position=1, submission_id=decision.selected_id
        )


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0016_final_revisions"),
        ("solicitations", "0011_awards_intended"),
        ("submissions", "0006_closings"),
    ]

    operations = [
        migrations.CreateModel(
            name="SelectedOffer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=contracting.core.models.ClockTimestamp(),
                        editable=False,
                        help_text="When the database recorded the row, UTC.",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=1)),
                (
                    "reason",
                    models.TextField(
                        blank=True,
                        help_text="Why this one; empty where the rationale says all.",
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="selections",
                        to="evaluations.selectiondecision",
                    ),
                ),
                (
                    "submission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="selection",
                        to="submissions.submission",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("decision", "position"),
                        name="two_selected_offers_never_have_one_position",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("position__gte", 1)),
                        name="selected_offers_are_counted_from_one",
                    ),
                ],
            },
        ),
        migrations.RunPython(move_selected, migrations.RunPython.noop),
        migrations.RunSQL(_INTENDED, migrations.RunSQL.noop),
        append_only("evaluations_selectedoffer"),
        migrations.RemoveField(model_name="selectiondecision", name="selected"),
    ]
