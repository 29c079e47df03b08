"""Which parser this is."""

PARSER_VERSION = "4"
"""Changes whenever the same bytes may give other rows, so that stored filings are parsed again."""
