-- What day files hold, each row once for gateway and day. Runs in the database `fleet` of one server, or `fleet_shard` of each shard.
-- A row that is inserted again replaces the earlier one: same order key, and the version is the time of loading.

CREATE TABLE IF NOT EXISTS files
(
    gateway String,
    sequence UInt32,
    site String,
    first_day Date,
    day Date,
    manifest String,
    previous String,
    chain_head String,
    group_minimum UInt32,
    trial UInt8,
    time_zone String,
    rule_sets String,
    tool_version String,
    format UInt16,
    loaded DateTime
)
ENGINE = ReplacingMergeTree(loaded)
PARTITION BY toYYYYMM(day)
ORDER BY (gateway, sequence);

CREATE TABLE IF NOT EXISTS service_days
(
    gateway String,
    site String,
    day Date,
    first_day Date,
    sequence UInt32,
    group_class String,
    recipient String,
    recipient_name String,
    recipient_seat String,
    parent_seat String,
    third_country String,
    service String,
    service_title String,
    purpose_class String,
    devices Nullable(UInt32),
    devices_observed Nullable(UInt32),
    device_days Nullable(UInt32),
    sessions UInt64,
    blocked_attempts UInt64,
    bytes_up UInt64,
    bytes_down UInt64,
    idle_share Nullable(Float64),
    named_share Nullable(Float64),
    loaded DateTime
)
ENGINE = ReplacingMergeTree(loaded)
PARTITION BY toYYYYMM(day)
ORDER BY (gateway, day, recipient, service, purpose_class, group_class);

CREATE TABLE IF NOT EXISTS coverage_days
(
    gateway String,
    site String,
    day Date,
    first_day Date,
    sequence UInt32,
    assessable String,
    why_not String,
    devices Nullable(UInt32),
    device_days Nullable(UInt32),
    hours UInt32,
    gap_seconds UInt64,
    seconds UInt64,
    packets UInt64,
    packets_dropped Nullable(UInt64),
    flows UInt64,
    bytes_out UInt64,
    share_a Nullable(Float64),
    share_b Nullable(Float64),
    share_c Nullable(Float64),
    share_d Nullable(Float64),
    share_e Nullable(Float64),
    unexaminable_flows UInt64,
    unexaminable_bytes UInt64,
    canaries_expected UInt64,
    canaries_seen UInt64,
    rule_age_days Nullable(UInt32),
    loaded DateTime
)
ENGINE = ReplacingMergeTree(loaded)
PARTITION BY toYYYYMM(day)
ORDER BY (gateway, day);

CREATE TABLE IF NOT EXISTS claim_days
(
    gateway String,
    site String,
    day Date,
    first_day Date,
    sequence UInt32,
    claim String,
    wording UInt32,
    scope String,
    days UInt32,
    says_de String,
    says_en String,
    verdict String,
    why_not String,
    got_through String,
    sessions UInt64,
    bytes_up UInt64,
    blocked_attempts UInt64,
    device_days Nullable(UInt32),
    hours UInt32,
    assessable_hours UInt32,
    bound Nullable(Float64),
    loaded DateTime
)
ENGINE = ReplacingMergeTree(loaded)
PARTITION BY toYYYYMM(day)
ORDER BY (gateway, day, claim, wording, scope);

-- Files that were not loaded, and why; once for each content.
CREATE TABLE IF NOT EXISTS refusals
(
    gateway String,
    file String,
    content String,
    reason String,
    loaded DateTime
)
ENGINE = ReplacingMergeTree(loaded)
ORDER BY (gateway, file, content, reason);

-- Months that gateways delivered with their own report and tables, and the files of each. `month` is its first day.
CREATE TABLE IF NOT EXISTS months
(
    gateway String,
    month Date,
    site String,
    first_day Date,
    day Date,
    manifest String,
    signature String,
    trial UInt8,
    tool_version String,
    format UInt16,
    loaded DateTime
)
ENGINE = ReplacingMergeTree(loaded)
PARTITION BY toYYYYMM(month)
ORDER BY (gateway, month);

CREATE TABLE IF NOT EXISTS month_files
(
    gateway String,
    month Date,
    name String,
    content String,
    loaded DateTime
)
ENGINE = ReplacingMergeTree(loaded)
PARTITION BY toYYYYMM(month)
ORDER BY (gateway, month, name);
