from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class RegulatoryStatus(models.TextChoices):
    LICENSED_INJECTABLE = "licensed_injectable", _("licensed for injection")
    LICENSED_OTHER_ROUTE = "licensed_other_route", _("licensed for another route (off label here)")
    COSMETIC = "cosmetic", _("cosmetic: may not be injected")
    UNLICENSED = "unlicensed", _("not licensed")
    UNKNOWN = "unknown", _("not known")


INJECTABLE = (RegulatoryStatus.LICENSED_INJECTABLE, RegulatoryStatus.LICENSED_OTHER_ROUTE)


class Modality(models.TextChoices):
    """How the scalp is treated: between two of different kinds lies a floor of its own (rule I-6)."""

    INJECTION = "injection", _("injection")
    PRP = "prp", _("the patient's own plasma")
    NEEDLING = "needling", _("needling")
    LASER = "laser", _("laser")


class Product(models.Model):
    """What may be injected. `ingredients` is a list of names as rules/products.py writes them."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    ingredients = models.JSONField(default=list)
    regulatory_status = models.CharField(
        max_length=24, choices=RegulatoryStatus, default=RegulatoryStatus.UNKNOWN
    )
    modality = models.CharField(max_length=12, choices=Modality, default=Modality.INJECTION)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="product_modality_known", condition=Q(modality__in=Modality.values)),
            models.CheckConstraint(
                name="product_status_known", condition=Q(regulatory_status__in=RegulatoryStatus.values)
            ),
        ]
