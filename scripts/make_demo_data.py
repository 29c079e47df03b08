"""Makes the data of `knowledger demo`: invented companies and their payments, the same at every run.

    python scripts/make_demo_data.py

A few rows are wrong on purpose: a demo shows what happens to them.
"""

import csv
import json
import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

HERE = Path(__file__).parent.parent / "src" / "knowledger" / "examples" / "demo"
chance = random.Random(20260105)

FIRST = [
    "Adler",
    "Birch",
    "Cobalt",
    "Dune",
    "Ember",
    "Fjord",
    "Garnet",
    "Harbor",
    "Iris",
    "Juniper",
    "Kestrel",
    "Lark",
    "Maple",
    "Nimbus",
    "Onyx",
    "Pine",
]
SECOND = ["Works", "Foods", "Freight", "Energy", "Paper", "Optics", "Mills", "Trading"]
INDUSTRIES = ["machinery", "food", "logistics", "energy", "paper", "optics", "textiles", "wholesale"]
COUNTRIES = ["DE", "FR", "NL", "PL", "SE", "IT", "AT"]
GIVEN = [
    "Anna",
    "Bela",
    "Carla",
    "David",
    "Elif",
    "Farid",
    "Greta",
    "Hugo",
    "Ines",
    "Jonas",
    "Kaja",
    "Liam",
    "Mara",
    "Nils",
    "Olga",
    "Pavel",
    "Rosa",
    "Samir",
    "Tessa",
    "Yuri",
]
FAMILY = [
    "Berg",
    "Costa",
    "Dahl",
    "Egger",
    "Fischer",
    "Greco",
    "Holm",
    "Ivanov",
    "Jansen",
    "Klein",
    "Lund",
    "Moreau",
    "Novak",
    "Olsen",
    "Peters",
    "Rossi",
]
PURPOSES = ["invoice", "rent", "licence", "freight", "loan", "dividend", "refund"]


class Payment(NamedTuple):
    payment_id: int
    payer: str
    payee: str
    amount: float
    booked: datetime
    purpose: str


def day(first_year: int, last_year: int) -> date:
    start = date(first_year, 1, 1)
    return start + timedelta(days=chance.randrange((date(last_year, 12, 31) - start).days))


def companies() -> list[dict[str, object]]:
    names = [f"{first} {second}" for second in SECOND for first in FIRST]
    return [
        {
            "company_id": f"C{number:03d}",
            "name": name,
            "country": chance.choice(COUNTRIES),
            "industry": INDUSTRIES[SECOND.index(name.split()[1])],
            "founded": day(1950, 2020).isoformat(),
            "employees": chance.randrange(3, 4000),
        }
        for number, name in enumerate(chance.sample(names, 80), start=1)
    ]


def write_companies(rows: list[dict[str, object]]) -> None:
    lines = [[str(value) for value in row.values()] for row in rows]
    lines[11][4] = "2014-02-30"
    lines[37][5] = "about forty"
    lines[58][0] = ""
    lines[70] = [*lines[70], "surplus"]
    with (HERE / "Company.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(rows[0])
        writer.writerows(lines)


def write_stakes(ids: list[str]) -> None:
    """Owners come before the owned, so that stakes form chains and no circles."""
    pairs = {tuple(sorted(chance.sample(ids[:50], 2))) for _ in range(60)}
    with (HERE / "OWNS.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["owner", "owned", "share"])
        for owner, owned in sorted(pairs):
            writer.writerow([owner, owned, f"{chance.randrange(5, 101)}.00"])
        writer.writerow(["C001", "C999", "51.00"])


def write_people(ids: list[str]) -> None:
    people: list[dict[str, object]] = [
        {
            "person_id": f"P{number:03d}",
            "name": f"{chance.choice(GIVEN)} {chance.choice(FAMILY)}",
            "born": chance.randrange(1948, 1995),
            "languages": sorted(chance.sample(["de", "en", "fr", "it", "nl", "pl", "sv"], chance.randrange(1, 4))),
            "company_id": chance.choice(ids),
            "since": day(2005, 2025).isoformat(),
        }
        for number in range(1, 101)
    ]
    people[20]["born"] = "in the fifties"
    del people[44]["person_id"]
    with (HERE / "Person.jsonl").open("w") as file:
        file.writelines(json.dumps(person) + "\n" for person in people)


def write_accounts(ids: list[str]) -> list[str]:
    """One account for each company and a second one for some, as one JSON array."""
    owners = ids + chance.sample(ids, 30)
    accounts = [
        {
            "iban": f"XX{chance.randrange(10, 99)}{chance.randrange(10**15, 10**16)}",
            "company_id": owner,
            "currency": "EUR",
            "opened": day(2008, 2024).isoformat(),
        }
        for owner in owners
    ]
    (HERE / "Account.json").write_text(json.dumps(accounts, indent=1) + "\n")
    return [str(account["iban"]) for account in accounts]


def write_payments(ibans: list[str]) -> None:
    """Most payments are by chance; eight rings of three send an amount round and nearly all of it comes back."""
    booked = [datetime(2025, 1, 1, 8, tzinfo=UTC) + timedelta(minutes=chance.randrange(525_000)) for _ in range(600)]
    rows = [
        Payment(number, payer, payee, round(chance.lognormvariate(7, 1.2), 2), moment, chance.choice(PURPOSES))
        for number, moment in enumerate(sorted(booked), start=1)
        for payer, payee in [chance.sample(ibans, 2)]
    ]
    for _ in range(8):
        ring, amount, moment = chance.sample(ibans[:80], 3), chance.randrange(20, 90) * 1000.0, chance.choice(booked)
        for step in range(3):
            payer, payee = ring[step], ring[(step + 1) % 3]
            later = moment + timedelta(days=step)
            rows.append(Payment(len(rows) + 1, payer, payee, round(amount * 0.98**step, 2), later, "loan"))
    table = pa.table(
        {
            "payment_id": pa.array([row.payment_id for row in rows], pa.int64()),
            "payer": pa.array([row.payer for row in rows]),
            "payee": pa.array([row.payee for row in rows]),
            "amount": pa.array([_wrong_amount(row.payment_id, row.amount) for row in rows], pa.float64()),
            "booked": pa.array([row.booked for row in rows], pa.timestamp("us", "UTC")),
            "purpose": pa.array([row.purpose for row in rows]),
        }
    )
    pq.write_table(table, HERE / "Payment.parquet", compression="zstd")


def _wrong_amount(number: int, amount: float) -> float | None:
    return {77: float("nan"), 310: None}.get(number, amount)


def main() -> None:
    rows = companies()
    ids = [str(row["company_id"]) for row in rows]
    write_companies(rows)
    write_stakes(ids)
    write_people(ids)
    write_payments(write_accounts(ids))


if __name__ == "__main__":
    main()
