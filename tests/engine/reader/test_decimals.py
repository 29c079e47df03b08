"""Decimals of every width come out of Arrow with their sign."""

from decimal import Decimal
from pathlib import Path

import ladybug
import pytest

from knowledger.engine.reader.columns import public_column


@pytest.mark.parametrize("size", ["4, 2", "9, 2", "9, 9", "18, 0", "18, 18", "19, 2", "38, 10"])
def test_negative_decimals_keep_their_sign(tmp_path: Path, size: str) -> None:
    digits, scale = (int(part) for part in size.split(","))
    largest, least = (Decimal((sign, (9,) * digits, -scale)) for sign in (0, 1))
    wanted = [least, Decimal(-1).scaleb(-scale), Decimal(0), None, Decimal(1).scaleb(-scale), largest]
    database = ladybug.Database(tmp_path / "graph", buffer_pool_size=1 << 26, max_db_size=1 << 30)
    connection = ladybug.Connection(database)
    texts = [None if value is None else f"{value:f}" for value in wanted]
    result = connection.execute(f"UNWIND $texts AS t RETURN CAST(t AS DECIMAL({size})) AS d", {"texts": texts})
    assert isinstance(result, ladybug.QueryResult)
    [batch] = result.get_as_arrow(10).to_batches()
    assert public_column(batch.column(0)).to_pylist() == wanted
    result.close()
    connection.close()
    database.close()
