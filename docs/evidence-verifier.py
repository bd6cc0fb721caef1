"""Verifies the evidence in a store of egressaudit by docs/evidence-format.md, without the program.

Each FAULT is a contradiction, each NOT PROVEN something that the store alone cannot show. Sums are not compared with flows.
usage: python3 evidence-verifier.py STORE [--head SEAL:HASH | --head FILE]... [--public-key FILE]
"""

import argparse, base64, calendar, collections, hashlib, itertools, pathlib, re, sqlite3, sys, time

RULES = "(SELECT hash FROM rule_set WHERE rule_set.id = rule_set_id), (SELECT version FROM rule_set WHERE " \
        "rule_set.id = rule_set_id), (SELECT date FROM rule_set WHERE rule_set.id = rule_set_id)"
FACTS = "SELECT rule_id, facts FROM rule_facts WHERE rule_set_id = (SELECT rule_set_id FROM {} WHERE id = ?) ORDER BY rule_id"
CHAINED = {  # kind: table, values of the digest, and queries for the values behind them, by the row's first value
    "session": ("capture_session", "id, (SELECT site FROM meta), sensor, capture_mode, interface, tool_version, "
                f"{RULES}, settings, location_databases", [FACTS.format("capture_session")]),
    "flow": ("flow_evidence", "*", []),
    "reclassification": ("reclassification", f"id, tool_version, {RULES}, through_seq, flows", [
        FACTS.format("reclassification"), "SELECT flow_seq, rule_id, rule_revision, matched_pattern, destination_name "
        "FROM reclassified_flow WHERE reclassification_id = ? ORDER BY flow_seq"]),
    "deletion": ("deletion", "id, data_class, before_hour, row_count, day, tool_version", [
        "SELECT session_id, replaced_by FROM deletion WHERE id = ? AND session_id IS NOT NULL",
        "SELECT first_seq, last_seq, last_hash FROM deleted_range WHERE deletion_id = ? ORDER BY first_seq",
        "SELECT reclassification_id, digest FROM reclassification_rest WHERE deletion_id = ? ORDER BY reclassification_id"]),
    "baseline": ("baseline", "id, name, day, tool_version, content_digest", []),
    "baseline_removal": ("baseline_removal", "baseline_id, day, tool_version", []),
    "phase": ("phase_entry", "id, event, name, hour, setting, group_names, day, tool_version", []),
    "documented_list": ("documented_list", "id, kind, day, tool_version, file_digest, content_digest", []),
    "review": ("review_decision", "id, table_name, row_name, first_day, last_day, role, recorded_second, file_digest, content", []),
    "seal": ("seal", "id, tool_version", [
        "SELECT table_name, part, digest FROM sealed_part WHERE seal_id = ? ORDER BY table_name, part"]),
    "enveloped_block": ("enveloped_block", "id, session_id, day, dpo_key, works_council_key, emergency_key, content_digest", []),
    "reidentification": ("reidentification", "id, role, second, purpose, file_reference, flows, first_day, last_day, is_emergency, "
                         "tool_version", []),
    "access": ("access_entry", "id, action, role, second, first_day, last_day, files_digest, tool_version", []),
}
SEALED = {  # table: number of a part, hours of a part (0: it is no time), class of its deletion
    "coverage_hour": ("hour", 1, "coverage"), "session_coverage": ("hour", 1, "coverage"),
    "capture_span": ("last_second / 3600", 1, "coverage"), "usage_hour": ("hour", 1, "usage"),
    "network_hour": ("hour", 1, "usage"), "group_hour": ("hour", 1, "usage"), "connection_sample": ("hour", 1, "usage"),
    "device_presence": ("day", 24, "usage"), "undescribed_day": ("day", 24, "undescribed"),
    "capture_session": ("id", 0, None), "meta": ("only_row", 0, None), "accepted_bundle": ("only_row", 0, None),
}
COLUMNS = "06b3566780421c3e806bccc4ad588322621f2bba1ebca20c4d4e0215bd5e4126"  # SHA-256 of the names of the columns of flow_evidence and of the tables above, as the page lists them
INDEXES = ["flow_evidence_hour", "baseline_name", "review_decision_by_row", "documented_list_kind", "session_coverage_by_hour",
           "capture_span_by_hour"]
HEAD = "egressaudit evidence head v1\nstore {}\nseal {}\nhash {}\ntime {}\nkey {}\n"
RECORD = HEAD.format("([0-9a-f]{64})", r"(\d{1,18})", "([0-9a-f]{64})", "([-0-9:TZ]{20})", "([0-9a-f]{64})") + "signature (.{88})\n"
PRIME, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
CURVE = -121665 * pow(121666, -1, PRIME) % PRIME
said = collections.Counter()

def say(word, table, part, what):
    said[word, table] += 1
    if said[word, table] <= 20:
        print(re.sub("[^ -~]", "?", f"{word} {table} {part}: {what}"))

def add(p, q):  # points (x, y) of the curve
    product = CURVE * p[0] * p[1] * q[0] * q[1]
    x = (p[0] * q[1] + p[1] * q[0]) * pow(1 + product, -1, PRIME) % PRIME
    return x, (p[1] * q[1] + p[0] * q[0]) * pow(1 - product, -1, PRIME) % PRIME

def multiply(number, point):
    result = (0, 1)
    while number:
        result, point, number = (add(result, point) if number & 1 else result), add(point, point), number >> 1
    return result

def decode(encoded):  # RFC 8032, 5.1.3
    sign, y = divmod(int.from_bytes(encoded, "little"), 2**255)
    square = (y * y - 1) * pow(CURVE * y * y + 1, -1, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    x = x if x * x % PRIME == square else x * pow(2, (PRIME - 1) // 4, PRIME) % PRIME
    if len(encoded) != 32 or x * x % PRIME != square or y >= PRIME or (x == 0 and sign):
        raise ValueError("a key is no point of the curve")
    return x if x % 2 == sign else PRIME - x, y

def is_signed(text, key, signature):  # RFC 8032, 5.1.7: whether R = S * B - k * A, compared in its encoding
    base, scalar = decode((4 * pow(5, -1, PRIME) % PRIME).to_bytes(32, "little")), int.from_bytes(signature[32:], "little")
    factor = int.from_bytes(hashlib.sha512(signature[:32] + key + text.encode()).digest(), "little") % ORDER
    x, y = decode(key)
    x, y = add(multiply(scalar % ORDER, base), multiply(factor, (PRIME - x, y)))
    return len(signature) == 64 and scalar < ORDER and signature[:32] == (y + (x % 2 << 255)).to_bytes(32, "little")

def form(value):
    data = value.to_bytes(8, "big", signed=True) if isinstance(value, int) else value
    return b"\xff\xff\xff\xff" if data is None else len(data).to_bytes(4, "big") + data

def forms(values, least=None):  # without the NULLs at their end that come behind the first `least`; None keeps all
    while least is not None and len(values) > least and values[-1] is None:
        values = values[:-1]
    return b"".join(map(form, values))

def check_schema(store):
    text = ""
    for table in ["flow_evidence", *SEALED]:
        text += table + " " + ",".join(row[1].decode() for row in store.execute(f"PRAGMA table_info({table})")) + "\n"
    if hashlib.sha256(text.encode()).hexdigest() != COLUMNS:
        say("FAULT", "store", "schema", "the columns of its tables are not those of the format")
    for table, strict in store.execute("SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"):
        if not strict and not table.startswith(b"sqlite_"):
            say("FAULT", table.decode(), "schema", "the table is not STRICT")
    for finding, in store.execute("PRAGMA integrity_check(20)"):
        if finding != b"ok":
            say("FAULT", "store", "file", finding.decode("utf-8", "replace"))
    for index, in store.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND name NOT LIKE 'sqlite_autoindex%'"):
        if index.decode() not in INDEXES:
            say("FAULT", index.decode(), "schema", "the index is not one of the format")
    for table, row, parent, _ in store.execute("PRAGMA foreign_key_check"):
        say("FAULT", table.decode(), row, f"the row refers to one of {parent.decode()} that is not there")
    for row, in store.execute("SELECT id FROM rule_set WHERE id NOT IN (SELECT rule_set_id FROM capture_session) "
                              "AND id NOT IN (SELECT rule_set_id FROM reclassification)"):
        say("FAULT", "rule_set", row, "no session and no reclassification used these rules")

def check_chain(store):
    ranges, end = {}, 0
    for first, last, hash, place in store.execute("SELECT first_seq, last_seq, last_hash, chain_seq FROM deleted_range "
                                                  "JOIN deletion ON id = deletion_id ORDER BY first_seq"):
        if last >= place:
            continue  # it does not count: its entries were the last ones, and others have their places now
        if end < first <= last:
            ranges[first] = (last, hash)
        else:
            say("FAULT", "deleted_range", first, "it overlaps another")
        end = max(end, last)
    rests = dict(store.execute("SELECT r.chain_seq, digest FROM reclassification_rest JOIN deletion AS d ON d.id = deletion_id "
                               "JOIN reclassification AS r ON r.id = reclassification_id WHERE r.chain_seq < d.chain_seq "
                               "ORDER BY d.id"))
    expected, before = 1, hashlib.sha256(b"egressaudit evidence chain v1").digest()
    for seq, kind, digest, hash in store.execute("SELECT seq, kind, digest, hash FROM chain_entry ORDER BY seq"):
        while expected < seq and expected in ranges and ranges[expected][0] < seq:
            last, before = ranges[expected]
            expected = last + 1
        if seq != expected:
            say("FAULT", "chain_entry", expected, "the entry is missing")
        elif hashlib.sha256(before + forms([kind, seq, digest])).digest() != hash:
            say("FAULT", "chain_entry", seq, "its hash does not follow from the one before")
        expected, before = seq + 1, hash
        table, values, more = CHAINED.get(kind.decode("utf-8", "replace"), (None, None, []))
        row = table and store.execute(f"SELECT {values} FROM {table} WHERE chain_seq = ?", (seq,)).fetchone()
        if not row:
            say("FAULT", "chain_entry", seq, "its row is missing")
            continue
        found = hashlib.sha256(forms(row[1:], 34) if kind == b"flow" else forms(row))
        for values in itertools.chain.from_iterable(store.execute(query, row[:1]) for query in more):
            found.update(forms(values))
        if found.digest() != (rests.get(seq, digest) if kind == b"reclassification" else digest):
            say("FAULT", "chain_entry", seq, f"its row in {table} is not the one that was entered")
    present = {name.decode() for name, in store.execute("SELECT name FROM sqlite_master")}
    for kind, (table, _, _) in CHAINED.items():
        for seq, in () if table not in present and table in ("seal", "access_entry", "enveloped_block", "reidentification") else store.execute(f"SELECT chain_seq FROM {table} WHERE NOT EXISTS "
                                  f"(SELECT 1 FROM chain_entry WHERE seq = chain_seq AND kind = '{kind}')"):
            say("FAULT", table, seq, "the row has no entry of its kind")
    removed = "id IN (SELECT baseline_id FROM baseline_removal)"
    replaced = "content_digest IS NULL OR id NOT IN (SELECT max(id) FROM documented_list GROUP BY kind)"
    for table, gone in [("baseline", removed), ("documented_list", replaced)]:
        for row, content, digest, is_gone in store.execute(f"SELECT id, content, content_digest, {gone} FROM {table}"):
            if (content is None) != bool(is_gone) or content is not None and hashlib.sha256(content).digest() != digest:
                say("FAULT", table, row, "its content is not the one that was entered")
    taken = "EXISTS (SELECT 1 FROM deletion AS d WHERE d.chain_seq > b.chain_seq AND (d.session_id = b.session_id OR " \
            "d.session_id IS NULL AND data_class = 'sealed' AND before_hour >= (b.day + 1) * 24))"
    for row, content, digest, is_gone in () if "enveloped_block" not in present else store.execute(
            f"SELECT id, content, content_digest, {taken} FROM enveloped_block AS b"):
        if content is not None and (is_gone or hashlib.sha256(content).digest() != digest):
            say("FAULT", "enveloped_block", row, "its content is not the one that was entered, or was deleted and is back")
        elif content is None and not is_gone:
            say("NOT PROVEN", "enveloped_block", row, "its content is not here, although no deletion took it")

def check_heads(store, kept, keys):
    """Gives the places of signed seals with the hour of their signature, and the place of the last one."""
    first = store.execute("SELECT hash FROM chain_entry WHERE seq = 1").fetchone()[0].hex()
    own = [(first, seal, hash.hex(), time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(second)), public.hex(), signature)
           for seal, hash, second, public, signature in store.execute(
               "SELECT seal.id, hash, second, public_key, signature FROM signed_head JOIN seal ON chain_seq = signed_head.seq "
               "JOIN chain_entry ON chain_entry.seq = chain_seq ORDER BY chain_seq")]
    if (len(own),) != store.execute("SELECT count(*) FROM signed_head").fetchone():
        say("FAULT", "signed_head", "-", "a signed head is no seal")
    hours, last = [], 0
    for is_kept, (origin, seal, hash, text, public, signature) in [(True, head) for head in kept] + [(False, head) for head in own]:
        entry = store.execute("SELECT seq, hash FROM seal JOIN chain_entry ON seq = chain_seq WHERE id = ?", (seal,)).fetchone()
        if not entry or entry[1].hex() != hash or origin not in (None, first):
            say("FAULT", "head", seal, "this store has no such seal, or another hash for it")
        elif public and not is_signed(HEAD.format(first, seal, hash, text, public), bytes.fromhex(public), signature):
            say("FAULT", "head", seal, "the signature does not fit")
        elif public and keys and public not in keys:
            say("NOT PROVEN", "head", seal, "it is signed with a key that was not named")
        elif public:
            hours.append((entry[0], calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ")) // 3600))
            last = max(last, entry[0] if not is_kept else 0)
    if keys and not last:
        say("FAULT", "signed_head", "-", "no head is signed with the key that was named")
    return sorted(hours), last

def check_parts(store, table, hours):
    part, length, data_class = SEALED[table]
    key = [name.decode() for pk, name in sorted((row[5], row[1]) for row in store.execute(f"PRAGMA table_info({table})")) if pk]
    deletions = store.execute("SELECT chain_seq, before_hour FROM deletion WHERE data_class = ? AND session_id IS NULL",
                              (data_class,)).fetchall() if length else []
    audits = store.execute("SELECT chain_seq, first_hour, last_hour FROM capture_session WHERE capture_mode = 'replay' UNION ALL "
                           "SELECT d.chain_seq, first_hour, last_hour FROM deletion AS d JOIN capture_session AS s "
                           "ON s.id = session_id").fetchall()
    unsealed = {number for number, in store.execute("SELECT part FROM unsealed_part WHERE table_name = ?", (table,))}
    open_rows = {number for number, in store.execute("SELECT id FROM capture_session WHERE is_closed = 0 OR id = "
                                                     "(SELECT max(id) FROM capture_session)")}

    def is_deleted(number, first, last):  # by a deletion whose place is between two others
        return any(first < place < last and number < before // length for place, before in deletions)

    def is_late(number, hour):
        return length and hour is not None and (number + 1) * length - 1 < hour - 6

    sealed, nothing = {}, hashlib.sha256().digest()
    for number, digest, salt, place in store.execute("SELECT part, digest, salt, chain_seq FROM sealed_part JOIN seal ON "
                                                     "seal.id = seal_id WHERE table_name = ? ORDER BY chain_seq", (table,)):
        earlier = [hour for hour in hours if hour[0] < place][-1:]
        is_empty = salt is None or hashlib.sha256(salt + nothing).digest() == digest
        if earlier and is_late(number, earlier[0][1]) and not any(
                earlier[0][0] < audit < place and first is not None and first < (number + 1) * length and number * length <= last
                for audit, first, last in audits) \
                and not (is_empty and is_deleted(number, 0, place)) or table == "meta" and number in sealed:
            say("FAULT", table, number, "it was changed later than a service writes into it")
        sealed[number] = (digest, salt, place)
    rows = store.execute(f"SELECT {part}, * FROM {table} ORDER BY {part}, {', '.join(key)}")
    for number, group in itertools.chain(itertools.groupby(rows, key=lambda row: row[0]), [(None, ())]):
        content = hashlib.sha256()
        for row in group:
            content.update(form(forms(row[1:], 0)))
        for number in [number] if number is not None else [*sealed]:  # at the end, parts without rows
            digest, salt, place = sealed.pop(number, (None, None, 0))
            if digest is None or is_deleted(number, place, 2**63):
                holds = content.digest() == nothing
            else:
                holds = salt is not None and hashlib.sha256(salt + content.digest()).digest() == digest
            excused = number in unsealed and not (table == "meta" and digest) and (table != "capture_session" or number in open_rows)
            if not holds and excused and not is_late(number, hours[-1][1] if hours else None):
                say("NOT PROVEN", table, number, "it was written since the latest seal")
            elif not holds:
                say("FAULT", table, number, "its rows are not those of the latest seal")

def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("store", type=pathlib.Path)
    parser.add_argument("--head", action="append", default=[], help="SEAL:HASH, or a file of heads")
    parser.add_argument("--public-key", action="append", default=[], type=pathlib.Path, help="a PEM file")
    options, kept = parser.parse_args(), []
    try:
        for text in options.head:
            named = re.fullmatch(r"(\d{1,18}):([0-9a-f]{64})", text)
            records = [] if named else re.findall(RECORD, pathlib.Path(text).read_text("ascii"))
            kept += [(None, int(named[1]), named[2], None, None, None)] if named else [
                (store, int(seal), hash, at, key, base64.b64decode(signature)) for store, seal, hash, at, key, signature in records]
            if not named and not records:
                raise ValueError(f"{text}: this is no file of heads")
        keys = [base64.b64decode(path.read_text("ascii").split("-----")[2])[-32:].hex() for path in options.public_key]
        store = sqlite3.connect(options.store.resolve().as_uri() + "?mode=ro", uri=True)
        store.text_factory = bytes
        store.execute("BEGIN").execute("SELECT seq FROM chain_entry LIMIT 1")
    except (OSError, ValueError, IndexError, sqlite3.Error) as error:
        parser.error(str(error))
    try:
        check_schema(store)
        check_chain(store)
        if store.execute("SELECT 1 FROM sqlite_master WHERE name = 'seal'").fetchone() and store.execute("SELECT 1 FROM seal").fetchone():
            hours, last = check_heads(store, kept, keys)
            for table in SEALED:
                check_parts(store, table, hours)
            if store.execute("SELECT max(seq) FROM chain_entry").fetchone()[0] > last:
                say("NOT PROVEN", "chain_entry", last + 1, "no signature covers the entries from here on")
        else:
            say("FAULT" if kept or keys else "NOT PROVEN", "seal", "-", "there is none: an older version wrote the store")
        if not kept:
            say("NOT PROVEN", "chain_entry", "-", "that nothing was cut off at the end: name a head kept elsewhere")
        if not keys:
            say("NOT PROVEN", "signed_head", "-", "who signed: name a public key kept elsewhere")
    except (sqlite3.Error, TypeError, ValueError, OverflowError, AttributeError) as error:
        say("FAULT", "store", "-", f"it cannot be verified: {error}")
    for (word, table), count in said.items():
        if count > 20:
            print(f"{word} {table}: {count - 20} more")
    holds = not any(word == "FAULT" for word, _ in said)
    print("holds" if holds else "does not hold")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
