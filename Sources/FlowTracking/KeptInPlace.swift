import Synchronization

/// Holds the structure that has it at its place in memory.
///
/// The compiler may pass a structure that cannot be copied by a copy of its bytes, if it is only read: 1,768 for what is known of a site, several
/// times for each packet. An atomic value has an identity, so that whatever holds one is passed by its address.
struct KeptInPlace: ~Copyable {
  private let identity = Atomic<UInt8>(0)
}
