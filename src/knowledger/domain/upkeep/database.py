"""The database's size, and its tables swept where autovacuum has fallen behind."""

from typing import Final

from sqlalchemy import Engine, text

from knowledger.domain.graphs.health import Finding
from knowledger.domain.upkeep.reports import Report

MANY_DEAD_ROWS: Final = 10_000
_LARGEST: Final = 5

_TABLES = text("""
    SELECT schemaname || '.' || relname AS name, pg_total_relation_size(relid) AS bytes, n_live_tup AS live,
           n_dead_tup AS dead, quote_ident(schemaname) || '.' || quote_ident(relname) AS quoted
    FROM pg_stat_user_tables ORDER BY bytes DESC
""")
_WRAPAROUND = text("SELECT max(age(datfrozenxid)) FROM pg_database WHERE datname = current_database()")
_OLD_TRANSACTIONS: Final = 1_000_000_000


def sweep_database(database: Engine) -> Report:
    """VACUUM and ANALYZE tables with more dead rows than a fifth of the live ones; give the sizes."""
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        tables = connection.execute(_TABLES).all()
        swept = [table for table in tables if table.dead > max(MANY_DEAD_ROWS, table.live / 5)]
        for table in swept:
            connection.execute(text(f"VACUUM (ANALYZE) {table.quoted}"))
        age = connection.scalar(_WRAPAROUND) or 0
    whole = sum(table.bytes for table in tables)
    findings = [] if age < _OLD_TRANSACTIONS else [_ageing(age)]
    figures = {"bytes": whole, "swept": len(swept), "transaction_age": age}
    figures |= {f"bytes of {table.name}": table.bytes for table in tables[:_LARGEST]}
    return Report(f"{whole / 2**20:,.1f} MiB in {len(tables)} tables; {len(swept)} were swept.", figures, findings)


def _ageing(age: int) -> Finding:
    message = f"The oldest transaction is {age:,} old: autovacuum cannot freeze. At 2,000,000,000 PostgreSQL stops."
    return Finding("problem", "database_ageing", message)
