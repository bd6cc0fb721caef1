import Testing

@testable import Report

@Suite("Markup")
struct MarkupTests {
  @Test("a text never becomes markup")
  func escapes() {
    let page = Markup.element(.p, [.init("lang", "\"><script>")], [.text("<script>alert('1')</script> & \"x\"")]).page
    #expect(
      String(decoding: page, as: UTF8.self) == """
        <!DOCTYPE html>
        <p lang="&#34;&#62;&#60;script&#62;">&#60;script&#62;alert(&#39;1&#39;)&#60;/script&#62; &#38; &#34;x&#34;</p>


        """)
  }
}
