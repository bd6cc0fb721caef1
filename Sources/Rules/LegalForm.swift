/// Recognises names under which an organisation can be registered, by its legal form or kind.
enum LegalForm {
  /// In lower case, without dots.
  private static let words: Set<Substring> = [
    // Companies.
    "ab", "ag", "ao", "aps", "as", "asa", "bv", "bvba", "co", "company", "corp", "corporation", "dac", "doo", "eg",
    "eood",
    "gk",
    "gmbh", "inc", "incorporated", "jsc", "kft", "kg", "kgaa", "kk", "limited", "llc", "llp", "lp", "ltd", "ltda", "nv",
    "oao", "ohg", "ood", "ooo", "ou", "oy", "oyj", "oü", "pbc", "pjsc", "plc", "pte", "pty", "ro", "sa", "sab", "sarl",
    "sas",
    "sasu", "se", "sia", "sl", "slu", "sp", "spa", "sprl", "srl", "sro", "uab", "uc", "ug", "ulc", "zrt",
    // Other bodies.
    "association", "authority", "bundesamt", "ev", "foundation", "gemeinnützige", "institute", "ministry", "society",
    "stiftung", "trust", "university", "verein", "consortium", "group", "aisbl", "asbl", "vzw",
  ]

  /// Whether `name`, as in the register of recipients, contains a legal form.
  static func isNamed(in name: String) -> Bool {
    // `s.r.o.`, `B.V.` and `A/S` are one word each; `NV/SA` and `FZ-LLC` are two.
    name.lowercased().split { $0 == " " || $0 == "," || $0 == "(" || $0 == ")" }.contains { word in
      words.contains(word.filter { $0 != "." && $0 != "/" }[...])
        || word.split { $0 == "/" || $0 == "-" }.contains(where: words.contains)
    }
  }
}
