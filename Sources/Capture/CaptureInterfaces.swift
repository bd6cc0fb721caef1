import Glibc
public import Model

/// Network interfaces read as one, in the order of their packets' times: the live counterpart of `CaptureFiles`.
///
/// Used by one thread at a time: one opens and hands over, another reads. Each interface keeps what waits in its kernel ring, so nothing
/// is queued here. A frame is handed over as soon as no other interface can still have an earlier one. An interface that goes is
/// opened again when it is back.
public final class CaptureInterfaces: @unchecked Sendable {
  /// An interface that is captured now, or no longer.
  public struct Change: Sendable, Equatable {
    public var interface: String
    public var state: InterfaceState
    /// Nil where it is not captured.
    public var linkType: LinkType?
    /// The filter of the configuration is too long for the kernel, so that the program looks at each packet.
    public var isFilteredByProgram = false
  }

  /// What a call of `read` brought.
  public struct Reading: Sendable, Equatable {
    /// Frames handed over.
    public var frames = 0
    /// Where all rings were empty: when they were asked. What the kernel stamped well before has been handed over.
    public var emptyAt: Timestamp?
  }

  private struct Member {
    var name: String
    var source: CaptureInterface?
    /// Nil before the first survey.
    var state: InterfaceState?
    /// Surveys to wait before the next attempt to open, and how many after that one.
    var surveysToWait = 0
    var nextWait = 1
    /// Since when the interface has been gone, whose last packets the kernel has not handed over yet.
    var goneSince: TimeSpan?
  }

  public let settings: CaptureSettings
  private var members: [Member]
  private var waiting: [pollfd] = []
  private var untold: [Change] = []
  /// Lost by sources that are closed.
  private var drops: UInt64 = 0

  /// How long a frame waits for earlier ones of other interfaces: longer than the kernel keeps a block that is not full.
  private static let patience = TimeSpan(nanoseconds: 2_500_000 * Int64(CaptureInterface.blockTimeout))
  /// In surveys: an interface that cannot be opened is tried again after 1, 2, 4, … of them.
  private static let longestWait = 32
  /// The kernel hands over the last block of an interface that has gone only when the block's time is over.
  private static let farewell = TimeSpan(nanoseconds: 2_000_000 * Int64(CaptureInterface.blockTimeout))

  /// Opens nothing yet: `survey()` does.
  public init(_ settings: CaptureSettings) {
    self.settings = settings
    members = settings.interfaces.map { Member(name: $0) }
  }

  /// All interfaces are captured.
  public var areCapturing: Bool { members.allSatisfy { $0.state == .capturing } }

  /// The first interface that is there but cannot be captured, with the reason.
  public var refusal: InterfaceError? {
    members.lazy.compactMap {
      if case .refused(let error) = $0.state { error } else { nil }
    }.first
  }

  // MARK: Reading

  /// Hands over what has come, at most `limit` frames; where nothing has, waits `milliseconds` for it.
  ///
  /// Times are those at which the rings were asked: the program may be kept from running at any place for any time.
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

  /// Where no other interface can have an earlier frame, none is copied.
  private func readAlone(_ source: CaptureInterface, limit: Int, _ body: (borrowing CapturedFrame) -> Void) -> Reading {
    let asked = MachineClock.now
    do throws(InterfaceError) {
      let frames = try source.forEachWaiting(limit: limit, body)
      return Reading(frames: frames, emptyAt: frames < limit ? asked : nil)
    } catch {
      // Why, the next survey finds out.
      leave(0)
      return Reading(emptyAt: asked)
    }
  }

  /// Waits until the kernel has handed over what has come by now, and hands that over, at most `limit` frames.
  ///
  /// - Returns: number of frames handed over.
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

  /// Up to which time frames of the earliest interface may go out now; nil where it has to wait for the others.
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
    // A stamp from the future: the clock was set back. Waiting would take as long as it was set back by.
    return earliest.timestamp > asked.advanced(by: CaptureInterfaces.patience) ? earliest.timestamp : nil
  }

  @discardableResult
  private func advance(_ index: Int) -> Bool {
    do throws(InterfaceError) {
      return try members[index].source?.advance() ?? false
    } catch {
      // Why, the next survey finds out.
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

  /// Looks at all interfaces, opens what has come and closes what has gone; to be called about once a second.
  ///
  /// - Returns: what has changed since the last call, in order: an interface that went and came back is told twice.
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

  /// Lets all interfaces go, whoever else still holds this object.
  public func close() {
    for index in members.indices { close(index, .missing) }
  }

  /// The interface has gone; what waits of it is still read.
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

  /// Packets that were lost before the program since the last call; to be called often enough that 32 bits do not wrap twice.
  public func takeDrops() -> UInt64 {
    defer { drops = 0 }
    return members.reduce(drops) { $0 + ($1.source?.takeDrops() ?? 0) }
  }
}
