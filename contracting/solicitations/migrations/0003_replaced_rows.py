"""Lines and factors are replaced and never rewritten; what stands in one package."""

from django.db import migrations, models


def replaced_only(table: str) -> migrations.RunSQL:
    """Refuse every change of a row but its end: a later row follows it."""
    return migrations.RunSQL(
        f"""
CREATE OR REPLACE FUNCTION {table}_replaced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE as_it_was {table}%ROWTYPE;
BEGIN
  as_it_was := NEW;
  as_it_was.is_removed := OLD.is_removed;
  as_it_was.until_version := OLD.until_version;
  IF as_it_was IS DISTINCT FROM OLD OR OLD.is_removed THEN
    RAISE EXCEPTION 'rows of % are replaced and never rewritten', TG_TABLE_NAME
      USING ERRCODE = 'restrict_violation',
        CONSTRAINT = 'what_an_offer_prices_is_never_rewritten';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER {table}_is_replaced_only BEFORE UPDATE ON {table}
  FOR EACH ROW EXECUTE FUNCTION {table}_replaced();
""",
        migrations.RunSQL.noop,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_guards"),
        ("reference", "0003_seed"),
        ("solicitations", "0002_guards"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="amendment",
            name="an_amendment_is_issued_before_the_deadline_it_moves",
        ),
        migrations.AddField(
            model_name="evaluationfactor",
            name="since_version",
            field=models.PositiveIntegerField(
                default=1, help_text="The version of the package that brought the row."
            ),
        ),
        migrations.AddField(
            model_name="evaluationfactor",
            name="until_version",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="The last version in which the row stood.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="solicitationline",
            name="since_version",
            field=models.PositiveIntegerField(
                default=1, help_text="The version of the package that brought the row."
            ),
        ),
        migrations.AddField(
            model_name="solicitationline",
            name="until_version",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="The last version in which the row stood.",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="solicitationline",
            name="is_removed",
            field=models.BooleanField(
                default=False,
                help_text="No longer asked for, or replaced by a later row.",
            ),
        ),
        migrations.AddConstraint(
            model_name="amendment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("issued_at__lt", models.F("old_deadline")),
                    ("new_deadline__gt", models.F("issued_at")),
                ),
                name="an_amendment_is_issued_before_the_deadline_it_moves",
            ),
        ),
        migrations.AddConstraint(
            model_name="solicitationline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_removed", False)),
                fields=(
                    "solicitation",
                    "clin",
                    "token_class",
                    "tier",
                    "context_band",
                    "boundary",
                ),
                name="two_lines_of_a_clin_never_ask_for_the_same_price",
            ),
        ),
        migrations.AddConstraint(
            model_name="solicitationline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_removed", True),
                    ("slin__regex", "^[0-9]{4}([A-HJ-NP-Z]{2})?$"),
                    _connector="OR",
                ),
                name="an_informational_line_is_never_priced",
            ),
        ),
        replaced_only("solicitations_solicitationline"),
        replaced_only("solicitations_evaluationfactor"),
    ]
