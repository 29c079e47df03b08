// The income statement of each fiscal year as the latest filings give it: no value that a later one has restated.
MATCH (e:Entity)-[:FILED]->(:Report)-[:HAS_STRUCTURE]->(s:Structure)-[:PRESENTS]->(c:Concept)
WHERE e.ticker = $ticker AND s.statement_kind = 'income_statement' AND s.structure_kind = 'statement'
WITH DISTINCT e, c
MATCH (e)<-[:HAS_ENTITY]-(f:Fact)-[:HAS_CONCEPT]->(c)
WHERE f.fiscal_year >= $first_year AND f.fiscal_year <= $last_year AND f.fiscal_period = 'FY'
  AND f.dimension_set_id IS NULL AND f.numeric_value IS NOT NULL AND NOT EXISTS { MATCH (:Fact)-[:RESTATES]->(f) }
OPTIONAL MATCH (f)-[:RESTATES]->(before:Fact)
RETURN f.fiscal_year AS fiscal_year, coalesce(c.label, c.name) AS line, f.numeric_value AS amount,
       max(before.value) AS restated_from, f.unit_id AS unit, c.concept_id AS concept, count(DISTINCT f.report_id) AS reports
ORDER BY fiscal_year, line, amount
