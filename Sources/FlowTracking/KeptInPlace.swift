import Synchronization

/// A field that makes the compiler pass the enclosing structure by address.
///
/// The compiler may pass even a noncopyable structure as a copy of its bytes if it is only read: 1,768 bytes for
/// `SiteKnowledge`, several times for each packet. An atomic value has an identity, so a structure that contains one is
/// passed by address.
struct KeptInPlace: ~Copyable {
  private let identity = Atomic<UInt8>(0)
}
