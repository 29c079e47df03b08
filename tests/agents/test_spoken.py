"""The text of a step that was interrupted: what was said once is not said again, however the mind goes on."""

import pytest

from knowledger.domain.agents.spoken import Spoken

SAID = "The balance "


def deltas(words: list[str], said: str = SAID) -> tuple[str, str]:
    """(what is told beyond what was, the whole text)"""
    spoken = Spoken(1, said)
    told = []
    for word in words:
        spoken.add(word)
        if spoken.wait_s is not None:
            told.append(str(spoken.delta().about["text"]))
    spoken.finish()
    if spoken.wait_s is not None:
        told.append(str(spoken.delta().about["text"]))
    return "".join(told), spoken.text


@pytest.mark.parametrize(
    ("words", "told", "text"),
    [
        (["is ", "12."], "is 12.", "The balance is 12."),
        (["The ", "balance ", "is ", "12."], "is 12.", "The balance is 12."),
        (["The balance is ", "12."], "is 12.", "The balance is 12."),
        (["The ", "books ", "say 12."], "The books say 12.", "The balance The books say 12."),
        (["T"], "T", "The balance T"),
        ([], "", "The balance "),
    ],
    ids=["goes on", "begins anew", "begins anew in one", "goes on alike", "stops early", "says nothing"],
)
def test_what_was_said_is_said_once(words: list[str], told: str, text: str) -> None:
    assert deltas(words) == (told, text)


def test_what_is_new_is_told_from_its_place_on() -> None:
    spoken = Spoken(3, SAID)
    spoken.add("is 12.")
    assert spoken.delta().about == {"message": "", "step": 3, "offset": len(SAID), "text": "is 12."}
    assert spoken.wait_s is None
