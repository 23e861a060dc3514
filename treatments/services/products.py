"""The product list of the code, as rows that courses and lots refer to."""

from treatments.models import Product
from treatments.rules import products


def sync_products() -> list[Product]:
    """Make the rows say what the list says; products that left the list stay, out of use."""
    for listed in products.PRODUCTS.values():
        Product.objects.update_or_create(
            code=listed.code,
            defaults={
                "name": listed.name,
                "ingredients": list(listed.ingredients),
                "regulatory_status": listed.status,
                "is_active": True,
            },
        )
    Product.objects.exclude(code__in=products.PRODUCTS).filter(is_active=True).update(is_active=False)
    return list(Product.objects.filter(is_active=True).order_by("code"))
