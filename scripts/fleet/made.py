"""Made-up day files, in the form that `egressaudit fleet export` writes: for tests and for measurements. No value is of a real site."""

import hashlib
import io
import json
import os
import random
import subprocess
import tarfile
import tempfile
from datetime import date, datetime, timedelta, timezone

import dayfiles

# Service, title, recipient, name, seat, seat of the parent, third country, purpose, share of the devices on a day, bytes up of each.
SERVICES = [
    (f"service-{number:02}", f"Service {number:02}", f"vendor-{number % 9}", f"Vendor {number % 9} Ltd",
     ["US", "IE", "DE", None][number % 4], ["US", "US", None, None][number % 4],
     ["yes", "possible", "no", "unknown"][number % 4],
     ["telemetry", "update_security", "required_service", "config_fetch", "licence", "user_function", "advertising",
      "unknown"][number % 8], [0.95, 0.8, 0.4, 0.15, 0.05][number % 5], 4_000 * (1 + number % 7))
    for number in range(24)
]
CLAIMS = [("no-telemetry", "Keine Telemetrie geht hinaus.", "No telemetry leaves.", "telemetry"),
          ("no-advertising", "Keine Werbung.", "No advertising.", "advertising")]


class Signer:
    """A key pair of openssl; `folder/NAME.pub` is the key that verifies."""

    def __init__(self, folder, name):
        self.path, self.public = os.path.join(folder, name + ".key"), os.path.join(folder, name + ".pub")
        if not os.path.exists(self.path):
            subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", self.path], check=True)
            subprocess.run(["openssl", "pkey", "-in", self.path, "-pubout", "-out", self.public], check=True)

    def signature(self, message):
        with tempfile.NamedTemporaryFile() as file:
            file.write(message)
            file.flush()
            return subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", self.path, "-in", file.name],
                                  check=True, stdout=subprocess.PIPE).stdout


def cell(value):
    if value is None:
        return "\\N"
    if isinstance(value, float):
        return f"{value:.4f}"
    return str(value) if isinstance(value, int) else '"' + value.replace('"', '""') + '"'


def table(name, rows):
    header = ",".join(f'"{column}"' for column, _ in dayfiles.TABLES[name])
    return "".join(line + "\n" for line in [header] + [",".join(map(cell, row)) for row in rows]).encode()


def archive(members, day):
    content = io.BytesIO()
    noon = datetime(day.year, day.month, day.day, tzinfo=timezone.utc) + timedelta(days=1)
    with tarfile.open(fileobj=content, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in members:
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode, entry.mtime = len(data), 0o640, int(noon.timestamp())
            tar.addfile(entry, io.BytesIO(data))
    return content.getvalue()


def day_file(gateway, sequence, day, previous, rows, first_day=None, signer=None, site=None, **facts):
    """Name, bytes and hash of the manifest of one file. `rows`: by table. Without `signer` the signature is 64 zeros."""
    tables = {name: table(name, rows[name]) for name in dayfiles.TABLES}
    manifest = dict({
        "chain_head": hashlib.sha256(f"{gateway} {sequence}".encode()).hexdigest(), "day": day.isoformat(),
        "files": {name + ".csv": {"rows": len(rows[name]), "sha256": hashlib.sha256(data).hexdigest()}
                  for name, data in tables.items()},
        "first_day": (first_day or day).isoformat(), "format": dayfiles.FORMAT, "gateway": gateway, "group_minimum": 5,
        "rule_sets": ["sha256:" + "0" * 64], "sequence": sequence, "site": site or gateway,
        "time_zone": "Europe/Berlin", "tool_version": "0.2.0", "trial": False}, **facts)
    if previous:
        manifest["previous"] = previous
    text = (json.dumps(manifest, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()
    signature = signer.signature(text) if signer else bytes(64)
    content = archive([("manifest.json", text), ("manifest.sig", signature)]
                      + [(name + ".csv", data) for name, data in tables.items()], day)
    return f"{gateway}_{day}_{sequence:06}.tar", content, hashlib.sha256(text).hexdigest()


def month_file(gateway, month, files, signer=None, site=None, **facts):
    """Name and bytes of the file of a month. `files`: contents by name. Without `signer` the signature is 64 zeros."""
    first = date.fromisoformat(month + "-01")
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    manifest = dict({
        "day": last.isoformat(), "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
        "first_day": first.isoformat(), "format": dayfiles.FORMAT, "gateway": gateway, "kind": "month", "month": month,
        "site": site or gateway, "tool_version": "0.2.0", "trial": False}, **facts)
    text = (json.dumps(manifest, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()
    members = [("manifest.json", text), ("manifest.sig", signer.signature(text) if signer else bytes(64))]
    return f"{gateway}_{month}.tar", archive(members + sorted(files.items()), last)


def month_tables(gateway, month, rows=2, form="rfc4180", columns=("service", "devices")):
    """Files such as `deliver` writes: a report, and findings with their description."""
    days = f"{gateway}_{month}-01_{month}-28"
    mark, end, bom = (";", "\r\n", "\ufeff") if form == "office-de" else (",", "\r\n", "")
    lines = [columns] + [(f"Dienst \\ {number}", str(number)) for number in range(rows)]
    table = bom + "".join(mark.join(f'"{cell}"' for cell in line) + end for line in lines)
    return {
        f"findings_{days}_{form}.csv": table.encode(), f"findings_{days}_{form}.csv-metadata.json": b'{"a": "\\t"}\n',
        f"report_{days}_de.html": f"<!DOCTYPE html>\n<title>Bericht {gateway}</title>\n\t<p>Größe &lt;</p>\n".encode(),
        f"report_{days}_en.html": f"<!DOCTYPE html>\n<title>Report {gateway}</title>\n".encode(),
    }


def day_rows(generator, day, devices, got_through=False, assessable=True):
    """Rows of a gateway with so many devices in three classes of groups."""
    is_working = day.isoweekday() <= 5
    present = max(5, int(devices * (generator.uniform(0.7, 0.95) if is_working else 0.15)))
    classes = [("office", present - present // 4 - 5), ("secrecy_zone", present // 4), ("collecting", 5)]
    services, by_purpose = [], {}
    for service, title, recipient, name, seat, parent, third, purpose, share, size in SERVICES:
        for group_class, count in classes:
            seen = int(count * min(1, share * generator.uniform(0.5, 1.2)))
            blocked = generator.randrange(4) if purpose == "telemetry" else 0
            if count < 5 or seen == 0 and blocked == 0:
                continue
            if purpose in ("telemetry", "advertising") and not got_through:
                seen, blocked = 0, blocked + 1
            sessions = seen * generator.randint(3, 30)
            up, down = seen * size * generator.randint(1, 9), seen * size * generator.randint(2, 40)
            by_purpose[purpose] = by_purpose.get(purpose, 0) + sessions
            services.append([
                group_class, recipient, name, seat, parent, third, service, title, purpose,
                seen if seen == 0 or seen >= 5 else None, count, count, sessions, blocked, up, down,
                round(generator.uniform(0, 0.3), 4) if up else None, round(generator.uniform(0.9, 1), 4) if up else None])
    flows = sum(row[12] for row in services) * 3 + 100
    out = sum(row[14] for row in services) * 5 + 1000
    gap = 0 if assessable else 7200
    coverage = [[
        "yes" if assessable else "no", "" if assessable else "gap", present, present, 24, gap, 86400, flows * 40, 0, flows,
        out, 0.7, 0.2, 0.05, 0.03, 0.02, flows // 200, out // 500, 96, 96 if assessable else 88, 30]]
    claims = []
    for claim, german, english, purpose in CLAIMS:
        through = by_purpose.get(purpose, 0)
        verdict = "not_held" if through else "held" if assessable else "not_assessable"
        for scope, days in (("day", 1), ("four_weeks", 28)):
            claims.append([claim, 1, scope, days, german, english, verdict, "" if assessable else "gap",
                           "|".join(sorted({row[6] for row in services if row[8] == purpose and row[12]})),
                           through, through * 4000, 0, present * days, 24 * days, (24 if assessable else 22) * days,
                           0.01 if verdict == "held" else None])
    return {"services": services, "coverage": coverage, "claims": claims}


def write_gateway(folder, keys, gateway, first, days, devices, generator, signs_all=False):
    """All files of one gateway. Returns their paths. Only the last is signed, which vouches for all, unless `signs_all`."""
    signer = Signer(keys, gateway)
    place = os.path.join(folder, gateway)
    os.makedirs(place, exist_ok=True)
    previous, paths = None, []
    lets_through, fails = generator.random() < 0.1, generator.random() < 0.05
    for number in range(days):
        day = first + timedelta(days=number)
        rows = day_rows(generator, day, devices, got_through=lets_through and generator.random() < 0.3,
                        assessable=not (fails and generator.random() < 0.2))
        name, content, previous = day_file(
            gateway, number + 1, day, previous, rows, signer=signer if signs_all or number == days - 1 else None)
        paths.append(os.path.join(place, name))
        with open(paths[-1], "wb") as file:
            file.write(content)
    return paths


def write_fleet(folder, gateways, days, first=date(2026, 1, 1), seed=1, part=(0, 1), months=0):
    keys = os.path.join(folder, "keys")
    os.makedirs(keys, exist_ok=True)
    for number in range(1, gateways + 1):
        if number % part[1] == part[0]:
            generator = random.Random(f"{seed} {number}")
            write_gateway(os.path.join(folder, "files"), keys, f"gateway-{number:04}", first, days,
                          generator.randint(20, 400), generator)
            if months:
                write_months(os.path.join(folder, "files"), keys, f"gateway-{number:04}", first, days, months)


def write_months(folder, keys, gateway, first, days, size):
    """Files of the months that are over with these days, of about so many bytes of tables."""
    signer = Signer(keys, gateway)
    for month in sorted({(first + timedelta(days=number)).isoformat()[:7] for number in range(days)}):
        if (date.fromisoformat(month + "-01") + timedelta(days=31)).replace(day=1) <= first + timedelta(days=days):
            line = f'"{gateway}","a service and what rules say of it, at the length of a usual row of findings"\r\n'
            files = dict(month_tables(gateway, month), **{f"findings_{gateway}_rfc4180.csv": (line * (size // len(line))).encode()})
            name, content = month_file(gateway, month, files, signer)
            with open(os.path.join(folder, gateway, name), "wb") as file:
                file.write(content)
