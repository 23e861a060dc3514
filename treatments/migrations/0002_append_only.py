from django.db import migrations

from clinic.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("treatments", "0001_initial"), ("clinic", "0002_append_only")]

    operations = [
        append_only("treatments_prescription"),
        append_only("treatments_record"),
        append_only("treatments_addendum"),
    ]
