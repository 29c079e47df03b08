// The sum of the balance sheet: assets less liabilities, equity and profit, which is 0.
MATCH (a:Account)<-[:POSTED_TO]-(l:LineItem)<-[:HAS_LINE_ITEM]-(t:Transaction)
WHERE t.transaction_date <= date('2026-06-30')
WITH a.account_type AS kind, l.credit - l.debit AS amount
WITH list_sum(collect(CASE WHEN kind = 'asset' THEN -amount END)) AS assets,
     list_sum(collect(CASE WHEN kind = 'liability' THEN amount END)) AS liabilities,
     list_sum(collect(CASE WHEN kind = 'equity' THEN amount END)) AS equity,
     list_sum(collect(CASE WHEN kind IN ['revenue', 'expense'] THEN amount END)) AS profit
RETURN CAST(assets AS DECIMAL(18,2)) AS assets, CAST(liabilities AS DECIMAL(18,2)) AS liabilities,
       CAST(equity AS DECIMAL(18,2)) AS equity, CAST(profit AS DECIMAL(18,2)) AS profit,
       CAST(assets - liabilities - equity - profit AS DECIMAL(18,2)) AS difference
