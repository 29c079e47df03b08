// The trial balances drawn up at each month's end, and how many of their accounts differ from the line items: none.
MATCH (tb:TrialBalance)-[shown:SHOWS_BALANCE]->(a:Account)<-[:POSTED_TO]-(l:LineItem)<-[:HAS_LINE_ITEM]-(t:Transaction)
WHERE t.transaction_date <= tb.as_of
WITH tb, a, shown.closing_balance AS balance, list_sum(collect(l.debit - l.credit)) AS posted
RETURN tb.as_of AS as_of, tb.total_debit AS debit_balances, tb.total_credit AS credit_balances,
       count(a) AS accounts, count(CASE WHEN posted <> balance THEN a.code END) AS differing
ORDER BY as_of
