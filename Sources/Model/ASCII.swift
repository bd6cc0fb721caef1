/// Classes of ASCII characters, as RFC 5234 §B.1 names them, for any byte.
extension UInt8 {
  /// 0 to 9 (DIGIT).
  @inlinable
  package var isASCIIDigit: Bool { self &- UInt8(ascii: "0") < 10 }
  @inlinable
  package var isASCIIUppercase: Bool { self &- UInt8(ascii: "A") < 26 }
  @inlinable
  package var isASCIILowercase: Bool { self &- UInt8(ascii: "a") < 26 }
  /// A to Z and a to z (ALPHA).
  @inlinable
  package var isASCIILetter: Bool { asciiLowercased.isASCIILowercase }
  @inlinable
  package var isASCIIAlphanumeric: Bool { isASCIIDigit || isASCIILetter }
  /// 0 to 9, a to f, A to F.
  @inlinable
  package var isASCIIHexadecimal: Bool { isASCIIDigit || asciiLowercased &- UInt8(ascii: "a") < 6 }
  /// 0 to 9 and a to f, the only form that this project writes.
  @inlinable
  package var isLowercaseHexadecimal: Bool { isASCIIDigit || self &- UInt8(ascii: "a") < 6 }
  /// A space or a visible character (SP and VCHAR).
  @inlinable
  package var isASCIIPrintable: Bool { self &- UInt8(ascii: " ") < 95 }

  /// The letter in lower case; every other byte as it is.
  @inlinable
  package var asciiLowercased: UInt8 { isASCIIUppercase ? self | 0x20 : self }
}
