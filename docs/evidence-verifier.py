"""Verifies the evidence in a store of egressaudit, without the program, by evidence-format.md in the folder of this file.

Each FAULT is a contradiction, each NOT PROVEN something that the store alone cannot show. Sums are not compared with flows.
"""

import argparse, base64, bisect, calendar, collections, hashlib, itertools, json, math, pathlib, re, sqlite3, sys, time

PAGE = pathlib.Path(__file__).with_name("evidence-format.md")
HEAD = "egressaudit evidence head v1\nstore {}\nseal {}\nhash {}\ntime {}\nkey {}\n"
RECORD = HEAD.format("([0-9a-f]{64})", r"(\d{1,18})", "([0-9a-f]{64})", "([-0-9:TZ]{20})", "([0-9a-f]{64})") + "signature (.{88})\n"
PRIME, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
CURVE = -121665 * pow(121666, -1, PRIME) % PRIME
NOTHING = hashlib.sha256().digest()
said = collections.Counter()

def read_table(page, header):  # for each row of the page's table: for each of its cells, what is in it as code
    row = r"\|" + r"[^|\n]*\|" * (header.count("|") + 1) + r"\n"
    found = re.search(rf"^\| {re.escape(header)} \|\n\|[-|]+\|\n((?:{row})+)\n", page, re.MULTILINE)
    if not found:
        raise ValueError(f"{PAGE.name} has no such table, or a row of it has more or fewer cells: {header}")
    return [[re.findall("`([^`]+)`", cell) for cell in line.split("|")[1:-1]] for line in found[1].splitlines()]

def say(word, table, part, what):
    said[word, table] += 1
    if said[word, table] <= 20:
        print(re.sub("[^ -~]", "?", f"{word} {table} {part}: {what}"))

def add(p, q):  # points (x, y) of the curve
    product = CURVE * p[0] * p[1] * q[0] * q[1]
    x = (p[0] * q[1] + p[1] * q[0]) * pow(1 + product, -1, PRIME) % PRIME
    return x, (p[1] * q[1] + p[0] * q[0]) * pow(1 - product, -1, PRIME) % PRIME

def multiply(number, point):
    doubled = multiply(number // 2, add(point, point)) if number else (0, 1)
    return add(doubled, point) if number % 2 else doubled

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

def forms(values, least=34):  # without the NULLs at their end that come behind the first `least`
    while len(values) > least and values[-1] is None:
        values = values[:-1]
    data = [value.to_bytes(8, "big", signed=True) if isinstance(value, int) else value for value in values]
    return b"".join([b"\xff\xff\xff\xff" if value is None else len(value).to_bytes(4, "big") + value for value in data])

def check_rows(store, tables, kinds, queries):
    found = {row[1].decode(): row[5] for row in store.execute("PRAGMA main.table_list").fetchall() if row[1][:7] != b"sqlite_"}
    for table in {**tables, **found}:
        columns, since = tables.get(table, ([], []))
        names = [row[1].decode() for row in store.execute('PRAGMA main.table_xinfo("{}")'.format(table.replace('"', '""')))]
        if since and table not in found:  # an older version wrote the store
            store.execute(f"CREATE TEMP TABLE {table} ({', '.join(columns)})")
        elif table not in tables or names != columns or not found[table]:
            say("FAULT", table, "schema", "it is no table of the format, is missing, is not STRICT, or has other columns")
    store.create_function("sha256", 1, lambda data: None if data is None else hashlib.sha256(data).digest())
    queries += [f"SELECT 'FAULT', '{table}', chain_seq, 'the row has no entry of its kind' FROM {table} WHERE NOT EXISTS "
                f"(SELECT 1 FROM chain_entry WHERE seq = chain_seq AND kind = '{kind}')" for kind, ([table], _) in kinds.items()]
    for finding in itertools.chain.from_iterable(map(store.execute, queries)):
        say(*(str(text, "utf-8", "replace") if isinstance(text, bytes) else text for text in finding))

def check_chain(store, kinds):
    ranges = {first: rest for first, *rest in store.execute("SELECT first_seq, last_seq + 1, last_hash FROM deleted_range "
              "JOIN deletion ON id = deletion_id WHERE first_seq <= last_seq AND last_seq < chain_seq")}
    rests = dict(store.execute("SELECT r.chain_seq, digest FROM reclassification_rest JOIN deletion AS d ON d.id = deletion_id "
            "JOIN reclassification AS r ON r.id = reclassification_id WHERE r.chain_seq < d.chain_seq ORDER BY d.id"))
    expected, before = 1, hashlib.sha256(b"egressaudit evidence chain v1").digest()
    for seq, kind, digest, hash in store.execute("SELECT seq, kind, digest, hash FROM chain_entry ORDER BY seq"):
        while expected in ranges and ranges[expected][0] <= seq:
            expected, before = ranges[expected]
        if seq != expected:
            say("FAULT", "chain_entry", expected, "the entry is missing")
        elif hashlib.sha256(before + forms([kind, seq, digest])).digest() != hash:
            say("FAULT", "chain_entry", seq, "its hash does not follow from the one before")
        expected, before = seq + 1, hash
        table, queries = kinds.get(kind.decode("utf-8", "replace"), ([], []))
        values = b"".join(map(forms, itertools.chain.from_iterable(store.execute(query, (seq,)) for query in queries)))
        if not values:
            say("FAULT", "chain_entry", seq, "its row is missing")
        elif hashlib.sha256(values).digest() != rests.get(seq, digest):
            say("FAULT", "chain_entry", seq, f"its row in {table[0]} is not the one that was entered")

def check_heads(store, kept, keys, protocol):  # gives place and hour of all that hold, and the store's last place
    first = store.execute("SELECT hash FROM chain_entry WHERE seq = 1").fetchone()[0].hex()
    own = [(first, seal, hash.hex(), time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(second)), public.hex(), signature)
           for seal, hash, second, public, signature in store.execute("SELECT id, hash, second, public_key, signature FROM "
               "signed_head JOIN chain_entry USING (seq) JOIN seal ON chain_seq = seq ORDER BY seq")]
    hours, last = [(-math.inf, -math.inf)], 0
    for number, (origin, seal, hash, text, public, signature) in enumerate(kept + own):
        entry = store.execute("SELECT seq, hash FROM seal JOIN chain_entry ON seq = chain_seq WHERE id = ?", (seal,)).fetchone()
        if not entry and text >= protocol.get("madeAt", "") and seal > protocol.get("lastSeal", math.inf):
            say("NOT PROVEN", "head", seal, "it was signed after the package was made, according to the protocol")
        elif not entry or entry[1].hex() != hash or origin not in ("", first):
            say("FAULT", "head", seal, "this store has no such seal, or another hash for it")
        elif public and not is_signed(HEAD.format(first, seal, hash, text, public), bytes.fromhex(public), signature):
            say("FAULT", "head", seal, "the signature does not fit")
        elif public and keys and public not in keys:
            say("NOT PROVEN", "head", seal, "it is signed with a key that was not named")
        elif public:
            hours.append((entry[0], calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ")) // 3600))
            last = max(last, entry[0]) if number >= len(kept) else last
    if keys and not last:
        say("FAULT", "signed_head", "-", "no head is signed with the key that was named")
    return sorted(hours), last

def check_parts(store, table, part, length, order, data_class, hours):  # length: hours of a part; 0: it is no time
    audits = [*store.execute("SELECT chain_seq, first_hour, last_hour FROM capture_session WHERE capture_mode = 'replay' UNION "
              "SELECT d.chain_seq, first_hour, last_hour FROM deletion AS d JOIN capture_session AS s ON s.id = session_id")]
    unsealed = {number for number, in store.execute(
        "SELECT part FROM unsealed_part WHERE table_name = ? AND (table_name <> 'capture_session' OR part IN "
        "(SELECT id FROM capture_session WHERE is_closed = 0 OR id = (SELECT max(id) FROM capture_session)))", (table,))}
    sealed, contents = {}, collections.defaultdict(hashlib.sha256)
    for number, digest, salt, place, first_deletion, last_deletion in store.execute(
            "SELECT part, digest, salt, s.chain_seq, min(d.chain_seq), max(d.chain_seq) FROM seal AS s JOIN sealed_part "
            "ON s.id = seal_id LEFT JOIN deletion AS d ON data_class = ? AND session_id IS NULL AND part < before_hour / ? "
            "WHERE table_name = ? GROUP BY s.chain_seq, part ORDER BY s.chain_seq", (data_class, length, table)):
        sealed[number], contents[number] = ((None, None) if (last_deletion or place) > place else (digest, salt)), hashlib.sha256()
        head, hour = hours[bisect.bisect_left(hours, (place,)) - 1]
        begin, end = number * length, (number + 1) * length
        is_empty = salt is None or hashlib.sha256(salt + NOTHING).digest() == digest
        if length and end <= hour - 6 and not (is_empty and (first_deletion or place) < place) and not any(
                head < audit < place and first is not None and first < end and begin <= last for audit, first, last in audits):
            say("FAULT", table, number, "it was changed later than a service writes into it")
    for number, *row in store.execute(f"SELECT {part}, * FROM {table} ORDER BY {part}, {', '.join(order)}"):
        contents[number].update(forms([forms(row, 0)]))
    for number, rows in sorted(contents.items()):
        digest, salt = sealed.get(number, (None, None))
        content = rows.digest()
        holds = content == NOTHING if digest is None else salt is not None and hashlib.sha256(salt + content).digest() == digest
        is_late = length and (number + 1) * length <= hours[-1][1] - 6
        if not holds and number in unsealed and not is_late and not (table == "meta" and digest):
            say("NOT PROVEN", table, number, "it was written since the latest seal")
        elif not holds:
            say("FAULT", table, number, "its rows are not those of the latest seal")

def read_heads(text):
    heads = re.findall(r"\A()(\d{1,18}):([0-9a-f]{64})()()()\Z", text) or re.findall(RECORD, pathlib.Path(text).read_text("ascii"))
    if not heads:
        raise ValueError(f"{text}: this is no file of heads")
    return [(store, int(seal), hash, at, key, base64.b64decode(signature)) for store, seal, hash, at, key, signature in heads]

def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("store", type=pathlib.Path)
    parser.add_argument("--head", action="append", default=[], help="SEAL:HASH, or a file of heads")
    parser.add_argument("--public-key", action="append", default=[], type=pathlib.Path, help="a PEM file")
    parser.add_argument("--protocol", type=pathlib.Path, help="protocol.json of the package that the store is from")
    options = parser.parse_args()
    try:
        page = PAGE.read_text("utf-8")
        tables = {table: row for [table], *row in read_table(page, "table | columns, in this order | since")}
        kinds = {kind: row for [kind], *row in read_table(page, "kind | table | values of the digest, in SQL")}
        sealed = read_table(page, "table | number of a part | hours of a part | rows in the order of | deleted with")
        queries = "".join(re.findall("^```sql\n(.*?);\n```\n", page, re.MULTILINE | re.DOTALL)).split(";\n")
        if [*map(len, (tables, kinds, sealed, queries))] != [34, 13, 12, 10]:  # so that none gets lost unnoticed
            raise ValueError(f"{PAGE.name} has more or fewer tables, kinds, parts or queries than this program expects")
        kept = [head for text in options.head for head in read_heads(text)]
        keys = [base64.b64decode(path.read_text("ascii").split("-----")[2])[-32:].hex() for path in options.public_key]
        protocol = json.loads(options.protocol.read_text("utf-8")) if options.protocol else {}
        store = sqlite3.connect(options.store.resolve().as_uri() + "?mode=ro", uri=True)
        store.text_factory = bytes
        store.execute("BEGIN").execute("SELECT seq FROM chain_entry LIMIT 1")
    except (OSError, ValueError, LookupError, sqlite3.Error) as error:
        parser.error(str(error))
    try:
        check_rows(store, tables, kinds, queries)
        check_chain(store, kinds)
        if store.execute("SELECT 1 FROM seal").fetchone():
            hours, last = check_heads(store, kept, keys, protocol)
            for [table], [part], [length], order, data_class in sealed:
                check_parts(store, table, part, int(length), order, "".join(data_class), hours)
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
    more = [f"{word} {table}: {count - 20} more" for (word, table), count in said.items() if count > 20]
    holds = all(word != "FAULT" for word, _ in said)
    print(*more, "holds" if holds else "does not hold", sep="\n")
    return 0 if holds else 1

sys.exit(main())
