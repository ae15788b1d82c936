"""Letters of designation that bind once accepted, and lines that are free by agreement."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only
from contracting.evaluations.migrations._words import rule_words


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_review_fields"),
        ("contracts", "0011_forgone_awards"),
        ("evaluations", "0016_final_revisions"),
    ]

    operations = [
        migrations.CreateModel(
            name="DesignationAcceptance",
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
                ("accepted_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="GratuitousService",
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
                ("slin", models.CharField(max_length=6, verbose_name="SLIN")),
                (
                    "agreement",
                    models.CharField(
                        help_text="Number and day, or where it is filed.",
                        max_length=300,
                    ),
                ),
                ("recorded_on", models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="cordesignation",
            name="a_representative_is_designated_once_for_a_contract",
        ),
        migrations.AddField(
            model_name="cordesignation",
            name="certified_until",
            field=models.DateField(
                blank=True, help_text="Last day of the certification.", null=True
            ),
        ),
        migrations.AddField(
            model_name="cordesignation",
            name="level",
            field=models.CharField(
                blank=True,
                choices=[("I", "level I"), ("II", "level II"), ("III", "level III")],
                help_text="FAC-COR level; letters of old say none, and bind nobody.",
                max_length=3,
                verbose_name="certification level",
            ),
        ),
        migrations.AddConstraint(
            model_name="cordesignation",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_to__gte", models.F("valid_from"))),
                name="a_designation_ends_after_it_begins",
            ),
        ),
        migrations.AddField(
            model_name="designationacceptance",
            name="accepted_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.membership",
            ),
        ),
        migrations.AddField(
            model_name="designationacceptance",
            name="designation",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="acceptance",
                to="contracts.cordesignation",
            ),
        ),
        migrations.AddField(
            model_name="gratuitousservice",
            name="contract",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="gratuitous_services",
                to="contracts.contract",
            ),
        ),
        migrations.AddField(
            model_name="gratuitousservice",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.membership",
            ),
        ),
        migrations.AddConstraint(
            model_name="gratuitousservice",
            constraint=models.UniqueConstraint(
                fields=("contract", "slin"), name="a_subline_is_marked_as_no_cost_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="gratuitousservice",
            constraint=models.CheckConstraint(
                condition=models.Q(("agreement", ""), _negated=True),
                name="what_costs_nothing_has_an_agreement",
            ),
        ),
        append_only("contracts_cordesignation"),
        append_only("contracts_designationacceptance"),
        append_only("contracts_gratuitousservice"),
        rule_words(
            "R-ROL-05",
            "A COR acts only under a signed designation for the contract and never "
            "changes price, quantity, schedule or terms.",
            "The contracting officer designates anew, with dates and a certification "
            "that cover the day; the representative accepts the letter.",
            "FAR 1.602-2(d), 1.604",
        ),
        rule_words(
            "R-FND-11",
            "Free tokens and credits are priced at no cost on a line or covered by a "
            "gratuitous-service agreement.",
            "A legal reviewer records the agreement under which the line is free, or "
            "the line gets a price.",
            "31 USC 1342",
            "STATUTE",
        ),
    ]
