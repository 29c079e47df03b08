"""One thing that was looked at, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Check:
    """`remedy` is what mends it: a command or a setting; None where all is well."""

    name: str
    verdict: Verdict
    finding: str
    remedy: str | None = None


def ok(name: str, finding: str) -> Check:
    return Check(name, Verdict.OK, finding)


def warn(name: str, finding: str, remedy: str) -> Check:
    return Check(name, Verdict.WARN, finding, remedy)


def fail(name: str, finding: str, remedy: str) -> Check:
    return Check(name, Verdict.FAIL, finding, remedy)
