// Revenue, expenses and profit of each month.
MATCH (a:Account)<-[:POSTED_TO]-(l:LineItem)<-[:HAS_LINE_ITEM]-(:Transaction)-[:POSTED_IN]->(p:AccountingPeriod)
WHERE a.account_type IN ['revenue', 'expense']
WITH p.name AS month, a.account_type AS kind, l.credit - l.debit AS amount
RETURN month,
       CAST(list_sum(collect(CASE WHEN kind = 'revenue' THEN amount END)) AS DECIMAL(18,2)) AS revenue,
       CAST(list_sum(collect(CASE WHEN kind = 'expense' THEN -amount END)) AS DECIMAL(18,2)) AS expenses,
       CAST(list_sum(collect(amount)) AS DECIMAL(18,2)) AS profit
ORDER BY month
