//! A filter as a form: a tree whose every node is named by its path, `r.0.1`. Adding and removing are buttons that post
//! the whole form, so that it works without scripts; what is half filled in stays half filled in.

use crate::pages::{Fields, Shell, Words};
use askama::Template;
use domain::{
    Language,
    select::{
        Filter,
        filter::{FilterError, Leaf, Node},
    },
};

pub const ROOT: &str = "r";
/// Groups in groups.
const MOST_DEPTH: usize = 4;
/// Of one group: a form has an end.
const MOST_CHILDREN: usize = 30;

pub const KINDS: [&str; 7] = ["keyword", "tag", "author", "source", "language", "max_age_days", "min_likes"];

/// A filter that is being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Draft {
    Group { mode: Mode, children: Vec<Draft> },
    Leaf { kind: String, is_not: bool, value: String },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    All,
    Any,
    None,
    NotAll,
}

/// What a button does to the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    Add(String),
    AddGroup(String),
    Remove(String),
    Nothing,
}

#[derive(Template)]
#[template(path = "listener/feed/node.html")]
struct NodeView<'a> {
    t: Words,
    shell: &'a Shell,
    path: &'a str,
    /// Of a group.
    mode: Option<&'static str>,
    is_root: bool,
    may_nest: bool,
    children: Vec<String>,
    kinds: [&'static str; KINDS.len()],
    kind: String,
    is_not: bool,
    value: String,
    is_wrong: bool,
}

impl Mode {
    const NAMED: [(Self, &'static str); 4] =
        [(Self::All, "all"), (Self::Any, "any"), (Self::None, "none"), (Self::NotAll, "notall")];

    fn name(self) -> &'static str {
        Self::NAMED.iter().find(|(mode, _)| *mode == self).map_or("all", |(_, name)| name)
    }

    fn named(name: &str) -> Self {
        Self::NAMED.iter().find(|(_, of)| *of == name).map_or(Self::All, |(mode, _)| *mode)
    }

    const fn turned(self) -> Self {
        match self {
            Self::All => Self::NotAll,
            Self::NotAll => Self::All,
            Self::Any => Self::None,
            Self::None => Self::Any,
        }
    }
}

impl Edit {
    pub fn named(op: &str) -> Self {
        match op.split_once(':') {
            Some(("add", path)) => Self::Add(path.into()),
            Some(("group", path)) => Self::AddGroup(path.into()),
            Some(("remove", path)) => Self::Remove(path.into()),
            _ => Self::Nothing,
        }
    }
}

impl Draft {
    /// The root is always a group.
    pub fn of(filter: &Filter) -> Self {
        match Self::node(filter.root()) {
            group @ Self::Group { .. } => group,
            leaf @ Self::Leaf { .. } => Self::Group { mode: Mode::All, children: vec![leaf] },
        }
    }

    fn node(node: &Node) -> Self {
        let group = |mode, children: &[Node]| Self::Group {
            mode,
            children: children.iter().map(Self::node).collect(),
        };
        match node {
            Node::All(children) => group(Mode::All, children),
            Node::Any(children) => group(Mode::Any, children),
            Node::Not(child) => match Self::node(child) {
                Self::Group { mode, children } => Self::Group { mode: mode.turned(), children },
                Self::Leaf { kind, is_not, value } => Self::Leaf { kind, is_not: !is_not, value },
            },
            Node::Leaf(leaf) => {
                let value = match leaf {
                    Leaf::Tag(term) | Leaf::Author(term) | Leaf::Keyword(term) | Leaf::Source(term) => {
                        term.written().to_owned()
                    }
                    Leaf::Language(language) => language.tag().to_owned(),
                    Leaf::MaxAgeDays(days) => days.to_string(),
                    Leaf::MinLikes(likes) => likes.to_string(),
                };
                Self::Leaf { kind: leaf.name().to_owned(), is_not: false, value }
            }
        }
    }

    /// As a form has it.
    pub fn typed(fields: &Fields) -> Self {
        Self::at(fields, ROOT, 0)
    }

    fn at(fields: &Fields, path: &str, depth: usize) -> Self {
        let kind = fields.get(&format!("{path}.kind"));
        if depth > 0 && !kind.is_empty() {
            let is_not = fields.has(&format!("{path}.not"), "yes");
            return Self::Leaf {
                kind: kind.into(),
                is_not,
                value: fields.get(&format!("{path}.value")).into(),
            };
        }
        let is_there =
            |child: &String| fields.names(&format!("{child}.kind")) || fields.names(&format!("{child}.mode"));
        let children = (0..MOST_CHILDREN).map(|place| format!("{path}.{place}")).filter(is_there);
        let children = if depth < MOST_DEPTH {
            children.map(|child| Self::at(fields, &child, depth + 1)).collect()
        } else {
            Vec::new()
        };
        Self::Group { mode: Mode::named(fields.get(&format!("{path}.mode"))), children }
    }

    /// What a button asks for. What is not there is not changed.
    #[must_use]
    pub fn edited(mut self, edit: &Edit) -> Self {
        let blank = || Self::Leaf { kind: "keyword".into(), is_not: false, value: String::new() };
        match edit {
            Edit::Add(path) => self.grow(path, blank()),
            Edit::AddGroup(path) => self.grow(path, Self::Group { mode: Mode::Any, children: vec![blank()] }),
            Edit::Remove(path) => {
                let (parent, place) = path.rsplit_once('.').unwrap_or(("", ""));
                if let (Some(children), Ok(place)) = (self.children(parent), place.parse::<usize>())
                    && place < children.len()
                {
                    children.remove(place);
                }
            }
            Edit::Nothing => {}
        }
        self
    }

    fn grow(&mut self, path: &str, child: Self) {
        if let Some(children) = self.children(path)
            && children.len() < MOST_CHILDREN
        {
            children.push(child);
        }
    }

    fn children(&mut self, path: &str) -> Option<&mut Vec<Self>> {
        let mut steps = path.split('.');
        let mut found = if steps.next() == Some(ROOT) { self } else { return None };
        for step in steps {
            let Self::Group { children, .. } = found else { return None };
            found = children.get_mut(step.parse::<usize>().ok()?)?;
        }
        match found {
            Self::Group { children, .. } => Some(children),
            Self::Leaf { .. } => None,
        }
    }

    /// What is left out while it is half filled in: the rest can be tried.
    fn is_blank(&self) -> bool {
        match self {
            Self::Leaf { value, .. } => value.trim().is_empty(),
            Self::Group { children, .. } => children.iter().all(Self::is_blank),
        }
    }

    /// The filter of what is filled in.
    pub fn tried(&self) -> Result<Filter, FilterError> {
        Filter::new(self.written(Self::is_blank))
    }

    /// The filter, to be kept: nothing is left out.
    pub fn whole(&self) -> Result<Filter, FilterError> {
        Filter::new(self.written(|_| false))
    }

    fn written(&self, leave_out: fn(&Self) -> bool) -> Node {
        match self {
            Self::Group { mode, children } => {
                let kept = children.iter().filter(|child| !leave_out(child));
                let nodes: Vec<Node> = kept.map(|child| child.written(leave_out)).collect();
                match mode {
                    Mode::All => Node::All(nodes),
                    Mode::NotAll => Node::All(nodes).negated(),
                    // Of nothing, any is none; nobody means that.
                    Mode::Any | Mode::None if nodes.is_empty() => Node::All(nodes),
                    Mode::Any => Node::Any(nodes),
                    Mode::None => Node::Any(nodes).negated(),
                }
            }
            Self::Leaf { kind, is_not, value } => {
                let leaf = leaf(kind, value.trim());
                if *is_not { leaf.negated() } else { leaf }
            }
        }
    }

    pub fn render(&self, t: Words, shell: &Shell, show_wrong: bool) -> String {
        self.show(t, shell, ROOT, 0, show_wrong)
    }

    fn show(&self, t: Words, shell: &Shell, path: &str, depth: usize, show_wrong: bool) -> String {
        let view = NodeView {
            t,
            shell,
            path,
            mode: None,
            is_root: depth == 0,
            may_nest: depth + 1 < MOST_DEPTH,
            children: Vec::new(),
            kinds: KINDS,
            kind: String::new(),
            is_not: false,
            value: String::new(),
            is_wrong: false,
        };
        let view = match self {
            Self::Group { mode, children } => {
                let child = |(place, child): (usize, &Self)| {
                    child.show(t, shell, &format!("{path}.{place}"), depth + 1, show_wrong)
                };
                let children = children.iter().enumerate().map(child).collect();
                NodeView { mode: Some(mode.name()), children, ..view }
            }
            Self::Leaf { kind, is_not, value } => {
                let is_wrong = show_wrong && Filter::new(leaf(kind, value.trim())).is_err();
                NodeView { kind: known(kind).into(), is_not: *is_not, value: value.clone(), is_wrong, ..view }
            }
        };
        view.render().unwrap_or_default()
    }
}

fn known(kind: &str) -> &'static str {
    KINDS.into_iter().find(|known| *known == kind).unwrap_or("keyword")
}

/// What is no number or language becomes what no filter takes, so that it is refused and not guessed.
fn leaf(kind: &str, value: &str) -> Node {
    match known(kind) {
        "tag" => Node::tag(value),
        "author" => Node::author(value),
        "source" => Node::source(value),
        "language" => match language(value) {
            Some(language) => Node::language(language),
            None => Node::keyword(""),
        },
        "max_age_days" => Node::max_age_days(value.parse().unwrap_or(0)),
        "min_likes" => value.parse().map_or_else(|_| Node::keyword(""), Node::min_likes),
        _ => Node::keyword(value),
    }
}

fn language(value: &str) -> Option<Language> {
    match value.to_lowercase().as_str() {
        "ja" | "japanese" | "日本語" => Some(Language::Ja),
        "en" | "english" | "英語" => Some(Language::En),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str) -> Draft {
        Draft::typed(&Fields::read(text.as_bytes()))
    }

    #[test]
    fn a_form_becomes_a_filter_and_a_form_again() {
        let json = r#"{"all":[{"tag":"rust"},{"not":{"any":[{"author":"spam"},{"max_age_days":3}]}},{"not":{"language":"ja"}}]}"#;
        let filter = Filter::from_json(json).unwrap();
        let draft = Draft::of(&filter);
        assert_eq!(draft.whole().unwrap(), filter);
        let typed = form(
            "r.mode=all&r.0.kind=tag&r.0.not=&r.0.value=rust&r.1.mode=none&r.1.0.kind=author&r.1.0.value=spam&\
             r.1.1.kind=max_age_days&r.1.1.value=3&r.2.kind=language&r.2.not=yes&r.2.value=ja",
        );
        assert_eq!(typed, draft);
    }

    #[test]
    fn buttons_change_the_tree() {
        let draft = form("r.mode=any&r.0.kind=tag&r.0.value=a");
        let grown = draft.clone().edited(&Edit::named("group:r")).edited(&Edit::named("add:r.1"));
        let Draft::Group { children, .. } = &grown else { panic!() };
        assert!(matches!(&children[1], Draft::Group { children, .. } if children.len() == 2));
        assert_eq!(grown.edited(&Edit::named("remove:r.1")), draft);
        for nothing in ["remove:r", "remove:r.7", "add:r.0", "add:x", "save", "remove:", "add:r.0.0.0"] {
            assert_eq!(draft.clone().edited(&Edit::named(nothing)), draft, "{nothing}");
        }
    }

    #[test]
    fn what_is_half_filled_in_can_be_tried_and_not_kept() {
        let draft = form("r.mode=all&r.0.kind=tag&r.0.value=a&r.1.kind=keyword&r.1.value=");
        assert_eq!(draft.tried().unwrap(), Filter::from_json(r#"{"all":[{"tag":"a"}]}"#).unwrap());
        assert!(draft.whole().is_err());
        for wrong in ["language", "max_age_days", "min_likes"] {
            let draft = form(&format!("r.mode=all&r.0.kind={wrong}&r.0.value=x"));
            assert!(draft.tried().is_err(), "{wrong}");
        }
        assert_eq!(form("r.mode=any").whole().unwrap(), Filter::everything());
    }
}
