"""The figures that double-entry books give, as selections of accounts."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from knowledger.domain.agents.semantics.lexicon import Metric

Side: TypeAlias = Literal["debit", "credit"]


@dataclass(frozen=True)
class Selection:
    """Accounts of some types, of some subtypes (all if none is named) but for others; grows on `side`."""

    types: tuple[str, ...]
    side: Side
    subtypes: tuple[str, ...] = ()
    but: tuple[str, ...] = ()


_COST = ("cost of sales", "cost of goods sold", "cogs", "cost of revenue")


_FINANCIAL = ("interest", "bank fees", "financial", "tax", "income tax")


_FIXED = ("fixed asset", "contra asset", "intangible", "investment", "long-term asset")
_LONG = ("loan", "debt", "long-term debt", "long-term liability")


SELECTIONS: dict[str, Selection] = {
    "revenue": Selection(("revenue",), "credit"),
    "expenses": Selection(("expense",), "debit"),
    "net_income": Selection(("revenue", "expense"), "credit"),
    "cost_of_revenue": Selection(("expense",), "debit", _COST),
    "gross_profit": Selection(("revenue", "expense"), "credit", (), ()),
    "operating_expenses": Selection(("expense",), "debit", (), (*_COST, *_FINANCIAL)),
    "operating_income": Selection(("revenue", "expense"), "credit", (), _FINANCIAL),
    "payroll": Selection(("expense",), "debit", ("payroll",)),
    "interest_expense": Selection(("expense",), "debit", ("interest",)),
    "depreciation": Selection(("expense",), "debit", ("depreciation",)),
    "assets": Selection(("asset",), "debit"),
    "liabilities": Selection(("liability",), "credit"),
    "equity": Selection(("equity",), "credit"),
    "current_assets": Selection(("asset",), "debit", (), _FIXED),
    "current_liabilities": Selection(("liability",), "credit", (), _LONG),
    "quick_assets": Selection(("asset",), "debit", ("cash", "bank", "receivable", "receivables")),
    "taxes": Selection(("expense",), "debit", ("tax", "income tax")),
    "cash": Selection(("asset",), "debit", ("cash", "bank")),
    "cash_change": Selection(("asset",), "debit", ("cash", "bank")),
    "receivables": Selection(("asset",), "debit", ("receivable", "receivables")),
    "payables": Selection(("liability",), "credit", ("payable", "payables")),
    "inventory": Selection(("asset",), "debit", ("inventory",)),
    "debt": Selection(("liability",), "credit", ("loan", "debt", "long-term debt")),
    "ppe": Selection(("asset",), "debit", ("fixed asset", "contra asset")),
}


def _metric(name: str, kind: Literal["flow", "stock"], *names: str) -> Metric:
    return Metric(name, names, kind, "", (name,))


def _counted(name: str, kind: Literal["percent", "ratio", "money"], formula: str, *names: str) -> Metric:
    return Metric(name, names, kind, "", (), formula)


METRICS: tuple[Metric, ...] = (
    _metric("cash_change", "flow", "net cash flow", "cash flow", "cash flows", "cash movements", "change in cash"),
    _metric(
        "revenue",
        "flow",
        "revenue",
        "revenues",
        "sales",
        "total revenue",
        "net sales",
        "turnover",
        "income from sales",
        "top line",
        "net revenue",
        "sales revenue",
        "total sales",
        "takings",
        "sell",
        "sold",
    ),
    _metric(
        "expenses",
        "flow",
        "expenses",
        "expense",
        "total expenses",
        "costs",
        "total costs",
        "spending",
        "spend",
        "spent",
        "outgoings",
        "expenditure",
        "expenditures",
    ),
    _metric(
        "net_income",
        "flow",
        "profit",
        "net income",
        "net profit",
        "earnings",
        "net earnings",
        "bottom line",
        "profit or loss",
        "net profit or loss",
        "net profit or net loss",
        "net income or loss",
        "profits",
        "loss",
        "net loss",
        "profit before tax",
        "profit before income tax",
        "pretax profit",
        "surplus",
        "make money",
        "made money",
        "making money",
        "lose money",
        "lost money",
        "result",
        "net result",
    ),
    _metric(
        "cost_of_revenue", "flow", "cost of sales", "cost of goods sold", "cogs", "cost of revenue", "cost of goods"
    ),
    _metric("gross_profit", "flow", "gross profit", "gross income"),
    _metric(
        "operating_expenses",
        "flow",
        "operating expenses",
        "opex",
        "operating costs",
        "overheads",
        "overhead",
        "operating expense",
    ),
    _metric("operating_income", "flow", "operating income", "operating profit", "ebit", "operating result"),
    _metric(
        "payroll",
        "flow",
        "payroll",
        "payroll costs",
        "personnel costs",
        "staff costs",
        "labour costs",
        "labor costs",
        "payroll expenses",
        "payroll expense",
        "staff expenses",
    ),
    _metric("interest_expense", "flow", "interest expense", "interest costs", "interest paid"),
    _metric("depreciation", "flow", "depreciation", "depreciation expense"),
    _metric("assets", "stock", "assets", "total assets", "what we own", "what the firm owns"),
    _metric("liabilities", "stock", "liabilities", "total liabilities"),
    _metric("equity", "stock", "equity", "total equity", "shareholders equity", "owners equity", "owner's equity"),
    _metric(
        "cash",
        "stock",
        "cash",
        "cash balance",
        "cash position",
        "cash on hand",
        "cash in hand",
        "money in the bank",
        "cash and bank",
        "bank and cash",
        "liquid funds",
        "cash holdings",
        "money",
        "money on hand",
    ),
    _metric(
        "receivables",
        "stock",
        "receivables",
        "accounts receivable",
        "trade receivables",
        "ar",
        "outstanding receivables",
        "open receivables",
        "debtors",
        "trade debtors",
    ),
    _metric(
        "payables",
        "stock",
        "payables",
        "accounts payable",
        "trade payables",
        "ap",
        "outstanding payables",
        "open payables",
        "creditors",
        "trade creditors",
    ),
    _metric(
        "inventory",
        "stock",
        "inventory",
        "inventories",
        "stock of goods",
        "goods in stock",
        "stock",
        "stock in hand",
        "stock on hand",
        "goods on hand",
    ),
    _metric("debt", "stock", "debt", "loan", "loans", "borrowings", "loan balance", "outstanding loan"),
    _metric("ppe", "stock", "fixed assets", "net fixed assets", "property and equipment"),
    _counted("gross_margin", "percent", "gross_profit / revenue", "gross margin", "gross profit margin"),
    _counted("net_margin", "percent", "net_income / revenue", "net margin", "profit margin", "net profit margin"),
    _counted("operating_margin", "percent", "operating_income / revenue", "operating margin"),
    _metric("current_assets", "stock", "current assets", "short-term assets"),
    _metric("current_liabilities", "stock", "current liabilities", "short-term liabilities", "short-term debts"),
    _metric("quick_assets", "stock", "quick assets"),
    _counted("current_ratio", "ratio", "current_assets / current_liabilities", "current ratio", "liquidity ratio"),
    _counted("quick_ratio", "ratio", "quick_assets / current_liabilities", "quick ratio", "acid test"),
    _counted("cash_ratio", "ratio", "cash / current_liabilities", "cash ratio"),
    _counted(
        "working_capital", "money", "current_assets - current_liabilities", "working capital", "net working capital"
    ),
    _counted("debt_ratio", "percent", "liabilities / assets", "debt ratio"),
    _counted("expense_ratio", "percent", "expenses / revenue", "expense ratio", "cost ratio"),
    _counted(
        "net_assets",
        "money",
        "assets - liabilities",
        "net assets",
        "net worth",
        "book value",
        "equity including profit",
        "equity with profit",
        "equity including the profit",
        "equity plus profit",
        "equity including current profit",
        "own funds",
    ),
    _counted("return_on_equity", "percent", "net_income / net_assets", "return on equity", "roe"),
    _counted("return_on_assets", "percent", "net_income / assets", "return on assets", "roa"),
    _counted("inventory_turnover", "ratio", "cost_of_revenue / inventory", "inventory turnover", "stock turnover"),
    _counted(
        "interest_cover",
        "ratio",
        "operating_income / interest_expense",
        "interest cover",
        "interest coverage",
        "interest coverage ratio",
        "times interest earned",
    ),
    _counted("debt_to_equity", "ratio", "liabilities / equity", "debt to equity", "debt-to-equity", "leverage"),
    _counted("equity_ratio", "percent", "equity / assets", "equity ratio"),
)
