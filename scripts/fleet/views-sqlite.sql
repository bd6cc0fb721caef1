-- The views of clickhouse/views.sql in the words of SQLite.

CREATE VIEW IF NOT EXISTS findings AS
SELECT
    gateway, site, day, first_day, group_class, recipient, recipient_name, service, service_title, purpose_class, devices,
    devices_observed, device_days, sessions, blocked_attempts, bytes_up, bytes_down, idle_share, named_share
FROM service_days;

CREATE VIEW IF NOT EXISTS transfers AS
SELECT
    gateway, day, recipient, min(recipient_name) AS recipient_name, min(recipient_seat) AS recipient_seat,
    min(parent_seat) AS parent_seat, min(third_country) AS third_country, service, min(service_title) AS service_title,
    purpose_class, sum(ifnull(devices, 0)) AS devices_at_least, sum(sessions) AS sessions,
    sum(blocked_attempts) AS blocked_attempts, sum(bytes_up) AS bytes_up, sum(bytes_down) AS bytes_down
FROM service_days
GROUP BY gateway, day, recipient, service, purpose_class;

CREATE VIEW IF NOT EXISTS claims AS
SELECT
    gateway, site, day, first_day, claim, wording, scope, days, says_de, says_en, verdict, why_not, got_through, sessions, bytes_up,
    blocked_attempts, device_days, hours, assessable_hours, bound
FROM claim_days;

CREATE VIEW IF NOT EXISTS coverage AS
SELECT
    gateway, site, day, first_day, assessable, why_not, devices, device_days, hours, gap_seconds, seconds, packets,
    packets_dropped, flows, bytes_out, share_a, share_b, share_c, share_d, share_e, unexaminable_flows,
    unexaminable_bytes, canaries_expected, canaries_seen, rule_age_days
FROM coverage_days;

CREATE VIEW IF NOT EXISTS gateways AS
SELECT
    last.gateway AS gateway, last.site AS site, last.sequence AS files, last.day AS last_day, last.manifest AS manifest,
    last.tool_version AS tool_version, (SELECT min(first_day) FROM files WHERE gateway = last.gateway) AS first_day
FROM files AS last
WHERE last.sequence = (SELECT max(sequence) FROM files WHERE gateway = last.gateway);

CREATE VIEW IF NOT EXISTS refused AS
SELECT gateway, file, content, reason, loaded
FROM refusals;
