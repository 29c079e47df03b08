// What is owed to each vendor at the end, and on how many bills.
MATCH (c:Counterparty)<-[:MADE_WITH]-(t:Transaction)-[:HAS_LINE_ITEM]->(l:LineItem)-[:POSTED_TO]->(a:Account)
WHERE a.account_subtype = 'payable'
WITH c, t.document_number AS document, CAST(list_sum(collect(l.credit - l.debit)) AS DECIMAL(18,2)) AS owed
WHERE owed <> 0
RETURN c.name AS vendor, count(document) AS bills, list_sum(collect(owed)) AS owed
ORDER BY vendor
