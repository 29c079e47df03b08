"""A question as words, some of them claimed by what has been understood. What nobody claims is not understood."""

import re
from dataclasses import dataclass, field

from knowledger.domain.agents.tools.named import WORD, fold
from knowledger.domain.agents.tools.nicknames import word_set

FILLER = word_set(
    """
    a about across all also altogether amount amounts an and any apiece are as asked at back be been being both
    bring but by came can chart check come could data did display do does doing done during each either every exactly
    figure figures find first fiscal following for from full get give given gives got graph graphs had happened has have
    having hello hey hi how i in into is isn't it its itself just kind know let like list look made make many may me
    mean means much must my name need number numbers of okay on one only or our out over own overall part please plot
    point print provide put quick quickly recorded report reported reports result results retrieve s said say see shall
    should show shown shows so some stand stood table tell than thank thanks that the their them then there these they
    thing this those through to told total totals up us use using value values want was we were what what's whats when
    where which while who whom whose why with within yes you your
    pls plz kindly ever still
    anything anyone anybody someone somebody everything everyone different distinct unique whole entire yet already
    really actually basically simply
    node nodes according based basis company company's companies firm firm's business business's books book together
    """
)
"""Words that carry nothing that could change the answer."""

_NUMBERS = {
    word: number
    for number, word in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    )
} | {"couple": 2, "dozen": 12, "once": 1, "twice": 2, "fifteen": 15, "twenty": 20}


@dataclass
class Question:
    """`words` are folded; a claim covers word numbers from `start` to `end`, end excluded."""

    text: str
    words: list[str] = field(init=False)
    places: list[tuple[int, int]] = field(init=False)
    claimed: set[int] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        found = list(WORD.finditer(self.text))
        self.words = [fold(match[0]) for match in found]
        self.places = [match.span() for match in found]

    def claim(self, start: int, end: int) -> None:
        self.claimed.update(range(start, end))

    def free(self, start: int, end: int) -> bool:
        return not any(place in self.claimed for place in range(start, end))

    def take(self, pattern: re.Pattern[str]) -> list[re.Match[str]]:
        """All matches in the text whose words are free, which claims them."""
        taken = []
        for match in pattern.finditer(self.text):
            start, end = self.inside(match.start(), match.end())
            if start < end and self.free(start, end):
                self.claim(start, end)
                taken.append(match)
        return taken

    def take_one(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = self.take(pattern)
        return found[0] if found else None

    def inside(self, start: int, end: int) -> tuple[int, int]:
        """The words of a stretch of the text: the first's number, and the one after the last."""
        found = [number for number, (low, high) in enumerate(self.places) if low < end and high > start]
        return (found[0], found[-1] + 1) if found else (0, 0)

    def release(self, start: int, end: int) -> None:
        self.claimed.difference_update(range(start, end))

    @property
    def left(self) -> list[str]:
        """The words that nobody claimed and that could change the answer."""
        free = [number for number in range(len(self.words)) if number not in self.claimed]
        return [self.words[number] for number in free if self.words[number] not in FILLER or self._is_country(number)]

    def _is_country(self, number: int) -> bool:
        """ "The US", not "tell us"."""
        if self.words[number] != "us":
            return False
        before = self.words[number - 1] if number else ""
        return before in ("the", "in", "from") or self.text[slice(*self.places[number])].isupper()


def number_of(text: str) -> int | None:
    word = text.strip().lower()
    return int(word) if word.isdigit() else _NUMBERS.get(word)


NUMBER = r"(?:\d{1,3}|" + "|".join(_NUMBERS) + ")"
