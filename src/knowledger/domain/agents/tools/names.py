"""Names in a text: exactly, by ticker or number, by their telling part, or nearly."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from knowledger.domain.agents.tools.named import LEGAL, WORD, Named, name_words, telling, words
from knowledger.domain.agents.tools.things import ThingIndex

_NEAR = 86
_NEAR_AND_SHORT = 88
_SHORTEST_NEAR = 4


@dataclass(frozen=True)
class Mention:
    """Where a text (by its word numbers, end excluded) names something. `score` is 100 where it does so exactly."""

    start: int
    end: int
    named: Named
    score: float
    text: str


class NameIndex:
    """Named things by all that they may be called."""

    def __init__(
        self, named: Sequence[Named], ordinary: frozenset[str] = frozenset(), things: Sequence[str] = ()
    ) -> None:
        """`things` are the types whose names list what belongs into them."""
        self._ordinary = ordinary
        self._things = ThingIndex([item for item in named if item.type in things])
        self._by_words: dict[tuple[str, ...], list[Named]] = defaultdict(list)
        self._by_code: dict[str, list[Named]] = defaultdict(list)
        first = Counter(telling(name_words(item.name))[:1] for item in {one.name: one for one in named}.values())
        for item in named:
            for form in self._forms(item, first):
                if form and item not in self._by_words[form]:
                    self._by_words[form].append(item)
            for code in item.codes:
                self._by_code[code.lower()].append(item)
        self._longest = max(self._things.longest, *(len(form) for form in self._by_words), 0)
        self._joined = {" ".join(form): form for form in self._by_words if len("".join(form)) > _SHORTEST_NEAR}

    def _forms(self, item: Named, first: "Counter[tuple[str, ...]]") -> Iterable[tuple[str, ...]]:
        for name in (item.name, *item.aliases):
            whole = name_words(name)
            short = telling(whole)
            yield whole
            yield from (whole[:length] for length in range(len(short) + 1, len(whole)))
            if not set(short) <= self._ordinary:
                yield short
        short = telling(name_words(item.name))
        if len(short) > 1 and first[short[:1]] == 1 and len(short[0]) > 2 and short[0] not in self._ordinary | LEGAL:
            yield short[:1]

    def mentions(self, text: str, *, fuzzy: bool = True) -> list[Mention]:
        """All that the text names, the longest and surest first come; two of one place are both there: ambiguous."""
        spaced = [
            (number, part) for number, word in enumerate(words(text)) for part in re.split(r"[-&']", word) if part
        ]
        found = [*self._exact(spaced), *self._coded(text)]
        taken = {place for mention in found for place in range(mention.start, mention.end)}
        if fuzzy:
            found += self._nearly(spaced, taken)
        return sorted(found, key=lambda mention: (mention.start, -mention.score, mention.named.name))

    def _exact(self, spaced: list[tuple[int, str]]) -> list[Mention]:
        found: list[Mention] = []
        position = 0
        while position < len(spaced):
            for length in range(min(self._longest, len(spaced) - position), 0, -1):
                part = tuple(word for _, word in spaced[position : position + length])
                hits = [(item, _surely(item, part)) for item in self._by_words.get(part, ())]
                if hits := hits or self._things.called(part):
                    start, end = spaced[position][0], spaced[position + length - 1][0] + 1
                    found += [Mention(start, end, item, score, " ".join(part)) for item, score in hits]
                    position += length - 1
                    break
            position += 1
        return found

    def _coded(self, text: str) -> list[Mention]:
        """Tickers and numbers: as they are written (AAPL), in small letters only where they are no ordinary word."""
        found = []
        for number, match in enumerate(WORD.finditer(text)):
            plain = re.sub(r"['’]s$", "", match[0])
            hits = self._by_code.get(plain.lower(), [])
            marked = match.start() > 0 and text[match.start() - 1] == "$"
            written = plain.isupper() or plain.isdigit() or marked
            if hits and (written or (len(plain) >= 3 and plain.lower() not in self._ordinary)):
                found += [Mention(number, number + 1, item, 99, plain) for item in hits]
        return found

    def _nearly(self, spaced: list[tuple[int, str]], taken: set[int]) -> list[Mention]:
        found: list[Mention] = []
        for position, (number, _) in enumerate(spaced):
            for length in (3, 2, 1):
                part = spaced[position : position + length]
                text = " ".join(word for _, word in part)
                free = len(part) == length and not any(place in taken for place, _ in part)
                if not free or len(text) < _SHORTEST_NEAR or any(word in self._ordinary for _, word in part):
                    continue
                best = process.extractOne(
                    text,
                    self._joined.keys(),
                    scorer=fuzz.ratio,
                    score_cutoff=_NEAR if len(text) > _SHORTEST_NEAR else _NEAR_AND_SHORT,
                )
                if best and best[0][0] == text[0]:
                    end = part[-1][0] + 1
                    found += [
                        Mention(number, end, item, best[1], text) for item in self._by_words[self._joined[best[0]]]
                    ]
                    taken.update(range(number, end))
                    break
        return found


def _surely(item: Named, part: tuple[str, ...]) -> float:
    """What it is called itself comes before what else it is called."""
    return 100 if part in (name_words(item.name), telling(name_words(item.name))) else 99.5
