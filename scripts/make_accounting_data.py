"""Makes the entries of `examples/accounting`: half a year of an invented firm's books, the same at every run.

    python scripts/make_accounting_data.py

The chart of accounts, the journals and the counterparties beside them are written by hand.
"""

import csv
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent.parent / "src" / "knowledger" / "examples" / "accounting" / "data"
YEAR, MONTHS, LAST_DAY = 2026, range(1, 7), date(2026, 6, 30)
NOTHING, CENT = Decimal("0.00"), Decimal("0.01")
TAX_RATE, INTEREST_RATE = Decimal("0.20"), Decimal("0.054")
FIXED_ASSETS = {"vehicle": (Decimal("23450.00"), 60), "equipment": (Decimal("7980.00"), 84)}  # cost, months of use
JOURNALS = {
    "invoice": "sales",
    "credit note": "sales",
    "bill": "purchases",
    "deposit": "receipts",
    "payroll": "payroll",
}
JOURNALS |= {"payment": "payments", "transfer": "payments"}


class Line(NamedTuple):
    account: str
    debit: Decimal
    credit: Decimal
    text: str = ""


class Product(NamedTuple):
    name: str
    vendor: str
    revenue_account: str
    cost: Decimal
    price: Decimal
    stocked: int


@dataclass(eq=False)
class Entry:
    day: date
    kind: str
    text: str
    lines: Sequence[Line]
    counterparty: str = ""
    document: str = ""
    reverses: "Entry | None" = None
    transaction_id: str = ""


PRODUCTS = [
    Product("stoneware clay, 25 kg", "v-clay", "4010", Decimal("11.20"), Decimal("18.40"), 420),
    Product("porcelain, 10 kg", "v-clay", "4010", Decimal("14.85"), Decimal("24.90"), 260),
    Product("celadon glaze, 5 l", "v-glaze", "4010", Decimal("38.60"), Decimal("64.50"), 110),
    Product("glaze stains, set", "v-glaze", "4010", Decimal("21.35"), Decimal("36.95"), 120),
    Product("trimming tools, set", "v-tools", "4020", Decimal("17.75"), Decimal("31.20"), 120),
    Product("potter's wheel", "v-tools", "4020", Decimal("612.00"), Decimal("949.00"), 9),
    Product("test kiln", "v-kilns", "4020", Decimal("1385.00"), Decimal("2090.00"), 5),
]
CUSTOMERS = ["atelier", "bauer", "college", "danube", "elm", "firebird", "glaze", "hillside", "ines", "juniper"]
SALES_A_MONTH = [9, 11, 14, 15, 15, 16]


def debit(account: str, amount: Decimal, text: str = "") -> Line:
    return Line(account, amount, NOTHING, text)


def credit(account: str, amount: Decimal, text: str = "") -> Line:
    return Line(account, NOTHING, amount, text)


def rounded(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def tax_on(net: Decimal) -> Decimal:
    return rounded(net * TAX_RATE)


def workday(day: date) -> date:
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() > 4 else day


def month_end(month: int) -> date:
    return date(YEAR, month + 1, 1) - timedelta(days=1)


def month_later(month: int, day: int) -> date:
    return workday(date(YEAR, month + 1, day))


@dataclass
class Firm:
    """What the firm does; every deed is an entry, and what falls after the last day is not entered."""

    chance: random.Random = field(default_factory=lambda: random.Random(20260106))
    entries: list[Entry] = field(default_factory=list)
    stock: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    invoices: int = 0
    bills: int = 0
    owed_tax: Decimal = NOTHING
    loan: Decimal = NOTHING

    def post(
        self, day: date, kind: str, text: str, lines: Sequence[Line], counterparty: str = "", document: str = ""
    ) -> Entry:
        assert sum(line.debit - line.credit for line in lines) == 0, text
        entry = Entry(day, kind, text, lines, counterparty, document)
        if day <= LAST_DAY:
            self.entries.append(entry)
        return entry

    def found(self) -> None:
        capital, self.loan = Decimal("60000.00"), Decimal("40000.00")
        self.post(
            date(YEAR, 1, 2), "deposit", "Share capital paid in",
            [debit("1010", capital), credit("3010", capital)], "o-linden",
        )  # fmt: skip
        self.post(
            date(YEAR, 1, 5),
            "deposit",
            "Loan paid out",
            [debit("1010", self.loan), credit("2510", self.loan)],
            "l-bank",
        )
        for account, name, vendor in (("1510", "vehicle", "v-dealer"), ("1520", "equipment", "v-fitter")):
            cost, months = FIXED_ASSETS[name]
            text = f"Delivery {name}" if name == "vehicle" else "Shelves, till and scales"
            self.bill(date(YEAR, 1, 7), vendor, [(account, cost, f"{months} months of use")], text, days=14)
        premium = Decimal("2190.00")
        self.post(
            date(YEAR, 1, 8), "payment", "Insurance for the year",
            [debit("1300", premium), credit("1010", premium)], "v-insurer",
        )  # fmt: skip

    def bill(
        self, day: date, vendor: str, costs: Sequence[tuple[str, Decimal, str]], text: str, days: int = 30
    ) -> Entry:
        """A vendor's bill with tax, and its payment so many days later."""
        self.bills += 1
        document = f"BILL-{self.bills:03d}"
        net = sum((amount for _, amount, _ in costs), NOTHING)
        gross = net + tax_on(net)
        lines = [debit(account, amount, what) for account, amount, what in costs]
        entered = self.post(
            day, "bill", text, [*lines, debit("1400", tax_on(net)), credit("2010", gross)], vendor, document
        )
        payment = [debit("2010", gross), credit("1010", gross)]
        self.post(workday(day + timedelta(days=days)), "payment", f"{text}: paid", payment, vendor, document)
        return entered

    def restock(self, month: int) -> None:
        for vendor in dict.fromkeys(product.vendor for product in PRODUCTS):
            wanted = {p: p.stocked - self.stock[p.name] for p in PRODUCTS if p.vendor == vendor}
            bought = [(p, count) for p, count in wanted.items() if count * 4 > p.stocked]
            for product, count in bought:
                self.stock[product.name] += count
            costs = [("1200", product.cost * count, f"{count} × {product.name}") for product, count in bought]
            if costs:
                self.bill(workday(date(YEAR, month, 5)), vendor, costs, "Goods for resale")

    def sell(self, month: int, count: int) -> None:
        first = date(YEAR, month, 7)
        days = sorted(workday(first + timedelta(days=self.chance.randrange(21))) for _ in range(count))
        for day in days:
            basket = {p: self._wanted(p) for p in self.chance.sample(PRODUCTS, self.chance.randrange(2, 5))}
            basket = {product: number for product, number in basket.items() if number}
            if basket:
                self.invoice(day, f"c-{self.chance.choice(CUSTOMERS)}", basket)

    def _wanted(self, product: Product) -> int:
        most = max(1, product.stocked // 6)
        return min(self.stock[product.name], self.chance.randrange(most // 3, most + 1) or 1)

    def invoice(self, day: date, customer: str, basket: dict[Product, int]) -> None:
        self.invoices += 1
        document = f"INV-2026-{self.invoices:03d}"
        for product, count in basket.items():
            self.stock[product.name] -= count
        net = sum((product.price * count for product, count in basket.items()), NOTHING)
        cost = sum((product.cost * count for product, count in basket.items()), NOTHING)
        gross = net + tax_on(net)
        sold = [credit(p.revenue_account, p.price * count, f"{count} × {p.name}") for p, count in basket.items()]
        lines = [debit("1100", gross), *sold, credit("2110", tax_on(net)), debit("5010", cost), credit("1200", cost)]
        self.post(day, "invoice", "Goods sold on credit", lines, customer, document)
        self.settle(day, customer, document, gross, basket)

    def settle(self, day: date, customer: str, document: str, gross: Decimal, basket: dict[Product, int]) -> None:
        """Most customers pay once, some in two parts; goods of one invoice come back, and one is never paid."""
        paid = day + timedelta(days=self.chance.choice([8, 14, 14, 21, 30, 30, 38, 55]))
        if self.invoices == 5:
            self.write_off(customer, document, gross)
        elif self.invoices == 24:
            self.receive(paid, customer, document, gross - self.take_back(day, customer, document, basket))
        elif self.invoices % 9 == 0:
            part = rounded(gross / 3)
            self.receive(paid, customer, document, part)
            self.receive(paid + timedelta(days=30), customer, document, gross - part)
        else:
            self.receive(paid, customer, document, gross)

    def receive(self, day: date, customer: str, document: str, amount: Decimal) -> None:
        lines = [debit("1010", amount), credit("1100", amount)]
        self.post(workday(day), "deposit", f"Payment for {document}", lines, customer, document)

    def take_back(self, day: date, customer: str, document: str, basket: dict[Product, int]) -> Decimal:
        """A credit note for a quarter of the first product. Gives its amount with tax."""
        product, sold = next(iter(basket.items()))
        count = max(1, sold // 4)
        self.stock[product.name] += count
        net, cost = product.price * count, product.cost * count
        lines = [debit("4090", net, f"{count} × {product.name}"), debit("2110", tax_on(net))]
        lines += [credit("1100", net + tax_on(net)), debit("1200", cost), credit("5010", cost)]
        self.post(workday(day + timedelta(days=4)), "credit note", "Goods taken back", lines, customer, document)
        return net + tax_on(net)

    def write_off(self, customer: str, document: str, gross: Decimal) -> None:
        net = rounded(gross / (1 + TAX_RATE))
        lines = [debit("6170", net), debit("2110", gross - net), credit("1100", gross)]
        self.post(date(YEAR, 6, 26), "adjustment", f"{document} written off: insolvency", lines, customer, document)

    def teach(self, month: int) -> None:
        """Workshops twice a month, paid by card; the bank keeps its fee."""
        for week in (1, 3):
            net = Decimal(self.chance.randrange(9, 17)) * Decimal("79.00")
            gross = net + tax_on(net)
            fee = rounded(gross * Decimal("0.014"))
            lines = [debit("1010", gross - fee), debit("7010", fee), credit("4030", net), credit("2110", tax_on(net))]
            day = workday(date(YEAR, month, 7 * week + 3))
            self.post(day, "deposit", "Workshop takings", lines)

    def run_the_shop(self, month: int) -> None:
        first = workday(date(YEAR, month, 2))
        self.bill(first, "v-landlord", [("6100", Decimal("1850.00"), "")], "Rent", days=0)
        power = Decimal(430 - 45 * month) + Decimal(self.chance.randrange(6000)) / 100
        self.bill(workday(date(YEAR, month, 18)), "v-power", [("6110", power, "")], "Electricity and heating", days=14)
        self.bill(workday(date(YEAR, month, 12)), "v-telecom", [("6130", Decimal("126.40"), "")], "Telephone", days=14)
        if month in (2, 5):
            self.bill(workday(date(YEAR, month, 9)), "v-printer", [("6160", Decimal("684.00"), "")], "Catalogues")
        if month == 4:
            self.enter_twice(workday(date(YEAR, month, 20)))
        freight = rounded(self.turnover(month) * Decimal("0.027"))
        self.bill(month_end(month), "v-freight", [("6150", freight, "")], "Freight of the month", days=20)
        self.pay_petty_cash(month)

    def enter_twice(self, day: date) -> None:
        """A bill is entered a second time by mistake, and taken back the day after."""
        bill = next(
            entry for entry in reversed(self.entries) if entry.counterparty == "v-telecom" and entry.kind == "bill"
        )
        again = self.post(day, "bill", bill.text, bill.lines, bill.counterparty, bill.document)
        taken_back = [Line(line.account, line.credit, line.debit, line.text) for line in bill.lines]
        text = "Entered twice: taken back"
        reversal = self.post(day + timedelta(days=1), "adjustment", text, taken_back, bill.counterparty, bill.document)
        reversal.reverses = again

    def pay_petty_cash(self, month: int) -> None:
        drawn = Decimal("120.00")
        self.post(
            workday(date(YEAR, month, 3)), "transfer", "Petty cash drawn", [debit("1020", drawn), credit("1010", drawn)]
        )
        for _ in range(3):
            net = Decimal(self.chance.randrange(900, 3600)) / 100
            day = workday(date(YEAR, month, self.chance.randrange(4, 26)))
            lines = [debit("6140", net), debit("1400", tax_on(net)), credit("1020", net + tax_on(net))]
            self.post(day, "payment", "Office supplies", lines)

    def pay_staff(self, month: int) -> None:
        gross = Decimal("6980.00") if month < 4 else Decimal("7640.00")
        net, social = rounded(gross * Decimal("0.718")), rounded(gross * Decimal("0.2098"))
        day = workday(month_end(month) - timedelta(days=3))
        lines = [debit("6010", gross), debit("6020", social), credit("1010", net), credit("2200", gross - net + social)]
        self.post(day, "payroll", "Wages of the month", lines, "e-staff")
        due = gross - net + social
        lines = [debit("2200", due), credit("1010", due)]
        self.post(month_later(month, 15), "payment", "Payroll taxes and social security", lines, "a-social")

    def close_month(self, month: int) -> None:
        last = month_end(month)
        interest, repaid = rounded(self.loan * INTEREST_RATE / 12), Decimal("833.33")
        self.loan -= repaid
        lines = [debit("7020", interest), debit("2510", repaid), credit("1010", interest + repaid)]
        self.post(last, "payment", "Loan: interest and repayment", lines, "l-bank")
        fee = Decimal("18.90")
        self.post(last, "payment", "Account fee", [debit("7010", fee), credit("1010", fee)], "l-bank")
        used = Decimal("182.50")
        self.post(last, "adjustment", "Insurance of the month", [debit("6120", used), credit("1300", used)])
        worn = [debit("6200", rounded(cost / months), name) for name, (cost, months) in FIXED_ASSETS.items()]
        total = sum((line.debit for line in worn), NOTHING)
        self.post(last, "adjustment", "Depreciation of the month", [*worn, credit("1590", total)])
        self.settle_tax(month)

    def settle_tax(self, month: int) -> None:
        """Output less input tax is due in the middle of the second month after; what is refundable is carried on."""
        output, paid = -self.movement("2110", month), self.movement("1400", month)
        due = output - paid
        settled = credit("2120", due) if due > 0 else debit("2120", -due)
        lines = [debit("2110", output), credit("1400", paid), settled]
        self.post(month_end(month), "adjustment", "Value added tax of the month", lines, "a-tax")
        self.owed_tax += due
        if self.owed_tax > 0:
            lines = [debit("2120", self.owed_tax), credit("1010", self.owed_tax)]
            self.post(month_later(month + 1, 15), "payment", "Value added tax", lines, "a-tax")
            self.owed_tax = NOTHING

    def movement(self, account: str, month: int) -> Decimal:
        """Debits less credits of an account in a month."""
        lines = (line for entry in self.entries if entry.day.month == month for line in entry.lines)
        return sum((line.debit - line.credit for line in lines if line.account == account), NOTHING)

    def turnover(self, month: int) -> Decimal:
        return -self.movement("4010", month) - self.movement("4020", month)


def half_year() -> list[Entry]:
    """Every entry in the order of its day, with its number."""
    firm = Firm()
    firm.found()
    for month, sales in zip(MONTHS, SALES_A_MONTH, strict=True):
        firm.restock(month)
        firm.sell(month, sales)
        firm.teach(month)
        firm.pay_staff(month)
        firm.run_the_shop(month)
        firm.close_month(month)
    entries = sorted(firm.entries, key=lambda entry: entry.day)
    for number, entry in enumerate(entries, start=1):
        entry.transaction_id = f"T{number:04d}"
    return entries


def write(name: str, header: str, rows: Iterable[Sequence[object]]) -> None:
    with (HERE / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split())
        writer.writerows(rows)


def period(day: date) -> str:
    return f"linden-{day:%Y-%m}"


def write_entries(entries: Sequence[Entry]) -> None:
    numbers: dict[str, int] = defaultdict(int)
    reversed_ids = {entry.reverses.transaction_id for entry in entries if entry.reverses}
    rows = []
    for entry in entries:
        journal = JOURNALS.get(entry.kind, "general")
        numbers[journal] += 1
        rows.append((
            entry.transaction_id, "linden", journal, period(entry.day), entry.counterparty,
            f"{journal}-{numbers[journal]:03d}", entry.day, entry.kind, entry.text, entry.document, "EUR",
            "reversed" if entry.transaction_id in reversed_ids else "posted",
            entry.reverses.transaction_id if entry.reverses else "",
        ))  # fmt: skip
    header = """transaction_id entity_id journal_id accounting_period_id counterparty_id transaction_number
        transaction_date transaction_kind description document_number currency status reverses_transaction_id"""
    write("Transaction", header, rows)


def write_lines(entries: Sequence[Entry]) -> None:
    """The side without an amount is left empty."""
    rows = (
        (f"{entry.transaction_id}-{number}", entry.transaction_id, line.account, number, line.debit or "",
         line.credit or "", line.text)
        for entry in entries
        for number, line in enumerate(entry.lines, start=1)
    )  # fmt: skip
    write("LineItem", "line_item_id transaction_id account_id line_number debit credit description", rows)


def write_periods() -> None:
    rows = [
        (period(last), "linden", f"{last:%Y-%m}", "month", YEAR, last.month, last.replace(day=1), last,
         str(last < LAST_DAY).lower())
        for last in map(month_end, MONTHS)
    ]  # fmt: skip
    header = "accounting_period_id entity_id name period_kind fiscal_year period_number start_date end_date is_closed"
    write("AccountingPeriod", header, rows)


def write_trial_balances(entries: Sequence[Entry]) -> None:
    """One at each month's end, with every account that was posted to until then."""
    opening: dict[str, Decimal] = {}
    heads, rows = [], []
    for last in map(month_end, MONTHS):
        lines = [line for entry in entries if entry.day.month == last.month for line in entry.lines]
        closing = dict(opening)
        for account in sorted({*opening, *(line.account for line in lines)}):
            debits = sum((line.debit for line in lines if line.account == account), NOTHING)
            credits_ = sum((line.credit for line in lines if line.account == account), NOTHING)
            closing[account] = opening.get(account, NOTHING) + debits - credits_
            rows.append(
                (f"tb-{last:%Y-%m}", account, opening.get(account, NOTHING), debits, credits_, closing[account])
            )
        total = sum((balance for balance in closing.values() if balance > 0), NOTHING)
        heads.append((f"tb-{last:%Y-%m}", "linden", period(last), last, "adjusted", total, total))
        opening = closing
    header = "trial_balance_id entity_id accounting_period_id as_of trial_balance_kind total_debit total_credit"
    write("TrialBalance", header, heads)
    write("SHOWS_BALANCE", "trial_balance_id account_id opening_balance debits credits closing_balance", rows)


def main() -> None:
    entries = half_year()
    write_periods()
    write_entries(entries)
    write_lines(entries)
    write_trial_balances(entries)


if __name__ == "__main__":
    main()
