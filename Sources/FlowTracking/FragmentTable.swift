import Model
import Wire

/// Datagrams that arrive in fragments (RFC 791 §3.2, RFC 8200 §4.5), until they are complete.
///
/// Parts are stored as ranges of the datagram, so a part with a false offset costs only its own bytes. Overlaps: in
/// IPv4 the part that arrived first is kept; in IPv6 the whole datagram is discarded (RFC 5722 §4). Bounded in
/// datagrams, bytes, parts and time; the oldest is evicted first.
struct FragmentTable {
  /// A datagram, complete or as far as it has arrived.
  struct Datagram {
    /// Its headers, from the first part if that has arrived.
    var header: Packet
    var arrived: Timestamp
    /// Number of fragments on the wire and their IP payload bytes, including repeated ones.
    var packets: UInt64 = 0
    var bytes: UInt64 = 0
    /// Offset behind the datagram's last byte; nil until the last part has arrived.
    fileprivate var end: Int?
    /// Ascending, without overlap.
    fileprivate var parts: [Part] = []
    fileprivate var content: [UInt8] = []
    /// Sum of the parts' lengths.
    fileprivate var received = 0
    fileprivate var isVoid = false
    fileprivate var key: Key
    fileprivate var older: Int32 = -1
    fileprivate var newer: Int32 = -1

    fileprivate struct Part {
      var start: Int
      var end: Int
      /// Index of its bytes in `content`, and how many of them were captured.
      var position: Int
      var captured: Int
    }

    /// The bytes in front of the first missing one; empty if the first part is missing.
    var prefix: [UInt8] {
      var bytes: [UInt8] = []
      for part in parts {
        guard part.start == bytes.count else { break }
        bytes.append(contentsOf: content[part.position..<part.position + part.captured])
      }
      return bytes
    }

    /// Bytes of the whole datagram; if the last part is missing, one more than arrived, so that it counts as cut.
    var length: Int { end ?? (parts.last?.end ?? 0) + 1 }

    var hasFirst: Bool { parts.first?.start == 0 }

    /// Parts do not overlap and none extends beyond the end, so the sum of their lengths decides.
    fileprivate var isWhole: Bool { end == received }

    fileprivate var cost: Int {
      FragmentTable.datagramCost + content.allocatedBytes + parts.allocatedBytes
    }
  }

  struct Addition {
    var anomaly: Anomaly?
    /// The datagram, removed from the table, if the part completed it.
    var whole: Datagram?
  }

  fileprivate struct Key: Hashable {
    var source: IPAddress
    var destination: IPAddress
    var identification: UInt32
    /// 0 for IPv6, in which the identification alone counts.
    var transport: UInt8
    var vlan: UInt16
    var scope: UInt64

    init(_ packet: Packet, _ fragment: Packet.Fragment) {
      source = packet.source
      destination = packet.destination
      identification = fragment.identification
      transport = packet.source.isIPv4 ? packet.transport.rawValue : 0
      vlan = packet.vlan
      scope = packet.scope
    }
  }

  static let maximumDatagrams = 1_024
  /// Most parts of a datagram: more than the smallest usual packet size gives (65,535 / 552).
  static let maximumParts = 256
  /// As long as Linux waits. The 60 seconds of RFC 8200 §4.5 are for the receiver.
  static let patience = TimeSpan.seconds(30)
  /// Bytes of a datagram beyond its content.
  private static let datagramCost = 512

  /// Most bytes for all datagrams.
  var bytes: Int
  private var slots: [Datagram?] = []
  private var freeSlots: [Int32] = []
  private var index: [Key: Int32] = [:]
  private var oldest: Int32 = -1
  private var newest: Int32 = -1
  private var cost = 0

  init(bytes: Int = MemoryShares().fragments) { self.bytes = bytes }

  /// Whether the caller must make room (by `removeOldest`) before it adds `count` bytes.
  func isFull(adding count: Int) -> Bool {
    index.count >= FragmentTable.maximumDatagrams
      || cost + count + FragmentTable.datagramCost > bytes
  }

  /// Adds a fragment. The caller has made room.
  ///
  /// - Parameter data: captured bytes of the part.
  mutating func add(_ packet: Packet, _ fragment: Packet.Fragment, _ data: RawSpan, at time: Timestamp) -> Addition {
    let start = fragment.offset
    let end = start + packet.ipPayloadLength
    // All parts but the last are whole units of eight bytes.
    guard end > start, end <= 65_535, !fragment.hasMore || packet.ipPayloadLength.isMultiple(of: 8) else {
      return Addition(anomaly: .ipFragmentInvalid)
    }
    let key = Key(packet, fragment)
    let slot = Int(index[key] ?? insert(Datagram(header: packet, arrived: time, key: key)))
    guard var datagram = slots[slot] else { return Addition() }
    // Taken out, so that its buffers have one owner.
    slots[slot] = nil
    cost -= datagram.cost
    let anomaly = FragmentTable.join(&datagram, packet, start..<end, isLast: !fragment.hasMore, data)
    cost += datagram.cost
    let isWhole = datagram.isWhole
    slots[slot] = datagram
    if isWhole { remove(Int32(slot)) }
    return Addition(anomaly: anomaly, whole: isWhole ? datagram : nil)
  }

  /// Removes the datagram that has waited longest. With `time`, nil if it has not waited longer than `patience`.
  mutating func removeOldest(before time: Timestamp? = nil) -> Datagram? {
    guard oldest >= 0, let datagram = slots[Int(oldest)] else { return nil }
    if let time, time.since(datagram.arrived) < FragmentTable.patience { return nil }
    remove(oldest)
    return datagram
  }

  private static func join(
    _ datagram: inout Datagram, _ packet: Packet, _ range: Range<Int>, isLast: Bool, _ data: RawSpan
  ) -> Anomaly? {
    if datagram.isVoid { return nil }
    let known = datagram.parts.last?.end ?? 0
    let end = datagram.end ?? (isLast ? range.upperBound : .max)
    guard range.upperBound <= end, !isLast || range.upperBound == end && known <= end else {
      return .ipFragmentInvalid
    }
    guard datagram.parts.count < maximumParts else { return .ipFragmentInvalid }
    if isLast { datagram.end = end }
    datagram.packets += 1
    datagram.bytes += UInt64(packet.ipPayloadLength)
    if range.lowerBound == 0 { datagram.header = packet }
    guard range.lowerBound < known else {
      append(&datagram, range, data, at: datagram.parts.count, from: 0)
      return nil
    }
    return overlay(&datagram, packet, range, data)
  }

  /// Inserts a part between existing ones.
  private static func overlay(
    _ datagram: inout Datagram, _ packet: Packet, _ range: Range<Int>, _ data: RawSpan
  ) -> Anomaly? {
    var at = datagram.parts.firstIndex { $0.end > range.lowerBound } ?? datagram.parts.count
    if at < datagram.parts.count {
      let part = datagram.parts[at]
      let isRepeated =
        part.start == range.lowerBound && part.end == range.upperBound
        && equal(datagram.content, part.position, data, count: min(part.captured, data.byteCount))
      if isRepeated { return nil }
      if part.start < range.upperBound, !packet.source.isIPv4 {
        datagram.isVoid = true
        datagram.end = nil
        datagram.packets = 0
        datagram.received = 0
        datagram.parts = []
        datagram.content = []
        return .ipFragmentsOverlap
      }
    }
    var overlaps = false
    var next = range.lowerBound
    while next < range.upperBound {
      if at < datagram.parts.count, datagram.parts[at].start <= next {
        overlaps = true
        next = datagram.parts[at].end
      } else {
        let gapEnd = at < datagram.parts.count ? min(datagram.parts[at].start, range.upperBound) : range.upperBound
        append(&datagram, next..<gapEnd, data, at: at, from: next - range.lowerBound)
        next = gapEnd
      }
      at += 1
    }
    return overlaps ? .ipFragmentsOverlap : nil
  }

  private static func append(
    _ datagram: inout Datagram, _ range: Range<Int>, _ data: RawSpan, at index: Int, from offset: Int
  ) {
    let captured = max(min(range.count, data.byteCount - offset), 0)
    let part = Datagram.Part(
      start: range.lowerBound, end: range.upperBound, position: datagram.content.count, captured: captured)
    datagram.parts.insert(part, at: index)
    datagram.received += range.count
    guard captured > 0 else { return }
    data.extracting(offset..<offset + captured).withUnsafeBytes { datagram.content.append(contentsOf: $0) }
  }

  private static func equal(_ content: [UInt8], _ position: Int, _ data: RawSpan, count: Int) -> Bool {
    for index in 0..<count where content[position + index] != data.byte(index) { return false }
    return true
  }

  private mutating func insert(_ datagram: Datagram) -> Int32 {
    let slot: Int32
    var added = datagram
    added.older = newest
    if let free = freeSlots.popLast() {
      slot = free
      slots[Int(slot)] = added
    } else {
      slot = Int32(slots.count)
      slots.append(added)
    }
    if newest >= 0 { slots[Int(newest)]?.newer = slot } else { oldest = slot }
    newest = slot
    index[added.key] = slot
    cost += added.cost
    return slot
  }

  private mutating func remove(_ slot: Int32) {
    guard let datagram = slots[Int(slot)] else { return }
    if datagram.older >= 0 { slots[Int(datagram.older)]?.newer = datagram.newer } else { oldest = datagram.newer }
    if datagram.newer >= 0 { slots[Int(datagram.newer)]?.older = datagram.older } else { newest = datagram.older }
    index[datagram.key] = nil
    cost -= datagram.cost
    slots[Int(slot)] = nil
    freeSlots.append(slot)
  }
}
