from django.db import migrations

from clinic.append_only import REFUSE_CHANGE, append_only


class Migration(migrations.Migration):
    dependencies = [("clinic", "0001_initial")]

    operations = [
        REFUSE_CHANGE,
        append_only("clinic_auditrow"),
        append_only("clinic_viewrow"),
        append_only("clinic_delivery"),
        append_only("clinic_release", when="OLD.signed_at IS NOT NULL"),
    ]
