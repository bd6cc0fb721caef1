-- On each server of the cluster `egressaudit`, in the database `fleet`: the tables of all shards as one. All rows of a gateway are on one
-- shard, so that a repeated row meets the one that it replaces.

CREATE TABLE IF NOT EXISTS files AS fleet_shard.files
ENGINE = Distributed(egressaudit, fleet_shard, files, cityHash64(gateway));

CREATE TABLE IF NOT EXISTS service_days AS fleet_shard.service_days
ENGINE = Distributed(egressaudit, fleet_shard, service_days, cityHash64(gateway));

CREATE TABLE IF NOT EXISTS coverage_days AS fleet_shard.coverage_days
ENGINE = Distributed(egressaudit, fleet_shard, coverage_days, cityHash64(gateway));

CREATE TABLE IF NOT EXISTS claim_days AS fleet_shard.claim_days
ENGINE = Distributed(egressaudit, fleet_shard, claim_days, cityHash64(gateway));

CREATE TABLE IF NOT EXISTS refusals AS fleet_shard.refusals
ENGINE = Distributed(egressaudit, fleet_shard, refusals, cityHash64(gateway));

CREATE TABLE IF NOT EXISTS months AS fleet_shard.months
ENGINE = Distributed(egressaudit, fleet_shard, months, cityHash64(gateway));

CREATE TABLE IF NOT EXISTS month_files AS fleet_shard.month_files
ENGINE = Distributed(egressaudit, fleet_shard, month_files, cityHash64(gateway));
