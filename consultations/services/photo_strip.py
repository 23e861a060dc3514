"""What a clinician sees of somebody's photos: all of each view, and how many are not for them."""

from dataclasses import dataclass

from clinic.models import Patient, User
from consultations.models import Photo
from consultations.rules import pictures
from consultations.services.photos import is_limited, photos_agreed, shown_to


@dataclass(frozen=True)
class Strip:
    """`of_view`: the photos of each view that has any, the oldest first. `hidden`: how many there are besides
    that this person may not look at, and `why`: taken_back, female, male, nobody.
    """

    of_view: dict[str, list[Photo]]
    hidden: int
    why: str

    @property
    def newest(self) -> list[Photo]:
        return [photos[-1] for photos in self.of_view.values()]

    @property
    def taken(self) -> int:
        return sum(view in self.of_view for view in pictures.GUIDED)

    @property
    def guided(self) -> int:
        return len(pictures.GUIDED)


def strip_of(patient: Patient, *, user: User) -> Strip:
    photos = list(shown_to(user).filter(patient=patient).order_by("taken_at", "pk"))
    views = [view.code for view in pictures.VIEWS]
    of_view = {view: [photo for photo in photos if photo.view == view] for view in views}
    hidden = Photo.objects.kept().filter(patient=patient).count() - len(photos)
    why = _why(patient) if hidden else ""
    return Strip({view: found for view, found in of_view.items() if found}, hidden, why)


def _why(patient: Patient) -> str:
    if not photos_agreed(patient):
        return "taken_back"
    for_whom = pictures.sexes_seen_by(patient.sex_at_birth)
    return for_whom[0] if for_whom and is_limited(patient) else "nobody"
