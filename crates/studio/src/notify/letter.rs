//! What letters say, in the listener's language: as plain text, and as HTML without pictures, scripts or anything
//! that is fetched, so that opening one tells nobody.

use domain::Language;
use url::Url;

/// What is said to somebody.
#[derive(Clone, Debug)]
pub enum Said {
    /// That address is yours if you open this.
    Verify(Url),
    /// With this you choose another password.
    Reset(Url),
    /// That address is your new one if you open this.
    ChangeAddress(Url),
    /// This was your address; the service is here.
    AddressChanged(Url),
    /// Your password was changed; if not by you, ask for another here.
    PasswordChanged(Url),
}

/// A letter, but for whom.
#[derive(Clone, PartialEq, Eq)]
pub struct Written {
    pub subject: String,
    pub plain: String,
    pub html: String,
    /// Where one request, by whoever shows the mail, puts an end to more of its kind (RFC 8058).
    pub unsubscribe: Option<Url>,
}

/// The parts of a letter: a heading, what it is about, a link with the words on it, and what else is to be known.
struct Parts {
    subject: &'static str,
    about: &'static str,
    label: &'static str,
    link: Url,
    note: &'static str,
}

impl Said {
    pub fn in_language(self, language: Language) -> Written {
        written(language, &self.parts(language))
    }

    fn parts(self, language: Language) -> Parts {
        match (self, language) {
            (Self::Verify(link), Language::Ja) => Parts {
                subject: "メールアドレスの確認",
                about: "このメールアドレスがあなたのものであることを確認します。次のリンクを開いてください。",
                label: "メールアドレスを確認する",
                link,
                note: "リンクは72時間、1回だけ使えます。お心当たりがなければ、このメールは無視してください。",
            },
            (Self::Verify(link), Language::En) => Parts {
                subject: "Confirm your e-mail address",
                about: "Please confirm that this address is yours by opening this link.",
                label: "Confirm this address",
                link,
                note: "The link works once, within 72 hours. If you did not ask for it, ignore this mail.",
            },
            (Self::Reset(link), Language::Ja) => Parts {
                subject: "パスワードの再設定",
                about: "新しいパスワードを設定するには、次のリンクを開いてください。",
                label: "新しいパスワードを設定する",
                link,
                note: "リンクは1時間、1回だけ使えます。お心当たりがなければ、このメールは無視してください。パスワードはそのままです。",
            },
            (Self::Reset(link), Language::En) => Parts {
                subject: "Choose a new password",
                about: "Open this link to choose a new password.",
                label: "Choose a new password",
                link,
                note: "The link works once, within an hour. If you did not ask for it, ignore this mail: your password stays as it is.",
            },
            (Self::ChangeAddress(link), Language::Ja) => Parts {
                subject: "新しいメールアドレスの確認",
                about: "アカウントのメールアドレスを、このアドレスに変更する手続きがありました。変更するには、次のリンクを開いてください。",
                label: "このアドレスに変更する",
                link,
                note: "リンクは72時間、1回だけ使えます。お心当たりがなければ、このメールは無視してください。何も変更されません。",
            },
            (Self::ChangeAddress(link), Language::En) => Parts {
                subject: "Confirm your new e-mail address",
                about: "Somebody, most likely you, wants this to be the address of their account. Open this link to change it.",
                label: "Use this address",
                link,
                note: "The link works once, within 72 hours. If you did not ask for it, ignore this mail: nothing changes.",
            },
            (Self::AddressChanged(link), Language::Ja) => Parts {
                subject: "メールアドレスが変更されました",
                about: "あなたのアカウントのメールアドレスが変更されました。今後、サインインとお知らせには新しいアドレスが使われます。ご自身で変更された場合は、何もする必要はありません。",
                label: "サービスを開く",
                link,
                note: "お心当たりがなければ、すぐにこのサービスの運営者に連絡してください。このアドレスへのメールはこれが最後です。",
            },
            (Self::AddressChanged(link), Language::En) => Parts {
                subject: "Your e-mail address was changed",
                about: "The address of your account was changed: from now on you sign in by the new one, and mail goes there. If that was you, there is nothing to do.",
                label: "Open the service",
                link,
                note: "If it was not, tell whoever runs this service at once. This is the last mail to this address.",
            },
            (Self::PasswordChanged(link), Language::Ja) => Parts {
                subject: "パスワードが変更されました",
                about: "あなたのアカウントのパスワードが変更され、ほかの端末からはサインアウトしました。ご自身で変更された場合は、何もする必要はありません。お心当たりがなければ、すぐに次のページでパスワードを再設定してください。",
                label: "パスワードを再設定する",
                link,
                note: "APIトークンを使っている場合は、それも確認してください。",
            },
            (Self::PasswordChanged(link), Language::En) => Parts {
                subject: "Your password was changed",
                about: "The password of your account was changed, and other devices were signed out. If that was you, there is nothing to do. If it was not, choose a new password on this page at once.",
                label: "Choose a new password",
                link,
                note: "If you use tokens of the API, look through them, too.",
            },
        }
    }
}

fn written(language: Language, parts: &Parts) -> Written {
    let Parts { subject, about, label, link, note } = parts;
    let subject = match language {
        Language::Ja => format!("{subject}（Mimiyori 耳寄り）"),
        Language::En => format!("{subject} (Mimiyori)"),
    };
    let plain = format!("{about}\n\n{link}\n\n{note}\n\n-- \nMimiyori\n");
    let html = format!(
        "<p>{about}</p>\n\
         <p><a href=\"{}\" style=\"display:inline-block;padding:.7em 1.2em;border-radius:.4em;background:#1f4e79;\
         color:#fff;text-decoration:none\">{label}</a></p>\n\
         <p style=\"font-size:.9em;color:#555\">{note}</p>\n",
        escaped(link.as_str())
    );
    let html = framed(language, &subject, &html);
    Written { subject, plain, html, unsubscribe: None }
}

/// A letter's HTML around what it says.
pub(super) fn framed(language: Language, title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\"><title>{}</title></head>\n\
         <body style=\"font-family:sans-serif;line-height:1.6;max-width:36em;margin:2em auto;padding:0 1em\">\n\
         {body}<p style=\"font-size:.9em;color:#555\">Mimiyori</p>\n</body></html>\n",
        escaped(title)
    )
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// There may be a link in it: it is not shown by accident.
impl std::fmt::Debug for Written {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Written").field("subject", &self.subject).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_has_its_link_in_both_forms_and_languages() {
        let url: Url = "https://radio.example/account/reset?token=a&b=%22%3E".parse().unwrap();
        for language in [Language::Ja, Language::En] {
            for said in
                [Said::Verify, Said::Reset, Said::ChangeAddress, Said::AddressChanged, Said::PasswordChanged]
            {
                let letter = said(url.clone()).in_language(language);
                assert!(letter.plain.lines().any(|line| line == url.as_str()), "{}", letter.plain);
                assert!(
                    letter.html.contains("href=\"https://radio.example/account/reset?token=a&amp;b=%22%3E\"")
                );
                assert!(letter.html.contains(&format!("lang=\"{language}\"")));
                assert!(!letter.html.contains("<img") && !letter.html.contains("src="));
                let is_japanese = letter.plain.contains('。');
                assert_eq!(is_japanese, language == Language::Ja);
                assert!(!format!("{letter:?}").contains("token"));
            }
        }
    }
}
