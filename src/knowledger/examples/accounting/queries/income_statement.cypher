// Income statement of the half-year: each account below its heading; what earns is positive, what costs negative.
MATCH (heading:Account)<-[:SUBACCOUNT_OF]-(a:Account)<-[:POSTED_TO]-(l:LineItem)<-[:HAS_LINE_ITEM]-(t:Transaction)
WHERE a.account_type IN ['revenue', 'expense']
  AND t.transaction_date >= date('2026-01-01') AND t.transaction_date <= date('2026-06-30')
WITH heading.code AS section_code, heading.name AS section, a.code AS code, a.name AS account,
     CAST(list_sum(collect(l.credit - l.debit)) AS DECIMAL(18,2)) AS amount
RETURN section, code, account, amount
ORDER BY section_code, code
UNION ALL
MATCH (a:Account)<-[:POSTED_TO]-(l:LineItem)<-[:HAS_LINE_ITEM]-(t:Transaction)
WHERE a.account_type IN ['revenue', 'expense']
  AND t.transaction_date >= date('2026-01-01') AND t.transaction_date <= date('2026-06-30')
RETURN 'Profit' AS section, '' AS code, 'Profit before income tax' AS account,
       CAST(list_sum(collect(l.credit - l.debit)) AS DECIMAL(18,2)) AS amount
