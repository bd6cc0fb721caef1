"""Files of gateways: reading and checking day files and those of months, and the order in which day files follow each other (docs/fleet.md)."""

import csv
import hashlib
import io
import json
import os
import re
import subprocess
import tarfile
import tempfile
from datetime import date
from html.parser import HTMLParser

FORMAT = 1
NAME = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]{0,63})_(\d{4}-\d{2}-\d{2})_(\d{6,9})\.tar")
MONTH_NAME = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]{0,63})_(\d{4}-(?:0[1-9]|1[0-2]))\.tar")
# Of a file that a gateway delivered for a month.
MEMBER_NAME = re.compile(r"[A-Za-z0-9_+-][A-Za-z0-9._+-]{0,98}")
DIGEST = re.compile(r"[0-9a-f]{64}")
# A day file has some ten thousand bytes. What is larger than this is not read.
FILE_LIMIT = 32 << 20
# A gateway packs 64 MiB at most.
MONTH_LIMIT = 66 << 20
TEXT_LIMIT = 2000

TEXT, COUNT, SHARE = "text", "count", "share"
OPTIONAL = {"count?": COUNT, "share?": SHARE, "text?": TEXT}

# Columns of each table in their order: the name, and what it holds. `a|b` is one of these words.
TABLES = {
    "services": [
        ("group_class", "office|secrecy_zone|collecting"), ("recipient", TEXT), ("recipient_name", TEXT),
        ("recipient_seat", "text?"), ("parent_seat", "text?"), ("third_country", "yes|possible|no|unknown"),
        ("service", TEXT), ("service_title", TEXT), ("purpose_class", TEXT), ("devices", "count?"),
        ("devices_observed", "count?"), ("device_days", "count?"), ("sessions", COUNT), ("blocked_attempts", COUNT),
        ("bytes_up", COUNT), ("bytes_down", COUNT), ("idle_share", "share?"), ("named_share", "share?"),
    ],
    "coverage": [
        ("assessable", "yes|no"), ("why_not", TEXT), ("devices", "count?"), ("device_days", "count?"), ("hours", COUNT),
        ("gap_seconds", COUNT), ("seconds", COUNT), ("packets", COUNT), ("packets_dropped", "count?"), ("flows", COUNT),
        ("bytes_out", COUNT), ("share_a", "share?"), ("share_b", "share?"), ("share_c", "share?"),
        ("share_d", "share?"), ("share_e", "share?"), ("unexaminable_flows", COUNT), ("unexaminable_bytes", COUNT),
        ("canaries_expected", COUNT), ("canaries_seen", COUNT), ("rule_age_days", "count?"),
    ],
    "claims": [
        ("claim", TEXT), ("wording", COUNT), ("scope", "day|four_weeks"), ("days", COUNT), ("says_de", TEXT), ("says_en", TEXT),
        ("verdict", "held|not_held|not_assessable"), ("why_not", TEXT), ("got_through", TEXT), ("sessions", COUNT),
        ("bytes_up", COUNT), ("blocked_attempts", COUNT), ("device_days", "count?"), ("hours", COUNT),
        ("assessable_hours", COUNT), ("bound", "share?"),
    ],
}
KEYS = {
    "services": ("recipient", "service", "purpose_class", "group_class"),
    "coverage": (),
    "claims": ("claim", "wording", "scope"),
}
# The tables of the centre that hold them.
STORED = {"services": "service_days", "coverage": "coverage_days", "claims": "claim_days"}
DAY_COLUMNS = ("gateway", "site", "day", "first_day", "sequence")
MEMBERS = ["manifest.json", "manifest.sig"] + [table + ".csv" for table in TABLES]


class Refused(Exception):
    """Why a file is not loaded; a sentence."""


class DayFile:
    """One day file whose content fits its own manifest. That the manifest is the gateway's own is not checked here."""

    def __init__(self, path):
        """Raises `Refused`."""
        self.path = path
        match = NAME.fullmatch(os.path.basename(path))
        if not match:
            raise Refused("The name is not that of a day file: gateway, day and number, divided by _, and .tar.")
        members = read_members(path)
        self.manifest_bytes, self.signature = members["manifest.json"], members["manifest.sig"]
        self.manifest = hashlib.sha256(self.manifest_bytes).hexdigest()
        facts = read_manifest(self.manifest_bytes)
        self.gateway, self.site = facts["gateway"], facts["site"]
        self.sequence, self.previous = facts["sequence"], facts.get("previous")
        self.first_day, self.day = facts["first_day"], facts["day"]
        self.facts = facts
        if match.groups()[:2] != (self.gateway, self.day.isoformat()) or int(match[3]) != self.sequence:
            raise Refused("The name of the file is not that of its manifest: it was renamed.")
        self.rows = {}
        for table, columns in TABLES.items():
            content = members[table + ".csv"]
            entry = facts["files"].get(table + ".csv", {})
            if hashlib.sha256(content).hexdigest() != entry.get("sha256"):
                raise Refused(f"{table}.csv is not the table that the manifest names: its hash differs.")
            self.rows[table] = read_rows(table, columns, content)
            if len(self.rows[table]) != entry.get("rows"):
                raise Refused(f"{table}.csv has another number of rows than the manifest says.")
        if len(self.rows["coverage"]) != 1:
            raise Refused("coverage.csv does not have one row.")

    @property
    def day_values(self):
        return [self.gateway, self.site, self.day.isoformat(), self.first_day.isoformat(), self.sequence]

    def is_signed(self, keys):
        """Whether one of the public keys (paths of PEM files) made the signature of the manifest."""
        return any(is_signature(self.signature, self.manifest_bytes, key) for key in keys)


class MonthFile:
    """Report and tables of one month, as the gateway delivered them at its own place. That the manifest is the gateway's own is not checked here."""

    def __init__(self, path):
        """Raises `Refused`."""
        self.path = path
        match = MONTH_NAME.fullmatch(os.path.basename(path))
        if not match:
            raise Refused("The name is not that of a file of a month: gateway and month, divided by _, and .tar.")
        members = read_archive(path, MONTH_LIMIT)
        names = [name for name, _ in members]
        if names[:2] != MEMBERS[:2] or len(set(names)) != len(names):
            raise Refused("The archive does not begin with manifest.json and manifest.sig, or holds a file twice.")
        self.manifest_bytes, self.signature = members[0][1], members[1][1]
        self.manifest = hashlib.sha256(self.manifest_bytes).hexdigest()
        self.facts = read_month_manifest(self.manifest_bytes)
        self.gateway, self.month = self.facts["gateway"], self.facts["month"]
        if match.groups() != (self.gateway, self.month):
            raise Refused("The name of the file is not that of its manifest: it was renamed.")
        digests = {name: hashlib.sha256(content).hexdigest() for name, content in members[2:]}
        if digests != self.facts["files"]:
            raise Refused("The archive does not hold the files that its manifest names: a file is missing, or its hash differs.")
        self.texts = {"manifest.json": self.manifest_bytes.decode("utf-8")}
        for name, content in members[2:]:
            self.texts[name] = read_text(name, content)

    def is_signed(self, keys):
        """As for a day file."""
        return any(is_signature(self.signature, self.manifest_bytes, key) for key in keys)


def read_archive(path, limit):
    """Names and contents of the members in their order."""
    try:
        if os.path.getsize(path) > limit:
            raise Refused(f"The file is larger than {limit >> 20} MiB, which no file of a gateway is.")
        with open(path, "rb") as file:
            content = file.read(limit + 1)
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
            members = archive.getmembers()
            # A sparse member may be as large as it likes.
            if not all(member.type == tarfile.REGTYPE and not member.issparse() and member.size <= len(content)
                       for member in members):
                raise Refused("The archive does not hold plain files alone.")
            return [(member.name, archive.extractfile(member).read()) for member in members]
    except (tarfile.TarError, EOFError) as error:
        raise Refused(f"The file is no whole tar archive: {error}.") from None


def read_members(path):
    members = read_archive(path, FILE_LIMIT)
    if [name for name, _ in members] != MEMBERS:
        raise Refused(f"The archive does not hold the files {', '.join(MEMBERS)} in this order.")
    return dict(members)


def wrong(what):
    return Refused(f"The manifest is damaged: {what}.")


def read_facts(content, kinds):
    """The object of a manifest; `kinds`: the type of each value that it must have."""
    try:
        facts = json.loads(content)
    except (ValueError, RecursionError):
        raise wrong("it is no JSON") from None
    if not isinstance(facts, dict):
        raise wrong("it is no object")
    if facts.get("format") != FORMAT:
        raise Refused(
            f"The file has the format {facts.get('format')!r}, and this program reads format {FORMAT}. "
            "Load it with the scripts of the version that wrote it, or a newer one.")
    for name, kind in kinds.items():
        if type(facts.get(name)) is not kind:
            raise wrong(f"{name} is missing, or no {kind.__name__}")
        if kind is str and (len(facts[name]) > TEXT_LIMIT or not facts[name].isprintable()):
            raise wrong(f"{name} is too long, or holds what does not print")
    try:
        facts["first_day"], facts["day"] = date.fromisoformat(facts["first_day"]), date.fromisoformat(facts["day"])
    except ValueError:
        raise wrong("a day is no date") from None
    if not date(1970, 1, 2) <= facts["first_day"] <= facts["day"] <= date(2105, 12, 31):
        raise wrong("its days are not in order")
    return facts


def read_manifest(content):
    facts = read_facts(content, {
        "gateway": str, "site": str, "time_zone": str, "first_day": str, "day": str, "tool_version": str,
        "sequence": int, "group_minimum": int, "trial": bool, "rule_sets": list, "files": dict})
    for name in ("previous", "chain_head"):
        if facts.get(name) is not None and not (isinstance(facts[name], str) and DIGEST.fullmatch(facts[name])):
            raise wrong(f"{name} is no hash")
    if not all(isinstance(text, str) and len(text) < 100 for text in facts["rule_sets"]):
        raise wrong("rule_sets is no list of hashes")
    if not all(isinstance(entry, dict) for entry in facts["files"].values()):
        raise wrong("files does not describe files")
    if not 1 <= facts["sequence"] < 1 << 31 or not 1 <= facts["group_minimum"] < 1 << 31:
        raise wrong("a number is out of range")
    if (facts["sequence"] == 1) != (facts.get("previous") is None):
        raise wrong("only the first file has no predecessor")
    return facts


def read_month_manifest(content):
    facts = read_facts(content, {
        "kind": str, "gateway": str, "site": str, "month": str, "first_day": str, "day": str, "tool_version": str,
        "trial": bool, "files": dict})
    if facts["kind"] != "month":
        raise wrong("kind is not month")
    if not all(MEMBER_NAME.fullmatch(name) and name not in MEMBERS[:2] and isinstance(digest, str)
               and DIGEST.fullmatch(digest) for name, digest in facts["files"].items()):
        raise wrong("files does not name files with their hashes")
    if not all(day.isoformat().startswith(facts["month"] + "-") for day in (facts["first_day"], facts["day"])):
        raise wrong("its days are not of its month")
    return facts


def read_text(name, content):
    """A delivered file, whose bytes the centre gives back: text, and no page that runs or loads anything."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(f"{name} is no text: {error}.") from None
    if re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text):
        raise Refused(f"{name} holds control characters, which no table and no report has.")
    if name.lower().endswith((".html", ".htm", ".svg", ".xhtml")):
        page = Page()
        page.feed(text)
        page.close()
        if page.found:
            raise Refused(f"{name} is a page with {page.found}: a report runs nothing and loads nothing.")
    return text


class Page(HTMLParser):
    """Looks for anything in a page that a report does not have. Browsers read comments and markup within styles in another way than this parser
    does, so a page with these is refused as well."""

    TAGS = set(
        "html head meta title style body main header footer nav section article aside h1 h2 h3 h4 h5 h6 p div span a ul ol li dl dt dd table caption "
        "thead tbody tfoot tr th td colgroup col figure figcaption strong em b i small sub sup br hr code pre abbr time details summary blockquote q "
        "mark dfn svg g defs pattern rect line path circle ellipse polygon polyline text tspan desc lineargradient stop clippath img".split())
    STYLES = set("style fill stroke filter mask clip-path marker marker-start marker-mid marker-end cursor".split())
    LOADS = {"src", "srcset", "srcdoc", "data", "poster", "background", "action", "formaction", "ping"}

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found, self.is_style = None, False

    def handle_starttag(self, tag, attrs):
        self.is_style = tag == "style"
        if tag not in self.TAGS:
            self.found = f"the element {tag[:20]}"
        for name, value in attrs:
            name, value = name.rpartition(":")[2], re.sub(r"[\x00-\x20]", "", value or "").lower()
            if name.startswith("on") or name in self.LOADS and not (tag == "img" and name == "src" and value.startswith("data:image/")):
                self.found = f"the attribute {name[:20]}"
            elif name == "href" and not (value.startswith("#") or tag == "a" and value.startswith("https://")):
                self.found = "a link that leads elsewhere"
            elif tag == "meta" and name == "http-equiv" and value != "content-security-policy":
                self.found = "a header"
            elif name in self.STYLES and self.is_loading(value):
                self.found = "a style that loads"

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.is_style = False

    def handle_endtag(self, tag):
        self.is_style = False

    def handle_data(self, data):
        if self.is_style and ("<" in data or self.is_loading(data)):
            self.found = "a style that loads"

    def handle_comment(self, data):
        self.found = "a comment"

    def handle_pi(self, data):
        self.found = "an instruction"

    def unknown_decl(self, data):
        self.found = "a declaration"

    def handle_decl(self, decl):
        if decl.lower() != "doctype html":
            self.found = "a declaration"

    @staticmethod
    def is_loading(text):
        """Whether a style names a place other than one of the same page. Letters may be written as numbers there."""
        plain = re.sub(r"\\([0-9a-f]{1,6})\s?", lambda match: chr(min(int(match[1], 16), 0x10ffff)), text.lower())
        plain = re.sub(r"\\(.)", r"\1", plain)
        return any(word in plain for word in ("@import", "image-set", "src(", "expression(")) or any(
            not place.startswith(("#", "data:image/")) for place in re.findall(r"url\(\s*['\"]?([^)]*)", plain))


def read_rows(table, columns, content):
    try:
        lines = list(csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Refused(f"{table}.csv cannot be read: {error}.") from None
    if not lines or lines[0] != [name for name, _ in columns]:
        raise Refused(f"{table}.csv does not have the columns of format {FORMAT}.")
    rows, keys = [], set()
    key = [[name for name, _ in columns].index(name) for name in KEYS[table]]
    for number, line in enumerate(lines[1:], 2):
        if len(line) != len(columns):
            raise Refused(f"{table}.csv, line {number}: {len(line)} values instead of {len(columns)}.")
        rows.append([value(text, kind, table, number, name) for text, (name, kind) in zip(line, columns)])
        keys.add(tuple(line[place] for place in key))
    if len(keys) != len(rows):
        raise Refused(f"{table}.csv has two rows of one thing.")
    return rows


def value(text, kind, table, number, name):
    if text == "\\N" and kind in OPTIONAL:
        return None
    kind = OPTIONAL.get(kind, kind)
    if kind == COUNT and text.isascii() and text.isdigit() and len(text) <= 20 and int(text) < 1 << 63:
        return int(text)
    if kind == SHARE and re.fullmatch(r"[01]\.\d{4}", text) and text <= "1.0000":
        return float(text)
    if kind == TEXT and len(text) <= TEXT_LIMIT and text.isprintable():
        return text
    if "|" in kind and text in kind.split("|"):
        return text
    raise Refused(f"{table}.csv, line {number}: the value of {name} is not one that this column can hold.")


def is_signature(signature, message, key):
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("message", "signature")]
        for path, content in zip(paths, (message, signature)):
            with open(path, "wb") as file:
                file.write(content)
        return subprocess.run(
            ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", key, "-in", paths[0], "-sigfile", paths[1]],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0


class Keys:
    """Public keys of the gateways: `NAME.pub` in one folder, and `NAME.2.pub` and so on for keys that came later."""

    def __init__(self, folder):
        self.folder = folder
        self.paths = {}
        for name in sorted(os.listdir(folder)):
            match = re.fullmatch(r"([A-Za-z0-9][A-Za-z0-9-]{0,63})(\.\d+)?\.pub", name)
            if match:
                self.paths.setdefault(match[1], []).append(os.path.join(folder, name))

    def of(self, gateway):
        return self.paths.get(gateway, [])


def day_files(folders):
    """Paths of all day files in folders, sorted by name."""
    return sorted(
        (os.path.join(place, name) for folder in folders for place, _, names in os.walk(folder)
         for name in names if name.endswith(".tar") and not name.startswith(".")), key=os.path.basename)


def continued(files, head, known, keys):
    """Which files of one gateway continue its chain at the centre.

    `files`: all of one gateway. `head`: (sequence, manifest, last day) of the newest file at the centre, or (0, None, None). `known`: manifest of
    each number at the centre. Returns files to load in their order, files that are already there, and refused files with the reason.
    """
    by_number, present, refused = {}, [], []
    for file in files:
        if file.sequence in known:
            if known[file.sequence] == file.manifest:
                present.append(file)
            else:
                refused.append((file, f"Fork: number {file.sequence} is already at the centre with other content."))
        else:
            by_number.setdefault(file.sequence, {}).setdefault(file.manifest, file)
    sequence, manifest, day = head
    run, broken = [], None
    for number in sorted(by_number):
        variants = sorted(by_number[number].values(), key=lambda file: file.manifest)
        if broken is None:
            if number != sequence + 1:
                missing = f"number {sequence + 1}" if number == sequence + 2 else f"numbers {sequence + 1} to {number - 1}"
                broken = f"Gap: {missing} of this gateway must be loaded first."
            elif len(variants) > 1:
                broken = f"Fork: there are {len(variants)} files with the number {number}."
            elif variants[0].previous != manifest:
                broken = f"Fork: number {number} follows another file than the number {sequence} that is known."
            elif day is not None and variants[0].first_day <= day:
                broken = f"The days of number {number} overlap those before it."
        if broken is not None:
            refused += [(file, broken) for file in variants]
            continue
        run.append(variants[0])
        sequence, manifest, day = number, variants[0].manifest, variants[0].day
    # The signature of one manifest vouches for all before it, whose hashes it holds: so the last one of the run is checked, and an earlier one
    # only if that fails.
    unsigned = []
    while run and not run[-1].is_signed(keys):
        unsigned.append(run.pop())
    if unsigned:
        reason = unsigned_reason(unsigned[0].gateway, keys)
        refused += [(file, reason) for file in reversed(unsigned)]
    return run, present, refused


def unsigned_reason(gateway, keys):
    return ("The signature is not of a key of this gateway." if keys else
            f"The centre knows no key of this gateway: put {gateway}.pub into the folder of keys.")
