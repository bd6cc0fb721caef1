/// Version of this program, as stored with every result.
public enum ToolVersion {
  public static let current = "0.1.0"
}
