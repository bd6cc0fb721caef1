/// The look of the document on screens, in the dark, on narrow screens and on paper.
///
/// Text has a contrast of at least 7:1 with its background. No meaning depends on colour alone: areas of pictures
/// differ in lightness and pattern, and verdicts are words.
struct StyleSheet: Sendable {
  /// Text at the foot of each printed page.
  let runningTitle: String
  /// Word before the page number.
  let pageWord: String

  var text: String {
    Self.screen + Self.narrow + Self.print + """
      @page { @bottom-left { content: \(Self.quoted(runningTitle)); font: 8pt sans-serif; color: #333; }
        @bottom-right { content: \(Self.quoted(pageWord + " ")) counter(page) " / " counter(pages); font: 8pt sans-serif; color: #333; } }

      """
  }

  /// A string of CSS in which everything except letters, digits and spaces is escaped by its number, so that it ends
  /// neither the string nor the element.
  static func quoted(_ text: String) -> String {
    let inner = text.unicodeScalars.map { scalar -> String in
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", " ", ".", "-": String(scalar)
      default: "\\" + String(scalar.value, radix: 16) + " "
      }
    }
    return "\"" + inner.joined() + "\""
  }

  private static let screen = """

    :root { color-scheme: light dark; --ink: #1a1a1a; --ground: #fff; --soft: #f0f0f0; --edge: #767676; --accent: #0b3c5d;
      --area-1: #0b3c5d; --area-2: #b3541e; --area-3: #6aa5c9; --area-4: #f0c75e; --area-5: #dedede; --on-1: #fff;
      --heat-0: #f4f6f8; --heat-1: #c9dcea; --heat-2: #8fb8d4; --heat-3: #4f88b0; --heat-4: #1f5580; --heat-5: #072a47; }
    @media (prefers-color-scheme: dark) { :root { --ink: #f0f0f0; --ground: #161616; --soft: #2a2a2a; --edge: #9a9a9a; --accent: #9cc9e8;
      --area-1: #7fb7de; --area-2: #e08a4f; --area-3: #3f6f8f; --area-4: #f3d98b; --area-5: #4a4a4a; --on-1: #111;
      --heat-0: #20262b; --heat-1: #183a55; --heat-2: #28608a; --heat-3: #4f90c0; --heat-4: #8fc1e3; --heat-5: #dff0fb; } }
    * { box-sizing: border-box; }
    body { font: 1rem/1.5 system-ui, "Segoe UI", "Liberation Sans", Arial, sans-serif; color: var(--ink); background: var(--ground); margin: 0; }
    main, header, footer, nav { max-width: 60rem; margin: 0 auto; padding: 0 1rem; }
    h1 { font-size: 1.6rem; line-height: 1.2; margin: 1rem 0 0.5rem; }
    h2 { font-size: 1.3rem; line-height: 1.25; margin: 2.5rem 0 0.5rem; border-bottom: 2px solid var(--edge); }
    h3 { font-size: 1.05rem; margin: 1.2rem 0 0.3rem; }
    h1, h2, h3, p, li, td, th, caption, figcaption { overflow-wrap: break-word; hyphens: auto; }
    .code { overflow-wrap: anywhere; hyphens: none; min-width: 9em; } .date { white-space: nowrap; }
    th, td, strong { unicode-bidi: isolate; }
    a { color: var(--accent); }
    a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
    .skip { position: absolute; top: -10rem; }
    .skip:focus { position: static; }
    .verdict { border: 2px solid var(--ink); border-left-width: 0.6rem; padding: 0.5rem 0.8rem; margin: 0.5rem 0; font-weight: bold; }
    .verdict ul { font-weight: normal; margin: 0.3rem 0 0; }
    .answers { display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: 0.8rem; }
    .answers > div, .columns > div { min-width: 0; }
    .answers > div { background: var(--soft); padding: 0.6rem 0.8rem; }
    .answers h3 { margin-top: 0; }
    .answers p { margin: 0.3rem 0 0; }
    .figure-value { font-size: 1.7rem; font-weight: bold; line-height: 1.1; display: block; }
    .columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 0 1.5rem; }
    ul, ol { padding-left: 1.3rem; margin: 0.4rem 0; }
    table { border-collapse: collapse; width: 100%; margin: 0.8rem 0; font-size: 0.92rem; }
    caption { text-align: left; font-weight: bold; padding: 0.3rem 0; }
    th, td { border-bottom: 1px solid var(--edge); padding: 0.25rem 0.5rem 0.25rem 0; text-align: left; vertical-align: top; font-weight: normal; }
    thead th { font-weight: bold; border-bottom: 2px solid var(--edge); }
    td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; overflow-wrap: normal; padding-left: 0.5rem; }
    thead th.number { white-space: normal; }
    .wide { font-size: 0.75rem; } .wide th, .wide td { padding-right: 0.35rem; } .wide td.number { padding-left: 0.3rem; } .wide .code { min-width: 7em; }
    figure { margin: 1rem 0; max-width: 30rem; }
    figure p { font-size: 0.9rem; }
    figure svg { width: 100%; height: auto; display: block; }
    figcaption { font-weight: bold; margin-bottom: 0.3rem; }
    svg text { fill: var(--ink); font: 11px system-ui, "Liberation Sans", Arial, sans-serif; }
    svg text.end { text-anchor: end; } svg text.middle { text-anchor: middle; }
    .area-1 { fill: var(--area-1); } .area-2 { fill: var(--area-2); } .area-3 { fill: var(--area-3); } .area-4 { fill: var(--area-4); }
    .area-5 { fill: var(--area-5); } .pattern-line { stroke: var(--ground); stroke-width: 1.6; } .pattern-dot { fill: var(--ink); }
    .edge { stroke: var(--ink); stroke-width: 0.8; } .hollow { fill: var(--ground); stroke: var(--ink); stroke-width: 0.8; stroke-dasharray: 2 2; }
    .frame { fill: none; stroke: var(--ink); stroke-width: 1.5; } .mark { stroke: var(--ink); stroke-width: 1.2; stroke-dasharray: 4 2; }
    .axis { stroke: var(--edge); stroke-width: 0.8; }
    .heat-0 { fill: var(--heat-0); } .heat-1 { fill: var(--heat-1); } .heat-2 { fill: var(--heat-2); } .heat-3 { fill: var(--heat-3); }
    .heat-4 { fill: var(--heat-4); } .heat-5 { fill: var(--heat-5); }
    .fill-in { border: 1px dashed var(--edge); padding: 0.3rem 0.8rem; }

    """

  private static let narrow = """
    @media screen and (max-width: 40rem) {
      table, caption, tbody, tr, th, td { display: block; width: 100%; }
      thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
      tr { border-bottom: 2px solid var(--edge); padding: 0.3rem 0; }
      th, td, td.date, td.number { border: 0; padding: 0.1rem 0; overflow-wrap: anywhere; white-space: normal; min-width: 0; }
      tbody th { font-weight: bold; }
      td::before { content: attr(data-heading) ": "; font-weight: bold; }
      td.number, .wide td.number { text-align: left; padding-left: 0; }
      .columns, .answers { grid-template-columns: minmax(0, 1fr); }
    }

    """

  private static let print = """
    @page { size: A4; margin: 15mm 15mm 17mm; }
    @media print {
      :root { color-scheme: light; --ink: #000; --ground: #fff; --soft: #f0f0f0; --edge: #767676; --accent: #000; --area-1: #0b3c5d; --area-2: #b3541e;
        --area-3: #6aa5c9; --area-4: #f0c75e; --area-5: #dedede; --on-1: #fff; --heat-0: #f4f6f8; --heat-1: #c9dcea; --heat-2: #8fb8d4;
        --heat-3: #4f88b0; --heat-4: #1f5580; --heat-5: #072a47; }
      body { font-size: 9pt; line-height: 1.32; }
      main, header, footer { max-width: none; padding: 0; }
      nav, .skip { display: none; }
      h1 { font-size: 15pt; margin: 0 0 4pt; } h2 { font-size: 12pt; margin: 12pt 0 4pt; } h3 { font-size: 10pt; margin: 7pt 0 2pt; }
      h1, h2, h3, caption, figcaption { break-after: avoid; }
      p { margin: 3pt 0; orphans: 3; widows: 3; }
      ul, ol { margin: 2pt 0; padding-left: 12pt; }
      table { font-size: 8pt; margin: 4pt 0 8pt; } .wide { font-size: 7pt; }
      th, td { padding: 1.5pt 4pt 1.5pt 0; }
      thead { display: table-header-group; break-after: avoid; } tbody tr:first-child { break-before: avoid; }
      tr, figure, .answers > div { break-inside: avoid; }
      figure { margin: 6pt 0; max-width: 9.6cm; }
      .figures { display: grid; grid-template-columns: 1fr 1fr; gap: 0 8mm; }
      .answers { grid-template-columns: repeat(3, 1fr); gap: 3mm; }
      .answers > div { padding: 2mm; }
      .columns { grid-template-columns: 1fr 1fr; gap: 0 6mm; }
      .figure-value { font-size: 14pt; }
      .verdict { padding: 3pt 6pt; }
      #summary { break-after: page; font-size: 8.5pt; line-height: 1.25; } #summary h2 { margin: 7pt 0 3pt; } #summary table { font-size: 7.5pt; margin: 3pt 0 4pt; }
      figure p { font-size: 8pt; }
      #evidence { break-before: page; }
      a { color: inherit; text-decoration: none; }
      * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
    }

    """
}
