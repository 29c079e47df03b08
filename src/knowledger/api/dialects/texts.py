"""The text of an answer put together again from its deltas, whose offsets say where each belongs."""

from typing import cast

from knowledger.kernel.json import JsonObject


class Texts:
    """Which step's text is being said, and how much of it was said: a delta that comes twice is said once."""

    def __init__(self) -> None:
        self.step: int | None = None
        self.text = ""

    def fresh(self, data: JsonObject) -> tuple[bool, str]:
        """(whether another step's text begins, what is new of it)"""
        step, offset, text = cast(int, data["step"]), cast(int, data["offset"]), str(data["text"])
        begins = step != self.step
        if begins:
            self.step, self.text = step, ""
        new = text[max(0, len(self.text) - offset) :]
        self.text += new
        return begins, new
