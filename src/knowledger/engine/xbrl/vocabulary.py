"""Namespaces and names of XBRL 2.1, Dimensions 1.0, Inline XBRL 1.1 and what filings use of XLink."""

XBRLI = "http://www.xbrl.org/2003/instance"
LINK = "http://www.xbrl.org/2003/linkbase"
XLINK = "http://www.w3.org/1999/xlink"
XSD = "http://www.w3.org/2001/XMLSchema"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XBRLDI = "http://xbrl.org/2006/xbrldi"
XBRLDT = "http://xbrl.org/2005/xbrldt"
XML = "http://www.w3.org/XML/1998/namespace"
IX_NAMESPACES = (
    "http://www.xbrl.org/2013/inlineXBRL",
    "http://www.xbrl.org/2008/inlineXBRL",
)

HREF = f"{{{XLINK}}}href"
ROLE = f"{{{XLINK}}}role"
ARCROLE = f"{{{XLINK}}}arcrole"
LABEL = f"{{{XLINK}}}label"
FROM = f"{{{XLINK}}}from"
TO = f"{{{XLINK}}}to"
TYPE = f"{{{XLINK}}}type"
NIL = f"{{{XSI}}}nil"
LANG = f"{{{XML}}}lang"

CIK_SCHEME = "http://www.sec.gov/CIK"
FACT_FOOTNOTE = "http://www.xbrl.org/2003/arcrole/fact-footnote"
TRUE = ("true", "1")
