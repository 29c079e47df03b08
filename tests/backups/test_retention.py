"""What is kept, told by the clock alone."""

from datetime import UTC, datetime, timedelta

from knowledger.domain.backups.retention import Dated, Keep, kept_of

NOON = datetime(2026, 3, 31, 12, 30, tzinfo=UTC)


def made(*ages: timedelta, verified: int | None = None) -> list[Dated]:
    """Backups of these ages, named by their place."""
    return [Dated(str(number), NOON - age, number == verified) for number, age in enumerate(ages)]


def test_the_newest_of_each_hour_is_kept() -> None:
    backups = made(*(timedelta(minutes=20 * number) for number in range(9)))
    # 12:30 12:10 11:50 11:30 11:10 10:50 …
    assert kept_of(backups, Keep(hourly=3, daily=0, weekly=0, monthly=0)) == {"0", "2", "5"}


def test_a_year_of_daily_backups_thins_out_with_age() -> None:
    backups = made(*(timedelta(days=number) for number in range(365)))
    kept = sorted(int(name) for name in kept_of(backups, Keep(hourly=0, daily=7, weekly=5, monthly=12)))
    assert kept[:7] == [0, 1, 2, 3, 4, 5, 6]
    assert [backups[age].created_at.date().isoformat() for age in kept[7:]] == [
        "2026-03-22", "2026-03-15", "2026-03-08", "2026-02-28", "2026-01-31", "2025-12-31", "2025-11-30",
        "2025-10-31", "2025-09-30", "2025-08-31", "2025-07-31", "2025-06-30", "2025-05-31", "2025-04-30",
    ]  # fmt: skip


def test_the_newest_verified_one_is_never_deleted() -> None:
    backups = made(timedelta(0), timedelta(days=1), timedelta(days=400), verified=2)
    assert kept_of(backups, Keep(hourly=1, daily=1, weekly=1, monthly=1)) == {"0", "2"}
    assert kept_of(backups, Keep(0, 0, 0, 0)) == {"2"}


def test_hours_without_backups_take_no_place() -> None:
    backups = made(timedelta(0), timedelta(hours=50), timedelta(hours=90))
    assert kept_of(backups, Keep(hourly=2, daily=0, weekly=0, monthly=0)) == {"0", "1"}
