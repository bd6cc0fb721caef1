import Foundation
import Model
import Privacy
import ReportTestSupport
import Store
import TestSupport
import Testing

@testable import Reporting

@Suite("Sample for a check by hand")
struct ClassificationSampleTests {
  /// An hour with so many flows of each class, of five devices.
  private func source(_ counts: [NamingClass: Int]) -> MemorySource {
    var source = Example.smallMorning()
    source.evidence = []
    for (namingClass, count) in counts.sorted(by: { $0.key < $1.key }) {
      for _ in 0..<count { source.evidence.append(flow(namingClass, sequence: Int64(source.evidence.count + 1))) }
    }
    return source
  }

  private func flow(
    _ namingClass: NamingClass, sequence: Int64, opensFlow: Bool = true, isRetry: Bool = false
  ) -> FlowEvidence {
    FlowEvidence(
      session: 1, sensor: "gw1", interface: "file", ruleSetHash: Example.hash, chainSequence: sequence,
      chainHash: (0..<32).map { UInt8(truncatingIfNeeded: sequence >> (8 * ($0 % 8))) },
      flow: PseudonymousFlow(
        device: Example.device(UInt8(1 + sequence % 5)), group: "Sozialamt", hour: Example.hour("2026-05-11", 6),
        durationClass: 10, transport: .tcp, destinationPort: 443, destinationAddress: IPAddress("20.42.65.92"),
        destinationName: "v\(sequence).events.data.microsoft.com", nameMethod: .sni, namingClass: namingClass,
        dnsAge: nil, ech: .none, encryption: .tls13, applicationProtocol: "h2",
        traffic: Traffic(bytesUp: 987_654_321, bytesDown: 500, packetsUp: 3, packetsDown: 2), completeness: .yes,
        outcome: .established, originatorInferred: false, opensFlow: opensFlow, isRetry: isRetry,
        cleartextIdentifierClasses: [], ruleID: "windows-diag", ruleRevision: 1,
        matchedPattern: "*.events.data.microsoft.com"))
  }

  private func sample(_ source: MemorySource, _ perClass: Int, seed: UInt32 = 7) throws -> ClassificationSample {
    try ClassificationSample(source: source, perClass: perClass, seed: seed, from: nil, to: nil)
  }

  @Test("The catalogue describes exactly the columns, each with titles of its own")
  func catalogue() {
    #expect(Texts.sample.map(\.id) == SampleColumn.allCases.map(\.rawValue))
    #expect(Set(Texts.sample.map(\.title.de)).count == SampleColumn.allCases.count)
    #expect(Set(Texts.sample.map(\.title.en)).count == SampleColumn.allCases.count)
    #expect(Texts.sample.filter(\.isForPeople).map(\.id) == ["verdict", "verdict_note"])
  }

  @Test("as many of each class as asked for are drawn, or all there are, and the same seed draws the same")
  func strata() throws {
    let source = source([.a: 300, .c: 40, .d: 3])
    let drawn = try sample(source, 20)
    #expect(
      drawn.classes == [
        .init(namingClass: .a, flows: 300, drawn: 20), .init(namingClass: .c, flows: 40, drawn: 20),
        .init(namingClass: .d, flows: 3, drawn: 3),
      ])
    #expect(drawn.flows.count == 43 && Set(drawn.flows.map(\.id)).count == 43)
    #expect(try sample(source, 20).csv(.rfc4180) == drawn.csv(.rfc4180))
    let other = try sample(source, 20, seed: 8)
    #expect(other.classes == drawn.classes && Set(other.flows.map(\.id)) != Set(drawn.flows.map(\.id)))
    // The order of the flows in the store does not matter.
    var reversed = source
    reversed.evidence.reverse()
    #expect(try sample(reversed, 20).flows == drawn.flows)
  }

  @Test("a smaller sample holds the first flows of a larger one, so that whoever stops early has a sample too")
  func prefix() throws {
    let source = source([.a: 300, .b: 30])
    let (small, large) = (try sample(source, 5), try sample(source, 25))
    for namingClass in [NamingClass.a, .b] {
      let (few, many) = (
        small.flows.filter { $0.namingClass == namingClass }, large.flows.filter { $0.namingClass == namingClass }
      )
      #expect(few.count == 5 && Array(many.prefix(5)) == few)
    }
  }

  @Test("each flow is drawn as often as every other")
  func uniform() throws {
    let source = source([.a: 10])
    var counts: [String: Int] = [:]
    for seed in 0..<2_000 as Range<UInt32> {
      for flow in try sample(source, 3, seed: seed).flows { counts[flow.id, default: 0] += 1 }
    }
    // 600 expected, standard deviation 20.5; the seeds are fixed, and so is the result.
    #expect(counts.count == 10 && counts.values.allSatisfy { (520...680).contains($0) }, "\(counts.values.sorted())")
  }

  @Test("an hour's continuation of a flow and a repeated attempt are no flows of their own")
  func population() throws {
    var source = source([.a: 2])
    source.evidence.append(flow(.a, sequence: 900, opensFlow: false))
    source.evidence.append(flow(.a, sequence: 901, isRetry: true))
    #expect(try sample(source, 10).classes == [.init(namingClass: .a, flows: 2, drawn: 2)])
  }

  @Test("a row names neither the device nor the exact bytes, and its flow as the table of flows does")
  func rows() throws {
    let source = source([.a: 1])
    let bytes = try sample(source, 10).csv(.rfc4180)
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(!text.contains("D-") && !text.contains("987654321") && !text.contains("device"))
    let row = try #require(csvRows(bytes, Texts.sample).first)
    #expect(row["flow_id"] == (try table(.flows, source).first?["flow_id"]))
    #expect(row["finding_id"] == (try table(.flows, source).first?["finding_id"]))
    #expect(row["name_class"] == "A" && row["draw"] == "1" && row["dst_name"] == "v1.events.data.microsoft.com")
    #expect(row["service"] == "Windows diagnostic data" && row["purpose_class"] == "telemetry")
    #expect(
      row["recipient"] == "Microsoft Ireland Operations Limited" && row["documented_source"] == "Microsoft (link)")
    #expect(row["verdict"] == "" && row["verdict_note"] == "")
    #expect(row["seed"] == "7" && row["per_class"] == "10" && row["flows_in_class"] == "1")
  }

  @Test(
    "a day with too few devices is told as in the other tables: in the collecting group, in an hour of the next day")
  func smallDay() throws {
    let office = Office.oneSaturday()
    let sample = try ClassificationSample(source: office.source, perClass: 1_000, seed: 1, from: nil, to: nil)
    let drawn = csvRows(sample.csv(.rfc4180), Texts.sample)
    let flows = Dictionary(
      uniqueKeysWithValues: try table(.flows, office.source).map { ($0["flow_id"] ?? "", $0) })
    #expect(drawn.count == flows.count && drawn.count > 60)
    for row in drawn {
      let flow = try #require(flows[row["flow_id"] ?? ""])
      #expect(row["start_bucket"] == flow["start_bucket"] && row["group"] == flow["group"])
    }
    let saturday = drawn.filter { $0["start_bucket"] == "2026-05-10T22:00:00Z" }
    #expect(saturday.map { $0["group"] } == ["collecting_group"], "\(saturday)")
  }

  @Test("the files are table, description and legend in both languages; a table that somebody filled in is kept")
  func files() throws {
    let folder = try TemporaryDirectory()
    let drawn = try sample(source([.a: 3]), 2)
    let files = try drawn.write(to: folder.path("."), profile: .officeGerman)
    #expect(
      files.paths.map { URL(fileURLWithPath: $0).lastPathComponent } == [
        "sample_rathaus-gw1_2026-05-11_2026-05-11_seed-7_office-de.csv",
        "sample_rathaus-gw1_2026-05-11_2026-05-11_seed-7_office-de.csv-metadata.json",
        "sample-legend_rathaus-gw1_2026-05-11_2026-05-11_seed-7_office-de.html",
      ])
    let table = try String(contentsOfFile: files.paths[0], encoding: .utf8)
    #expect(table.contains("\"Namensklasse\";\"Ziehung\";\"Zielname\";\"Dienst\";"))
    let legend = try String(contentsOfFile: files.paths[2], encoding: .utf8)
    for text in [
      "Stichprobe zur Prüfung von Hand", "Sample for a check by hand", "wrong = falsch", "unsure = unsicher",
    ] {
      #expect(legend.contains(text), "\(text)")
    }
    #expect(!legend.contains("Vorgeschlagene Schwere"))
    try table.replacing(";\"\";\"\";", with: ";\"richtig\";\"\";").write(
      toFile: files.paths[0], atomically: true, encoding: .utf8)
    let kept = try #require(try drawn.write(to: folder.path("."), profile: .officeGerman).keptPath)
    #expect(try String(contentsOfFile: kept, encoding: .utf8).contains("\"richtig\""))
    #expect(try drawn.write(to: folder.path("."), profile: .officeGerman).keptPath == nil)
  }

  @Test("the exact interval of a share, its ends widened by what is unsure")
  func precision() throws {
    var some = SamplePrecision(.a, flows: 12_000)
    (some.right, some.wrong, some.unsure) = (46, 1, 3)
    #expect(
      SampleSentences(.english).precision(some) == [
        "Naming class A: 46 of 50 right, 1 wrong, 3 unsure. Share of right ones: 92 % to 98 %.",
        "  95 % interval for all 12000 flows of the class: 80.7 % to 100 %.",
      ])
    // Clopper and Pearson for 46 and 49 of 50: 0.807657 and 0.999494.
    #expect(abs(some.interval.lowerBound - 0.807657) < 0.000001 && abs(some.interval.upperBound - 0.999494) < 0.000001)
    var all = SamplePrecision(.d, flows: 3)
    all.right = 3
    #expect(
      SampleSentences(.german).precision(all) == [
        "Namensklasse D: 3 von 3 richtig, 0 falsch, 0 unsicher. Anteil richtiger Zuordnungen: 100 %.",
        "  Alle Datenflüsse der Klasse wurden beurteilt; der Anteil ist keine Schätzung.",
      ])
    #expect(
      SampleSentences(.english).precision(SamplePrecision(.c, flows: 3)) == [
        "Naming class C: none of the 0 rows has a verdict."
      ])
  }
}
