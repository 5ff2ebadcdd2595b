//! SQL for SQLite and PostgreSQL, the gate's doors, migrations and audit chains.
