"""Which facts a rule may speak of: the closed, typed vocabulary of each table of an edition."""

from collections.abc import Mapping
from dataclasses import dataclass

from ringfence.tables.decisions import (
    CASE_CLASSES,
    COLOURS,
    CONTACT_CLASSES,
    COURSE_CLASSES,
    COURSE_PLACES,
    RESTRICTING,
)
from ringfence.tables.facts import MANNERS, OCCUPATIONS, ORIGINS, PLACE_KINDS, REPORTED, VEHICLES, ZONE_LEVELS

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
    Word("smear", "choice", "Smears under the microscope since: the worst.", RESULTS),
    Word("culture", "choice", "Cultures since: the worst.", RESULTS),
    Word("symptoms", "yes_no", "Whether a report says there are symptoms."),
    Word("reported", "choice", "What a clinician or another city called them.", ("none", *REPORTED)),
    Word("recovered", "yes_no", "Whether they had been cleared as a case before."),
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
    Word("day_minutes", "number", "Length of their meetings together, on the civil day it is most.",
         unit="minute"),
    Word("total_minutes", "number", "Length of all their meetings in the window together.", unit="minute"),
    Word("lag_min", "number", "Between the case's leaving and their coming; 0: there together.",
         unit="minute"),
    Word("row_gap", "number", "Rows between their seats.", unit="row"),
    Word("distance_m", "number", "How far apart.", unit="metre"),
    Word("manner", "choice", "In what way they met, as told.", MANNERS),
    Word("immune", "yes_no", "Whether the register says they are immune."),
    Word("vaccinated_d", "number", "From their last dose to the meeting.", unit="day"),
    Word("infected_d", "number", "From their last infection to the meeting.", unit="day"),
    Word("age", "number", "Their age in the year of the meeting, by the year of birth.", unit="year"),
    Word("onset_age_d", "number", "From the case's onset until the case was detected.", unit="day"),
)  # fmt: skip
ARRIVAL = _words(
    Word("origin", "choice", "What sort of place they came from.", ORIGINS),
    Word("left_d", "number", "From leaving there to arriving.", unit="day"),
)
COURSE = _words(
    Word("ig", "yes_no", "Whether immune globulin was given since the first exposure."),
    Word("treated", "yes_no", "Whether preventive medicine was begun since the first exposure."),
    Word("vaccinated", "yes_no", "Whether a dose was given since the first exposure."),
    Word("symptoms", "yes_no", "Whether a report says there are symptoms."),
)
ZONE = _words(
    Word("why", "choice", "What ties a case to the area.", ("residence", "visited", "around")),
    Word("setting", "choice", "What sort of place was visited.", ("home", *PLACE_KINDS)),
    Word("cases", "number", "Cases tied to the area.", unit="person"),
    Word("minutes", "number", "How long cases were there in the window.", unit="minute"),
    Word("spread", "choice", "How likely spread there is, as experts judge.", ("high", "some", "low")),
    Word("traceable", "yes_no", "Whether those exposed there can be traced, as experts judge."),
)  # fmt: skip
CAMPAIGN = _words(
    Word("people", "number", "People who live in the range.", unit="person"),
    Word("chain", "choice", "Whether the chain of infection is clear, as experts judge.",
         ("clear", "unclear")),
)  # fmt: skip
SKIP = _words(
    Word("vaccinated_h", "number", "Since their last dose.", unit="hour"),
    Word("tested_h", "number", "Since their last swab.", unit="hour"),
)
POOL = _words(
    Word("symptoms", "yes_no", "Whether the person has symptoms."),
    Word("quarantined", "yes_no", "Whether the person is in quarantine."),
    Word("contact", "choice", "What contact they are.", ("none", *CONTACT_CLASSES)),
    Word("zone", "choice", "The zone they live in.", ("none", *ZONE_LEVELS)),
    Word("occupation", "choice", "What work they do.", OCCUPATIONS),
)
GATE = _words(
    Word("code", "choice", "Their colour.", COLOURS),
    Word("negative_h", "number", "Since their last negative, by the row's clock.", unit="hour"),
    Word("antigen", "choice", "An antigen test at the gate.", RESULTS),
    Word("origin", "choice", "What sort of place they come from.", ORIGINS),
    Word("vehicle", "choice", "What they come in.", VEHICLES),
    Word("permit", "yes_no", "Whether a valid permit was shown."),
)
GROUP = _words(
    Word("occupation", "choice", "What work they do.", OCCUPATIONS),
    Word("setting", "choice", "What sort of place they work in.", PLACE_KINDS),
    Word("zone", "choice", "The zone they live in.", ("none", *ZONE_LEVELS)),
)

COLOUR = _words(
    Word("kind", "choice", "What restricts them.", RESTRICTING),
    Word(
        "class",
        "choice",
        "As what: the class of the case or of the course.",
        (*CASE_CLASSES, *COURSE_CLASSES),
    ),
    Word("place", "choice", "Where the course has them now.", COURSE_PLACES),
    Word("level", "choice", "The level of the zone.", ZONE_LEVELS),
)

CASE_ANCHORS = ("onset", "rash", "cough", "first_positive.sampled", "detected", "isolated", "treated",
                "recovered", "cleared")  # fmt: skip
"""Instants of a case to count a window from; onset, rash, cough, treated and recovered are days."""
COURSE_ANCHORS = ("last_exposure", "first_exposure", "traced", "entered", "left", "ended")
CASE_EVENTS = ("detected", "reported", "interviewed", "contacts_listed", "transferred", "place_locked",
               "contacts_placed")  # fmt: skip
POOL_EVENTS = ("pool_reported", "singles_swabbed", "singles_reported")
LIMITED = ("hold", "swab", "result", "place", "zone_decision")
"""What a limit can be on."""
GATE_DOES = ("pass", "turn_back", "wait", "sample", "antigen", "escort", "register", "quarantine", "seal")
"""What may be done with somebody at a gate."""
