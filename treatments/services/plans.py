"""What a course plans to inject, in the words that candidacy rules are written in."""

from typing import Any

from consultations.rules.planned import read_plan
from treatments.models import Product


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
    return read_plan(planned_of(product)).scopes
