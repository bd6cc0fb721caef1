extension StringProtocol {
  /// The text as a part of a file's name: every scalar that is neither an ASCII letter nor a digit is `-`. O(n).
  package var fileNamePart: String {
    String(
      unicodeScalars.map { scalar -> Character in
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9": Character(scalar)
        default: "-"
        }
      })
  }
}
