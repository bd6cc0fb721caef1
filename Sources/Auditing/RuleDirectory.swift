import Glibc
public import Model
public import Rules

/// Where the rule files lie when nobody says.
public enum RuleDirectory {
  /// The package's directory where it is installed, else the folder `rules` below the current one.
  public static var standard: String {
    let installed = "/usr/share/egressaudit/rules"
    return access(installed + "/ruleset.yaml", R_OK) == 0 ? installed : "rules"
  }

  /// Resolvers, relays and outer names of `directory`, or of the standard one where nobody names any.
  ///
  /// - Returns: nil where there is no standard directory: an inspection goes without.
  public static func knownServices(in directory: String?) throws(FileLoadError) -> KnownServices? {
    guard let directory = directory ?? (exists(standard) ? standard : nil) else { return nil }
    return try NetworkRegisters(directory: directory).services
  }

  public static func exists(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
