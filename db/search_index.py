"""The index of letters behind the search box, on SQLite: kept in step with ``person`` by triggers.

Postgres has an index of its own for this. SQLite changes a table by copying and dropping it, and
the triggers go with the old one; so the index is looked after at the end of every migration.
"""

import sqlalchemy as sa

#: The index, and the tables SQLite keeps it in.
TABLES = (
    "person_search",
    "person_search_config",
    "person_search_data",
    "person_search_docsize",
    "person_search_idx",
)

_TABLE = """
CREATE VIRTUAL TABLE IF NOT EXISTS person_search
USING fts5(search_text, content='person', content_rowid='id', tokenize='trigram')
"""

_FORGET = "INSERT INTO person_search(person_search, rowid, search_text) VALUES"
_LEARN = "INSERT INTO person_search(rowid, search_text) VALUES (new.id, new.search_text)"

_TRIGGERS = {
    "person_search_insert": f"AFTER INSERT ON person BEGIN {_LEARN}; END",
    "person_search_delete": (
        f"AFTER DELETE ON person BEGIN {_FORGET} ('delete', old.id, old.search_text); END"
    ),
    "person_search_update": (
        "AFTER UPDATE OF search_text ON person WHEN old.search_text IS NOT new.search_text "
        f"BEGIN {_FORGET} ('delete', old.id, old.search_text); {_LEARN}; END"
    ),
}


def keep_search_index(connection: sa.Connection) -> None:
    """Make the index where it lacks, and fill it anew where its triggers were lost."""
    if connection.dialect.name != "sqlite":
        return
    connection.exec_driver_sql(_TABLE)
    present = connection.exec_driver_sql(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'person'"
    )
    if set(present.scalars()) >= set(_TRIGGERS):
        return
    for name, body in _TRIGGERS.items():
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
        connection.exec_driver_sql(f"CREATE TRIGGER {name} {body}")
    connection.exec_driver_sql("INSERT INTO person_search(person_search) VALUES ('rebuild')")


def drop_search_index(connection: sa.Connection) -> None:
    """Take the index away, for a schema that knows none."""
    if connection.dialect.name != "sqlite":
        return
    for name in _TRIGGERS:
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
    connection.exec_driver_sql("DROP TABLE IF EXISTS person_search")
