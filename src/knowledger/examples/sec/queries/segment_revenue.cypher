// Revenue by segment or product: every part of one axis, by fiscal year, from the annual report on that year.
MATCH (e:Entity)-[:FILED]->(r:Report)-[:HAS_FACT]->(f:Fact)-[:HAS_CONCEPT]->(c:Concept)-[m:MAPS_TO]->(l:StandardLineItem)
WHERE e.ticker = $ticker AND r.form STARTS WITH '10-K' AND f.fiscal_year = r.fiscal_year AND f.fiscal_period = 'FY'
  AND l.standard_line_item_id = 'income_statement/revenue' AND r.fiscal_year >= $first_year AND r.fiscal_year <= $last_year
MATCH (f)-[:HAS_DIMENSION_SET]->(d:DimensionSet)-[:HAS_DIMENSION]->(x:Dimension)-[:HAS_MEMBER]->(part:Concept)
WHERE d.size = 1 AND x.axis_concept_id = $axis
RETURN DISTINCT r.fiscal_year AS fiscal_year, coalesce(part.label, part.name) AS part, f.numeric_value AS revenue,
       f.unit_id AS unit, c.concept_id AS concept, r.report_id AS report
ORDER BY fiscal_year, revenue DESC, part
