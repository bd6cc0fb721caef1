"""What the centre knows of gateways and their agencies over some days (docs/fleet.md)."""

import csv
import re
from datetime import date, timedelta

# Services that the page lists; the tables have all.
LISTED = 100
VERDICTS = ("not_held", "not_assessable", "held")


class SelectionError(Exception):
    """Why what was asked for cannot be answered; a sentence in both languages."""

    def __init__(self, english, german):
        super().__init__(english)
        self.texts = {"en": english, "de": german}


def last_month(today):
    """First and last day of the month before that of `today`."""
    last = today.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


def month_days(text):
    """First and last day of a month such as `2026-10`; raises `ValueError`."""
    if not re.fullmatch(r"\d{4}-\d{2}", text):
        raise ValueError(text)
    first = date.fromisoformat(text + "-01")
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def add_arguments(parser):
    """Arguments that report and export share."""
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--server", metavar="URL", help="ClickHouse by HTTP, such as http://127.0.0.1:8123; CLICKHOUSE_USER and CLICKHOUSE_PASSWORD name the account")
    where.add_argument("--file", metavar="FILE", help="SQLite file that load made")
    parser.add_argument("--month", type=month_days, metavar="MONTH", help="month, such as 2026-10")
    parser.add_argument("--from", dest="first", type=date.fromisoformat, metavar="DAY", help="first day, such as 2026-05-01")
    parser.add_argument("--to", dest="last", type=date.fromisoformat, metavar="DAY", help="last day, inclusive")
    parser.add_argument("--gateway", action="append", default=[], metavar="NAME", help="only this gateway; may be repeated")
    parser.add_argument("--agency", action="append", default=[], metavar="NAME", help="only gateways of this agency; may be repeated")
    parser.add_argument("--agencies", metavar="FILE", help="CSV list: name of a gateway, name of its agency")
    parser.add_argument("--language", choices=["de", "en"], default="de")
    parser.add_argument("--output", default=".", metavar="DIR", help="folder for the files, made if it does not exist (.)")


def check_arguments(parser, options):
    """Sets `first` and `last`: the days that were named, or those of the month."""
    if options.month and (options.first or options.last):
        parser.error("--month and --from or --to exclude each other")
    if (options.first is None) != (options.last is None):
        parser.error("--from and --to belong together")
    if options.month:
        options.first, options.last = options.month
    if options.first and options.first > options.last:
        parser.error("--from lies after --to")
    if options.agency and not options.agencies:
        parser.error("--agency needs the list --agencies")


def read_agencies(path):
    """Agency of each gateway by name. Raises `SelectionError`."""
    agencies = {}
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            text = file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise SelectionError(f"{path} cannot be read: {error}.", f"{path} lässt sich nicht lesen: {error}.") from None
    lines = csv.reader(text.splitlines(), delimiter=";" if ";" in text.partition("\n")[0] else ",")
    for number, line in enumerate(lines, 1):
        if not line or number == 1 and line[0].strip().lower() == "gateway":
            continue
        cells = [cell.strip() for cell in line]
        if len(cells) != 2 or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}", cells[0]) or not cells[1] or not cells[1].isprintable():
            raise SelectionError(
                f"{path}, line {number}: expected the name of a gateway and that of its agency, such as rathaus-gw1,Musterstadt.",
                f"{path}, Zeile {number}: Erwartet werden der Name eines Gateways und der seiner Behörde, etwa rathaus-gw1,Musterstadt.")
        if agencies.setdefault(cells[0], cells[1]) != cells[1]:
            raise SelectionError(f"{path}, line {number}: the gateway {cells[0]} has two agencies.",
                                 f"{path}, Zeile {number}: Das Gateway {cells[0]} hat zwei Behörden.")
    return agencies


class Selection:
    """Which gateways are asked for; all without names."""

    def __init__(self, names=None, agencies=None):
        self.names, self.agencies = names, agencies or {}

    @classmethod
    def of(cls, options, known):
        """`known`: names of all gateways. Raises `SelectionError` for a gateway or an agency that there is not."""
        agencies = read_agencies(options.agencies) if options.agencies else {}
        for name in options.gateway:
            if name not in known:
                raise SelectionError(f"The centre has no gateway {name!r}.", f"Die zentrale Stelle kennt kein Gateway {name!r}.")
        for name in options.agency:
            if name not in agencies.values():
                raise SelectionError(f"{options.agencies} names no agency {name!r}.", f"{options.agencies} nennt keine Behörde {name!r}.")
        names = None
        if options.gateway:
            names = set(options.gateway)
        if options.agency:
            of_agency = {name for name in known if agencies.get(name) in options.agency}
            names = of_agency if names is None else names & of_agency
        return cls(names, agencies)

    def holds(self, name):
        return self.names is None or name in self.names

    @property
    def condition(self):
        """For a query; names of gateways hold letters, digits and hyphens alone."""
        if self.names is None:
            return ""
        return " AND gateway IN (" + ", ".join(f"'{name}'" for name in sorted(self.names) or [""]) + ")"


class Gateway:
    """A gateway over the days of a state."""

    def __init__(self, site, last_day):
        self.site, self.first_day, self.last_day, self.silent_since = site, None, last_day, None
        self.counts, self.days, self.assessable = {}, 0, 0
        self.agency = ""
        # Verdicts over the four weeks up to the last day, by claim.
        self.four_weeks = {}

    def verdict(self, claim):
        counts = self.counts.get(claim)
        if not counts:
            return "none"
        if counts.get("not_held"):
            return "not_held"
        return "held" if self.four_weeks.get(claim) == {"held"} else "not_assessable"

    @property
    def worst(self):
        verdicts = [self.verdict(claim) for claim in self.counts]
        return next((word for word in VERDICTS if word in verdicts), "none")

    @property
    def attention(self):
        """Smallest first: something got through, on the most days; silent; not assessable; no claim; held."""
        broken = sum(counts.get("not_held", 0) for counts in self.counts.values())
        is_silent = self.last_day is None or self.silent_since is not None
        order = (0 if self.worst == "not_held" else 1 if is_silent else
                 {"not_assessable": 2, "none": 3, "held": 4}[self.worst])
        return (order, -broken)


class State:
    """The days `first` to `last`, inclusive, of the gateways that were asked for."""

    def __init__(self, first, last, after):
        self.first, self.last, self.after = first, last, after
        self.gateways, self.claims, self.services, self.refused = {}, {}, [], []


def known_gateways(target, expected=()):
    return set(expected) | {name for table in ("gateways", "months") for name, in target.rows(f"SELECT DISTINCT gateway FROM {table}")}


def read_state(target, first, last, after=3, expected=(), selection=Selection()):
    """What the centre knows of the days `first` to `last`, inclusive. `expected`: names of all gateways that should deliver."""
    # Tables instead of views: old versions read a whole view before they look at the days.
    days = f"day BETWEEN '{first}' AND '{last}'" + selection.condition
    services, coverage, claims = (
        name + target.final for name in ("service_days", "coverage_days", "claim_days"))
    result = State(first, last, after)
    # A gateway that delivered nothing in the period is silent, not absent.
    for gateway, site, last_day in target.rows(
            f"SELECT gateway, site, last_day FROM gateways WHERE first_day <= '{last}'" + selection.condition):
        result.gateways[gateway] = Gateway(site, date.fromisoformat(last_day))
    for gateway in filter(selection.holds, expected):
        result.gateways.setdefault(gateway, Gateway("", None))
    for gateway, first_day, last_day, count, assessable in target.rows(
            f"SELECT gateway, min(first_day), max(day), count(*), sum(CASE WHEN assessable = 'yes' THEN 1 ELSE 0 END) FROM {coverage} WHERE {days} "
            "GROUP BY gateway"):
        if gateway not in result.gateways:
            # A load that was broken off left it; the next one completes it.
            continue
        one = result.gateways[gateway]
        one.first_day = date.fromisoformat(first_day)
        one.last_day, one.days, one.assessable = date.fromisoformat(last_day), int(count), int(assessable)
    for gateway, one in result.gateways.items():
        one.agency = selection.agencies.get(gateway, "")
    for one in result.gateways.values():
        if one.last_day and last - one.last_day >= timedelta(days=after):
            one.silent_since = one.last_day
    for gateway, claim, verdict, count in target.rows(
            f"SELECT gateway, claim, verdict, count(*) FROM {claims} WHERE {days} AND scope = 'day' "
            "GROUP BY gateway, claim, verdict"):
        if gateway in result.gateways:
            result.gateways[gateway].counts.setdefault(claim, {})[verdict] = int(count)
    lasts = sorted({one.last_day for one in result.gateways.values() if one.last_day and first <= one.last_day <= last})
    for gateway, day, claim, verdict in target.rows(
            f"SELECT gateway, day, claim, verdict FROM {claims} WHERE scope = 'four_weeks' AND day IN ("
            + ", ".join(f"'{day}'" for day in lasts) + ")") if lasts else []:
        one = result.gateways.get(gateway)
        if one and one.last_day and day == one.last_day.isoformat():
            one.four_weeks.setdefault(claim, set()).add(verdict)
    for claim, german, english in target.rows(
            f"SELECT claim, max(says_de), max(says_en) FROM {claims} WHERE {days} GROUP BY claim"):
        result.claims[claim] = {"de": german, "en": english}
    result.services = [
        (title, recipient, purpose, third, int(gateways), int(sessions), int(blocked), int(up) // 1_000_000)
        for title, recipient, purpose, third, gateways, sessions, blocked, up in target.rows(
            "SELECT max(service_title), max(recipient_name), purpose_class, max(third_country), count(DISTINCT gateway) AS gateways, "
            f"sum(sessions), sum(blocked_attempts), sum(bytes_up) AS up FROM {services} WHERE {days} "
            f"GROUP BY recipient, service, purpose_class ORDER BY gateways DESC, up DESC, recipient, service LIMIT {LISTED}")]
    refused = target.rows(f"SELECT gateway, file, reason, content FROM refused ORDER BY gateway, file")
    held = {content for content, in target.rows("SELECT manifest FROM files")} if refused else set()
    held |= {content for content, in target.rows("SELECT manifest FROM months")} if refused else set()
    result.refused = [row[:3] for row in refused if row[3] not in held and selection.holds(row[0])]
    return result
