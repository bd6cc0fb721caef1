import Foundation
import Model

/// The name of a legal entity, normalised so that spellings of the same name are equal: case, accents, punctuation, and
/// abbreviations of the legal form do not count.
///
/// Two equal values are the same name. Whether two different values are the same entity is for people to decide.
package struct LegalName: Sendable, Hashable {
  /// The words before the legal form, in lower case; at least one unless the name has no letter and no digit.
  let words: [String]
  /// Abbreviations of the legal form, such as `ltd` or `gmbh`, `co`, `kg`; empty if the name ends without one.
  let forms: [String]

  /// O(characters).
  package init(_ name: String) {
    var words = Self.words(of: name)
    var forms: [String] = []
    while words.count > 1 {
      if let (length, form) = Self.form(at: words), length < words.count {
        words.removeLast(length)
        forms.insert(form, at: 0)
      } else if words.last == "and", !forms.isEmpty, words.count > 2, Self.form(at: words.dropLast()) != nil {
        words.removeLast()
      } else {
        break
      }
    }
    self.words = words
    self.forms = forms
  }

  /// Legal forms as they are written out, by their abbreviation.
  private static let written: [String: [String]] = [
    "ltd": ["limited", "ltd"], "inc": ["incorporated", "inc"], "corp": ["corporation", "corp"],
    "co": ["company", "co", "cie", "compagnie"], "llc": ["limited liability company", "llc"],
    "plc": ["public limited company", "plc"], "dac": ["designated activity company", "dac"],
    "uc": ["unlimited company", "uc"], "llp": ["limited liability partnership", "llp"],
    "lp": ["limited partnership", "lp"],
    "pty": ["proprietary", "pty"], "pvt": ["private", "pvt"],
    "gmbh": ["gesellschaft mit beschraenkter haftung", "gmbh", "ges m b h", "gesmbh"],
    "ggmbh": ["gemeinnuetzige gesellschaft mit beschraenkter haftung", "ggmbh", "gemeinnuetzige gmbh"],
    "ag": ["aktiengesellschaft", "ag"], "kg": ["kommanditgesellschaft", "kg"],
    "kgaa": ["kommanditgesellschaft auf aktien", "kgaa"], "ohg": ["offene handelsgesellschaft", "ohg"],
    "gbr": ["gesellschaft buergerlichen rechts", "gbr"],
    "ug": ["unternehmergesellschaft haftungsbeschraenkt", "ug haftungsbeschraenkt", "unternehmergesellschaft", "ug"],
    "eg": ["eingetragene genossenschaft", "eg"], "ev": ["eingetragener verein", "ev"],
    "aoer": ["anstalt des oeffentlichen rechts", "anstalt oeffentlichen rechts", "aoer"],
    "koer": ["koerperschaft des oeffentlichen rechts", "koerperschaft oeffentlichen rechts", "koer", "kdoer"],
    "se": ["societas europaea", "europaeische gesellschaft", "se"],
    "sa": ["societe anonyme", "sociedad anonima", "sa"],
    "sas": ["societe par actions simplifiee", "sas"], "sarl": ["societe a responsabilite limitee", "sarl"],
    "spa": ["societa per azioni", "spa"], "srl": ["societa a responsabilita limitata", "srl"],
    "sl": ["sociedad limitada", "sl"], "slu": ["sociedad limitada unipersonal", "slu"],
    "bv": ["besloten vennootschap", "bv"], "nv": ["naamloze vennootschap", "nv"],
    "ab": ["aktiebolag", "ab"], "as": ["aktieselskab", "aksjeselskap", "as"], "aps": ["anpartsselskab", "aps"],
    "oy": ["osakeyhtioe", "oy"], "oyj": ["julkinen osakeyhtioe", "oyj"], "kk": ["kabushiki kaisha", "kk"],
    "sro": ["sro"], "spzoo": ["sp zoo", "spzoo"], "doo": ["doo"], "kft": ["kft"], "zrt": ["zrt"], "pte": ["pte"],
    "bhd": ["berhad", "bhd"], "pjsc": ["pjsc"], "ooo": ["ooo"],
  ]

  private static let abbreviations: [[String]: String] = Dictionary(
    uniqueKeysWithValues: written.flatMap { short, phrases in
      phrases.map { ($0.split(separator: " ").map(String.init), short) }
    })

  private static let longest = abbreviations.keys.map(\.count).max() ?? 1

  /// The longest legal form at the end, and how many words it has.
  private static func form(at words: some BidirectionalCollection<String>) -> (length: Int, form: String)? {
    for length in stride(from: min(longest, words.count), through: 1, by: -1) {
      if let form = abbreviations[Array(words.suffix(length))] { return (length, form) }
    }
    return nil
  }

  /// Letters and digits in lower case without accents; single letters that follow each other, as in `S. p. A.`, are one
  /// word.
  private static func words(of name: String) -> [String] {
    var words: [(text: String, isLetter: Bool)] = []
    var letters = ""
    var count = 0
    func end() {
      if count > 0 { words.append((letters == "und" ? "and" : letters, count == 1 && letters.first?.isLetter == true)) }
      (letters, count) = ("", 0)
    }
    let written: [Unicode.Scalar: String] = [
      "ä": "ae", "æ": "ae", "ö": "oe", "œ": "oe", "ø": "oe", "ü": "ue", "ß": "ss",
    ]
    // Before the compatibility mapping, which makes letters of ™ and ℠.
    let name = name.filter { !"™℠®©".contains($0) }
    for scalar in name.precomposedStringWithCompatibilityMapping.lowercased().unicodeScalars {
      switch scalar {
      case "ä", "æ", "ö", "œ", "ø", "ü", "ß":
        letters += written[scalar] ?? ""
        count += 1
      // Inside a name they do not separate words: `McDonald's`.
      case "'", "’", "`", "´": break
      case "&", "+":
        end()
        words.append(("and", false))
      default:
        if scalar.isHidden, !scalar.properties.isWhitespace { continue }
        let plain = String(scalar).decomposedStringWithCanonicalMapping.unicodeScalars.filter {
          $0.properties.generalCategory != .nonspacingMark
        }
        if plain.contains(where: { $0.properties.isAlphabetic || $0.properties.numericType != nil }) {
          letters.unicodeScalars.append(contentsOf: plain)
          count += 1
        } else if scalar.properties.generalCategory != .nonspacingMark {
          end()
        }
      }
    }
    end()
    var joined: [String] = []
    var isRun = false
    for word in words {
      if word.isLetter, isRun {
        joined[joined.count - 1] += word.text
      } else {
        joined.append(word.text)
      }
      isRun = word.isLetter
    }
    return joined
  }
}
