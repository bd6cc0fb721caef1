/// Public names of Encrypted ClientHello (RFC 9849 §4): names that stand in hellos whose true name is sealed.
///
/// A short list of constants until there is a register. Each name was stated by its operator, in the place named, on the date named.
enum KnownOuterNames {
  private static let names: Set<String> = [
    // Cloudflare, for all customers: developers.cloudflare.com/ssl/edge-certificates/ech/, 2025-11.
    "cloudflare-ech.com",
    // Test server of the authors of BoringSSL's implementation: HTTPS record of tls-ech.dev, 2025-11.
    "public.tls-ech.dev",
    // Test servers of the DEfO project: HTTPS record of defo.ie and the project's sources, 2025-11.
    "cover.defo.ie",
  ]

  static func contains(_ name: String) -> Bool { names.contains(name.lowercased()) }
}
