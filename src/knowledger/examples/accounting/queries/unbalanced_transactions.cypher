// Transactions whose line items do not balance. In good books there are none.
MATCH (t:Transaction)-[:HAS_LINE_ITEM]->(l:LineItem)
WITH t, CAST(list_sum(collect(l.debit - l.credit)) AS DECIMAL(18,2)) AS difference
WHERE difference <> 0
RETURN t.transaction_id AS transaction, t.description AS description, difference
ORDER BY transaction
