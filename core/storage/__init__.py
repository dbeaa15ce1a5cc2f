"""The only room that speaks SQL: tables, migrations, reads, writes and the analytic snapshot."""
