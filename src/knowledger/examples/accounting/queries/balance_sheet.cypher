// Balance sheet at the end of June: assets as debits; liabilities, equity and the profit so far as credits.
MATCH (heading:Account)<-[:SUBACCOUNT_OF]-(a:Account)<-[:POSTED_TO]-(l:LineItem)<-[:HAS_LINE_ITEM]-(t:Transaction)
WHERE a.account_type IN ['asset', 'liability', 'equity'] AND t.transaction_date <= date('2026-06-30')
WITH heading.name AS section, a.code AS code, a.name AS account,
     CASE WHEN a.account_type = 'asset' THEN l.debit - l.credit ELSE l.credit - l.debit END AS side
WITH section, code, account, CAST(list_sum(collect(side)) AS DECIMAL(18,2)) AS amount
WHERE amount <> 0
RETURN section, code, account, amount
ORDER BY code
UNION ALL
MATCH (a:Account)<-[:POSTED_TO]-(l:LineItem)<-[:HAS_LINE_ITEM]-(t:Transaction)
WHERE a.account_type IN ['revenue', 'expense'] AND t.transaction_date <= date('2026-06-30')
RETURN 'Equity' AS section, '' AS code, 'Profit of the half-year' AS account,
       CAST(list_sum(collect(l.credit - l.debit)) AS DECIMAL(18,2)) AS amount
