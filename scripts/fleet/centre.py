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


def next_step(text):
    """For an answer that tables are missing: the centre was set up by an older version, or never."""
    return " Run load with --set-up: it makes the tables that are missing." if re.search(
        r"doesn't exist|does not exist|Unknown table|UNKNOWN_TABLE|no such table", text) else ""


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
        options = dict(settings, database=database or self.database, max_query_size=1 << 24)
        # Data come behind their query, which then stands in the address; a long query alone would not fit there.
        if data:
            options["query"] = query
        else:
            data = query.encode("utf-8")
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
            text = error.read().decode("utf-8", "replace").strip()[:500]
            raise CentreError(f"{self.address} refused: {text}{next_step(text)}") from None
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

    def __init__(self, path, is_read=False):
        """`is_read`: the file must be there, and nothing is written. Raises `CentreError`."""
        self.path = path
        if is_read and not os.path.isfile(path):
            raise CentreError(f"{path} is not there. Name the file that load made.")
        address = "file:" + urllib.parse.quote(os.path.abspath(path)) + ("?mode=ro" if is_read else "")
        try:
            self.connection = sqlite3.connect(address, isolation_level=None, uri=True)
            self.connection.execute("SELECT count(*) FROM sqlite_master")
        except sqlite3.Error as error:
            raise CentreError(f"{path} cannot be opened as the file of a centre: {error}.") from None

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
        try:
            return [[None if cell is None else str(cell) for cell in row] for row in self.connection.execute(query)]
        except sqlite3.Error as error:
            raise CentreError(f"{self.path} does not answer as the file of a centre does: {error}.{next_step(str(error))}") from None


def unescaped(text):
    return re.sub(r"\\(.)", lambda match: {"t": "\t", "n": "\n", "r": "\r"}.get(match[1], match[1]), text)


def sqlite_table(statement):
    """A table of ClickHouse as one of SQLite; the order key is the primary key."""
    head, key = statement.split("\nENGINE = ")[0], re.search(r"ORDER BY (\(.*\))", statement)[1]
    for pattern, kind in ((r"Nullable\((\w+)\)", r"\1"), (r"\bU?Int\d+\b", "INTEGER"), (r"\bFloat64\b", "REAL"),
                          (r"\b(String|DateTime|Date)\b", "TEXT")):
        head = re.sub(pattern, kind, head)
    return head.rstrip().removesuffix(")").rstrip() + f",\n    PRIMARY KEY {key}\n) WITHOUT ROWID"
