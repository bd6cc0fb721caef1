import Glibc
public import Model

/// Reads network interfaces as one, in the order of their packets' times: the live counterpart of `CaptureFiles`.
///
/// Used by one thread at a time: one may open the interfaces and another read them. Waiting packets stay in the
/// kernel's ring of each interface, so nothing is queued here. A frame is delivered as soon as no other interface can
/// still have an earlier one. An interface that disappears is opened again when it returns.
public final class CaptureInterfaces: @unchecked Sendable {
  /// A change of an interface's state.
  public struct Change: Sendable, Equatable {
    public var interface: String
    public var state: InterfaceState
    /// Nil if it is not captured.
    public var linkType: LinkType?
    /// The configured filter is too long for the kernel, so the program filters each packet.
    public var isFilteredByProgram = false
  }

  /// The result of a call of `read`.
  public struct Reading: Sendable, Equatable {
    /// Number of delivered frames.
    public var frames = 0
    /// If all rings were empty, the time at which they were read. Frames that the kernel stamped well before have been
    /// delivered.
    public var emptyAt: Timestamp?
  }

  private struct Member {
    var name: String
    var source: CaptureInterface?
    /// Nil before the first survey.
    var state: InterfaceState?
    /// Surveys to wait before the next attempt to open, and how many to wait after that.
    var surveysToWait = 0
    var nextWait = 1
    /// When the interface disappeared, while the kernel has not delivered its last packets yet.
    var goneSince: TimeSpan?
  }

  public let settings: CaptureSettings
  private var members: [Member]
  private var waiting: [pollfd] = []
  private var untold: [Change] = []
  /// Packets that closed sources lost.
  private var drops: UInt64 = 0

  /// How long a frame waits for earlier ones of other interfaces: longer than the kernel holds back a block that is not
  /// full.
  private static let patience = TimeSpan(nanoseconds: 2_500_000 * Int64(CaptureInterface.blockTimeout))
  /// Longest wait in surveys: an interface that cannot be opened is tried again after 1, 2, 4, … of them.
  private static let longestWait = 32
  /// How long to wait for the last block of an interface that has disappeared: the kernel delivers it only when the
  /// block's time is over.
  private static let farewell = TimeSpan(nanoseconds: 2_000_000 * Int64(CaptureInterface.blockTimeout))

  /// Opens nothing yet: `survey()` does.
  public init(_ settings: CaptureSettings) {
    self.settings = settings
    members = settings.interfaces.map { Member(name: $0) }
  }

  /// All interfaces are captured.
  public var areCapturing: Bool { members.allSatisfy { $0.state == .capturing } }

  /// Why the first interface that is present but cannot be captured was refused; nil if there is none.
  public var refusal: InterfaceError? {
    members.lazy.compactMap {
      if case .refused(let error) = $0.state { error } else { nil }
    }.first
  }

  // MARK: Reading

  /// Delivers the frames that have arrived, at most `limit`; if there are none, waits up to `milliseconds` for the
  /// next.
  ///
  /// `emptyAt` is the time before the rings were read, since the program may be suspended at any point for any time.
  public func read(limit: Int, waiting milliseconds: Int32, _ body: (borrowing CapturedFrame) -> Void) -> Reading {
    var reading = Reading()
    if members.count == 1, let source = members[0].source, !source.hasFrame {
      reading = readAlone(source, limit: limit, body)
      if reading.frames == 0 { wait(milliseconds) }
      return reading
    }
    while reading.frames < limit {
      let asked = MachineClock.now
      for index in members.indices where members[index].source?.hasFrame == false { advance(index) }
      guard let current = earliest(), let source = members[current].source else {
        reading.emptyAt = asked
        break
      }
      guard let bound = bound(of: current, source, asked: asked) else { break }
      repeat {
        source.withFrame(body)
        reading.frames += 1
      } while advance(current) && reading.frames < limit && source.timestamp <= bound
    }
    if reading.frames == 0 { wait(milliseconds) }
    return reading
  }

  /// Reads the only interface without copying frames.
  private func readAlone(_ source: CaptureInterface, limit: Int, _ body: (borrowing CapturedFrame) -> Void) -> Reading {
    let asked = MachineClock.now
    do throws(InterfaceError) {
      let frames = try source.forEachWaiting(limit: limit, body)
      return Reading(frames: frames, emptyAt: frames < limit ? asked : nil)
    } catch {
      // The next survey finds out why.
      leave(0)
      return Reading(emptyAt: asked)
    }
  }

  /// Waits until the kernel has delivered all packets up to now, and delivers them, at most `limit` frames.
  ///
  /// - Returns: number of delivered frames.
  public func drain(limit: Int, _ body: (borrowing CapturedFrame) -> Void) -> Int {
    poll(nil, 0, 2 * CaptureInterface.blockTimeout)
    var given = 0
    while given < limit {
      for index in members.indices where members[index].source?.hasFrame == false { advance(index) }
      guard let current = earliest(), let source = members[current].source else { break }
      source.withFrame(body)
      given += 1
      advance(current)
    }
    return given
  }

  private func earliest() -> Int? {
    var found: Int?
    for index in members.indices {
      guard let source = members[index].source, source.hasFrame else { continue }
      if let known = found, let other = members[known].source, other.timestamp <= source.timestamp { continue }
      found = index
    }
    return found
  }

  /// The time up to which frames of the earliest interface may be delivered now; nil if it must wait for the others.
  private func bound(of current: Int, _ earliest: CaptureInterface, asked: Timestamp) -> Timestamp? {
    var bound = Timestamp(nanoseconds: .max)
    var isAnyEmpty = false
    for index in members.indices where index != current {
      guard let source = members[index].source else { continue }
      if source.hasFrame { bound = min(bound, source.timestamp) } else { isAnyEmpty = true }
    }
    guard isAnyEmpty else { return bound }
    bound = min(bound, asked.advanced(by: TimeSpan(nanoseconds: -CaptureInterfaces.patience.nanoseconds)))
    if earliest.timestamp <= bound { return bound }
    // A time stamp in the future means that the clock was set back. Waiting would take as long as that.
    return earliest.timestamp > asked.advanced(by: CaptureInterfaces.patience) ? earliest.timestamp : nil
  }

  @discardableResult
  private func advance(_ index: Int) -> Bool {
    do throws(InterfaceError) {
      return try members[index].source?.advance() ?? false
    } catch {
      // The next survey finds out why.
      leave(index)
      return false
    }
  }

  private func wait(_ milliseconds: Int32) {
    waiting.removeAll(keepingCapacity: true)
    var milliseconds = milliseconds
    for member in members {
      guard let source = member.source, member.goneSince == nil else { continue }
      if source.hasFrame {
        milliseconds = min(milliseconds, CaptureInterface.blockTimeout / 4)
      } else {
        waiting.append(pollfd(fd: source.descriptor, events: Int16(POLLIN), revents: 0))
      }
    }
    poll(&waiting, nfds_t(waiting.count), milliseconds)
  }

  // MARK: Coming and going

  /// Checks all interfaces, opens those that have appeared and closes those that have disappeared; must be called about
  /// once a second.
  ///
  /// - Returns: the changes since the last call, in order; an interface that disappeared and returned has two.
  public func survey() -> [Change] {
    for index in members.indices { survey(index) }
    defer { untold = [] }
    return untold
  }

  private func survey(_ index: Int) {
    let kernel = InterfaceState.ask(members[index].name)
    if let source = members[index].source, source.index != kernel?.index { leave(index) }
    if let since = members[index].goneSince {
      let isRead = members[index].source?.hasFrame != true
      guard isRead, MachineClock.running.nanoseconds - since.nanoseconds >= CaptureInterfaces.farewell.nanoseconds
      else {
        return
      }
      close(index, .missing)
    }
    guard let kernel else {
      enter(index, .missing)
      members[index].surveysToWait = 0
      members[index].nextWait = 1
      return
    }
    if members[index].source == nil { open(index) }
    if members[index].source != nil { enter(index, kernel.isRunning ? .capturing : .down) }
  }

  private func open(_ index: Int) {
    guard members[index].surveysToWait == 0 else {
      members[index].surveysToWait -= 1
      return
    }
    do throws(InterfaceError) {
      members[index].source = try CaptureInterface(name: members[index].name, settings: settings)
      members[index].nextWait = 1
    } catch {
      switch error.cause {
      case .missing: enter(index, .missing)
      case .down: enter(index, .down)
      default:
        enter(index, .refused(error))
        members[index].surveysToWait = members[index].nextWait
        members[index].nextWait = min(members[index].nextWait * 2, CaptureInterfaces.longestWait)
      }
    }
  }

  /// Closes all interfaces, even if this object is still referenced elsewhere.
  public func close() {
    for index in members.indices { close(index, .missing) }
  }

  /// Marks an interface as gone; its waiting packets are still read.
  private func leave(_ index: Int) {
    if members[index].goneSince == nil { members[index].goneSince = MachineClock.running }
    enter(index, .missing)
  }

  private func close(_ index: Int, _ state: InterfaceState) {
    drops += members[index].source?.takeDrops() ?? 0
    members[index].source = nil
    members[index].goneSince = nil
    enter(index, state)
  }

  private func enter(_ index: Int, _ state: InterfaceState) {
    guard members[index].state != state else { return }
    members[index].state = state
    untold.append(
      Change(
        interface: members[index].name, state: state, linkType: members[index].source?.linkType,
        isFilteredByProgram: members[index].source?.isFilteredByKernel == false))
  }

  /// Packets that were lost in front of the program since the last call; must be called often enough that 32 bits do
  /// not wrap twice.
  public func takeDrops() -> UInt64 {
    defer { drops = 0 }
    return members.reduce(drops) { $0 + ($1.source?.takeDrops() ?? 0) }
  }
}
