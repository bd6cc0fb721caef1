import Model
public import Privacy

/// The only place that defines in which column of `undescribed_day` each member is.
enum UndescribedRow {
  /// For a day that was stored before, the greater values are kept: memory may have dropped what it counted first.
  static let insertion = """
    INSERT INTO undescribed_day (
      day, destination, session_id, devices, flows, flows_outside_hours, bytes_up, bytes_down, naming_class,
      system_number, system_name, period_seconds)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET
      devices = max(devices, excluded.devices), flows = max(flows, excluded.flows),
      flows_outside_hours = max(flows_outside_hours, excluded.flows_outside_hours),
      bytes_up = max(bytes_up, excluded.bytes_up), bytes_down = max(bytes_down, excluded.bytes_down),
      naming_class = min(naming_class, excluded.naming_class), system_number = excluded.system_number,
      system_name = excluded.system_name, period_seconds = excluded.period_seconds
    """

  static func values(of destination: UndescribedDestination, session: Int64) -> [StoredValue] {
    [
      .integer(destination.day), .text(destination.identity.text), .integer(session), StoredValue(destination.devices),
      StoredValue(destination.flows), destination.flowsOutsideHours.map { StoredValue($0) } ?? .null,
      StoredValue(destination.bytesUp), StoredValue(destination.bytesDown), .text(destination.namingClass.rawValue),
      .integer(destination.systemNumber.map(Int64.init) ?? 0), .text(destination.systemName ?? ""),
      destination.period.map { StoredValue($0) } ?? .null,
    ]
  }

  static let query = """
    SELECT day, destination, devices, flows, flows_outside_hours, bytes_up, bytes_down, naming_class,
      system_number, system_name, period_seconds
    FROM undescribed_day WHERE day >= ? AND day <= ? ORDER BY destination, day, session_id
    """

  static func destination(_ row: inout StoredRow) throws -> UndescribedDestination {
    let day = try row.integer()
    return UndescribedDestination(
      identity: UndescribedDestination.Identity(text: try row.text()), day: day, devices: try row.count(),
      flows: try row.count(), flowsOutsideHours: try row.optionalNumber(UInt64.self), bytesUp: try row.count(),
      bytesDown: try row.count(), namingClass: try row.value(NamingClass.self),
      systemNumber: try Optional(row.number(UInt32.self)).flatMap { $0 == 0 ? nil : $0 },
      systemName: try Optional(row.text()).flatMap { $0.isEmpty ? nil : $0 },
      period: try row.optionalNumber(UInt64.self))
  }
}

extension AuditDatabase {
  /// Destinations without a rule that many devices contacted: one row for each destination, day and audit, by
  /// destination, then day. `days` in UTC since 1970.
  public func undescribedDestinations(on days: ClosedRange<Int64>) throws -> [UndescribedDestination] {
    try rows(
      UndescribedRow.query, [.integer(days.lowerBound), .integer(days.upperBound)], UndescribedRow.destination)
  }

  /// First stored day of each destination on which at least `devices` had contact, up to `day`, in UTC since 1970.
  /// O(rows up to the day).
  public func firstDaysOfUndescribed(through day: Int64, devices: UInt64) throws -> [UndescribedDestination.Identity:
    Int64]
  {
    let days = try rows(
      "SELECT destination, min(day) FROM undescribed_day WHERE day <= ? AND devices >= ? GROUP BY destination",
      [.integer(day), StoredValue(devices)]
    ) { (UndescribedDestination.Identity(text: try $0.text()), try $0.integer()) }
    return Dictionary(days) { first, _ in first }
  }
}
