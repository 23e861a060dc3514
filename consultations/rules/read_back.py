"""The five answers that would do most harm if wrong, said back as sentences before a form is sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from consultations.rules.history.medicines import THINNERS
from consultations.rules.history.well_now import INFECTION_SIGNS
from consultations.rules.questions import gettext_noop

_ = gettext_noop
MOST = 5
ALWAYS = 3  # of the topics that apply, so many are said back whatever was answered


@dataclass(frozen=True)
class Statement:
    """One sentence. `key`: the answer it rests on; `codes`: what was ticked, to be named in it."""

    key: str
    text: str
    codes: tuple[str, ...] = ()
    is_reported: bool = False


@dataclass(frozen=True, kw_only=True)
class Topic:
    """What one answer means, in the four ways it can be given. `said`: sentences of their own for a code."""

    key: str
    codes: tuple[str, ...]
    nothing: str
    reported: str
    unsure: str
    private: str = ""
    said: tuple[tuple[str, str], ...] = ()
    is_delicate: bool = False

    def statement(self, facts: Mapping[str, Any]) -> Statement:
        value = facts[self.key]
        given = tuple(value) if isinstance(value, list) else (value,)
        named = tuple(code for code in self.codes if code in given)
        own = dict(self.said)
        if found := next((code for code in given if code in own), None):
            return Statement(self.key, own[found], is_reported=True)
        if named:
            return Statement(self.key, self.reported, named, is_reported=True)
        if "private" in given:
            return Statement(self.key, self.private, is_reported=True)
        if "not_sure" in given:
            return Statement(self.key, self.unsure, is_reported=True)
        return Statement(self.key, self.nothing)


# The most dangerous first.
TOPICS = (
    Topic(
        key="medicines",
        codes=("aspirin", *THINNERS),
        nothing=_("You take no blood thinner."),
        reported=_("You take a blood thinner: %(named)s."),
        unsure=_("You are not sure about all your medicines; a blood thinner may be among them."),
    ),
    Topic(
        key="pregnant",
        codes=(),
        nothing=_("You are not pregnant."),
        reported="",
        unsure=_("You are not sure whether you are pregnant."),
        private=_("You tell only the doctor whether you are pregnant."),
        said=(("yes", _("You are pregnant.")), ("possibly", _("You may be pregnant."))),
        is_delicate=True,
    ),
    Topic(
        key="allergies",
        codes=("lidocaine", "prilocaine", "other_caine", "paba_ester"),
        nothing=_("No numbing medicine ever gave you a bad reaction."),
        reported=_("This gave you a bad reaction: %(named)s."),
        unsure=_("You are not sure whether a numbing medicine ever gave you a bad reaction."),
    ),
    Topic(
        key="scalp_signs",
        codes=INFECTION_SIGNS,
        nothing=_("There is no pus, crust, sore or painful swelling on your scalp now."),
        reported=_("You have this on your scalp now: %(named)s."),
        unsure=_("You are not sure whether there is a sore or an infection on your scalp."),
    ),
    Topic(
        key="conditions",
        codes=("heart", "arrhythmia_pacemaker", "stroke"),
        nothing=_("You never had an illness of the heart, or a stroke."),
        reported=_("You have had this: %(named)s."),
        unsure=_("You are not sure about all illnesses; one of the heart may be among them."),
        private=_("You tell only the doctor which illnesses you have."),
    ),
    Topic(
        key="severe_reaction",
        codes=(),
        nothing=_("Nothing ever made it hard for you to breathe, or made you collapse."),
        reported="",
        unsure=_("You are not sure whether anything ever made it hard for you to breathe."),
        said=(("yes", _("Something once made it hard for you to breathe, or made you collapse.")),),
    ),
    Topic(
        key="conditions",
        codes=("bleeding_disorder", "weak_immunity", "g6pd", "methaemoglobinaemia", "porphyria", "epilepsy"),
        nothing=_("You do not bleed easily, have no fits, and your immunity is not weak."),
        reported=_("You have had this: %(named)s."),
        unsure=_("You are not sure about all illnesses; one of the blood may be among them."),
        private=_("You tell only the doctor which illnesses you have."),
    ),
    Topic(
        key="recent_illness",
        codes=(),
        nothing=_("You had no fever, infection or antibiotic in the last two weeks."),
        reported="",
        unsure=_("You are not sure whether you had an infection in the last two weeks."),
        said=(("yes", _("You had a fever, an infection or an antibiotic in the last two weeks.")),),
    ),
)
ANSWERED = _("You have answered whether you are pregnant.")


def read_back(facts: Mapping[str, Any], *, is_alone: bool = True) -> list[Statement]:
    """Return at most five, the most dangerous first. `is_alone`: nobody else looks at the screen.

    The first of all are said whatever was answered, for a wrong no does most harm there; then what was
    reported, then the rest.
    """
    topics = [topic for topic in TOPICS if topic.key in facts]
    found = [_spoken(topic, facts, is_alone=is_alone) for topic in topics]
    later = sorted(range(ALWAYS, len(found)), key=lambda n: (not found[n].is_reported, n))
    chosen = sorted([*range(min(ALWAYS, len(found))), *later[: MOST - ALWAYS]])
    return _once([found[n] for n in chosen])


def _spoken(topic: Topic, facts: Mapping[str, Any], *, is_alone: bool) -> Statement:
    if topic.is_delicate and not is_alone:
        return Statement(topic.key, ANSWERED)
    return topic.statement(facts)


def _once(statements: list[Statement]) -> list[Statement]:
    """Two topics that rest on one answer can come to the same sentence."""
    return list({statement.text + str(statement.codes): statement for statement in statements}.values())
