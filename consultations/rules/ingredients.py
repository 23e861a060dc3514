"""What can be in a vial, as data: the names on labels, what kind of thing each is, which allergy it meets."""

from dataclasses import dataclass

CLASSES = {  # what an ingredient does, and the scope of rules that then counts
    "5ari": "5ARI",
    "minoxidil": "MINOX",
    "steroid": "STER",
    "prp": "PRP",
    "growth_factor": "GF",
    "local_anaesthetic": "LA",
    "amide_anaesthetic": "LA",
    "prilocaine": "PRILOCAINE",
}


@dataclass(frozen=True)
class Ingredient:
    """`allergens` are answers to the allergy question; `names` are matched as whole words."""

    code: str
    names: tuple[str, ...]
    classes: tuple[str, ...] = ()
    allergens: tuple[str, ...] = ()


AMIDE = ("local_anaesthetic", "amide_anaesthetic")

INGREDIENTS: tuple[Ingredient, ...] = (
    Ingredient("dutasteride", ("dutasteride", "dutas"), ("5ari",), ("five_ari",)),
    Ingredient("finasteride", ("finasteride",), ("5ari",), ("five_ari",)),
    Ingredient("minoxidil", ("minoxidil",), ("minoxidil",), ("minoxidil",)),
    Ingredient("triamcinolone", ("triamcinolone", "kenacort"), ("steroid",), ("steroid",)),
    Ingredient("betamethasone", ("betamethasone",), ("steroid",), ("steroid",)),
    Ingredient("lidocaine", ("lidocaine", "lignocaine", "xylocaine"), AMIDE, ("lidocaine",)),
    Ingredient("prilocaine", ("prilocaine",), (*AMIDE, "prilocaine"), ("prilocaine",)),
    Ingredient("emla", ("emla", "prilox"), (*AMIDE, "prilocaine"), ("lidocaine", "prilocaine")),
    Ingredient(
        "other_amide",
        ("bupivacaine", "ropivacaine", "mepivacaine", "articaine"),
        AMIDE,
        ("other_caine",),
    ),
    Ingredient(
        "ester_anaesthetic",
        ("procaine", "tetracaine", "amethocaine", "benzocaine"),
        ("local_anaesthetic",),
        ("paba_ester", "other_caine"),
    ),
    Ingredient("adrenaline", ("adrenaline", "epinephrine"), (), ("sulfites",)),
    Ingredient("prp", ("prp", "platelet rich plasma", "gfc"), ("prp",)),
    Ingredient(
        "growth_factor",
        ("growth factor", "growth factors", "qr678", "exosome", "exosomes"),
        ("growth_factor",),
    ),
    Ingredient("thiamine", ("thiamine", "vitamin b1"), (), ("b_vitamins",)),
    Ingredient("riboflavin", ("riboflavin", "vitamin b2"), (), ("b_vitamins",)),
    Ingredient("niacinamide", ("niacinamide", "nicotinamide", "vitamin b3"), (), ("b_vitamins",)),
    Ingredient(
        "dexpanthenol", ("dexpanthenol", "d panthenol", "panthenol", "vitamin b5"), (), ("b_vitamins",)
    ),
    Ingredient("pyridoxine", ("pyridoxine", "vitamin b6"), (), ("b_vitamins",)),
    Ingredient("biotin", ("biotin", "vitamin b7", "vitamin h"), (), ("b_vitamins",)),
    Ingredient("folic_acid", ("folic acid", "folate", "vitamin b9"), (), ("b_vitamins",)),
    Ingredient("cobalamin", ("cyanocobalamin", "methylcobalamin", "vitamin b12"), (), ("b_vitamins",)),
    Ingredient(
        "multivitamin",
        ("multivitamin", "multivitamins", "vitamin complex", "b complex", "vitamin", "vitamins"),
        (),
        ("b_vitamins",),
    ),
    Ingredient("ascorbic_acid", ("ascorbic acid", "vitamin c")),
    Ingredient("amino_acids", ("amino acid", "amino acids")),
    Ingredient("minerals", ("zinc", "magnesium", "copper", "copper peptide", "selenium", "minerals")),
    Ingredient("caffeine", ("caffeine",)),
    Ingredient("hyaluronic_acid", ("hyaluronic acid", "sodium hyaluronate")),
    Ingredient("hyaluronidase", ("hyaluronidase",), (), ("hyaluronidase",)),
    Ingredient("phosphatidylcholine", ("phosphatidylcholine", "lecithin", "soya", "soy"), (), ("foods",)),
    Ingredient("parabens", ("paraben", "parabens", "methylparaben", "propylparaben"), (), ("parabens",)),
    Ingredient(
        "sulfites",
        ("sulfite", "sulfites", "sulphite", "sulphites", "metabisulfite", "metabisulphite", "bisulfite"),
        (),
        ("sulfites",),
    ),
    Ingredient("benzyl_alcohol", ("benzyl alcohol",), (), ("benzyl_alcohol",)),
    Ingredient(
        "propylene_glycol",
        ("propylene glycol", "peg", "polyethylene glycol", "macrogol"),
        (),
        ("propylene_glycol",),
    ),
    Ingredient("alcohol", ("ethanol", "alcohol"), (), ("alcohol",)),
    Ingredient("nickel", ("nickel",), (), ("nickel",)),
    Ingredient("water", ("water", "saline", "sodium chloride", "normal saline", "ns")),
)

KNOWN_AS: dict[str, Ingredient] = {name: one for one in INGREDIENTS for name in one.names}
KNOWN_AS |= {one.code.replace("_", " "): one for one in INGREDIENTS}
