"""Settings say what is wrong with them, and take durations as people write them."""

from datetime import timedelta

import pytest

from knowledger.settings import SettingInvalid, Settings


@pytest.mark.parametrize("text", ["90", "90.0", "00:01:30", "PT1M30S"])
def test_a_duration_may_be_written_in_several_ways(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KNOWLEDGER_QUERY_TIMEOUT", text)
    assert Settings().query_timeout == timedelta(seconds=90)


@pytest.mark.parametrize(("name", "text"), [("QUERY_MEMORY", "lots"), ("PORT", "web"), ("LEASE", "a while")])
def test_a_setting_that_does_not_fit_is_named(name: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"KNOWLEDGER_{name}", text)
    with pytest.raises(SettingInvalid, match=f"KNOWLEDGER_{name} is '{text}'"):
        Settings()
