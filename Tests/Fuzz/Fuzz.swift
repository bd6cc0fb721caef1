import FuzzProperties
import Glibc

// libFuzzer owns the loop: this hands it the property that EGRESSAUDIT_FUZZ_TARGET names. See scripts/fuzz.

private typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?

@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
  _ count: UnsafeMutablePointer<Int32>, _ arguments: UnsafeMutablePointer<Arguments>,
  _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

private let target: FuzzTarget? = {
  guard let name = getenv("EGRESSAUDIT_FUZZ_TARGET") else { return nil }
  return FuzzTarget.all.first { $0.name == String(cString: name) }
}()

/// The package manager gives the program this name for `main`.
@_cdecl("Fuzz_main")
func main(_ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> Int32 {
  guard target != nil else {
    for target in FuzzTarget.all { print(target.name, target.maximumLength, separator: "\t") }
    return 0
  }
  var count = count
  var arguments = arguments
  return runFuzzer(&count, &arguments) { bytes, length in
    do throws(BrokenProperty) {
      try target?.check(Array(UnsafeBufferPointer(start: bytes, count: length)))
    } catch {
      fatalError("broken property: \(error)")
    }
    return 0
  }
}
