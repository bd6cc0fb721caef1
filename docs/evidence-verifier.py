"""Verifies the evidence in a store of egressaudit by docs/evidence-format.md alone, without the program.

Each FAULT is a contradiction; each NOT PROVEN is something that the store alone cannot show. Only a head kept elsewhere
(--head) or a --public-key shows that a chain was cut off or written anew. Sums are not compared with flows.
"""

import argparse, base64, functools, hashlib, heapq, itertools, operator, pathlib, re, sqlite3, sys

RULES = ", ".join(f"(SELECT {name} FROM rule_set AS r WHERE r.id = rule_set_id)" for name in ("hash", "version", "date"))
FACTS = "SELECT rule_id, facts FROM rule_facts WHERE rule_set_id = (SELECT rule_set_id FROM {} WHERE id = ?) ORDER BY 1"
CHAINED = {  # kind: its table, the values of its digest, and queries for those that follow, by the first value
    "session": ("capture_session", "id, (SELECT site FROM meta), sensor, capture_mode, interface, tool_version, "
                f"{RULES}, settings, location_databases", FACTS.format("capture_session")),
    "flow": ("flow_evidence", "*"), "baseline": ("baseline", "id, name, day, tool_version, content_digest"),
    "reclassification": ("reclassification", f"id, tool_version, {RULES}, through_seq, flows",
        FACTS.format("reclassification"), "SELECT flow_seq, rule_id, rule_revision, matched_pattern, destination_name "
        "FROM reclassified_flow WHERE reclassification_id = ? ORDER BY flow_seq"),
    "deletion": ("deletion", "id, data_class, before_hour, row_count, day, tool_version",
        "SELECT session_id, replaced_by FROM deletion WHERE id = ? AND session_id IS NOT NULL",
        "SELECT first_seq, last_seq, last_hash FROM deleted_range WHERE deletion_id = ? ORDER BY first_seq",
        "SELECT reclassification_id, digest FROM reclassification_rest WHERE deletion_id = ? ORDER BY 1"),
    "baseline_removal": ("baseline_removal", "baseline_id, day, tool_version"),
    "phase": ("phase_entry", "id, event, name, hour, setting, group_names, day, tool_version"),
    "documented_list": ("documented_list", "id, kind, day, tool_version, file_digest, content_digest"),
    "review": ("review_decision",
               "id, table_name, row_name, first_day, last_day, role, recorded_second, file_digest, content"),
    "seal": ("seal", "id, tool_version", "SELECT table_name, part, row_count, digest FROM sealed_part WHERE seal_id = ? "
             "ORDER BY table_name, part"),
    "access": ("access_entry", "id, action, role, second, first_day, last_day, files_digest, tool_version"),
}
SEALED = {  # table: number of a part, how many of its first columns order its rows, hours (0: no time), deletion class
    "coverage_hour": ("hour", 5, 1, "coverage"), "session_coverage": ("hour", 2, 1, "coverage"),
    "capture_span": ("last_second / 3600", 2, 1, "coverage"), "usage_hour": ("hour", 9, 1, "usage"),
    "network_hour": ("hour", 8, 1, "usage"), "group_hour": ("hour", 3, 1, "usage"),
    "connection_sample": ("hour", 3, 1, "usage"), "device_presence": ("day", 4, 24, "usage"),
    "undescribed_day": ("day", 3, 24, "undescribed"), "capture_session": ("id", 1, 0, None),
    "meta": ("only_row", 1, 0, None), "accepted_bundle": ("only_row", 1, 0, None),
}
FAULTS = [  # queries for table, place, and what is wrong
    "SELECT 'store', 'file', integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
    "SELECT name, 'schema', 'not STRICT: its values may be of any type' FROM pragma_table_list WHERE schema = 'main' AND "
    "(type = 'view' OR type = 'table' AND NOT strict AND name NOT LIKE 'sqlite!_%' ESCAPE '!')",
    """SELECT "table", coalesce(rowid, '-'), 'belongs to no row of ' || parent FROM pragma_foreign_key_check""",
    *(f"SELECT '{table}', chain_seq, 'no entry of its kind' FROM {table} WHERE NOT EXISTS (SELECT 1 FROM chain_entry "
      f"WHERE seq = chain_seq AND kind = '{kind}')" for kind, (table, *_) in CHAINED.items()),
    "SELECT 'rule_set', id, 'belongs to no session or reclassification' FROM rule_set WHERE id NOT IN "
    "(SELECT rule_set_id FROM capture_session UNION SELECT rule_set_id FROM reclassification)",
    "SELECT 'deleted_range', first_seq, 'some of its entries are there' FROM counted "
    "WHERE EXISTS (SELECT 1 FROM chain_entry WHERE seq BETWEEN first_seq AND last_seq)",
    "SELECT 'baseline', id, 'content is not that of its entry' FROM baseline WHERE (content IS NULL) <> "
    "(id IN (SELECT baseline_id FROM baseline_removal)) OR sha256(content) <> content_digest",
    "SELECT 'documented_list', id, 'content is not that of its entry' FROM documented_list AS a WHERE sha256(content) <> "
    "content_digest OR (content IS NULL) <> (content_digest IS NULL OR EXISTS (SELECT 1 FROM documented_list AS b "
    "WHERE b.kind = a.kind AND b.id > a.id))",
    f"SELECT 'unsealed_part', table_name, 'no such table' FROM unsealed_part WHERE table_name NOT IN {(*SEALED,)}",
]
REST = """SELECT rest.digest FROM reclassification_rest AS rest JOIN deletion ON deletion.id = deletion_id
    JOIN reclassification AS r ON r.id = reclassification_id WHERE r.chain_seq = ?1 AND deletion.chain_seq > ?1
    ORDER BY deletion_id DESC"""
FOUND = """SELECT (SELECT lower(hex(hash)) FROM chain_entry WHERE seq = 1), coalesce((SELECT lower(hex(hash)) FROM
    chain_entry WHERE seq = ?1), (SELECT lower(hex(last_hash)) FROM counted WHERE last_seq = ?1),
    (SELECT 'deleted' FROM counted WHERE ?1 BETWEEN first_seq AND last_seq))"""
DELETED = """SELECT max(before_hour) FROM deletion WHERE data_class = ? AND session_id IS NULL AND chain_seq > ? AND
    chain_seq < ?"""
SIGNED = """SELECT hour - 6 FROM signed_seal WHERE seq = (SELECT max(seq) FROM signed_seal WHERE seq < ?1) AND NOT EXISTS
    (SELECT 1 FROM capture_session WHERE capture_mode = 'replay' AND chain_seq > seq AND chain_seq < ?1) AND NOT EXISTS
    (SELECT 1 FROM deletion WHERE session_id NOT NULL AND chain_seq > seq AND chain_seq < ?1)"""
SETUP = """BEGIN; CREATE TEMP TABLE signed_seal (seq INTEGER PRIMARY KEY, hour INTEGER);
    CREATE TEMP TABLE counted AS SELECT first_seq, last_seq, last_hash FROM deleted_range JOIN deletion
    ON deletion.id = deletion_id WHERE deletion.chain_seq > last_seq AND first_seq <= last_seq;
    CREATE INDEX temp.counted_index ON counted (first_seq, last_seq);"""
NEWER = ["seal", "sealed_part", "unsealed_part", "signed_head", "access_entry"]  # a store of an older version has none
ALL_COLUMNS = "id, chain_seq, tool_version, seal_id, table_name, part, row_count, digest, seq, second, public_key, signature"
HEAD = "egressaudit evidence head v1\nstore {}\nentry {}\nhash {}\ntime {}\nkey {}\n"
KEPT = HEAD.format("([0-9a-f]{64})", "([0-9]{1,18})", "([0-9a-f]{64})", "([-0-9:TZ]{20})", "([0-9a-f]{64})") + "signature (.{88})\n"
END, FIRST, NO_ROWS = 2**63 - 1, operator.itemgetter(0), (0, hashlib.sha256().digest())
PRIME, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, SQRT_MINUS_1 = -121665 * pow(121666, -1, PRIME) % PRIME, pow(2, (PRIME - 1) // 4, PRIME)


def add_points(p, q):  # RFC 8032, 5.1.4: (X, Y, Z, T) with x = X/Z, y = Y/Z, x*y = T/Z
    a, b = (p[1] - p[0]) * (q[1] - q[0]), (p[1] + p[0]) * (q[1] + q[0])
    c, d = 2 * p[3] * q[3] * D % PRIME, 2 * p[2] * q[2]
    return (b - a) * (d - c) % PRIME, (d + c) * (b + a) % PRIME, (d - c) * (d + c) % PRIME, (b - a) * (b + a) % PRIME


def point(encoded):
    sign, y = divmod(int.from_bytes(encoded, "little"), 2**255)
    square = (y * y - 1) * pow(D * y * y + 1, -1, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    x = x if x * x % PRIME == square else x * SQRT_MINUS_1 % PRIME
    if len(encoded) != 32 or y >= PRIME or x * x % PRIME != square or (x == 0 and sign):
        return None
    x = x if x % 2 == sign else PRIME - x
    return x, y, 1, x * y % PRIME


def is_signed(text, key, signature):  # RFC 8032, 5.1.7: R = S * B - k * A, compared in its encoding
    base, public = point((4 * pow(5, -1, PRIME) % PRIME).to_bytes(32, "little")), point(key)
    if not public or type(signature) is not bytes or len(signature) != 64:
        return False
    minus, total = (-public[0], *public[1:3], -public[3]), (0, 1, 1, 0)
    addends, number = [total, base, minus, add_points(base, minus)], int.from_bytes(signature[32:], "little")
    hashed = int.from_bytes(hashlib.sha512(signature[:32] + key + text.encode()).digest(), "little") % ORDER
    for bit in reversed(range(253)):
        total = add_points(add_points(total, total), addends[(number >> bit & 1) + 2 * (hashed >> bit & 1)])
    x, y = (value * pow(total[2], -1, PRIME) % PRIME for value in total[:2])
    return number < ORDER and (y + (x % 2 << 255)).to_bytes(32, "little") == signature[:32]


def form(value):
    if type(value) is int:
        return b"\0\0\0\x08" + value.to_bytes(8, "big", signed=True)
    data = value.encode("utf-8", "surrogateescape") if type(value) is str else value
    return b"\xff\xff\xff\xff" if data is None else len(data).to_bytes(4, "big") + data


def forms(values, kept=0):  # without the NULLs at their end, but for those of the first `kept`
    while len(values) > kept and values[-1] is None:
        values = values[:-1]
    return b"".join(map(form, values))


def chain_faults(store, ask):
    before, expected = hashlib.sha256(b"egressaudit evidence chain v1").digest(), 1
    for seq, kind, digest, stored in store.execute("SELECT seq, kind, digest, hash FROM chain_entry ORDER BY seq"):
        while expected < seq:
            gap = ask("SELECT last_seq + 1, last_hash FROM counted WHERE first_seq = ? AND last_seq < ? "
                      "ORDER BY last_seq DESC", expected, seq)
            if not gap:
                yield "chain_entry", expected, f"missing, through {seq - 1}, without a deletion that lists this"
            expected, before = gap or (seq, None)
        if before is not None and hashlib.sha256(before + forms([kind, seq, digest])).digest() != stored:
            yield "chain_entry", seq, "its hash does not follow from the hash before it"
        table, values, *queries = CHAINED.get(kind, ["access_entry", "NULL"])
        values = values if values == "*" else f"chain_seq, {values}"
        row = store.execute(f"SELECT {values} FROM {table} WHERE chain_seq = ?", (seq,)).fetchone()
        following = [others for query in queries if row for others in store.execute(query, row[1:2])]
        found = row and hashlib.sha256(forms(row[1:], 34) + b"".join(forms(others, END) for others in following))
        rest = kind == "reclassification" and ask(REST, seq)
        if not row or found.digest() != (rest[0] if rest else digest):
            yield "chain_entry", seq, f"its row in {table} is not that of its digest" if row else f"no row of kind {kind!a}"
        before, expected = stored, seq + 1


def head_faults(store, ask, kept, public_keys):
    for origin, seq, kept_hash, time, key, signature in itertools.chain(kept, store.execute(
            "SELECT NULL, seq, NULL, strftime('%Y-%m-%dT%H:%M:%SZ', second, 'unixepoch'), lower(hex(public_key)), "
            "signature FROM signed_head ORDER BY seq")):
        (first, found), label = ask(FOUND, seq), "kept head" if kept_hash else "signed_head"
        if found == "deleted" and not key:
            print(f"NOT PROVEN {label} {seq}: its entry was deleted, so that it proves nothing any more")
        elif not found or (origin or first, kept_hash or found) != (first, found):
            yield label, seq, "there is no such entry, or it or the first entry has another hash"
        elif key is not None and not is_signed(HEAD.format(first, seq, found, time, key), bytes.fromhex(key), signature):
            yield label, seq, "its signature does not fit"
        elif key and public_keys and key not in public_keys:
            yield label, seq, f"it is signed with another key, {key}"
        elif key:
            store.execute("INSERT OR IGNORE INTO signed_seal SELECT chain_seq, strftime('%s', ?) / 3600 FROM seal "
                          "WHERE chain_seq = ?", (time, seq))
    last, signed = ask("SELECT max(seq), coalesce((SELECT max(seq) FROM signed_seal), 0) FROM chain_entry")
    if last != signed:
        print(f"NOT PROVEN chain_entry {signed + 1}: no signed seal covers the entries from here on")
    elif not public_keys:
        print("NOT PROVEN signed_head: only --public-key shows whose the keys of the signed heads are")


def part_content(rows):
    count, digest = 0, hashlib.sha256()
    for count, row in enumerate(rows, 1):
        digest.update(form(forms(row[1:])))
    return count, digest.digest()


def part_faults(store, ask, table):
    number, keys, hours, data_class = SEALED[table]
    if not ask("SELECT id FROM seal"):
        return print(f"NOT PROVEN {table}: no seal, an older version wrote the store")
    rows = store.execute(f"SELECT {number}, * FROM {table} ORDER BY {', '.join(map(str, range(1, keys + 2)))}")
    seals = store.execute("SELECT part, chain_seq, row_count, digest FROM sealed_part JOIN seal ON seal.id = seal_id "
                          "WHERE table_name = ? ORDER BY part, chain_seq", (table,))
    stored = ((part, END, *part_content(group)) for part, group in itertools.groupby(rows, FIRST))
    for part, states in itertools.groupby(heapq.merge(seals, stored, key=FIRST), FIRST):
        since, expected = 0, NO_ROWS
        for _, seq, *content in itertools.chain(states, [(part, END, *NO_ROWS)]):
            deleted = hours and part < (ask(DELETED, data_class, since, seq)[0] or 0) // hours
            if since < END and tuple(content) != (NO_ROWS if deleted else expected):
                signed = hours and ask(SIGNED, seq)
                if signed and (part + 1) * hours - 1 < signed[0] and not (deleted and seq < END):
                    yield table, part, "changed later than a service writes into it"
                elif seq == END and not ask("SELECT 1 FROM unsealed_part WHERE table_name = ? AND part = ?", table, part):
                    yield table, part, "its rows are not those of the latest seal, or are deleted ones"
            since, expected = seq, tuple(content)


def query_faults(store, ask):
    for query in FAULTS:
        yield from store.execute(query)
    for table, part in store.execute("SELECT table_name, part FROM unsealed_part"):
        print(f"NOT PROVEN {table!a} {part!a}: written since the latest seal")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("store", type=pathlib.Path)
    parser.add_argument("--head", action="append", default=[], help="ENTRY:HASH, or a file of heads")
    parser.add_argument("--public-key", action="append", default=[], type=pathlib.Path, help="a PEM file")
    options, heads, keys, holds = parser.parse_args(), [], set(), True
    try:
        for text in options.head:
            match = re.fullmatch("([0-9]{1,18}):([0-9a-f]{64})", text)
            text = "" if match else pathlib.Path(text).read_text("ascii")
            heads += [(None, int(match[1]), match[2], None, None, None)] if match else [
                (origin, int(seq), kept, time, key, base64.b64decode(signature, validate=True))
                for origin, seq, kept, time, key, signature in re.findall(KEPT, text)]
            if not match and (not text.strip() or re.sub(KEPT, "", text).strip()):
                raise ValueError("this is no file of heads")
        for path in options.public_key:
            keys.add(base64.b64decode("".join(path.read_text("ascii").split("-----")[2].split()))[-32:].hex())
        store = sqlite3.connect(options.store.resolve().as_uri() + "?mode=ro", uri=True, isolation_level=None)
        store.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
        store.create_function("sha256", 1, lambda value: value and hashlib.sha256(form(value)[4:]).digest())
        store.executescript("PRAGMA trusted_schema = OFF; SELECT seq FROM chain_entry LIMIT 1;")
        for table in NEWER:
            if not store.execute("SELECT 1 FROM main.sqlite_schema WHERE name = ?", (table,)).fetchone():
                print(f"NOT PROVEN {table}: the table is missing, as in a store of an older version")
                store.execute(f"CREATE TEMP TABLE {table} ({ALL_COLUMNS})")
        store.executescript(SETUP)
    except (OSError, ValueError, IndexError, sqlite3.Error) as error:
        parser.error(str(error))
    ask = functools.lru_cache(maxsize=10000)(lambda query, *values: store.execute(query, values).fetchone())
    steps = [query_faults, chain_faults, functools.partial(head_faults, kept=heads, public_keys=keys)]
    for step in steps + [functools.partial(part_faults, table=table) for table in SEALED]:
        try:
            for fault in step(store, ask) or ():
                holds = print("FAULT {} {}: {}".format(*fault).encode("unicode_escape").decode())
        except (sqlite3.Error, ValueError, TypeError, OverflowError) as error:
            holds = print(f"FAULT store -: cannot be verified: {error}")
    print("does not hold" if holds is None else "holds")
    return 1 if holds is None else 0


if __name__ == "__main__":
    sys.exit(main())
