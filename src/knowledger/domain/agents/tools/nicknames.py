"""What companies are called besides their registered name, and the words of questions that are no names."""

import re


def word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


ALSO_CALLED: dict[str, tuple[str, ...]] = {
    "aa": ("Alcoa",),
    "aapl": ("Apple",),
    "abbv": ("AbbVie",),
    "aep": ("American Electric Power",),
    "aig": ("AIG", "American International Group"),
    "amd": ("Advanced Micro Devices",),
    "amzn": ("Amazon",),
    "axp": ("American Express", "Amex"),
    "ba": ("Boeing",),
    "bac": ("Bank of America", "BofA"),
    "bbt": ("BB&T",),
    "bcr": ("Bard C R", "C. R. Bard", "Bard"),
    "bmy": ("Bristol-Myers Squibb", "Bristol Myers"),
    "bni": ("Burlington Northern Santa Fe", "BNSF", "Burlington Northern"),
    "brk-b": ("Berkshire", "Berkshire Hathaway"),
    "c": ("Citigroup", "Citi"),
    "cat": ("Caterpillar",),
    "cl": ("Colgate Palmolive", "Colgate"),
    "clx": ("Clorox",),
    "cni": ("Canadian National Railway", "Canadian National", "CN Rail"),
    "cop": ("ConocoPhillips",),
    "cost": ("Costco",),
    "crm": ("Salesforce",),
    "csco": ("Cisco",),
    "cvx": ("Chevron",),
    "dd": ("Dupont E I De Nemours", "DuPont"),
    "dis": ("Disney", "Walt Disney"),
    "f": ("Ford", "Ford Motor"),
    "fdx": ("FedEx",),
    "fnm": ("Federal National Mortgage Association Fannie Mae", "Fannie Mae"),
    "ge": ("General Electric",),
    "gm": ("General Motors",),
    "goog": ("Google",),
    "googl": ("Google", "Alphabet"),
    "gs": ("Goldman Sachs", "Goldman"),
    "gww": ("Grainger W W", "Grainger"),
    "hd": ("Home Depot",),
    "hnz": ("Heinz H J", "Heinz"),
    "hpq": ("HP", "Hewlett-Packard", "Hewlett Packard"),
    "ibm": ("IBM", "Big Blue", "International Business Machines"),
    "intc": ("Intel",),
    "jcp": ("J C Penney", "JCPenney", "Penney"),
    "jnj": ("J&J", "Johnson & Johnson"),
    "jpm": ("JPMorgan", "JP Morgan", "Chase", "JPMorgan Chase"),
    "ko": ("Coke", "Coca-Cola"),
    "kss": ("Kohls", "Kohl's"),
    "lly": ("Eli Lilly", "Lilly", "Lilly Eli"),
    "lmt": ("Lockheed Martin", "Lockheed"),
    "low": ("Lowes", "Lowe's"),
    "m": ("Macy's",),
    "mcd": ("McDonalds", "McDonald's"),
    "meta": ("Facebook", "Meta Platforms"),
    "mmc": ("Marsh & McLennan", "Marsh"),
    "mmm": ("3M",),
    "mrk": ("Merck",),
    "ms": ("Morgan Stanley",),
    "msft": ("Microsoft",),
    "nflx": ("Netflix",),
    "nke": ("Nike",),
    "nvda": ("Nvidia",),
    "orcl": ("Oracle",),
    "pep": ("Pepsi", "PepsiCo"),
    "pfe": ("Pfizer",),
    "pg": ("P&G", "Procter", "Procter & Gamble"),
    "pru": ("Prudential Financial", "Prudential"),
    "qcom": ("Qualcomm",),
    "sbux": ("Starbucks",),
    "schw": ("Schwab Charles", "Charles Schwab", "Schwab"),
    "slm": ("SLM", "Sallie Mae"),
    "stt": ("State Street",),
    "t": ("AT&T",),
    "tgt": ("Target",),
    "trow": ("Price T Rowe", "T. Rowe Price", "T Rowe Price"),
    "tsla": ("Tesla",),
    "unh": ("UnitedHealth",),
    "ups": ("United Parcel Service",),
    "usb": ("US Bancorp", "U.S. Bancorp"),
    "utx": ("United Technologies",),
    "vfc": ("V F", "VF"),
    "vz": ("Verizon",),
    "wfc": ("Wells Fargo",),
    "wmt": ("Walmart", "Wal-Mart", "Wal-Mart Stores"),
    "x": ("United States Steel", "US Steel", "U.S. Steel"),
    "xom": ("Exxon", "ExxonMobil", "Exxon Mobil"),
}
"""By ticker in small letters."""

_TICKERS = {re.sub(r"[^a-z0-9]", "", name.lower()): ticker for ticker, names in ALSO_CALLED.items() for name in names}


def ticker_of(name: tuple[str, ...]) -> str:
    """The ticker of a company by its name without its legal form, where it is one that people use; else nothing."""
    return _TICKERS.get("".join(name), "") if len("".join(name)) > 2 else ""


ORDINARY_WORDS = word_set(
    """
    a about above account accounts after all also amount an and any approximately are as asset assets at average
    balance bank be because been before below between big bills biggest book by can capital card cash category
    change cheapest companies company compare compared compound cost costs could current day days debt did
    difference do does down during each earn earned earnings end ended ending equity ever every expense expenses
    fact facts fall fell figure filing filings finance financial first fiscal for from full give go got grew
    gross group grow growth had half has have highest how i if in income increase interest into invoice is it its
    just know labels largest last latest least left less let liabilities line list loan long lowest made main
    many margin material me mean median minimum money month months more most much my need net new next no node
    nodes not now number of on one online only open operating or order other our out over own owe paid part pay
    payment payments per percent period person petty please previous price profit profits purchases quarter
    quarters question rank rate ratio receipts recent rent report reported reports revenue revenues rise rose run
    sale sales same save schema second see sell services share shares show since small smallest software some
    spend spending spent state statement stock store sum supplies supply table tax tell term than that the their them
    then there these they third this those three through time to top total trade transfer travel trend turnover
    two type types under units up us use value values was wages we week were what when where which who whose will
    with within without worth year years yes yesterday you your
    """
)
