"""Usage, its verdicts, attribution and rating are only ever added."""

from django.db import migrations

from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("metering", "0001_initial"),
    ]

    operations = [
        append_only("metering_usagebatch"),
        append_only("metering_usageevent"),
        append_only("metering_usageline"),
        append_only("metering_usagerefusal"),
        append_only("metering_usagehold"),
        append_only("metering_usageattribution"),
        append_only("metering_usagerating"),
    ]
