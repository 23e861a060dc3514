from django.db import migrations

from clinic.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("consultations", "0001_initial"), ("clinic", "0002_append_only")]

    operations = [
        append_only("consultations_answer"),
        append_only("consultations_screening"),
        append_only("consultations_decision"),
        append_only("consultations_consultation", when="OLD.signed_at IS NOT NULL"),
    ]
