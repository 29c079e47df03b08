// Whether the parts of a total add up to it in this filing: the total, the weighted sum, and what is between them.
MATCH (r:Report)-[:HAS_STRUCTURE]->(s:Structure)
WHERE r.report_id = $report
WITH r, collect(s.structure_id) AS structures
MATCH (t:Concept)-[k:CALCULATES]->(part:Concept)
WHERE t.concept_id = $total AND list_contains(structures, k.structure_id)
WITH r, t, k, part
MATCH (r)-[:HAS_FACT]->(f:Fact)-[:HAS_CONCEPT]->(part)
WHERE f.period_id = $period AND f.dimension_set_id IS NULL
WITH DISTINCT r, t, k.structure_id AS structure, part.concept_id AS concept, k.weight AS weight, f.numeric_value AS amount
WITH r, t, structure, count(*) AS parts, CAST(sum(CAST(weight AS DOUBLE) * CAST(amount AS DOUBLE)) AS DECIMAL(38,2)) AS sum_of_parts
MATCH (r)-[:HAS_FACT]->(whole:Fact)-[:HAS_CONCEPT]->(t)
WHERE whole.period_id = $period AND whole.dimension_set_id IS NULL
RETURN DISTINCT CAST(whole.numeric_value AS DECIMAL(38,2)) AS total, sum_of_parts, parts,
       CAST(whole.numeric_value AS DECIMAL(38,2)) - sum_of_parts AS difference, structure
ORDER BY structure
