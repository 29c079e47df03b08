"""The text of event streams, cut and written in every way that the format allows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledger.client.sse import EventParser, ServerEvent
from tests.stand_ins.event_stream import crumbs


def parse(*chunks: bytes) -> list[ServerEvent]:
    parser = EventParser()
    return [event for chunk in chunks for event in parser.feed(chunk)]


def test_an_event_has_a_name_data_and_the_id_so_far() -> None:
    assert parse(b"id: 7\nevent: plan\ndata: {}\n\n") == [ServerEvent("plan", "{}", "7")]


def test_an_event_without_an_id_keeps_the_last_one() -> None:
    assert [event.last_id for event in parse(b"id: 7\ndata: a\n\ndata: b\n\n")] == ["7", "7"]


def test_lines_of_data_are_joined() -> None:
    assert parse(b"data: {\ndata:  1\ndata\ndata:}\n\n")[0].data == "{\n 1\n\n}"


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_every_line_ending_counts(end: bytes) -> None:
    assert parse(end.join([b"event: a", b"data: 1", b"", b"data: 2", b"", b""])) == [
        ServerEvent("a", "1", ""),
        ServerEvent("message", "2", ""),
    ]


def test_a_lone_cr_ends_an_event_at_once() -> None:
    assert [event.data for event in parse(b"data: 1\r\r")] == ["1"]


def test_crlf_cut_in_the_middle_is_one_line_end() -> None:
    assert [event.data for event in parse(b"data: 1\r", b"\ndata: 2\r", b"\n\r", b"\n")] == ["1\n2"]


def test_comments_unknown_fields_and_the_mark_at_the_start_are_skipped() -> None:
    assert parse(b"\xef\xbb\xbf: hello\ncolour: red\ndata: 1\n\n: ping\n\n") == [ServerEvent("message", "1", "")]


def test_an_event_without_data_is_none() -> None:
    assert parse(b"event: a\n\ndata: 1\n\n") == [ServerEvent("message", "1", "")]


def test_an_unfinished_event_never_appears() -> None:
    assert parse(b"id: 1\ndata: whole\n\nid: 2\ndata: ha") == [ServerEvent("message", "whole", "1")]


def test_retry_is_taken_only_as_digits() -> None:
    parser = EventParser()
    list(parser.feed(b"retry: 1500\n\nretry: soon\n\n"))
    assert parser.retry_ms == 1500


def test_an_id_with_a_null_is_ignored() -> None:
    assert parse(b"id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n")[1].last_id == "1"


def test_text_that_is_not_utf8_does_not_stop_the_stream() -> None:
    assert [event.data for event in parse(b"data: \xff\n\n", b"data: b\n\n")] == ["\ufffd", "b"]


@given(st.integers(1, 12), st.sampled_from(["\n", "\r\n", "\r"]))
def test_it_does_not_matter_where_the_bytes_are_cut(size: int, end: str) -> None:
    text = end.join(
        ["\ufeff: hi", "retry: 10", "id: 1", "event: ä", "data: ü", "data: ö", "", "id: 2", "data:", "", ""]
    ).encode()
    assert parse(*crumbs(text, size)) == [ServerEvent("ä", "ü\nö", "1"), ServerEvent("message", "", "2")]
