"""Products as data: what is in them, and for what they are licensed.

The clinic's own register (models/products.py) is filled from here and has the last word on the status: a
licence paper decides it, not this list.
"""

from dataclasses import dataclass


def gettext_noop(text: str) -> str:
    return text


_ = gettext_noop


@dataclass(frozen=True)
class Product:
    """`ingredients` are names that consultations/rules/ingredients.py knows, `status` one of planned.py."""

    code: str
    name: str
    ingredients: tuple[str, ...]
    status: str


PRODUCTS: dict[str, Product] = {
    product.code: product
    for product in (
        Product(
            "dutasteride-0-05",
            _("Dutasteride 0.05 %, 2 mL"),
            ("dutasteride", "water"),
            "licensed_other_route",
        ),
        Product(
            "dutasteride-0-01",
            _("Dutasteride 0.01 %, 1 mL"),
            ("dutasteride", "water"),
            "licensed_other_route",
        ),
        Product(
            "minoxidil-0-5",
            _("Minoxidil 0.5 %"),
            ("minoxidil", "propylene glycol", "water"),
            "licensed_other_route",
        ),
        Product(
            "triamcinolone",
            _("Triamcinolone 10 mg/mL, thinned as prescribed"),
            ("triamcinolone", "benzyl alcohol", "saline"),
            "licensed_injectable",
        ),
        Product(
            "multivitamin-cocktail",
            _("Multivitamin cocktail"),
            ("multivitamin", "amino acids", "minerals", "water"),
            "cosmetic",
        ),
        Product("biotin-vial", _("Biotin vial"), ("biotin", "water"), "unknown"),
        Product("growth-factor-vial", _("Growth factor vial"), ("growth factor", "water"), "unlicensed"),
    )
}


def as_plan(code: str) -> dict[str, object] | None:
    """Return the product as a plan names it, or None when the list does not know the code."""
    product = PRODUCTS.get(code)
    if product is None:
        return None
    return {"code": product.code, "ingredients": list(product.ingredients), "status": product.status}
