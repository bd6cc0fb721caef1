import Glibc

/// Where the rule files lie when nobody says.
public enum RuleDirectory {
  /// The package's directory where it is installed, else the folder `rules` below the current one.
  public static var standard: String {
    let installed = "/usr/share/egressaudit/rules"
    return access(installed + "/ruleset.yaml", R_OK) == 0 ? installed : "rules"
  }

  public static func exists(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
