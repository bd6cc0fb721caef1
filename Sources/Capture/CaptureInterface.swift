import CLinux
import CPcap
import Glibc
import Model

/// An open network interface (libpcap over TPACKET_V3), and its current frame.
///
/// Used by one thread; never waits. The frame's bytes belong to libpcap and are valid until the next `advance()`.
final class CaptureInterface {
  /// Milliseconds after which the kernel delivers a block of its ring that is not full.
  static let blockTimeout: Int32 = 100

  let name: String
  let linkType: LinkType
  /// Index that the kernel gave the interface; a different one means another interface of the same name.
  let index: Int32
  /// False if libpcap must filter each packet itself, since the kernel has no room for the filter.
  let isFilteredByKernel: Bool
  /// For `poll`.
  let descriptor: Int32
  private(set) var hasFrame = false
  private(set) var timestamp = Timestamp(nanoseconds: 0)
  private let handle: OpaquePointer
  private var bytes = UnsafeRawBufferPointer(start: nil, count: 0)
  private var originalLength = 0
  /// Dropped packets by libpcap's counters at the last call of `takeDrops`; 32 bits that wrap.
  private var countedDrops: UInt32 = 0

  init(name: String, settings: CaptureSettings) throws(InterfaceError) {
    self.name = name
    guard let state = InterfaceState.ask(name) else { throw InterfaceError(interface: name, cause: .missing) }
    index = state.index
    (handle, isFilteredByKernel) = try CaptureInterface.activate(name, settings)
    linkType = LinkType(rawValue: pcap_datalink(handle))
    descriptor = pcap_get_selectable_fd(handle)
    var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
    guard descriptor >= 0, pcap_setnonblock(handle, 1, &message) == 0 else {
      throw InterfaceError(interface: name, cause: .refused(libraryText(message)))
    }
  }

  deinit { pcap_close(handle) }

  private static func activate(_ name: String, _ settings: CaptureSettings) throws(InterfaceError) -> (
    OpaquePointer, isFilteredByKernel: Bool
  ) {
    var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
    guard let handle = pcap_create(name, &message) else {
      throw InterfaceError(interface: name, cause: .refused(libraryText(message)))
    }
    pcap_set_snaplen(handle, Int32(clamping: settings.snapLength))
    pcap_set_promisc(handle, settings.isPromiscuous ? 1 : 0)
    pcap_set_buffer_size(handle, Int32(clamping: settings.ringMegabytes << 20))
    pcap_set_timeout(handle, blockTimeout)
    // Immediate mode would disable the blocks of TPACKET_V3 and wake the program for each packet.
    pcap_set_immediate_mode(handle, 0)
    pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO)
    let status = pcap_activate(handle)
    guard status >= 0 else {
      let detail = String(cString: pcap_geterr(handle))
      pcap_close(handle)
      let cause: InterfaceError.Cause =
        switch status {
        case PCAP_ERROR_NO_SUCH_DEVICE: .missing
        case PCAP_ERROR_IFACE_NOT_UP: .down
        case PCAP_ERROR_PERM_DENIED, PCAP_ERROR_PROMISC_PERM_DENIED: .notPermitted
        default: .refused(detail.isEmpty ? String(cString: pcap_statustostr(status)) : detail)
        }
      throw InterfaceError(interface: name, cause: cause)
    }
    guard let filter = settings.filter else { return (handle, true) }
    do throws(PacketFilterError) {
      return (handle, try filter.install(on: handle))
    } catch {
      pcap_close(handle)
      throw InterfaceError(interface: name, cause: .filterRefused(error))
    }
  }

  /// Calls `body` with at most `limit` frames in the ring itself, without a copy. Must be called only while `hasFrame`
  /// is false.
  ///
  /// `advance`, in contrast, has libpcap copy each frame out of the ring, so that it can wait for those of other
  /// interfaces.
  ///
  /// - Returns: number of frames; fewer than `limit` if the ring is empty now. Throws if the interface has disappeared.
  func forEachWaiting(limit: Int, _ body: (borrowing CapturedFrame) -> Void) throws(InterfaceError) -> Int {
    let status = withoutActuallyEscaping(body) { body in
      var visit = FrameVisit(linkType: linkType, body: body)
      return withUnsafeMutablePointer(to: &visit) { visit in
        visit.withMemoryRebound(to: UInt8.self, capacity: MemoryLayout<FrameVisit>.size) {
          pcap_dispatch(handle, Int32(clamping: limit), FrameVisit.take, $0)
        }
      }
    }
    guard status >= 0 else {
      throw InterfaceError(interface: name, cause: .refused(String(cString: pcap_geterr(handle))))
    }
    return Int(status)
  }

  /// Reads the next frame; false if none is waiting. Throws if the interface has disappeared.
  func advance() throws(InterfaceError) -> Bool {
    var header: UnsafeMutablePointer<pcap_pkthdr>?
    var data: UnsafePointer<UInt8>?
    // libpcap copies the frame out of the ring into one buffer of its own, which it keeps until the next call.
    let status = pcap_next_ex(handle, &header, &data)
    hasFrame = status == 1
    guard hasFrame, let header, let data else {
      if status < 0 { throw InterfaceError(interface: name, cause: .refused(String(cString: pcap_geterr(handle)))) }
      return false
    }
    timestamp = header.pointee.time
    bytes = UnsafeRawBufferPointer(start: data, count: Int(header.pointee.caplen))
    originalLength = Int(header.pointee.len)
    return true
  }

  /// Calls `body` with the current frame. Must be called only while `hasFrame` is true.
  @inline(__always)
  func withFrame(_ body: (borrowing CapturedFrame) -> Void) {
    // Safe: libpcap keeps the bytes until the next `advance()`; the span ends with this call.
    body(
      CapturedFrame(bytes: bytes.bytes, originalLength: originalLength, timestamp: timestamp, linkType: linkType))
  }

  /// Packets that were lost in front of the program since the last call, for lack of room in the ring or in the network
  /// card.
  func takeDrops() -> UInt64 {
    var statistics = pcap_stat()
    guard pcap_stats(handle, &statistics) == 0 else { return 0 }
    let counted = statistics.ps_drop &+ statistics.ps_ifdrop
    defer { countedDrops = counted }
    return UInt64(counted &- countedDrops)
  }
}

/// Context that libpcap passes back with each frame.
private struct FrameVisit {
  let linkType: LinkType
  let body: (borrowing CapturedFrame) -> Void

  static let take: pcap_handler = { context, header, data in
    guard let context, let header, let data else { return }
    // Safe: `forEachWaiting` keeps the visit until libpcap has returned, and libpcap keeps the bytes until this call
    // returns.
    context.withMemoryRebound(to: FrameVisit.self, capacity: 1) { visit in
      let bytes = UnsafeRawBufferPointer(start: data, count: Int(header.pointee.caplen))
      visit.pointee.body(
        CapturedFrame(
          bytes: bytes.bytes, originalLength: Int(header.pointee.len), timestamp: header.pointee.time,
          linkType: visit.pointee.linkType))
    }
  }
}

/// State of a captured interface.
public enum InterfaceState: Sendable, Equatable {
  case capturing
  /// Present, but switched off or without a link.
  case down
  case missing
  case refused(InterfaceError)

  /// Index of the interface, and whether it is up and has a link; nil if there is none of that name.
  static func ask(_ name: String) -> (index: Int32, isRunning: Bool)? {
    var state = clinux_interface()
    guard clinux_interface_state(name, &state) == 0 else { return nil }
    return (state.index, state.flags & upAndRunning == upAndRunning)
  }

  /// IFF_UP and IFF_RUNNING of netdevice(7).
  private static let upAndRunning: UInt32 = 0x1 | 0x40
}

extension pcap_pkthdr {
  /// libpcap was asked for nanoseconds, which it stores in the field for microseconds.
  var time: Timestamp { Timestamp(seconds: Int64(ts.tv_sec)).advanced(by: TimeSpan(nanoseconds: Int64(ts.tv_usec))) }
}

/// The text in a buffer that libpcap filled.
func libraryText(_ buffer: [CChar]) -> String {
  String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
