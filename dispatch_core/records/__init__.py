"""The only place that speaks SQL: tables, and for each its named verbs."""
