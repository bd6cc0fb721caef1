"""The centre: a ClickHouse server by HTTP, or one SQLite file with the same tables."""

import os
import re
import sqlite3
import urllib.error
import urllib.parse
import urllib.request

SCHEMA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "clickhouse")
TEXTS = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class CentreError(Exception):
    """Why the centre did not answer; a sentence."""


def statements(name):
    """The statements of a file of the schema."""
    with open(os.path.join(SCHEMA, name), encoding="utf-8") as file:
        text = "\n".join(line for line in file.read().splitlines() if not line.startswith("--"))
    return [part.strip() for part in text.split(";") if part.strip()]


class ClickHouse:
    def __init__(self, address, database="fleet"):
        self.address, self.database = address.rstrip("/"), database

    def run(self, query, data=b"", database=None, **settings):
        """Text that the server answers."""
        options = dict(settings, query=query, database=database or self.database)
        headers = {"Content-Type": "text/plain; charset=UTF-8"}
        for header, name in (("X-ClickHouse-User", "CLICKHOUSE_USER"), ("X-ClickHouse-Key", "CLICKHOUSE_PASSWORD")):
            if os.environ.get(name):
                headers[header] = os.environ[name]
        request = urllib.request.Request(
            self.address + "/?" + urllib.parse.urlencode(options), data=data, headers=headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=600) as answer:
                return answer.read().decode("utf-8")
        except urllib.error.HTTPError as error:
            raise CentreError(f"{self.address} refused: {error.read().decode('utf-8', 'replace').strip()[:500]}") from None
        except OSError as error:
            raise CentreError(f"{self.address} does not answer: {getattr(error, 'reason', error)}. "
                              "Check the address and that the server runs.") from None

    def set_up(self, cluster=False, replicated=False):
        """Makes databases, tables and views; what is there is left as it is."""
        tables = "tables-replicated.sql" if replicated else "tables.sql"
        for database in ["fleet_shard", self.database] if cluster else [self.database]:
            self.run(f"CREATE DATABASE IF NOT EXISTS {database}", database="default")
        for statement in statements(tables):
            self.run(statement, database="fleet_shard" if cluster else self.database)
        for name in (["distributed.sql"] if cluster else []) + ["views.sql"]:
            for statement in statements(name):
                self.run(statement)

    def insert(self, table, columns, rows):
        lines = ("\t".join("\\N" if cell is None else str(cell).translate(TEXTS) for cell in row) for row in rows)
        self.run(
            f"INSERT INTO {table} ({', '.join(columns)}) FORMAT TabSeparated", ("\n".join(lines) + "\n").encode("utf-8"),
            insert_distributed_sync=1)

    def rows(self, query):
        """Lists of texts; no value is None."""
        answer = self.run(query + " FORMAT TabSeparated")
        return [[None if cell == "\\N" else unescaped(cell) for cell in line.split("\t")]
                for line in answer.split("\n")[:-1]]

    # A repeated row counts once.
    final = " FINAL"


class SQLite:
    """Few gateways need no server: the tables of `tables.sql` in one file."""

    final = ""

    def __init__(self, path):
        self.path = path
        self.connection = sqlite3.connect(path, isolation_level=None)

    def set_up(self):
        for statement in statements("tables.sql"):
            self.connection.execute(sqlite_table(statement))
        for statement in statements("../views-sqlite.sql"):
            self.connection.execute(statement)

    def insert(self, table, columns, rows):
        places = ", ".join("?" for _ in columns)
        self.connection.execute("BEGIN")
        self.connection.executemany(
            f"INSERT OR REPLACE INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)
        self.connection.execute("COMMIT")

    def rows(self, query):
        return [[None if cell is None else str(cell) for cell in row] for row in self.connection.execute(query)]


def unescaped(text):
    return re.sub(r"\\(.)", lambda match: {"t": "\t", "n": "\n", "r": "\r"}.get(match[1], match[1]), text)


def sqlite_table(statement):
    """A table of ClickHouse as one of SQLite; the order key is the primary key."""
    head, key = statement.split("\nENGINE = ")[0], re.search(r"ORDER BY (\(.*\))", statement)[1]
    for pattern, kind in ((r"Nullable\((\w+)\)", r"\1"), (r"\bU?Int\d+\b", "INTEGER"), (r"\bFloat64\b", "REAL"),
                          (r"\b(String|DateTime|Date)\b", "TEXT")):
        head = re.sub(pattern, kind, head)
    return head.rstrip().removesuffix(")").rstrip() + f",\n    PRIMARY KEY {key}\n) WITHOUT ROWID"
