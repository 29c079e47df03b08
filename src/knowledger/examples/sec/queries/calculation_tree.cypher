// A total and its parts as the filing's calculation says, one level, each with its weight and its own parts' number.
MATCH (r:Report)-[:HAS_STRUCTURE]->(s:Structure)
WHERE r.report_id = $report
WITH r, collect(s.structure_id) AS structures
MATCH (t:Concept)-[k:CALCULATES]->(part:Concept)
WHERE t.concept_id = $total AND list_contains(structures, k.structure_id)
WITH r, k, part, structures
MATCH (r)-[:HAS_FACT]->(f:Fact)-[:HAS_CONCEPT]->(part)
WHERE f.period_id = $period AND f.dimension_set_id IS NULL
RETURN DISTINCT k.place AS place, coalesce(part.label, part.name) AS part, k.weight AS weight, f.numeric_value AS amount,
       f.unit_id AS unit, part.concept_id AS concept, k.structure_id AS structure
ORDER BY structure, place
