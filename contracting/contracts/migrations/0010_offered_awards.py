"""An award on a quotation is offered, and in force once its vendor has accepted."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only, legal_moves, moves_of
from contracting.evaluations.migrations._words import rule_words

ACCEPTED = """
CREATE OR REPLACE FUNCTION contracts_quotation_is_accepted() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state = 'AWARDED' AND OLD.state <> 'AWARDED'
     AND EXISTS (SELECT FROM solicitations_solicitation s
       WHERE s.id = NEW.solicitation_id AND s.kind = 'RFQ')
     AND NOT EXISTS (SELECT FROM contracts_awardoffer o
       JOIN contracts_awardanswer a ON a.offer_id = o.id
       WHERE o.contract_id = NEW.id AND a.is_accepted
         AND a.answered_at <= o.accept_by) THEN
    RAISE EXCEPTION 'an award on a quotation is in force once it is accepted in time'
      USING ERRCODE = 'check_violation',
      CONSTRAINT = 'an_award_on_a_quotation_is_accepted_in_time';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER contracts_quotation_is_accepted
  BEFORE UPDATE OF state ON contracts_contract
  FOR EACH ROW EXECUTE FUNCTION contracts_quotation_is_accepted();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_review_fields"),
        ("contracts", "0009_selected_offers"),
        ("evaluations", "0016_final_revisions"),
        ("reference", "0003_seed"),
        ("solicitations", "0012_quotations"),
    ]

    operations = [
        migrations.CreateModel(
            name="AwardAnswer",
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
                ("is_accepted", models.BooleanField()),
                (
                    "reason",
                    models.TextField(blank=True, help_text="Why it was declined."),
                ),
                ("answered_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="AwardOffer",
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
                (
                    "accept_by",
                    models.DateTimeField(help_text="The vendor may accept until then."),
                ),
                ("offered_at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="contract",
            name="an_awarded_contract_has_a_number_and_a_signature",
        ),
        migrations.AlterField(
            model_name="contract",
            name="state",
            field=models.CharField(
                choices=[
                    ("DRAFT", "draft award"),
                    ("OFFERED", "offered to the vendor, not in force"),
                    ("AWARDED", "awarded"),
                    ("COMPLETED", "physically complete"),
                    ("CLOSED", "closed"),
                    ("DISCARDED", "discarded"),
                ],
                default="DRAFT",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["DRAFT", "OFFERED", "DISCARDED"]),
                    models.Q(
                        ("awarded_at__isnull", False),
                        ("piid__isnull", False),
                        ("signed_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="an_awarded_contract_has_a_number_and_a_signature",
            ),
        ),
        migrations.AddField(
            model_name="awardanswer",
            name="answered_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.membership",
            ),
        ),
        migrations.AddField(
            model_name="awardoffer",
            name="contract",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="award_offer",
                to="contracts.contract",
            ),
        ),
        migrations.AddField(
            model_name="awardoffer",
            name="signed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.membership",
            ),
        ),
        migrations.AddField(
            model_name="awardanswer",
            name="offer",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="answer",
                to="contracts.awardoffer",
            ),
        ),
        migrations.AddConstraint(
            model_name="awardoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(("accept_by__gt", models.F("offered_at"))),
                name="an_offered_award_leaves_time_to_accept_it",
            ),
        ),
        migrations.AddConstraint(
            model_name="awardanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_accepted", True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="a_vendor_that_declines_an_award_says_why",
            ),
        ),
        append_only("contracts_awardoffer"),
        append_only("contracts_awardanswer"),
        legal_moves(
            "contracts_contract",
            moves_of(
                {
                    "DRAFT": ["OFFERED", "AWARDED", "DISCARDED"],
                    "OFFERED": ["AWARDED", "DISCARDED"],
                    "AWARDED": ["COMPLETED"],
                    "COMPLETED": ["CLOSED"],
                }
            ),
        ),
        migrations.RunSQL(ACCEPTED, migrations.RunSQL.noop),
        rule_words(
            "R-SUB-11",
            "A quotation is not an offer: an award on it is the Government's offer and "
            "needs the vendor's acceptance.",
            "Let the vendor's signer accept the award in time. Late quotations are "
            "considered where the request does not exclude them, before an award.",
            "FAR 13.004",
        ),
    ]
