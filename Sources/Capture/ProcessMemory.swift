import CLinux

/// The memory of this process, in which captured packets are.
public enum ProcessMemory {
  /// From now on the kernel writes no core of this process or of programs that it starts, and no other process of the
  /// same user can read its memory or attach to it.
  ///
  /// - Returns: false if the kernel refused it.
  @discardableResult
  public static func keepPrivate() -> Bool { clinux_keep_memory_private() == 0 }
}
