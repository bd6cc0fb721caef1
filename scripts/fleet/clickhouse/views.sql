-- Views in the database `fleet`; they hold nothing themselves. Each reads a repeated row once (FINAL). A condition on `day` or `gateway`
-- reaches the tables.

-- One row for each gateway, day, service and class of groups.
CREATE VIEW IF NOT EXISTS findings AS
SELECT
    gateway, site, day, first_day, group_class, recipient, recipient_name, service, service_title, purpose_class, devices,
    devices_observed, device_days, sessions, blocked_attempts, bytes_up, bytes_down, idle_share, named_share
FROM service_days FINAL;

-- The same by recipient: where data go. Of a service used by 1 to k - 1 devices of a class, `devices` lacks these: it is a least number.
CREATE VIEW IF NOT EXISTS transfers AS
SELECT
    gateway, day, recipient, any(recipient_name) AS recipient_name, any(recipient_seat) AS recipient_seat,
    any(parent_seat) AS parent_seat, any(third_country) AS third_country, service, any(service_title) AS service_title,
    purpose_class, sum(ifNull(devices, 0)) AS devices_at_least, sum(sessions) AS sessions,
    sum(blocked_attempts) AS blocked_attempts, sum(bytes_up) AS bytes_up, sum(bytes_down) AS bytes_down
FROM service_days FINAL
GROUP BY gateway, day, recipient, service, purpose_class;

CREATE VIEW IF NOT EXISTS claims AS
SELECT
    gateway, site, day, first_day, claim, wording, scope, days, says_de, says_en, verdict, why_not, got_through, sessions, bytes_up,
    blocked_attempts, device_days, hours, assessable_hours, bound
FROM claim_days FINAL;

CREATE VIEW IF NOT EXISTS coverage AS
SELECT
    gateway, site, day, first_day, assessable, why_not, devices, device_days, hours, gap_seconds, seconds, packets,
    packets_dropped, flows, bytes_out, share_a, share_b, share_c, share_d, share_e, unexaminable_flows,
    unexaminable_bytes, canaries_expected, canaries_seen, rule_age_days
FROM coverage_days FINAL;

-- The last file of each gateway.
CREATE VIEW IF NOT EXISTS gateways AS
SELECT
    gateway, argMax(site, sequence) AS site, max(sequence) AS files, max(day) AS last_day,
    argMax(manifest, sequence) AS manifest, argMax(tool_version, sequence) AS tool_version, min(first_day) AS first_day
FROM files FINAL
GROUP BY gateway;

CREATE VIEW IF NOT EXISTS refused AS
SELECT gateway, file, content, reason, loaded
FROM refusals FINAL;
