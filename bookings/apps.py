from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "bookings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from bookings.services import following, on_duty, reminding
        from clinic.delivery import ask_before_sending
        from clinic.models import Patient
        from clinic.services.on_call import ask_about_the_house
        from consultations.signals import patient_changed
        from treatments.models import Course
        from treatments.signals import course_changed

        patient_changed.connect(following.after_patient_changed, sender=Patient)
        course_changed.connect(following.after_course_changed, sender=Course)
        ask_before_sending(reminding.recheck)
        ask_about_the_house(on_duty.HOUSE)
