internal import CMaxMind
import Documents
import Foundation
import Glibc
import Model

/// A MaxMind DB with countries, autonomous systems, or both, read by libmaxminddb.
///
/// The library maps the file, which must be replaced by renaming a new one over it, as MaxMind's updater does. Look-ups
/// may run in several threads. A damaged entry counts as unknown.
final class MaxMindDatabase: Sendable {
  /// Such as `GeoLite2-Country`.
  let type: String
  /// English description; nil if the file has none.
  let description: String?
  /// Seconds since 1970.
  let builtAt: UInt64

  // Safe: only read after `init`, since look-ups do not change it (libmaxminddb(3)).
  private nonisolated(unsafe) let handle: UnsafeMutablePointer<MMDB_s>

  /// Beginning of the metadata, which are in the last 128 KiB.
  private static let marker = Data([0xab, 0xcd, 0xef]) + Data("MaxMind.com".utf8)
  private static let metadataLimit = 128 * 1_024

  static func hasMarker(_ file: RegularFile) -> Bool {
    let length = min(file.size, metadataLimit)
    guard let end = file.bytes(at: file.size - length, count: length) else { return false }
    return Data(end).range(of: marker, options: .backwards) != nil
  }

  init(_ file: RegularFile) throws(LocationDatabaseError) {
    let handle = UnsafeMutablePointer<MMDB_s>.allocate(capacity: 1)
    let status = MMDB_open(file.path, UInt32(MMDB_MODE_MMAP), handle)
    guard status == MMDB_SUCCESS else {
      handle.deallocate()
      throw LocationDatabaseError(
        file: file.path, .damaged(DamageTexts.ofLibrary(String(cString: MMDB_strerror(status)))))
    }
    self.handle = handle
    let metadata = handle.pointee.metadata
    type = metadata.database_type.map { String(cString: $0) } ?? ""
    builtAt = metadata.build_epoch
    description = Self.englishDescription(metadata)
    guard ["Country", "City", "Enterprise", "ASN", "ISP"].contains(where: type.contains) else {
      throw LocationDatabaseError(file: file.path, .otherContent(type))
    }
  }

  deinit {
    MMDB_close(handle)
    handle.deallocate()
  }

  func owner(of address: IPAddress) -> NetworkOwner {
    guard var entry = entry(for: address) else { return .unknown }
    let number = value(&entry, ["autonomous_system_number"], MMDB_DATA_TYPE_UINT32)?.uint32
    let name = value(&entry, ["autonomous_system_organization"], MMDB_DATA_TYPE_UTF8_STRING).map(Self.text)
    let country = value(&entry, ["country", "iso_code"], MMDB_DATA_TYPE_UTF8_STRING).map(Self.text)
    var traits: Set<NetworkTrait> = []
    for (key, trait) in [
      ("is_anycast", .anycast), ("is_satellite_provider", .satellite), ("is_anonymous_proxy", .anonymousProxy),
    ] as [(StaticString, NetworkTrait)] {
      let isSet =
        value(&entry, ["traits", key], MMDB_DATA_TYPE_BOOLEAN)?.boolean
        ?? value(&entry, [key], MMDB_DATA_TYPE_BOOLEAN)?.boolean
      if isSet == true { traits.insert(trait) }
    }
    let isNumbered = number.map { $0 != 0 } ?? false
    return NetworkOwner(
      systemNumber: isNumbered ? number : nil, systemName: isNumbered ? name : nil,
      country: country.flatMap(isoCountry), traits: traits)
  }

  private func entry(for address: IPAddress) -> MMDB_entry_s? {
    var status: Int32 = 0
    var result: MMDB_lookup_result_s
    if address.isIPv4 {
      var socketAddress = sockaddr_in()
      socketAddress.sin_family = sa_family_t(AF_INET)
      socketAddress.sin_addr.s_addr = address.v4.bigEndian
      result = withUnsafePointer(to: &socketAddress) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { MMDB_lookup_sockaddr(handle, $0, &status) }
      }
    } else {
      // The library would search an IPv4 tree with the first bits of an IPv6 address.
      guard handle.pointee.metadata.ip_version == 6 else { return nil }
      var socketAddress = sockaddr_in6()
      socketAddress.sin6_family = sa_family_t(AF_INET6)
      withUnsafeMutableBytes(of: &socketAddress.sin6_addr) {
        $0.storeBytes(of: address.high.bigEndian, as: UInt64.self)
        $0.storeBytes(of: address.low.bigEndian, toByteOffset: 8, as: UInt64.self)
      }
      result = withUnsafePointer(to: &socketAddress) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { MMDB_lookup_sockaddr(handle, $0, &status) }
      }
    }
    return status == MMDB_SUCCESS && result.found_entry ? result.entry : nil
  }

  /// The value at `path`; nil if there is none of this type.
  private func value(
    _ entry: inout MMDB_entry_s, _ path: [StaticString], _ type: Int32
  ) -> MMDB_entry_data_s? {
    // Safe: static strings end with a zero byte and live as long as the program.
    var keys = path.map { UnsafeRawPointer($0.utf8Start).assumingMemoryBound(to: CChar.self) as UnsafePointer? }
    keys.append(nil)
    var data = MMDB_entry_data_s()
    guard MMDB_aget_value(&entry, &data, keys) == MMDB_SUCCESS, data.has_data, data.type == UInt32(type) else {
      return nil
    }
    return data
  }

  private static func text(_ data: MMDB_entry_data_s) -> String {
    guard let start = data.utf8_string else { return "" }
    return String(decoding: UnsafeRawBufferPointer(start: start, count: Int(data.data_size)), as: UTF8.self)
  }

  private static func englishDescription(_ metadata: MMDB_metadata_s) -> String? {
    let descriptions = UnsafeBufferPointer(
      start: metadata.description.descriptions, count: metadata.description.count)
    for case let entry? in descriptions {
      guard let language = entry.pointee.language, String(cString: language) == "en",
        let text = entry.pointee.description
      else { continue }
      return String(cString: text)
    }
    return nil
  }
}
