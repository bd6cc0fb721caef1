import Documents
import Glibc
import Matching
public import Rules

/// The default location of the rules.
public enum RuleDirectory {
  /// The signed bundle of the package if it is installed, else the folder `rules` below the current one.
  public static var standard: RuleSource {
    let bundle = RuleSource(installed + "/rules.bundle", publicKey: installed + "/rules.pub")
    return access(bundle.path, R_OK) == 0 ? bundle : RuleSource("rules")
  }

  private static let installed = "/usr/share/egressaudit"

  /// Resolvers, relays and outer names of `source`.
  ///
  /// - Returns: nil if these are the standard rules, which nobody named, and they are not there: an inspection goes
  ///   without.
  public static func knownServices(of source: RuleSource) throws(FileLoadError) -> KnownServices? {
    if source == standard, !exists(source.path) { return nil }
    return try NetworkRegisters(source).services
  }

  public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  public static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
