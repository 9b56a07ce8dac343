use super::*;

#[test]
fn paragraphs_lists_and_headings_part() {
    let html = "<h2>はじめに</h2><p>一つ目の\n段落です。</p><ul><li>甲</li><li>乙 と 丙</li></ul><h3>なぜ？</h3>\
                <p>二つ目<br>です。</p>";
    assert_eq!(text(html), "# はじめに\n一つ目の段落です。\n甲\n乙 と 丙\n# なぜ？\n二つ目\nです。");
    let html = "<h1>Why it matters</h1><div><p>First\n  words <em>here</em>.</p>\n\n<p>Second.</p></div>";
    assert_eq!(text(html), "# Why it matters\nFirst words here.\nSecond.");
}

#[test]
fn code_is_named_not_read() {
    let html = "<p>次のように書きます。</p><div class=\"code-frame\"><div class=\"code-lang\">main.rs</div>\
                <pre><code>fn main() {}</code></pre></div><pre>x</pre><p><code>Vec</code> を使います。</p>";
    assert_eq!(text(html), "次のように書きます。\n（コード例）\nVec を使います。");
    let html = "<p>Run <code>cargo test</code> and read on with care.</p><p><code>a\nb</code></p>\
                <figure><table><tr><td><pre>1</pre></td><td><pre>x</pre></td></tr></table></figure><p>Done.</p>";
    assert_eq!(text(html), "Run cargo test and read on with care.\n(code example)\nDone.");
}

#[test]
fn what_cannot_be_heard_is_dropped() {
    let html = "<nav>menu</nav><script>x()</script><style>a{}</style><form><p>mail</p></form><p>Kept \
                <a href='/x'>link text</a><sup><a href='#fn1'>1</a></sup> \
                <ruby>漢字<rp>(</rp><rt>かんじ</rt><rp>)</rp></ruby>.<img alt='alt'><span aria-hidden='true'>#</span></p>\
                <figure><img><figcaption>caption</figcaption></figure><table><tr><td>1</td></tr></table>";
    assert_eq!(text(html), "Kept link text 漢字.");
}

#[test]
fn tables_that_lay_out_are_read() {
    assert_eq!(text("<table><tr><td><p>One.</p></td><td><p>Two.</p></td></tr></table>"), "One.\nTwo.");
}

#[test]
fn a_link_alone_says_nothing() {
    assert_eq!(text("<a href=\"https://news.ycombinator.com/item?id=1\">Comments</a>"), "");
}

#[test]
fn plain_text_keeps_its_paragraphs() {
    assert_eq!(text("Vec<T> is\nwrapped.\n\nSecond & last."), "Vec<T> is wrapped.\nSecond & last.");
    assert_eq!(text("一行目\n二行目"), "一行目\n二行目");
    assert_eq!(text("AT&amp;T says &lt;hi&gt;"), "AT&T says <hi>");
    assert_eq!(
        text("見出し\n\n```rust\nfn main() {}\n```\n\n本文です。"),
        "見出し\n（コード例）\n本文です。"
    );
}

#[test]
fn lines_lose_markup_and_entities() {
    assert_eq!(line("Tom &amp; <b>Jerry</b>&nbsp;&#8217;s"), "Tom & Jerry ’s");
    assert_eq!(line("Vec<T> &lt;explained&gt;"), "Vec<T> <explained>");
}

#[test]
fn marks_cannot_be_forged_and_controls_go() {
    assert_eq!(text("<p>a\u{e000}b\u{202e}c\u{7}d</p>"), "abcd");
}

#[test]
fn bottomless_markup_is_refused_and_long_markup_is_not() {
    assert_eq!(text(&"<div>".repeat(200_000)), "");
    assert_eq!(text(&"<b><i x='1'>".repeat(100_000)), "");
    let long = format!("{}<p>end</p>", "<p>word <b>bold</b><br><li>item".repeat(5_000));
    assert!(text(&long).ends_with("end"));
}

#[test]
fn scripts_and_drawings_are_no_depth() {
    let script = format!("<script>{}</script>", "for(i=0;i<n.length;i++);".repeat(2_000));
    let drawing = format!("<svg>{}</svg>", "<path d='M0 0'/>".repeat(2_000));
    assert_eq!(text(&format!("{script}{drawing}<p>Words.</p>")), "Words.");
    assert_eq!(text(&format!("<p>Words.</p>{}", "<path/>".repeat(100_000))), "");
}
