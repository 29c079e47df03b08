// Balance sheet at the end of June: assets as debits; liabilities, equity and the profit so far as credits.
MATCH (heading:Account)<-[:SUBACCOUNT_OF]-(a:Account)<-[:POSTED_TO]-(l:LineItem)<-[:HAS_LINE_ITEM]-(t:Transaction)
WHERE t.transaction_date <= date('2026-06-30')
WITH heading, a, a.account_type IN ['revenue', 'expense'] AS is_profit,
     CASE WHEN a.account_type = 'asset' THEN l.debit - l.credit ELSE l.credit - l.debit END AS side
WITH CASE WHEN is_profit THEN 'Equity' ELSE heading.name END AS section,
     CASE WHEN is_profit THEN '' ELSE a.code END AS code,
     CASE WHEN is_profit THEN 'Profit of the half-year' ELSE a.name END AS account, side
WITH section, code, account, CAST(list_sum(collect(side)) AS DECIMAL(18,2)) AS amount
WHERE amount <> 0
RETURN section, code, account, amount
ORDER BY code = '', code
