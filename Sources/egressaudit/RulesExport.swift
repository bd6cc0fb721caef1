import ArgumentParser
import Auditing
import Enforcement
import Model
import Reporting
import Rules
import Store

extension RulesCommand {
  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Makes a list for a firewall or a resolver from findings that people confirmed.",
      discussion: """
        nftables  two sets of addresses, for nft -f
        rpz       response policy zone, for BIND, Unbound and others
        dnsmasq   configuration file for dnsmasq 2.86 or newer
        unbound   configuration file for Unbound
        opnsense  aliases with addresses, for the import under Firewall: Aliases
        hosts     lines of a hosts file

        Only rows of findings.csv whose status is 'confirmed' (bestätigt) are used. egressaudit itself blocks nothing; \
        loading the list does. Exit code 1 means that the list would be empty.
        """)

    @Argument(help: "nftables, rpz, dnsmasq, unbound, opnsense or hosts.")
    var format: EnforcementFormat

    @Option(
      help: ArgumentHelp(
        "findings.csv as it was saved after the review; may be given several times.", valueName: "file"))
    var reviewed: [String]

    @OptionGroup var site: SiteOptions

    @Option(
      help: ArgumentHelp(
        "Store whose last 14 days give the addresses and names that were seen, and the counts of --dry-run.",
        valueName: "file"))
    var store: String?

    @Option(help: ArgumentHelp("File to write. Default: standard output.", valueName: "file"))
    var output: String?

    @Option(
      help: ArgumentHelp("Date of the list. Default: the last day of confirmed_on.", valueName: "date"))
    var date: LocalDate?

    @Flag(help: "Include endpoints that are known to serve other purposes too.")
    var includeShared = false

    @Flag(help: "Write no list; print what it would have blocked in the last 14 stored days, and its side effects.")
    var dryRun = false

    @Option(help: "Language of the answer: de or en. Default: that of the locale.")
    var language: Language?

    func validate() throws {
      if reviewed.isEmpty { throw ValidationError("Name the reviewed table with --reviewed findings.csv.") }
      if dryRun, store == nil {
        throw ValidationError("--dry-run reads stored evidence. Name the store with --store.")
      }
    }

    func run() throws {
      let language = language ?? Language.current
      let rules = try site.ruleSet(site.configuration())
      let tables = try reviewed.map { try ReviewedFindings(path: $0) }
      // Local overrides apply by the day: here the date of the list, so that the same tables give the same list
      // tomorrow.
      let day = (date ?? EnforcementList.date(of: tables))?.day ?? Today.dayUTC
      let evidence = try store.map { try RecentEvidence(database: AuditDatabase(path: $0, mode: .readExisting)) }
      let list = try EnforcementList(
        format, of: tables, rules: rules.endpoints(day: day), ruleSet: rules.stamp, evidence: evidence,
        includesShared: includeShared, date: date)
      if dryRun, let text = list.dryRun(language) {
        Terminal.output(text)
      } else if !list.isEmpty {
        if let output {
          try list.write(to: output, toolVersion: ToolVersion.current)
        } else {
          Terminal.output(try list.text(toolVersion: ToolVersion.current))
        }
      }
      Terminal.write(list.report(language))
      if list.isEmpty { throw ExitCode(1) }
    }
  }
}

extension EnforcementFormat: ExpressibleByArgument {}
