// Where each value of a concept stands: accession number, context, document, place in it, and what it restates.
MATCH (e:Entity)-[:FILED]->(r:Report)-[:HAS_FACT]->(f:Fact)
WHERE e.ticker = $ticker AND f.concept_id = $concept AND f.fiscal_year = $fiscal_year AND f.fiscal_period = 'FY'
  AND f.dimension_set_id IS NULL
OPTIONAL MATCH (f)-[:RESTATES]->(before:Fact)
RETURN r.report_id AS accession, r.form AS form, r.filed_on AS filed_on, f.value AS value, f.decimals AS decimals,
       f.context_ref AS context, f.document AS document, f.line AS document_line, f.anchor AS anchor, r.url AS url,
       before.report_id AS restates, before.value AS value_before
ORDER BY filed_on, accession
