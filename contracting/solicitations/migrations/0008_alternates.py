"""How many alternate offers are taken from each vendor (FAR 52.212-1(e))."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("solicitations", "0007_no_award"),
    ]

    operations = [
        migrations.AddField(
            model_name="solicitation",
            name="alternates_taken",
            field=models.PositiveSmallIntegerField(
                db_default=9,
                default=9,
                help_text="Alternates taken from each vendor beside its base offer; 0: none.",
            ),
        ),
        migrations.AddConstraint(
            model_name="solicitation",
            constraint=models.CheckConstraint(
                condition=models.Q(alternates_taken__lte=20),
                name="a_solicitation_takes_twenty_alternates_of_a_vendor_at_most",
            ),
        ),
    ]
