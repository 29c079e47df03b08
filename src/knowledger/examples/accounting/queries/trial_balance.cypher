// Trial balance: what was debited and credited to each account, and its balance (debit positive).
MATCH (a:Account)<-[:POSTED_TO]-(l:LineItem)
RETURN a.code AS code, a.name AS account,
       list_sum(collect(l.debit)) AS debits,
       list_sum(collect(l.credit)) AS credits,
       CAST(list_sum(collect(l.debit - l.credit)) AS DECIMAL(18,2)) AS balance
ORDER BY code
