"""What companies are called besides their registered name, and the words of questions that are no names."""


def word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


ALSO_CALLED: dict[str, tuple[str, ...]] = {
    "googl": ("Google",),
    "goog": ("Google",),
    "meta": ("Facebook",),
    "ko": ("Coke",),
    "ba": ("Boeing",),
    "jpm": ("JPMorgan", "JP Morgan", "Chase"),
    "xom": ("Exxon", "ExxonMobil"),
    "mmm": ("3M",),
    "brk-b": ("Berkshire",),
    "ge": ("General Electric",),
    "ibm": ("IBM", "Big Blue"),
    "pg": ("P&G", "Procter"),
    "jnj": ("J&J",),
    "wmt": ("Walmart",),
    "nvda": ("Nvidia",),
    "msft": ("Microsoft",),
    "aapl": ("Apple",),
    "tsla": ("Tesla",),
    "nflx": ("Netflix",),
    "clx": ("Clorox",),
}
"""By ticker in small letters."""

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
    spend spending spent statement stock store sum supplies supply table tax tell term than that the their them
    then there these they third this those three through time to top total trade transfer travel trend turnover
    two type types under units up us use value values was wages we week were what when where which who whose will
    with within without worth year years yes yesterday you your
    """
)
