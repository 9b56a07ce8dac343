use super::*;
use crate::article::ArticleDraft;
use proptest::prelude::*;

fn article(id: &str, title: &str, url: Option<&str>, text: &str) -> Article {
    Article::new(ArticleDraft {
        id: id.into(),
        title: title.into(),
        url: url.map(|url| url.parse().unwrap()),
        text: text.into(),
        ..ArticleDraft::default()
    })
}

fn found(articles: &[Article]) -> Vec<(usize, usize, Likeness)> {
    let all: Vec<&Article> = articles.iter().collect();
    duplicates(&all).into_iter().map(|d| (d.index, d.of, d.likeness)).collect()
}

const JA: &str = "キューに仕事を積むとき、同じ仕事を二度しないことと、一つも失わないことは、別の約束です。\
    取り出した側が途中で倒れると、その仕事は誰の手にもないまま残ります。そこで期限つきの貸し出しにします。\
    期限までに終わりの知らせがなければ、別の働き手が同じ仕事を取り直します。ただし、倒れたと思った働き手が\
    実は遅いだけだった場合、二人が同時に同じ仕事を終えようとします。貸し出しごとに違う札を渡し、終わりの\
    知らせに札を添えさせれば、古い札の知らせは捨てられます。札は一度しか使えません。これで結果は一つになります。";
const EN: &str = "A queue makes two promises that are easy to mix up: no job is lost, and no job is done twice. \
    When a worker dies with a job in its hands, nobody holds that job any more, so jobs are not given but lent. \
    If the loan runs out before the worker reports back, somebody else may take the same job. Now a worker that \
    was only slow comes back, and two of them want to finish the same piece of work. Every loan therefore carries \
    a token, and a report is accepted only with the token of the latest loan. The slow worker learns that its \
    work is no longer wanted, drops it, and asks for something new. What remains is a job that has been started \
    twice, and finished once, which is all that anybody can promise without stopping the world to ask around \
    whether the other side is really dead or merely thinking about something for longer than we had expected.";

#[test]
fn the_same_page_is_told_once() {
    let page = Some("https://example.com/a");
    let articles = [article("1", "A", page, JA), article("2", "B", page, EN)];
    assert_eq!(found(&articles), [(1, 0, Likeness::SameAddress)]);
}

#[test]
fn the_same_words_are_told_once_but_a_title_is_not_enough() {
    let articles = [article("1", "T", None, EN), article("2", "T", None, EN)];
    assert_eq!(found(&articles), [(1, 0, Likeness::SameText)]);
    let same_title = [article("1", "今週のまとめ", None, JA), article("2", "今週のまとめ", None, EN)];
    assert_eq!(found(&same_title), []);
    let title_only = [article("1", "Open thread", None, ""), article("2", "Open thread", None, "")];
    assert_eq!(found(&title_only), []);
}

#[test]
fn syndicated_copies_are_found_in_both_languages() {
    for (text, lead, tail) in [
        (JA, "この記事は個人ブログからの転載です。", "感想はコメント欄へどうぞ。"),
        (EN, "This post first appeared on my own blog.", "Comments are welcome below."),
    ] {
        let copy = format!("{lead}\n{text}\n{tail}");
        let articles = [article("1", "原文", None, text), article("2", "転載", None, &copy)];
        assert_eq!(found(&articles), [(1, 0, Likeness::SimilarText)]);
    }
}

#[test]
fn a_shared_paragraph_makes_no_copy() {
    let about =
        "This weekly letter is written by two people who like small tools, and read by people who do, too.";
    let other = EN.get(EN.len() - 250..).unwrap();
    let articles = [
        article("1", "A", None, &format!("{EN} {about}")),
        article("2", "B", None, &format!("{about} {other} {about} And then we went home. {JA}")),
    ];
    assert_eq!(found(&articles), []);
}

#[test]
fn short_look_alikes_are_left_alone() {
    let note = "Version 1.2.3 is out with bug fixes and small improvements, thanks to all who helped";
    let articles = [
        article("1", "A", None, &format!("{note} this week")),
        article("2", "B", None, &format!("{note} this month")),
    ];
    assert_eq!(found(&articles), []);
}

#[test]
fn a_close_hash_alone_proves_nothing() {
    let mut articles = [article("1", "A", None, JA), article("2", "B", None, EN)];
    articles[1].simhash = articles[0].simhash;
    assert_eq!(found(&articles), []);
}

proptest! {
    #[test]
    fn what_is_kept_holds_no_two_alike(picks in proptest::collection::vec((0_usize..3, 0_usize..4, 0_usize..9), 1..14)) {
        let articles: Vec<Article> = picks.iter().enumerate().map(|(id, (text, page, cut))| {
            let text: String = [JA, EN, ""][*text].chars().skip(cut * 30).collect();
            let page = (*page > 0).then(|| format!("https://example.com/{page}{cut}"));
            article(&id.to_string(), "T", page.as_deref(), &text)
        }).collect();
        let all: Vec<&Article> = articles.iter().collect();
        let dropped = duplicates(&all);
        let kept: Vec<&Article> = (0..all.len())
            .filter(|index| dropped.iter().all(|duplicate| duplicate.index != *index))
            .map(|index| all[index])
            .collect();
        prop_assert_eq!(duplicates(&kept), vec![]);
        prop_assert!(dropped.iter().all(|d| d.of < d.index && dropped.iter().all(|other| other.index != d.of)));
    }
}
