// With what kind of counterparty cash was exchanged. Workshop takings and petty expenses are with nobody named.
MATCH (a:Account)<-[:POSTED_TO]-(l:LineItem)<-[:HAS_LINE_ITEM]-(t:Transaction)
WHERE a.account_subtype = 'cash' AND t.transaction_kind <> 'transfer'
OPTIONAL MATCH (t)-[:MADE_WITH]->(c:Counterparty)
RETURN coalesce(c.counterparty_kind, 'other') AS counterparties,
       list_sum(collect(l.debit)) AS received,
       list_sum(collect(l.credit)) AS paid,
       CAST(list_sum(collect(l.debit - l.credit)) AS DECIMAL(18,2)) AS net
ORDER BY counterparties
