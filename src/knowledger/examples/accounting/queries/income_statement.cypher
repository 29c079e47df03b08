// Income statement of the half-year: each account below its heading, then the profit; what earns is positive, what
// costs negative.
MATCH (heading:Account)<-[:SUBACCOUNT_OF]-(a:Account)<-[:POSTED_TO]-(l:LineItem)<-[:HAS_LINE_ITEM]-(t:Transaction)
WHERE a.account_type IN ['revenue', 'expense']
  AND t.transaction_date >= date('2026-01-01') AND t.transaction_date <= date('2026-06-30')
UNWIND [false, true] AS is_total
WITH CASE WHEN is_total THEN '' ELSE heading.code END AS section_code,
     CASE WHEN is_total THEN 'Profit' ELSE heading.name END AS section,
     CASE WHEN is_total THEN '' ELSE a.code END AS code,
     CASE WHEN is_total THEN 'Profit before income tax' ELSE a.name END AS account, l.credit - l.debit AS amount
WITH section_code, section, code, account, CAST(list_sum(collect(amount)) AS DECIMAL(18,2)) AS amount
RETURN section, code, account, amount
ORDER BY section = 'Profit', section_code, code
