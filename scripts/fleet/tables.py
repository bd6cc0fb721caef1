"""Tables of a centre: those of a month as their gateways made them, and sums of day files over days (docs/fleet.md)."""

import csv
import io
import os
import sys
from datetime import date

import state

# In the order of the program's own.
MONTH_TABLES = ["findings", "transfers", "coverage", "undescribed", "claims", "changes", "register"]

# Columns of the sums: the id, and the German title.
GATEWAY = [("agency", "Behörde"), ("gateway", "Gateway"), ("site", "Standort")]
SERVICE = [("recipient", "Empfänger"), ("recipient_name", "Name des Empfängers"), ("recipient_seat", "Sitz des Empfängers"),
           ("parent_seat", "Sitz der Muttergesellschaft"), ("third_country", "Drittland"), ("service", "Dienst"),
           ("service_title", "Name des Dienstes"), ("purpose_class", "Zweckklasse")]
TRAFFIC = [("sessions", "Verbindungen"), ("blocked_attempts", "blockierte Versuche"), ("bytes_up", "Byte hin"), ("bytes_down", "Byte zurück")]
DAYS = [("first_day", "erster Tag"), ("last_day", "letzter Tag")]
SUMS = {
    "findings": GATEWAY + [("group_class", "Gruppenart")] + SERVICE + [
        ("files", "Tagesdateien"), ("most_devices_of_a_day", "Geräte an einem Tag höchstens")] + TRAFFIC + DAYS,
    "transfers": [("agency", "Behörde")] + SERVICE + [("gateways", "Gateways")] + TRAFFIC + DAYS,
    "coverage": GATEWAY + [
        ("files", "Tagesdateien"), ("assessable_files", "beurteilbare Tagesdateien"), ("hours", "beobachtete Stunden"), ("gap_seconds", "Lücken in Sekunden"),
        ("seconds", "Sekunden"), ("packets", "Pakete"), ("packets_dropped", "verlorene Pakete"), ("flows", "Datenflüsse"),
        ("bytes_out", "Byte nach außen"), ("unexaminable_flows", "nicht untersuchbare Datenflüsse"),
        ("unexaminable_bytes", "nicht untersuchbare Byte"), ("canaries_expected", "Prüfsignale erwartet"),
        ("canaries_seen", "Prüfsignale gesehen")] + DAYS,
    "claims": GATEWAY + [
        ("claim", "Zusicherung"), ("says", "Wortlaut"), ("verdict", "Urteil"), ("held_files", "Tagesdateien: gehalten"),
        ("not_held_files", "Tagesdateien: nicht gehalten"), ("not_assessable_files", "Tagesdateien: nicht beurteilbar"),
        ("four_weeks", "vier Wochen bis zum letzten Tag"), ("silent_since", "stumm seit")] + DAYS,
}
WORDS_DE = {
    "held": "gehalten", "not_held": "nicht gehalten", "not_assessable": "nicht beurteilbar", "none": "keine Angabe",
    "office": "Büro", "secrecy_zone": "Geheimnisschutzbereich", "collecting": "Sammelgruppe",
    "yes": "ja", "no": "nein", "possible": "möglich", "unknown": "unbekannt",
}
# As Sources/Reporting/Texts/Vocabulary.swift names them in German.
PURPOSES_DE = {
    "telemetry": "Telemetrie", "config_fetch": "Konfigurationsabruf",
    "required_service": "als für den Betrieb erforderlich bezeichneter Dienst",
    "update_security": "Aktualisierung oder Sicherheit", "licence": "Lizenz", "user_function": "Nutzerfunktion",
    "advertising": "Werbung", "unknown": "unbekannt",
}
# Columns whose values are words of the tool; in others such a word is a name.
WORD_COLUMNS = {name: WORDS_DE for name in ("group_class", "third_country", "verdict", "four_weeks")} | {"purpose_class": PURPOSES_DE}
DATE_COLUMNS = {"first_day", "last_day", "silent_since"}
# Names of gateways in one message.
NAMED = 20


def failed(program, error, language):
    """Says why; gives the exit code."""
    if isinstance(error, state.SelectionError):
        print(f"{program}: {error.texts[language]}", file=sys.stderr)
        return 2
    print(f"{program}: {error}", file=sys.stderr)
    return 3


def say(language, english, german):
    print(german if language == "de" else english, file=sys.stderr)


def write_file(path, content):
    """A file that appears under its name only once it is complete."""
    draft = os.path.join(os.path.dirname(path), "." + os.path.basename(path) + ".partial")
    with open(draft, "wb") as file:
        file.write(content)
    os.replace(draft, path)


# --- a month as gateways delivered it ----------------------------------------------------------------------------------


def is_report(language):
    """The report of a gateway in a language; both if there is none in it."""
    def choose(names):
        pages = [name for name in names if name.startswith("report_") and name.endswith(".html")]
        return [name for name in pages if name.endswith(f"_{language}.html")] or pages
    return choose


def is_table(table):
    """A table and its description for programs; all files for `all`."""
    def choose(names):
        return [name for name in names if table == "all" or name.startswith(table + "_")]
    return choose


def months_of(target, month, names=None):
    """Gateways that delivered the month, with the signature of its manifest in hexadecimal digits."""
    return {gateway: signature for gateway, signature in target.rows(
        f"SELECT gateway, signature FROM months{target.final} WHERE month = '{month}' ORDER BY gateway")
        if names is None or gateway in names}


def files_of(target, gateway, month, wanted=None):
    """Contents by name. `wanted`: names; all if nil."""
    condition = "" if wanted is None else " AND name IN (" + ", ".join(f"'{name}'" for name in wanted) + ")"
    return {name: content.encode("utf-8") for name, content in target.rows(
        f"SELECT name, content FROM month_files{target.final} WHERE gateway = '{gateway}' AND month = '{month}'{condition}")}


def names_of(target, gateway, month):
    return sorted(name for name, in target.rows(
        f"SELECT name FROM month_files{target.final} WHERE gateway = '{gateway}' AND month = '{month}'"))


def own_files(target, gateways, month, output, language, choose):
    """Writes files of gateways to `output/NAME/MONTH`, byte for byte as they were delivered. Returns the exit code."""
    there = months_of(target, month, set(gateways))
    for gateway in sorted(there):
        wanted = choose(names_of(target, gateway, month))
        folder = os.path.join(output, gateway, month.isoformat()[:7])
        os.makedirs(folder, exist_ok=True)
        files = files_of(target, gateway, month, wanted)
        if "manifest.json" in files:
            files["manifest.sig"] = bytes.fromhex(there[gateway])
        for name in sorted(files):
            write_file(os.path.join(folder, name), files[name])
            print(os.path.join(folder, name))
    return missing(sorted(set(gateways) - set(there)), month, language)


def missing(gateways, month, language):
    """Names the gateways that did not deliver a month; gives the exit code."""
    if not gateways:
        return 0
    names, month = ", ".join(gateways[:NAMED]) + (", …" if len(gateways) > NAMED else ""), month.isoformat()[:7]
    say(language, f"{len(gateways)} gateways delivered no tables of {month}: {names}. They do with 'fleet export --reports'.",
        f"{len(gateways)} Gateways haben für {month} keine Tabellen geliefert: {names}. Das tun sie mit 'fleet export --reports'.")
    return 1


def side_by_side(target, gateways, month, table, output, language, agencies):
    """Writes one table with the rows of all gateways as each of them made them, behind their agency and name. Nothing is summed. Tables of another
    language or version of the program have other columns and get a file of their own. Returns the exit code."""
    forms = {}
    there = months_of(target, month, set(gateways))
    for gateway in sorted(there):
        names = [name for name in is_table(table)(names_of(target, gateway, month)) if name.endswith(".csv")]
        for name, content in sorted(files_of(target, gateway, month, names).items() if names else []):
            is_german = name.endswith("_office-de.csv")
            lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";" if is_german else ","))
            if lines:
                forms.setdefault((is_german, tuple(lines[0])), []).append((gateway, lines[1:]))
    os.makedirs(output, exist_ok=True)
    for number, ((is_german, header), parts) in enumerate(sorted(forms.items(), key=lambda item: -len(item[1])), 1):
        titles = [title for _, title in GATEWAY[:2]] if is_german else [name for name, _ in GATEWAY[:2]]
        rows = [[agencies.get(gateway, ""), gateway] + line for gateway, lines in parts for line in lines]
        suffix = "" if number == 1 else f"_{number}"
        path = os.path.join(output, f"fleet_{table}_{month.isoformat()[:7]}{suffix}_{'office-de' if is_german else 'rfc4180'}.csv")
        write_file(path, csv_bytes([titles + list(header)] + rows, is_german))
        print(path)
    if len(forms) > 1:
        say(language, f"The gateways' tables have {len(forms)} forms, by language or version: each has a file.",
            f"Die Tabellen der Gateways haben je nach Sprache oder Version {len(forms)} Formen: Jede hat eine Datei.")
    return missing(sorted(set(gateways) - set(there)), month, language)


def csv_bytes(rows, is_german):
    """As the program writes tables: every value in quotes. A value that an office program would take for a formula gets an apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";" if is_german else ",", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([[guarded(str(value)) for value in row] for row in rows])
    return out.getvalue().encode("utf-8-sig" if is_german else "utf-8")


def guarded(text):
    is_number = text.lstrip("-").replace(".", "", 1).replace(",", "", 1).isdigit()
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") and not is_number else text


# --- sums over days ----------------------------------------------------------------------------------------------------


def summed(target, table, first, last, selection, language, after=3):
    """Rows of a table over the days of the files, as lists in the order of its columns. Devices are never added: nobody knows which are the same."""
    days = f"day BETWEEN '{first}' AND '{last}'" + selection.condition
    sites = {gateway: site for gateway, site in target.rows("SELECT gateway, site FROM gateways")}

    def lead(gateway):
        return [selection.agencies.get(gateway, ""), gateway, sites[gateway]]

    if table == "findings":
        return sorted(lead(gateway) + rest for gateway, *rest in target.rows(
            "SELECT gateway, group_class, recipient, max(recipient_name), max(recipient_seat), max(parent_seat), max(third_country), service, "
            "max(service_title), purpose_class, count(*), max(devices), sum(sessions), sum(blocked_attempts), sum(bytes_up), sum(bytes_down), "
            f"min(first_day), max(day) FROM service_days{target.final} WHERE {days} GROUP BY gateway, group_class, recipient, service, purpose_class")
            if gateway in sites)
    if table == "transfers":
        sums = {}
        for gateway, *rest in target.rows(
                "SELECT gateway, recipient, max(recipient_name), max(recipient_seat), max(parent_seat), max(third_country), service, "
                "max(service_title), purpose_class, sum(sessions), sum(blocked_attempts), sum(bytes_up), sum(bytes_down), min(first_day), max(day) "
                f"FROM service_days{target.final} WHERE {days} GROUP BY gateway, recipient, service, purpose_class"):
            if gateway not in sites:
                continue
            key = (selection.agencies.get(gateway, ""), rest[0], rest[5], rest[7])
            values = [int(value) for value in rest[8:12]]
            one = sums.setdefault(key, [rest[:8], 0, [0] * 4, rest[12], rest[13]])
            # Rule sets of several ages may differ in the facts about a recipient; the largest text is the same at each run.
            one[0] = [max(pair, key=lambda text: text or "") for pair in zip(one[0], rest[:8])]
            one[1] += 1
            one[2] = [left + right for left, right in zip(one[2], values)]
            one[3], one[4] = min(one[3], rest[12]), max(one[4], rest[13])
        return [[key[0]] + one[0] + [one[1]] + one[2] + one[3:] for key, one in sorted(sums.items())]
    if table == "coverage":
        rows = []
        for gateway, *rest in target.rows(
                "SELECT gateway, count(*), sum(CASE WHEN assessable = 'yes' THEN 1 ELSE 0 END), sum(hours), sum(gap_seconds), sum(seconds), "
                "sum(packets), sum(packets_dropped), sum(flows), sum(bytes_out), sum(unexaminable_flows), sum(unexaminable_bytes), "
                "sum(canaries_expected), sum(canaries_seen), min(first_day), max(day), count(packets_dropped) "
                f"FROM coverage_days{target.final} WHERE {days} GROUP BY gateway"):
            if gateway in sites:
                # A sum of the days on which it is known would look like the whole.
                if rest[-1] != rest[0]:
                    rest[6] = None
                rows.append(lead(gateway) + rest[:-1])
        return sorted(rows, key=lambda row: row[:2])
    rows = []
    facts = state.read_state(target, first, last, after, (), selection)
    for gateway, one in sorted(facts.gateways.items(), key=lambda item: (item[1].attention, item[0])):
        for claim in sorted(one.counts):
            counts = one.counts[claim]
            weeks = one.four_weeks.get(claim, set())
            rows.append(lead(gateway) + [
                claim, facts.claims[claim][language], one.verdict(claim), counts.get("held", 0), counts.get("not_held", 0),
                counts.get("not_assessable", 0), next((word for word in state.VERDICTS if word in weeks), "none"),
                one.silent_since or "", one.first_day, one.last_day])
    return rows


def sums_bytes(table, rows, is_german):
    columns = SUMS[table]
    titles = [german if is_german else name for name, german in columns]
    lines = []
    for row in rows:
        assert len(row) == len(columns)
        lines.append([sum_text(value, name, is_german) for value, (name, _) in zip(row, columns)])
    return csv_bytes([titles] + lines, is_german)


def sum_text(value, name, is_german):
    if value is None:
        return ""
    if is_german and name in DATE_COLUMNS:
        return "" if value == "" else date.fromisoformat(str(value)).strftime("%d.%m.%Y")
    return WORD_COLUMNS.get(name, {}).get(value, value) if is_german else value
