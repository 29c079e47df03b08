// Net income to revenue across companies, for one fiscal year, by standard lines, whichever concepts each one uses.
MATCH (e:Entity)-[:FILED]->(r:Report)-[:HAS_FACT]->(a:Fact)-[:HAS_CONCEPT]->(:Concept)-[ma:MAPS_TO]->(revenue:StandardLineItem)
WHERE e.ticker IN $tickers AND r.form STARTS WITH '10-K' AND r.fiscal_year = $fiscal_year
  AND revenue.standard_line_item_id = 'income_statement/revenue' AND ma.confidence >= 0.8
  AND a.fiscal_year = r.fiscal_year AND a.fiscal_period = 'FY' AND a.dimension_set_id IS NULL AND a.numeric_value > 0
WITH e, r, a
MATCH (r)-[:HAS_FACT]->(b:Fact)-[:HAS_CONCEPT]->(:Concept)-[mb:MAPS_TO]->(income:StandardLineItem)
WHERE income.standard_line_item_id = 'income_statement/net_income' AND mb.confidence >= 0.95
  AND b.fiscal_year = r.fiscal_year AND b.fiscal_period = 'FY' AND b.dimension_set_id IS NULL
RETURN DISTINCT e.ticker AS ticker, a.numeric_value AS revenue, b.numeric_value AS net_income,
       round(CAST(b.numeric_value AS DOUBLE) / CAST(a.numeric_value AS DOUBLE), 4) AS net_margin,
       a.concept_id AS revenue_concept, b.concept_id AS income_concept, r.report_id AS report
ORDER BY net_margin DESC, ticker
