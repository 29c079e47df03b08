// Cash by month, in bank and till: what was there, came in, went out, and is left. Drawing petty cash moves none.
MATCH (p:AccountingPeriod)
MATCH (a:Account)<-[:POSTED_TO]-(l:LineItem)<-[:HAS_LINE_ITEM]-(t:Transaction)
WHERE a.account_subtype = 'cash' AND t.transaction_kind <> 'transfer' AND t.transaction_date <= p.end_date
WITH p.name AS month, t.transaction_date < p.start_date AS before, l.debit AS debit, l.credit AS credit
RETURN month,
       CAST(list_sum(collect(CASE WHEN before THEN debit - credit END)) AS DECIMAL(18,2)) AS opening,
       list_sum(collect(CASE WHEN NOT before THEN debit END)) AS received,
       list_sum(collect(CASE WHEN NOT before THEN credit END)) AS paid,
       CAST(list_sum(collect(debit - credit)) AS DECIMAL(18,2)) AS closing
ORDER BY month
