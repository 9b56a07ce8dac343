//! Lists of sources as other readers write and read them: OPML 2.0.

use super::{
    Api,
    body::SentText,
    caller::{Caller, Listening, Managing},
    export::all_sources,
    refused::Refused,
    schema,
    sources::{added, vet},
};
use axum::{
    Json,
    extract::{DefaultBodyLimit, State},
    http::header,
    response::IntoResponse,
};
use domain::SourceId;
use quick_xml::{
    Reader, Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouterExt},
    routes,
};

const MOST_BYTES: usize = 1 << 20;
const MOST_OUTLINES: usize = 500;
const MOST_TITLE: usize = 200;

/// What came of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Imported {
    /// Sources that are kept at hand now.
    #[schema(value_type = Vec<schema::Id>)]
    pub sources: Vec<SourceId>,
    pub refused: Vec<NotImported>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct NotImported {
    pub address: String,
    pub reason: String,
}

/// A line of a list.
#[derive(Debug, PartialEq, Eq)]
struct Outline {
    address: String,
    title: Option<String>,
}

pub fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(write, read).layer(DefaultBodyLimit::max(MOST_BYTES)))
}

/// Your sources as OPML
#[utoipa::path(get, path = "/opml", tag = "sources", security(("token" = ["listen"])),
    responses((status = 200, body = String, content_type = "text/x-opml")))]
async fn write(State(api): State<Api>, Listening(caller): Listening) -> Result<impl IntoResponse, Refused> {
    Ok(([(header::CONTENT_TYPE, "text/x-opml; charset=utf-8")], list_of(&api, caller).await?))
}

pub(crate) async fn list_of(api: &Api, caller: Caller) -> Result<String, Refused> {
    let sources = all_sources(api, caller).await?;
    let lines = sources.iter().map(|source| (source.title.as_str(), source.address.as_str()));
    Ok(written(lines))
}

/// Keep the sources of an OPML list
#[utoipa::path(post, path = "/opml", tag = "sources", request_body(content = String, content_type = "text/x-opml"),
    security(("token" = ["manage"])), responses((status = 200, body = Imported)))]
async fn read(
    State(api): State<Api>,
    Managing(caller): Managing,
    SentText(text): SentText,
) -> Result<Json<Imported>, Refused> {
    import(&api, caller, &text).await.map(Json)
}

pub(crate) async fn import(api: &Api, caller: Caller, text: &str) -> Result<Imported, Refused> {
    let outlines = outlines(text)?;
    let now = api.now();
    let (mut sources, mut refused) = (Vec::new(), Vec::new());
    let mut good = Vec::new();
    for outline in outlines {
        match vet(api, "", &outline.address) {
            Ok(()) => good.push(outline),
            Err(Refused::Field { detail, .. }) => {
                refused.push(NotImported { address: outline.address, reason: detail });
            }
            Err(other) => return Err(other),
        }
    }
    let mut tx = api.store.begin().await?;
    for Outline { address, title } in good {
        match added(api, &mut tx, "", &address, now).await {
            Ok(id) => {
                tx.keep_source(caller.listener, id, title.as_deref(), now).await?;
                sources.push(id);
            }
            Err(Refused::Field { detail, .. }) => refused.push(NotImported { address, reason: detail }),
            Err(other) => return Err(other),
        }
    }
    let detail = serde_json::json!({ "sources": sources.len() });
    tx.audit(now, &caller.signature(), "source.import", "opml", &detail.to_string()).await?;
    tx.commit().await?;
    Ok(Imported { sources, refused })
}

/// Every outline that names a feed, folders or not.
fn outlines(text: &str) -> Result<Vec<Outline>, Refused> {
    let unreadable = |why: &dyn std::fmt::Display| Refused::Unreadable(format!("this is no OPML: {why}"));
    let mut reader = Reader::from_str(text);
    let (mut found, mut is_opml) = (Vec::new(), false);
    loop {
        let element = match reader.read_event().map_err(|cause| unreadable(&cause))? {
            Event::Start(element) | Event::Empty(element) => element,
            Event::DocType(_) => return Err(unreadable(&"it declares entities")),
            Event::Eof => break,
            _ => continue,
        };
        match element.local_name().as_ref() {
            "opml" => is_opml = true,
            "outline" if is_opml => found.extend(outline(&element)),
            _ => {}
        }
        if found.len() > MOST_OUTLINES {
            return Err(Refused::field("", format_args!("at most {MOST_OUTLINES} sources at a time")));
        }
    }
    if is_opml { Ok(found) } else { Err(unreadable(&"it has no opml element")) }
}

fn outline(element: &BytesStart<'_>) -> Option<Outline> {
    let value = |name: &str| {
        let attribute = element.try_get_attribute(name).ok()??;
        let raw = attribute.value.as_ref();
        quick_xml::escape::unescape(raw).ok().map(|value| value.trim().to_owned())
    };
    let title = value("title").or_else(|| value("text"));
    let title = title.map(|title| {
        let shown: String = title.chars().filter(|c| !c.is_control()).take(MOST_TITLE).collect();
        shown
    });
    let address = value("xmlUrl").filter(|address| !address.is_empty())?;
    Some(Outline { address, title: title.filter(|title| !title.is_empty()) })
}

fn written<'a>(lines: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    let mut write = |event: Event<'_>| {
        // Into memory: it cannot fail.
        let _ = writer.write_event(event);
    };
    write(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
    write(Event::Start(BytesStart::new("opml").with_attributes([("version", "2.0")])));
    write(Event::Start(BytesStart::new("head")));
    write(Event::Start(BytesStart::new("title")));
    write(Event::Text(BytesText::new("Mimiyori")));
    write(Event::End(BytesEnd::new("title")));
    write(Event::End(BytesEnd::new("head")));
    write(Event::Start(BytesStart::new("body")));
    for (title, address) in lines {
        let text = if title.is_empty() { address } else { title };
        let attributes = [("type", "rss"), ("text", text), ("xmlUrl", address)];
        write(Event::Empty(BytesStart::new("outline").with_attributes(attributes)));
    }
    write(Event::End(BytesEnd::new("body")));
    write(Event::End(BytesEnd::new("opml")));
    String::from_utf8(writer.into_inner()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let lines = [("A & <B> \"c\"", "https://a.example/feed?x=1&y=2"), ("", "hn:front")];
        let text = written(lines.into_iter());
        let read = outlines(&text).unwrap();
        let expected =
            |title: &str, address: &str| Outline { address: address.into(), title: Some(title.into()) };
        assert_eq!(read, [expected(lines[0].0, lines[0].1), expected("hn:front", "hn:front")]);
    }

    #[test]
    fn folders_are_looked_into_and_what_is_no_list_is_refused() {
        let text = "<opml><body><outline text='news'><outline text='a' xmlUrl=' https://a.example/ '/></outline>\
                    <outline text='no feed'/></body></opml>";
        assert_eq!(outlines(text).unwrap().len(), 1);
        let bomb = "<!DOCTYPE opml [<!ENTITY a \"aaaa\">]><opml><outline xmlUrl='&a;'/></opml>";
        for wrong in ["", "hello", "<rss/>", "<opml><a", bomb] {
            assert!(matches!(outlines(wrong), Err(Refused::Unreadable(_))), "{wrong}");
        }
    }
}
