"""Small books for tests: companies, what they own of each other, and their accounts."""

from knowledger.client.json import JsonObject

SCHEMA: JsonObject = {
    "name": "books",
    "nodes": [
        {
            "name": "Company",
            "key": ["company_id"],
            "properties": [
                {"name": "company_id", "type": "string"},
                {"name": "name", "type": "string", "required": True},
                {"name": "founded", "type": "date"},
                {"name": "revenue", "type": "decimal(18,2)"},
                {"name": "employees", "type": "int"},
                {"name": "listed", "type": "boolean"},
                {"name": "rating", "type": "double"},
            ],
        },
        {
            "name": "Account",
            "key": ["bank", "number"],
            "properties": [
                {"name": "bank", "type": "string"},
                {"name": "number", "type": "int"},
                {"name": "company_id", "type": "string"},
                {"name": "opened", "type": "timestamp"},
                {"name": "tags", "type": "string[]"},
            ],
        },
    ],
    "relationships": [
        {
            "name": "OWNS",
            "from": "Company",
            "to": "Company",
            "from_columns": ["owner"],
            "to_columns": ["owned"],
            "properties": [{"name": "share", "type": "decimal(5,2)"}],
        },
        {"name": "HELD_BY", "from": "Account", "to": "Company", "source": "Account", "to_columns": ["company_id"]},
    ],
}

COMPANIES = b"""\
company_id,name,founded,revenue,employees,listed,rating
C1,Alder & Sons,1901-04-01,1200.50,12,true,0.5
C2,"Birch, Ltd",1950-12-31,99999999.99,340,false,1.25
C3,Cedar,2009-09-30,-3.10,,true,
"""
"""Three, all good."""

OWNS = b"owner,owned,share\nC1,C2,51.00\nC2,C3,100.00\n"


def companies(first: int, last: int) -> bytes:
    """As many companies as you like, numbered, with revenue of a cent more each."""
    rows = (f"N{number},Company {number},{number // 100}.{number % 100:02}\n" for number in range(first, last + 1))
    return ("company_id,name,revenue\n" + "".join(rows)).encode()
