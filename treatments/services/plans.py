"""What a course plans to inject, in the words that candidacy rules are written in."""

from typing import Any

from treatments.models import Product

_SCOPE_OF_INGREDIENT = {
    "dutasteride": "5ARI",
    "finasteride": "5ARI",
    "minoxidil": "MINOX",
    "triamcinolone": "STER",
    "platelet-rich plasma": "PRP",
    "growth factors": "GF",
}


def planned_of(product: Product) -> dict[str, Any]:
    """Return `planned` as screening takes it."""
    return {
        "product": {
            "code": product.code,
            "ingredients": list(product.ingredients),
            "status": product.regulatory_status,
        }
    }


def scopes_of(product: Product) -> frozenset[str]:
    """Return the rule scopes that count for this product."""
    named = {_SCOPE_OF_INGREDIENT[one] for one in product.ingredients if one in _SCOPE_OF_INGREDIENT}
    return frozenset({"ALL", "PRODUCT", *named})
