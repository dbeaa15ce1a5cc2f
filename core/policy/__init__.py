"""Policy documents and clauses: versions, what changed between them, who has read it. Pure."""
