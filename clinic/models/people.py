from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Reverse
from django.utils.translation import gettext_lazy as _

E164 = r"^\+[1-9][0-9]{7,14}$"


class Language(models.TextChoices):
    """Languages people speak or read; which of them the pages offer is settings.LANGUAGES."""

    ENGLISH = "en", "English"
    KANNADA = "kn", "ಕನ್ನಡ"
    HINDI = "hi", "हिन्दी"
    TAMIL = "ta", "தமிழ்"
    TELUGU = "te", "తెలుగు"
    MALAYALAM = "ml", "മലയാളം"
    URDU = "ur", "اردو"


class UserManager(BaseUserManager):
    def create_user(self, *, email=None, phone=None, password=None, **fields):
        user = self.model(email=email.lower() if email else None, phone=phone or None, **fields)
        user.set_password(password)  # None makes it unusable: patients log in by code only
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email):
        return self.get(email=email.lower())


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who can log in: staff by password, patients by a code sent to phone or e-mail."""

    email = models.EmailField(_("e-mail"), unique=True, null=True, blank=True)
    phone = models.CharField(_("mobile"), max_length=16, unique=True, null=True, blank=True)
    phone_verified_at = models.DateTimeField(null=True, blank=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    pin = models.CharField(max_length=128, blank=True, help_text="hashed; for shared tablets")
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        indexes = [models.Index(OpClass(Reverse("phone"), name="text_pattern_ops"), name="user_phone_end")]
        constraints = [
            models.CheckConstraint(
                name="user_has_email_or_phone", condition=Q(email__isnull=False) | Q(phone__isnull=False)
            ),
            models.CheckConstraint(name="user_email_is_lower_case", condition=Q(email=Lower("email"))),
            models.CheckConstraint(
                name="user_phone_is_e164", condition=Q(phone__isnull=True) | Q(phone__regex=E164)
            ),
            models.CheckConstraint(
                name="user_staff_has_email", condition=Q(is_staff=False) | Q(email__isnull=False)
            ),
        ]


class Role(models.TextChoices):
    FRONT_DESK = "front_desk", _("front desk")
    NURSE = "nurse", _("nurse")
    DERMATOLOGIST = "dermatologist", _("dermatologist")
    MANAGER = "manager", _("manager")


class StaffRole(models.Model):
    """What a member of staff may do, at one location or (location empty) at all."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=16, choices=Role)
    location = models.ForeignKey("Location", on_delete=models.CASCADE, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "location"], name="staff_role_once", nulls_distinct=False
            ),
            models.CheckConstraint(name="staff_role_known", condition=Q(role__in=Role.values)),
        ]


class SexAtBirth(models.TextChoices):
    FEMALE = "female", _("Female")
    MALE = "male", _("Male")
    INTERSEX = "intersex", _("Intersex")
    PRIVATE = "private", _("I'll tell the doctor")


class PatientQuerySet(models.QuerySet):
    def of_account(self, user):
        return self.filter(account=user, merged_into__isnull=True)


class Patient(models.Model):
    """A person we care for. One account may hold several: a mother books for her son."""

    account = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="patients"
    )
    name = models.CharField(max_length=120)
    name_key = models.CharField(max_length=240, blank=True, db_index=True, help_text="rules/names.py")
    born_on = models.DateField(null=True, blank=True)
    approximate_birth_year = models.PositiveSmallIntegerField(null=True, blank=True)
    sex_at_birth = models.CharField(max_length=8, choices=SexAtBirth, blank=True)
    area = models.CharField(max_length=80, blank=True)
    language_spoken = models.CharField(max_length=2, choices=Language, default=Language.ENGLISH)
    language_read = models.CharField(max_length=2, choices=Language, default=Language.ENGLISH)
    phone = models.CharField(max_length=16, blank=True)
    phone_shared = models.BooleanField(default=False)
    email = models.EmailField(blank=True)
    emergency_contact_name = models.CharField(max_length=120, blank=True)
    emergency_contact_phone = models.CharField(max_length=16, blank=True)
    guardian_name = models.CharField(max_length=120, blank=True)
    pin = models.CharField(max_length=128, blank=True, help_text="hashed; behind a shared phone")
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True)
    died_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PatientQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["phone"], opclasses=["varchar_pattern_ops"], name="patient_phone_start"),
            models.Index(OpClass(Reverse("phone"), name="text_pattern_ops"), name="patient_phone_end"),
        ]
        constraints = [
            models.CheckConstraint(name="patient_has_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="patient_phone_is_e164", condition=Q(phone="") | Q(phone__regex=E164)
            ),
            models.CheckConstraint(
                name="patient_one_kind_of_birth",
                condition=Q(born_on__isnull=True) | Q(approximate_birth_year__isnull=True),
            ),
            models.CheckConstraint(
                name="patient_birth_year_plausible",
                condition=Q(approximate_birth_year__isnull=True)
                | Q(approximate_birth_year__gte=1900, approximate_birth_year__lte=2100),
            ),
            models.CheckConstraint(
                name="patient_not_merged_into_self",
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
            ),
            models.CheckConstraint(
                name="patient_died_after_birth",
                condition=Q(died_on__isnull=True) | Q(born_on__isnull=True) | Q(died_on__gte=F("born_on")),
            ),
        ]


class NameWord(models.Model):
    """One word that a patient is found by (rules/names.py), so that the beginning of any word uses an index.

    Whoever was merged into somebody leaves them their words: they are found by either name.
    """

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="name_words")
    word = models.CharField(max_length=240)

    class Meta:
        indexes = [
            models.Index(
                fields=["word", "patient"], opclasses=["varchar_pattern_ops", "int8_ops"], name="name_word"
            ),
        ]
        constraints = [models.UniqueConstraint(fields=["patient", "word"], name="name_word_once")]
