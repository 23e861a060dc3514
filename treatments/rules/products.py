"""Products as data: what is in them, how they reach the scalp, and for what they are licensed.

The clinic's own register (models/products.py) is filled from here and has the last word on the status: a
licence paper decides it, not this list.
"""

from dataclasses import dataclass

from treatments.rules.gaps import Floor


def gettext_noop(text: str) -> str:
    return text


_ = gettext_noop


@dataclass(frozen=True)
class Product:
    """`ingredients` are names that consultations/rules/ingredients.py knows, `status` one of planned.py,
    `modality` one of models/products.py. `floors`: what lies between two of it besides the week of any.
    """

    code: str
    name: str
    ingredients: tuple[str, ...]
    status: str
    modality: str = "injection"
    floors: frozenset[Floor] = frozenset()


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
            "dutasteride-vitamins",
            _("Dutasteride 0.05 % with dexpanthenol, biotin and pyridoxine, 2 mL"),
            ("dutasteride", "dexpanthenol", "biotin", "pyridoxine", "water"),
            "unknown",  # a mixture: who makes it, and on what licence, is for the register
        ),
        Product(
            "dutasteride-0-01",
            _("Dutasteride 0.01 %, 1 mL"),
            ("dutasteride", "water"),
            "licensed_other_route",
            floors=frozenset({Floor.DUTASTERIDE_0_01}),
        ),
        Product(
            "minoxidil-0-5",
            _("Minoxidil 0.5 %"),
            ("minoxidil", "propylene glycol", "water"),
            "licensed_other_route",
            floors=frozenset({Floor.MINOXIDIL}),
        ),
        Product(
            "triamcinolone",
            _("Triamcinolone 10 mg/mL, thinned as prescribed"),
            ("triamcinolone", "benzyl alcohol", "saline"),
            "licensed_injectable",
            floors=frozenset({Floor.TRIAMCINOLONE}),
        ),
        Product(
            "triamcinolone-needled",
            _("Triamcinolone 10 mg/mL, brought in by needling"),
            ("triamcinolone", "benzyl alcohol", "saline"),
            "licensed_other_route",
            modality="needling",
            floors=frozenset({Floor.TRIAMCINOLONE}),
        ),
        Product(
            "multivitamin-cocktail",
            _("Multivitamin cocktail"),
            ("multivitamin", "amino acids", "minerals", "water"),
            "cosmetic",
        ),
        Product(
            "cocktail-56-needled",
            _("Cocktail of 56 components, brought in by needling"),
            ("multivitamin", "amino acids", "minerals", "water"),
            "unknown",
            modality="needling",
        ),
        Product(
            "lc-hair-essence",
            _("LC hair essence"),
            ("multivitamin", "amino acids", "water"),
            "unknown",
        ),
        Product("biotin-vial", _("Biotin vial"), ("biotin", "water"), "unknown"),
        Product("growth-factor-vial", _("Growth factor vial"), ("growth factor", "water"), "unlicensed"),
        Product(
            "own-plasma",
            _("The patient’s own plasma (PRP), from a licensed kit"),
            ("prp",),
            "licensed_other_route",  # the kit is licensed; the scalp is not what for
            modality="prp",
            floors=frozenset({Floor.PRP}),
        ),
    )
}


def floors_of(code: str) -> frozenset[Floor]:
    """Return what must lie between two of this product; of one that the list does not know, the week."""
    product = PRODUCTS.get(code)
    return (product.floors if product else frozenset()) | {Floor.SCALP_INJECTION}


def as_plan(code: str) -> dict[str, object] | None:
    """Return the product as a plan names it, or None when the list does not know the code."""
    product = PRODUCTS.get(code)
    if product is None:
        return None
    return {"code": product.code, "ingredients": list(product.ingredients), "status": product.status}
