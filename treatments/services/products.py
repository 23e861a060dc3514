"""The product list of the code, as rows that courses and lots refer to."""

from treatments.models import Product
from treatments.rules import products


def sync_products() -> list[Product]:
    """Make the rows say what the list says; products that left the list stay, out of use.

    The status is the list's only for a product that is new: from then on the register says it.
    """
    for listed in products.PRODUCTS.values():
        said = {
            "name": listed.name,
            "ingredients": list(listed.ingredients),
            "modality": listed.modality,
            "is_active": True,
        }
        Product.objects.update_or_create(
            code=listed.code, defaults=said, create_defaults={**said, "regulatory_status": listed.status}
        )
    Product.objects.exclude(code__in=products.PRODUCTS).filter(is_active=True).update(is_active=False)
    return list(Product.objects.filter(is_active=True).order_by("code"))
