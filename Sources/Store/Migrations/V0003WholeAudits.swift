extension Migration {
  /// Tells what each audit brought apart, so that another can take its place.
  ///
  /// `is_whole` is 1 where all captures that were named were read to their end, and NULL where an older version did not
  /// say. `session_id` in `deletion` is the audit whose rows were taken out, and `replaced_by` the one that took its
  /// place; both NULL for what retention took away. In `device_presence`, 0 stands for the audits of older versions,
  /// where more than one may have seen the device on that day. `digest` in `connection_sample` is keyed: it leads back
  /// to no connection.
  static let v0003 = Migration(
    identifier: "V0003_whole_audits",
    sql: """
      ALTER TABLE capture_session ADD COLUMN is_whole INTEGER;
      ALTER TABLE deletion ADD COLUMN session_id INTEGER REFERENCES capture_session (id);
      ALTER TABLE deletion ADD COLUMN replaced_by INTEGER REFERENCES capture_session (id);

      ALTER TABLE device_presence RENAME TO earlier_presence;
      CREATE TABLE device_presence (
        day INTEGER NOT NULL,
        group_name TEXT NOT NULL,
        device BLOB NOT NULL,
        session_id INTEGER NOT NULL,
        PRIMARY KEY (day, group_name, device, session_id)
      ) STRICT, WITHOUT ROWID;
      INSERT INTO device_presence (day, group_name, device, session_id)
        SELECT day, group_name, device,
          (SELECT CASE count(*) WHEN 1 THEN max(id) ELSE 0 END FROM capture_session
           WHERE first_hour <= day * 24 + 23 AND last_hour >= day * 24)
        FROM earlier_presence;
      DROP TABLE earlier_presence;

      CREATE TABLE session_coverage (
        session_id INTEGER NOT NULL REFERENCES capture_session (id),
        hour INTEGER NOT NULL,
        coverage TEXT NOT NULL,
        PRIMARY KEY (session_id, hour)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE connection_sample (
        hour INTEGER NOT NULL,
        digest INTEGER NOT NULL,
        session_id INTEGER NOT NULL REFERENCES capture_session (id),
        PRIMARY KEY (hour, digest, session_id)
      ) STRICT, WITHOUT ROWID;
      """)
}
