import CPcap

/// libpcap.
public enum CaptureLibrary {
  /// Such as `libpcap version 1.10.3 (…)`.
  public static var version: String { String(cString: pcap_lib_version()) }
}
