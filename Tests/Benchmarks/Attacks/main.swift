import FlowTracking
import Glibc
import Model

// What the packets of a capture cost the tracker alone: processor time, memory, records. Run by `scripts/bench attacks`.
//
// usage: AttackBenchmark CAPTURE [--flow-limit N] [--budget-megabytes N] [--names FILE]
//
// CAPTURE is a classic pcap of Ethernet frames with nanoseconds. FILE holds names, one a line: it is counted how many the records show.

struct Frame {
  var offset: Int
  var length: Int
  var originalLength: Int
  var time: Timestamp
}

func fail(_ text: String) -> Never {
  let line = "AttackBenchmark: \(text)\n"
  _ = write(STDERR_FILENO, line, line.utf8.count)
  exit(3)
}

// MARK: Measuring

func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// A line of /proc/self/status that states kilobytes, in bytes.
func memory(_ key: String) -> Int {
  guard let file = fopen("/proc/self/status", "r") else { return 0 }
  defer { fclose(file) }
  var line = [CChar](repeating: 0, count: 256)
  while fgets(&line, Int32(line.count), file) != nil {
    let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard text.hasPrefix(key + ":") else { continue }
    return (Int(text.filter(\.isNumber)) ?? 0) * 1_024
  }
  return 0
}

/// From now on the peak is counted from the present size (proc(5), clear_refs).
func forgetPeak() {
  guard let file = fopen("/proc/self/clear_refs", "w") else { return }
  fputs("5", file)
  fclose(file)
}

// MARK: Reading

/// The whole file, so that measuring reads nothing.
func contents(of path: String) -> UnsafeRawBufferPointer {
  let file = open(path, O_RDONLY)
  var status = stat()
  guard file >= 0, fstat(file, &status) == 0 else { fail("\(path): \(String(cString: strerror(errno)))") }
  let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: max(Int(status.st_size), 1), alignment: 16)
  var filled = 0
  while filled < Int(status.st_size) {
    let count = read(file, bytes.baseAddress! + filled, Int(status.st_size) - filled)
    guard count > 0 else { fail("\(path): cannot be read to its end") }
    filled += count
  }
  close(file)
  return UnsafeRawBufferPointer(rebasing: bytes[..<filled])
}

func frames(of capture: UnsafeRawBufferPointer, _ path: String) -> [Frame] {
  func number(_ offset: Int) -> Int { Int(capture.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }
  guard capture.count >= 24, number(0) == 0xa1b2_3c4d, number(20) == 1 else {
    fail("\(path): no classic pcap of Ethernet frames with nanoseconds; make it with scripts/make-captures --attack")
  }
  var frames: [Frame] = []
  var offset = 24
  while offset + 16 <= capture.count {
    let length = number(offset + 8)
    guard offset + 16 + length <= capture.count else { fail("\(path): ends within a packet") }
    frames.append(
      Frame(
        offset: offset + 16, length: length, originalLength: number(offset + 12),
        time: Timestamp(nanoseconds: Int64(number(offset)) * 1_000_000_000 + Int64(number(offset + 4)))))
    offset += 16 + length
  }
  return frames
}

// MARK: Options

var settings = TrackerSettings()
var expected: Set<String> = []
var capturePath: String?
var arguments = CommandLine.arguments.dropFirst()
while let argument = arguments.popFirst() {
  switch argument {
  case "--flow-limit":
    guard let limit = arguments.popFirst().flatMap({ Int($0) }) else { fail("--flow-limit needs a number") }
    settings.flowLimit = limit
  case "--budget-megabytes":
    guard let budget = arguments.popFirst().flatMap({ Int($0) }) else { fail("--budget-megabytes needs a number") }
    settings.memoryBudget = budget << 20
  case "--names":
    guard let file = arguments.popFirst() else { fail("--names needs a file") }
    expected = Set(String(decoding: contents(of: file), as: UTF8.self).split(separator: "\n").map { String($0) })
  default: capturePath = argument
  }
}
guard let capturePath else {
  fail("usage: AttackBenchmark CAPTURE [--flow-limit N] [--budget-megabytes N] [--names FILE]")
}
let capture = contents(of: capturePath)
let list = frames(of: capture, capturePath)
guard !list.isEmpty else { fail("\(capturePath): holds no packet") }

// MARK: The run

/// Who takes the records, as the packet thread does for its writer, who is not measured here.
struct Taker {
  var expected: Set<String>
  var found: Set<String> = []
  var records = 0
  var hours = 0

  mutating func take(_ tracker: inout FlowTracker) {
    let taken = tracker.takeRecords()
    records += taken.count
    hours += tracker.takeCoverage().count
    guard !expected.isEmpty else { return }
    for record in taken {
      if let name = record.name?.name, expected.contains(name) { found.insert(name) }
    }
  }
}

var taker = Taker(expected: expected)
let stretch = 1_000
let batch = 1_024
forgetPeak()
let startMemory = memory("VmRSS")
var tracker = FlowTracker(settings: settings)
var slowest = 0.0
let start = processorSeconds()
var stretchStart = start
for (index, frame) in list.enumerated() {
  let bytes = UnsafeRawBufferPointer(rebasing: capture[frame.offset..<frame.offset + frame.length])
  tracker.process(bytes.bytes, originalLength: frame.originalLength, at: frame.time, linkType: .ethernet)
  if tracker.records.count >= batch { taker.take(&tracker) }
  if (index + 1).isMultiple(of: stretch) {
    let now = processorSeconds()
    slowest = max(slowest, now - stretchStart)
    stretchStart = now
  }
}
let processed = processorSeconds()
let openFlows = tracker.openFlows
while !tracker.finish(atMost: batch) { taker.take(&tracker) }
taker.take(&tracker)
let end = processorSeconds()

func whole(_ value: Double) -> Int { Int(value.rounded()) }
let count = Double(list.count)
print("packets \(list.count)")
print("bytes_on_wire \(list.reduce(0) { $0 + $1.originalLength })")
print("nanoseconds_per_packet \(whole((end - start) / count * 1e9))")
print("nanoseconds_per_packet_before_the_end \(whole((processed - start) / count * 1e9))")
print("nanoseconds_per_packet_of_the_slowest_thousand \(whole(slowest / Double(stretch) * 1e9))")
print("peak_bytes \(max(memory("VmHWM") - startMemory, 0))")
print("records \(taker.records)")
print("coverage_hours \(taker.hours)")
print("open_flows \(openFlows)")
if !expected.isEmpty { print("names_found \(taker.found.count) of \(expected.count)") }
