"""Passages: what a reader sees of them, and that reading many fills no memory."""

import pytest

from knowledger.engine.xbrl import text
from knowledger.engine.xbrl.text import plain_text


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("<p>One</p><p>two</p>", "One\ntwo"),
        ("<div><span>One</span> <b>and</b></div>\n<div>the other</div>", "One and\nthe other"),
        (
            "<table><tr><td>Cash</td><td></td><td>$</td><td>12</td></tr><tr><td>Debt</td></tr></table>",
            "Cash\t$\t12\nDebt",
        ),
        ("<TABLE><TR><TD>Cash<TD>1</TABLE>", "Cash1"),
        ("one<br/>two<BR>three", "one\ntwo\nthree"),
        ("<p>3 < 5 and</p><p>7 > 5</p>", "3\n7 > 5"),
        ("<pre>kept</pre>together", "kepttogether"),
        ("AT&amp;T&#160;&#8217;s &amp;#160; &nbsp;&copy 2024 &unknown; R&D", "AT&T ’s &#160; © 2024 &unknown; R&D"),
        ("no marks\tat  all\n", "no marks at all"),
        ("<p", "<p"),
        ("", ""),
    ],
)
def test_a_passage_is_shown_as_its_lines_and_cells(markup: str, shown: str) -> None:
    assert plain_text(markup) == shown


def test_what_was_seen_once_is_shown_the_same_again() -> None:
    markup = "<p style='a'>One</p><td>1</td><td>2</td>&#8212;"
    assert plain_text(markup) == plain_text(markup) == "One\n1\t2\t—"


def test_no_passage_fills_the_memory_with_its_tags() -> None:
    plain_text("".join(f"<p id='{number}'>{number}" for number in range(20_000)))
    plain_text(f"<p title='{'x' * 100_000}'>long")
    assert len(text._GAPS) <= 8192
    assert max(map(len, text._GAPS)) <= 2048
