from django.db import migrations

from clinic.append_only import of_kept_records


class Migration(migrations.Migration):

    dependencies = [
        ('clinic', '0005_finding_and_merging'),
        ('consultations', '0003_symptom_reports'),
    ]

    operations = [
        of_kept_records('consultations_consent'),
        of_kept_records('consultations_consultation'),
        of_kept_records('consultations_decision'),
        of_kept_records('consultations_intake'),
        of_kept_records('consultations_screening'),
        of_kept_records('consultations_symptomreport'),
    ]
