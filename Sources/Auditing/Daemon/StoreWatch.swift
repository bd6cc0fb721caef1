import Capture
import Model
import Store

/// Checks whether the store is still where it was opened, logs changes, and limits how long it is waited for.
struct StoreWatch {
  /// In the meantime records wait in the channel, which has room for longer at the traffic of an office.
  static let patience = TimeSpan.seconds(30)

  private let database: AuditDatabase
  private(set) var displacement: Displacement?
  private var since = TimeSpan.seconds(0)

  init(_ database: AuditDatabase) { self.database = database }

  /// Must be called about once a second. `now`: time of `MachineClock.running`.
  mutating func look(at now: TimeSpan) {
    let found = database.displacement
    defer { displacement = found }
    guard found != displacement else { return }
    if displacement == nil { since = now }
    if let found {
      database.rescue()
      ServiceLog.write(
        .error, "store_displaced",
        [
          "reason": "\(database.error(found))",
          "next": "waits \(StoreWatch.patience.seconds) s for the file to be put back, then ends with exit code 3",
        ])
    } else {
      ServiceLog.write(.notice, "store_back")
    }
  }

  func isGivenUp(at now: TimeSpan) -> Bool {
    displacement != nil && now.nanoseconds - since.nanoseconds >= StoreWatch.patience.nanoseconds
  }
}
