"""Brings the database to the schema of this release. `--check` ends with 0 when there is something to do, else with 1."""
import sqlite3
import sys

STEPS = ["CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)", "INSERT INTO notes (text) VALUES ('first')"]

with sqlite3.connect("data/notes.db") as database:
    (done,) = database.execute("PRAGMA user_version").fetchone()
    if "--check" in sys.argv:
        sys.exit(0 if done < len(STEPS) else 1)
    for step in STEPS[done:]:
        database.execute(step)
    database.execute(f"PRAGMA user_version = {max(done, len(STEPS))}")
