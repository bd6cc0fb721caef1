import CLinux
import CPcap
import Glibc
import Model

/// An open capture file (pcap with micro- or nanoseconds, or pcapng) with one frame under its read head.
///
/// Used by one thread. The frame's bytes belong to libpcap and hold until the next `advance()`.
final class CaptureFile {
  let path: String
  let linkType: LinkType
  private let handle: OpaquePointer
  private var header: UnsafeMutablePointer<pcap_pkthdr>?
  private var data: UnsafePointer<UInt8>?
  private(set) var timestamp = Timestamp(nanoseconds: 0)
  private(set) var packets: UInt64 = 0

  /// The stdio buffer is the brake of libpcap's file reading: with the default 4 KiB half the time goes into `read`.
  private static let bufferSize = 1 << 20

  /// Opens without reading a frame.
  init(path: String) throws(CaptureError) {
    self.path = path
    let stream: UnsafeMutablePointer<FILE>
    if path == "-" {
      guard let opened = fdopen(STDIN_FILENO, "rb") else {
        throw CaptureError(file: path, cause: .cannotOpen(String(cString: strerror(errno))))
      }
      stream = opened
    } else {
      var status = stat()
      guard stat(path, &status) == 0 else {
        throw CaptureError(file: path, cause: .cannotOpen(String(cString: strerror(errno))))
      }
      guard status.st_mode & S_IFMT != S_IFDIR else { throw CaptureError(file: path, cause: .isDirectory) }
      guard let opened = fopen(path, "rb") else {
        throw CaptureError(file: path, cause: .cannotOpen(String(cString: strerror(errno))))
      }
      stream = opened
    }
    _ = clinux_full_buffer(stream, CaptureFile.bufferSize)
    let first = getc(stream)
    guard first != EOF else {
      fclose(stream)
      throw CaptureError(file: path, cause: .empty)
    }
    ungetc(first, stream)
    var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
    guard
      let opened = pcap_fopen_offline_with_tstamp_precision(stream, UInt32(PCAP_TSTAMP_PRECISION_NANO), &message)
    else {
      fclose(stream)
      // 0x1f gzip, 0xfd xz, 0x28 zstd, 0x42 bzip2: first bytes of compressed files; none begins a capture.
      let isCompressed = [0x1f, 0xfd, 0x28, 0x42].contains(first)
      throw CaptureError(file: path, cause: isCompressed ? .compressed : .notACapture(text(message)))
    }
    handle = opened
    linkType = LinkType(rawValue: pcap_datalink(opened))
  }

  deinit { pcap_close(handle) }

  /// Moves to the next frame; false at the end of the file.
  func advance() throws(CaptureError) -> Bool {
    switch pcap_next_ex(handle, &header, &data) {
    case 1:
      guard let header else { return false }
      let time = header.pointee.ts
      timestamp = Timestamp(seconds: Int64(time.tv_sec)).advanced(by: TimeSpan(nanoseconds: Int64(time.tv_usec)))
      packets += 1
      return true
    case -2:
      return false
    default:
      throw CaptureError(
        file: path, cause: .cutShort(afterPackets: packets, String(cString: pcap_geterr(handle))))
    }
  }

  /// Lends the current frame. To be called only after `advance()` gave true.
  @inline(__always)
  func withFrame(_ body: (borrowing CapturedFrame) -> Void) {
    guard let header, let data else { return }
    // Safe: libpcap promises `caplen` readable bytes at `data` until the next read; the span ends with this call.
    let bytes = UnsafeRawBufferPointer(start: data, count: Int(header.pointee.caplen))
    body(
      CapturedFrame(
        bytes: bytes.bytes, originalLength: Int(header.pointee.len), timestamp: timestamp, linkType: linkType))
  }

  /// Bytes read so far; 0 where the file cannot tell, as a pipe.
  var bytesRead: Int {
    guard let stream = pcap_file(handle) else { return 0 }
    return max(ftello(stream), 0)
  }

  /// libpcap's name of the link type, such as `EN10MB`.
  var linkTypeName: String {
    guard let name = pcap_datalink_val_to_name(linkType.rawValue) else { return "unknown" }
    return String(cString: name)
  }
}

private func text(_ buffer: [CChar]) -> String {
  String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
