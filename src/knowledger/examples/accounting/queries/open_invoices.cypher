// Every invoice that is not paid in full at the end of June, the oldest first: its amount, what is open, and its age.
MATCH (c:Counterparty)<-[:MADE_WITH]-(t:Transaction)-[:HAS_LINE_ITEM]->(l:LineItem)-[:POSTED_TO]->(a:Account)
WHERE a.account_subtype = 'receivable'
WITH c.name AS customer, t.document_number AS invoice, min(t.transaction_date) AS issued,
     list_sum(collect(l.debit)) AS amount, CAST(list_sum(collect(l.debit - l.credit)) AS DECIMAL(18,2)) AS open
WHERE open <> 0
RETURN invoice, customer, issued, amount, open, date('2026-06-30') - issued AS days
ORDER BY issued, invoice
