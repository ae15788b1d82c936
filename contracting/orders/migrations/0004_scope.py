"""A modification carries its scope determination; earlier ones were not asked for it."""

from django.db import migrations, models

BEFORE = "Signed or drafted before a scope determination was asked for."


class Migration(migrations.Migration):
    dependencies = [("orders", "0003_availability_of_funds")]

    operations = [
        migrations.AddField(
            model_name="modification",
            name="is_within_scope",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="modification",
            name="scope",
            field=models.TextField(
                default=BEFORE, help_text="The scope determination, in words."
            ),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="modification",
            constraint=models.CheckConstraint(
                condition=models.Q(("scope", ""), _negated=True),
                name="a_modification_says_whether_it_is_within_scope",
            ),
        ),
    ]
