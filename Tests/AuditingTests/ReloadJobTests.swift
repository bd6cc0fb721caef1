import Dispatch
import Foundation
import Synchronization
import Testing

@testable import Auditing

@Suite("Reading rules and configuration again during the capture")
struct ReloadJobTests {
  private struct Refused: Error {}

  private final class Reader: Sendable {
    let mayGoOn = DispatchSemaphore(value: 0)
    let begun = DispatchSemaphore(value: 0)
    let reads = Mutex(0)

    func read() throws -> Basis {
      reads.withLock { $0 += 1 }
      begun.signal()
      mayGoOn.wait()
      throw Refused()
    }
  }

  private func waitForResult(_ job: ReloadJob) -> Result<ReloadJob.Loaded, any Error>? {
    for _ in 0..<1_000 {
      if let result = job.take() { return result }
      Thread.sleep(forTimeInterval: 0.01)
    }
    return nil
  }

  @Test("three requests during a reload cause one more reload afterwards, and each result is delivered once")
  func again() {
    let reader = Reader()
    let job = ReloadJob(read: reader.read) { _ in throw Refused() }
    #expect(job.isIdle && job.take() == nil)
    job.begin()
    reader.begun.wait()
    for _ in 0..<3 { job.begin() }
    #expect(!job.isIdle && job.take() == nil)
    reader.mayGoOn.signal()
    #expect(waitForResult(job) != nil)
    reader.begun.wait()
    #expect(!job.isIdle)
    reader.mayGoOn.signal()
    #expect(waitForResult(job) != nil)
    #expect(job.isIdle && job.take() == nil)
    #expect(reader.reads.withLock { $0 } == 2)
  }

  @Test("a reload under way when the service ends is discarded and delays nothing")
  func end() {
    let reader = Reader()
    let job = ReloadJob(read: reader.read) { _ in
      Issue.record("a session that nobody closes")
      throw Refused()
    }
    job.begin()
    reader.begun.wait()
    job.end(by: .now())
    reader.mayGoOn.signal()
    Thread.sleep(forTimeInterval: 0.1)
    #expect(job.take() == nil && !job.isIdle)
    job.begin()
    #expect(reader.reads.withLock { $0 } == 1)
  }
}
