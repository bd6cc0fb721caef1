import Testing

@testable import Report

@Suite("Style sheet and pictures")
struct StyleSheetTests {
  @Test("a running title ends neither its string nor the style sheet")
  func quoted() {
    #expect(StyleSheet.quoted("a\"; } </style>\n") == #""a\22 \3b  \7d  \3c \2f style\3e \a ""#)
  }

  @Test(
    "numbers of pictures are written to a tenth, whatever they are",
    arguments: [
      (0.05, "0.1"), (12.0, "12"), (-0.04, "0"), (-1.26, "-1.3"), (.infinity, "0"), (.nan, "0"), (1e300, "100000"),
    ])
  func decimals(value: Double, text: String) { #expect(decimal(value) == text) }
}
