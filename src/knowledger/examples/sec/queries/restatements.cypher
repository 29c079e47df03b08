// What a company has restated: later and earlier value, and the two filings.
MATCH (e:Entity)-[:FILED]->(r:Report)-[:HAS_FACT]->(f:Fact)-[x:RESTATES]->(before:Fact)
WHERE e.ticker = $ticker AND f.dimension_set_id IS NULL AND x.difference IS NOT NULL
MATCH (f)-[:HAS_CONCEPT]->(c:Concept)
RETURN f.fiscal_year AS fiscal_year, f.fiscal_period AS fiscal_period, coalesce(c.label, c.name) AS line,
       before.numeric_value AS before, f.numeric_value AS after, x.difference AS difference,
       before.report_id AS report_before, f.report_id AS report
ORDER BY fiscal_year, line, fiscal_period, report
