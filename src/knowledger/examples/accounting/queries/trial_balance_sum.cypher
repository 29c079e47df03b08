// The sum of the trial balance: debits equal credits, so the difference is 0.
MATCH (:Account)<-[:POSTED_TO]-(l:LineItem)
RETURN count(*) AS line_items,
       list_sum(collect(l.debit)) AS debits,
       list_sum(collect(l.credit)) AS credits,
       CAST(list_sum(collect(l.debit - l.credit)) AS DECIMAL(18,2)) AS difference
