import Model
import Rules

/// `hosts(5)`: an address, then names.
struct HostsList: ListReader {
  var reach: ListCollector.Reach
  private var lastAddress: ArraySlice<UInt8> = []
  private var lastIsNowhere: Bool?

  init(reach: ListCollector.Reach) { self.reach = reach }

  mutating func read(_ line: ArraySlice<UInt8>, into collector: inout ListCollector) {
    let words = (line.firstIndex(of: UInt8(ascii: "#")).map { line[..<$0] } ?? line).words
    guard let address = words.first else { return }
    // Most lines repeat the address of the previous one.
    if !address.elementsEqual(lastAddress) {
      lastAddress = address
      lastIsNowhere = leadsNowhere(address)
    }
    guard let isNowhere = lastIsNowhere, words.count > 1 else { return collector.reject(.notOfFormat) }
    for name in words.dropFirst() {
      if !name.contains(dot) {
        collector.reject(.ownName)
      } else if name.contains(star) {
        collector.reject(.noHostName)
      } else if isNowhere {
        collector.add(name: name, reach)
      } else {
        collector.reject(.answer)
      }
    }
  }
}

/// Whether the text is an unspecified or loopback address; nil if it is no address.
func leadsNowhere(_ text: ArraySlice<UInt8>) -> Bool? {
  // Hosts files name the scope of link-local addresses: fe80::1%lo0.
  guard let address = IPAddress(text.prefix { $0 != UInt8(ascii: "%") }.text) else { return nil }
  return address.isUnspecified || address.isLoopback
}
