"""Which facts a rule may speak of: the closed, typed vocabulary of each table of an edition."""

from collections.abc import Mapping
from dataclasses import dataclass

from ringfence.tables.facts import PLACE_KINDS

RESULTS = ("none", "pending", "negative", "grey", "positive", "invalid")


@dataclass(frozen=True)
class Word:
    """A name a predicate may use: a choice of words, a yes or no, or a whole number with a unit."""

    name: str
    kind: str  # choice | yes_no | number
    en: str
    choices: tuple[str, ...] = ()
    unit: str = ""


def _words(*words: Word) -> Mapping[str, Word]:
    return {word.name: word for word in words}


CASE = _words(
    Word("nat", "choice", "Single nucleic acid tests since the first sign: the worst, or none, or pending.",
         RESULTS),
    Word("antigen", "choice", "Antigen tests since, but those a later nucleic acid test answered.", RESULTS),
    Word("symptoms", "yes_no", "Whether a report says there are symptoms."),
    Word("reported", "choice", "What a clinician or another city called them.",
         ("none", "suspected", "confirmed", "asymptomatic", "excluded")),
)  # fmt: skip
CONTACT = _words(
    Word("setting", "choice", "What sort of place they met in.", ("home", *PLACE_KINDS)),
    Word("relation", "choice", "What they are to each other.",
         ("lives_with", "carer", "colleague", "classmate", "friend", "stranger")),
    Word("near", "yes_no", "Whether at close range: same room part or table, or as told."),
    Word("closed", "yes_no", "Whether in a closed space."),
    Word("protected", "yes_no", "Whether protection was effective."),
    Word("investigator", "yes_no", "Whether the investigator judges it a close contact."),
    Word("minutes", "number", "Length of the meeting.", unit="minute"),
    Word("total_minutes", "number", "Length of all their meetings in the window together.", unit="minute"),
    Word("row_gap", "number", "Rows between their seats.", unit="row"),
    Word("distance_m", "number", "How far apart.", unit="metre"),
)  # fmt: skip
ZONE = _words(
    Word("why", "choice", "What ties a case to the area.", ("residence", "visited")),
    Word("setting", "choice", "What sort of place was visited.", ("home", *PLACE_KINDS)),
    Word("cases", "number", "Cases tied to the area.", unit="person"),
    Word("minutes", "number", "How long cases were there in the window.", unit="minute"),
    Word("spread", "choice", "How likely spread there is, as experts judge.", ("high", "some", "low")),
    Word("traceable", "yes_no", "Whether those exposed there can be traced, as experts judge."),
)  # fmt: skip
POOL = _words(
    Word("symptoms", "yes_no", "Whether the person has symptoms."),
    Word("quarantined", "yes_no", "Whether the person is in quarantine."),
    Word("contact", "choice", "What contact they are.", ("none", "close", "secondary", "general")),
    Word("zone", "choice", "The zone they live in.", ("none", "sealed", "controlled", "precaution")),
)  # fmt: skip

CASE_ANCHORS = ("onset", "first_positive.sampled", "detected", "isolated")
"""Instants of a case that a window may be counted from; onset is a day, the others instants."""
COURSE_ANCHORS = ("last_exposure", "first_exposure", "traced")
CASE_EVENTS = ("detected", "reported", "interviewed", "contacts_listed", "transferred", "place_locked",
               "contacts_placed")  # fmt: skip
POOL_EVENTS = ("pool_reported", "singles_swabbed", "singles_reported")
LIMITED = ("hold", "swab", "result", "place", "zone_decision")
"""What a limit can be on."""
