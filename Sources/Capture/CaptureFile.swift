import CPcap
import Glibc
import Model

/// An open capture file (pcap with micro- or nanoseconds, or pcapng), and its current frame.
///
/// Used by one thread. The frame's bytes belong to the reader and are valid until the next `advance()`.
final class CaptureFile {
  let path: String
  private enum Source {
    case library(OpaquePointer)
    /// libpcap refuses files whose interfaces differ.
    case blocks(PcapngReader)
  }

  private let source: Source
  private let stream: UnsafeMutablePointer<FILE>
  /// Read buffer of the stream. Without a buffer of its own, `setvbuf` ignores the size, and each read brings 4 KiB.
  private let buffer: UnsafeMutableRawPointer
  private(set) var timestamp = Timestamp(nanoseconds: 0)
  private(set) var packets: UInt64 = 0
  /// Number of the file within the run, from 0.
  var number = 0
  /// Packets that another file of the run delivered before.
  var repeatedPackets: UInt64 = 0
  private var linkType = LinkType.ethernet
  private var bytes = UnsafeRawBufferPointer(start: nil, count: 0)
  private var originalLength = 0
  /// Link types of frames that cannot be read, in the order of their first frame.
  private var unsupportedLinkTypes: [LinkType] = []

  /// In bytes. Measured with a bare loop of libpcap over 3 GB: 4 KiB costs 1.7 times the processor time of 128 KiB;
  /// more gains nothing, because the copy no longer fits into the fast caches.
  private static let bufferSize = 1 << 17

  /// Opens the file without reading a frame.
  init(path: String) throws(CaptureError) {
    self.path = path
    stream = try CaptureFile.open(path)
    buffer = .allocate(byteCount: CaptureFile.bufferSize, alignment: 16)
    setvbuf(stream, buffer.assumingMemoryBound(to: CChar.self), _IOFBF, CaptureFile.bufferSize)
    let first = getc(stream)
    guard first != EOF else {
      CaptureFile.close(stream, buffer)
      throw CaptureError(file: path, cause: .empty)
    }
    ungetc(first, stream)
    // The first byte of a section header; no other capture begins with it.
    if first == UInt8(ascii: "\n") {
      source = .blocks(PcapngReader(stream))
      return
    }
    var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
    guard
      let opened = pcap_fopen_offline_with_tstamp_precision(stream, UInt32(PCAP_TSTAMP_PRECISION_NANO), &message)
    else {
      CaptureFile.close(stream, buffer)
      // 0x1f gzip, 0xfd xz, 0x28 zstd, 0x42 bzip2: first bytes of compressed files; none begins a capture.
      let isCompressed = [0x1f, 0xfd, 0x28, 0x42].contains(first)
      throw CaptureError(
        file: path, cause: isCompressed ? .compressed : .notACapture(PcapngTexts.ofLibrary(libraryText(message))))
    }
    source = .library(opened)
    linkType = LinkType(rawValue: pcap_datalink(opened))
  }

  deinit {
    switch source {
    case .library(let handle):
      // Closes the stream too.
      pcap_close(handle)
      buffer.deallocate()
    case .blocks:
      CaptureFile.close(stream, buffer)
    }
  }

  private static func open(_ path: String) throws(CaptureError) -> UnsafeMutablePointer<FILE> {
    if path != "-" {
      var status = stat()
      guard stat(path, &status) == 0 else { throw cannotOpen(path) }
      guard status.st_mode & S_IFMT != S_IFDIR else { throw CaptureError(file: path, cause: .isDirectory) }
    }
    guard let stream = path == "-" ? fdopen(STDIN_FILENO, "rb") : fopen(path, "rb") else { throw cannotOpen(path) }
    return stream
  }

  private static func cannotOpen(_ path: String) -> CaptureError {
    CaptureError(file: path, cause: .cannotOpen(String(cString: strerror(errno))))
  }

  /// Closes the stream before its buffer is freed.
  private static func close(_ stream: UnsafeMutablePointer<FILE>, _ buffer: UnsafeMutableRawPointer) {
    fclose(stream)
    buffer.deallocate()
  }

  /// Reads the next frame; false at the end of the file.
  func advance() throws(CaptureError) -> Bool {
    let isAlive =
      switch source {
      case .library(let handle): try advance(handle)
      case .blocks(let reader): try advance(reader)
      }
    guard isAlive else { return false }
    packets += 1
    if !linkType.isSupported, !unsupportedLinkTypes.contains(linkType) { unsupportedLinkTypes.append(linkType) }
    return true
  }

  private func advance(_ handle: OpaquePointer) throws(CaptureError) -> Bool {
    var header: UnsafeMutablePointer<pcap_pkthdr>?
    var data: UnsafePointer<UInt8>?
    switch pcap_next_ex(handle, &header, &data) {
    case 1:
      guard let header, let data else { return false }
      timestamp = header.pointee.time
      // libpcap promises `caplen` readable bytes at `data` until the next read.
      bytes = UnsafeRawBufferPointer(start: data, count: Int(header.pointee.caplen))
      originalLength = Int(header.pointee.len)
      return true
    case -2:
      return false
    default:
      throw cutShort(PcapngTexts.ofLibrary(String(cString: pcap_geterr(handle))))
    }
  }

  private func advance(_ reader: PcapngReader) throws(CaptureError) -> Bool {
    do throws(PcapngReader.Fault) {
      guard try reader.advance() else { return false }
    } catch {
      throw error.isAtStart ? CaptureError(file: path, cause: .notACapture(error.reason)) : cutShort(error.reason)
    }
    timestamp = reader.timestamp
    bytes = UnsafeRawBufferPointer(start: reader.data, count: reader.captured)
    originalLength = reader.originalLength
    linkType = reader.linkType
    return true
  }

  private func cutShort(_ reason: LocalizedText) -> CaptureError {
    CaptureError(file: path, cause: .cutShort(afterPackets: packets, reason))
  }

  /// Calls `body` with the current frame. Must be called only after `advance()` returned true.
  @inline(__always)
  func withFrame(_ body: (borrowing CapturedFrame) -> Void) {
    // Safe: the reader keeps the bytes until the next `advance()`; the span ends with this call.
    body(
      CapturedFrame(bytes: bytes.bytes, originalLength: originalLength, timestamp: timestamp, linkType: linkType))
  }

  /// Bytes read so far; 0 if the position is unknown, as for a pipe.
  var bytesRead: Int {
    switch source {
    case .library(let handle): pcap_file(handle).map { max(ftello($0), 0) } ?? 0
    case .blocks(let reader): reader.bytesRead
    }
  }

  /// A note for people if packets are also in other files; else empty.
  var repeats: [CaptureError] {
    repeatedPackets == 0 ? [] : [CaptureError(file: path, cause: .repeatsOthers(packets: repeatedPackets, of: packets))]
  }

  /// Packets that the recorder stated to have dropped, since the last call; nil if it stated nothing.
  func takeDrops() -> DropStatement? {
    guard case .blocks(let reader) = source else { return nil }
    return reader.takeDrops()
  }

  /// Errors for people, one for each link type whose frames were delivered but cannot be read.
  var unsupportedLinks: [CaptureError] {
    unsupportedLinkTypes.map { type in
      let name = pcap_datalink_val_to_name(type.rawValue).map { String(cString: $0) } ?? "unknown"
      return CaptureError(file: path, cause: .unsupportedLinkType(name: name, number: type.rawValue))
    }
  }
}
