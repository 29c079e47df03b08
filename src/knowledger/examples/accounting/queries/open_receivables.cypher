// What each customer owes at the end, and on how many invoices.
MATCH (c:Counterparty)<-[:MADE_WITH]-(t:Transaction)-[:HAS_LINE_ITEM]->(l:LineItem)-[:POSTED_TO]->(a:Account)
WHERE a.account_subtype = 'receivable'
WITH c, t.document_number AS document, CAST(list_sum(collect(l.debit - l.credit)) AS DECIMAL(18,2)) AS owed
WHERE owed <> 0
RETURN c.name AS customer, count(document) AS invoices, list_sum(collect(owed)) AS owed
ORDER BY customer
