import CLinux

/// Protection of the memory of this process, which contains captured packets.
public enum ProcessMemory {
  /// Forbids core dumps of this process and of programs that it starts, and keeps other processes of the same user from
  /// reading its memory or attaching to it.
  ///
  /// - Returns: false if the kernel refused it.
  @discardableResult
  public static func keepPrivate() -> Bool { clinux_keep_memory_private() == 0 }
}
