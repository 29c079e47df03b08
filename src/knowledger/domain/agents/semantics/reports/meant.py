"""What a question means by its words together: who grew fastest has the highest growth, who is profitable earns."""

import re
from dataclasses import replace
from decimal import Decimal

from knowledger.domain.agents.semantics.cues import Bound
from knowledger.domain.agents.semantics.frame import Frame
from knowledger.domain.agents.semantics.lexicon import Said, metrics
from knowledger.domain.agents.semantics.question import number_of
from knowledger.domain.agents.semantics.reports.asked import FELL, asks_which_periods, asks_yes_or_no, way
from knowledger.domain.agents.semantics.reports.vocabulary import WORDS

_I = re.IGNORECASE
_PRODUCTS = re.compile(r"\bproducts?\b", _I)
_WHO = re.compile(r"\W*(?:which|who|what)\b", _I)
_LESS = re.compile(rf"\b(?:{FELL}|smaller|fewer)\b", _I)


def also_meant(frame: Frame) -> None:
    """Adds the cues that the question's other words amount to."""
    if "ever" in frame.words:
        frame.times = replace(frame.times, is_all=True, step=frame.times.step or "year")
    if "profitable" in frame.words and not frame.said:
        _hold_against_nothing(frame)
    words = _of_parts(frame, _of_change(frame, frame.cues.words))
    if {"of_a_part", "portion"} & frame.words:
        words |= {"share"}
    if "all_of_them" in frame.words and "total" in frame.question.words and not frame.cues.direction:
        words |= {"sum"}
    if not frame.who and frame.cues.has("higher") and _WHO.match(frame.question.text):
        words |= {"rank_least" if _LESS.search(frame.question.text) else "rank_most"}
    if not frame.said and "growth" in words and any(word.startswith("split_") for word in words):
        frame.said = [Said(0, 0, metrics()["revenue"])]
    frame.cues = replace(frame.cues, words=words)
    if frame.cues.direction and (many := WORDS["how_many_of_them"].search(frame.question.text)):
        frame.cues = replace(frame.cues, count=frame.cues.count or number_of(many[1]))


def _of_change(frame: Frame, words: frozenset[str]) -> frozenset[str]:
    if {"manyfold", "added"} & frame.words:
        words |= {"growth"}
    if {"fastest", "slowest"} & frame.words:
        words |= {"growth", "rank_most" if "fastest" in frame.words else "rank_least"}
    if frame.cues.direction == "most" and "growth" in words and way(frame) is False:
        return words - {"rank_most"} | {"rank_least"}  # what fell most grew least
    return words


def _of_parts(frame: Frame, words: frozenset[str]) -> frozenset[str]:
    if "parts" in frame.words:
        words |= {_kind_of_parts(frame.question.text)}
    looks = frame.cues.direction or words & {"growth", "split", "share", "list"}
    if looks and {"product", "products"} & set(frame.question.left) and frame.question.take(_PRODUCTS):
        words |= {"split_product"}
    return words


def _kind_of_parts(text: str) -> str:
    """By segment, region or product, as the question's own word for parts has it."""
    said = WORDS["parts"].search(text)
    word = said[0].lower() if said else ""
    if re.search(r"\bsegments?\b", text, _I):
        return "split_segment"
    if re.search(r"region|countr|geograph|area", word):
        return "split_region"
    return "split_product" if re.search(r"product|categor", word) else "split"


def _hold_against_nothing(frame: Frame) -> None:
    """Who is profitable earns more than nothing; who is asked to be compared by it is not held against that."""
    frame.said = [Said(0, 0, metrics()["net_income"])]
    looks = asks_yes_or_no(frame) or asks_which_periods(frame) or not frame.who
    if looks and not frame.cues.direction and not frame.cues.bounds and not frame.cues.has("higher", "compare"):
        over = not re.search(r"\bunprofitable|\bloss", frame.question.text, _I)
        frame.cues = replace(frame.cues, bounds=(Bound(over, False, Decimal(0), False),))
