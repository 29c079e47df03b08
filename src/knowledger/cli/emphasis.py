"""What an answer sets in bold, as a terminal shows it, however the words are cut into pieces."""

_MARK, _ON, _OFF = "**", "\x1b[1m", "\x1b[22m"


class Emphasis:
    """Feed it the pieces of one text; it gives them with the terminal's own marks."""

    def __init__(self) -> None:
        self._is_on = False
        self._held = ""

    def shown(self, piece: str) -> str:
        text = self._held + piece
        # Half a mark waits for the piece that has its other half.
        self._held = "*" if text.endswith("*") and not text.endswith(_MARK) else ""
        first, *others = text.removesuffix(self._held).split(_MARK)
        return first + "".join(self._turned() + part for part in others)

    def rest(self) -> str:
        """What ends the text."""
        held, self._held = self._held, ""
        return held + (self._turned() if self._is_on else "")

    def _turned(self) -> str:
        self._is_on = not self._is_on
        return _ON if self._is_on else _OFF
