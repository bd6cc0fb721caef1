import Documents
import Glibc
import Matching
public import Rules

/// Where the rule files lie when nobody says.
public enum RuleDirectory {
  /// The package's directory where it is installed, else the folder `rules` below the current one.
  public static var standard: String {
    let installed = "/usr/share/egressaudit/rules"
    return access(installed + "/ruleset.yaml", R_OK) == 0 ? installed : "rules"
  }

  /// Resolvers, relays and outer names of `source`.
  ///
  /// - Returns: nil where it is the standard directory, which nobody named, and that is not there: an inspection goes without.
  public static func knownServices(of source: RuleSource) throws(FileLoadError) -> KnownServices? {
    if source == RuleSource(standard), !exists(standard) { return nil }
    return try NetworkRegisters(source).services
  }

  public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  public static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
