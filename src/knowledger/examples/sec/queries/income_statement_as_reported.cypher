// The income statement of each fiscal year, line by line, as the annual report on that year gave it.
MATCH (e:Entity)-[:FILED]->(r:Report)-[:HAS_STRUCTURE]->(s:Structure)-[p:PRESENTS]->(c:Concept)
WHERE e.ticker = $ticker AND r.form STARTS WITH '10-K' AND r.fiscal_year >= $first_year AND r.fiscal_year <= $last_year
  AND s.statement_kind = 'income_statement' AND s.structure_kind = 'statement'
WITH r, c, p
MATCH (r)-[:HAS_FACT]->(f:Fact)-[:HAS_CONCEPT]->(c)
WHERE f.fiscal_year = r.fiscal_year AND f.fiscal_period = 'FY' AND f.dimension_set_id IS NULL AND NOT f.is_nil
RETURN DISTINCT r.fiscal_year AS fiscal_year, p.place AS place, coalesce(p.label, c.label, c.name) AS line,
       f.numeric_value AS amount, f.unit_id AS unit, f.concept_id AS concept, r.report_id AS report
ORDER BY fiscal_year, place
