//! A listener's filter: a tree of all / any / not over what is known of an article.
//!
//! Its JSON is one key per node: `{"all": [{"tag": "rust"}, {"not": {"author": "spam"}}]}`. A filter
//! that exists is valid: not empty-handed, not too deep, not too large. It knows nothing of scores.

use crate::{article::Article, language::Language};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

mod leaf;
mod term;
mod verdict;

pub use leaf::Leaf;
pub use term::Term;
pub use verdict::{Miss, Refusal, Strength, Verdict};

use leaf::Subject;

/// A valid filter tree. The default lets everything pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Node", into = "Node")]
pub struct Filter(Node);

/// One node of the tree as an API writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Node {
    /// Every child holds; true without children.
    All(Vec<Node>),
    /// At least one child holds.
    Any(Vec<Node>),
    Not(Box<Node>),
    #[serde(untagged)]
    Leaf(Leaf),
}

#[derive(Debug, thiserror::Error)]
pub enum FilterError {
    #[error("filter is nested {depth} deep; {max} levels at most", max = Filter::MOST_DEPTH)]
    TooDeep { depth: usize },
    #[error("filter has {nodes} nodes; {max} at most", max = Filter::MOST_NODES)]
    TooLarge { nodes: usize },
    #[error("filter has an empty \"any\", which nothing passes; give it a condition or leave it out")]
    EmptyAny,
    #[error("filter has an empty {leaf}; give it a word or leave it out")]
    EmptyTerm { leaf: &'static str },
    #[error("filter has a {leaf} of {chars} characters; {max} at most", max = Term::MOST_CHARS)]
    LongTerm { leaf: &'static str, chars: usize },
    #[error("filter has max_age_days 0, which nothing passes; 1 or more")]
    NoAge,
    #[error("filter is not valid JSON of one key per node: {0}")]
    Json(#[from] serde_json::Error),
}

impl Filter {
    pub const MOST_DEPTH: usize = 8;
    pub const MOST_NODES: usize = 200;

    pub fn new(root: Node) -> Result<Self, FilterError> {
        let (depth, nodes) = root.measure();
        if depth > Self::MOST_DEPTH {
            return Err(FilterError::TooDeep { depth });
        }
        if nodes > Self::MOST_NODES {
            return Err(FilterError::TooLarge { nodes });
        }
        root.check()?;
        Ok(Self(root))
    }

    /// Lets everything pass.
    pub const fn everything() -> Self {
        Self(Node::All(Vec::new()))
    }

    pub fn from_json(json: &str) -> Result<Self, FilterError> {
        Self::new(serde_json::from_str(json)?)
    }

    pub const fn root(&self) -> &Node {
        &self.0
    }

    /// How many conditions it has, each wherever it stands in the tree.
    pub fn conditions(&self) -> u32 {
        self.0.conditions()
    }

    /// Whether the article passes at `now`: how strongly, or which conditions it missed.
    pub fn matches(&self, article: &Article, now: Timestamp) -> Verdict {
        match self.0.hold(&Subject::of(article, now), Sense::Wanted) {
            Ok(strength) => Verdict::Passes(strength),
            Err(refusal) => Verdict::Refused(refusal),
        }
    }
}

impl Default for Filter {
    fn default() -> Self {
        Self::everything()
    }
}

impl TryFrom<Node> for Filter {
    type Error = FilterError;

    fn try_from(root: Node) -> Result<Self, Self::Error> {
        Self::new(root)
    }
}

impl From<Filter> for Node {
    fn from(filter: Filter) -> Self {
        filter.0
    }
}

/// Whether a condition is to hold, or, under an odd number of `not`, is to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Sense {
    Wanted,
    Unwanted,
}

impl Sense {
    const fn turned(self) -> Self {
        match self {
            Self::Wanted => Self::Unwanted,
            Self::Unwanted => Self::Wanted,
        }
    }
}

impl Node {
    pub fn tag(name: &str) -> Self {
        Self::Leaf(Leaf::Tag(Term::new(name)))
    }

    pub fn author(name: &str) -> Self {
        Self::Leaf(Leaf::Author(Term::new(name)))
    }

    pub fn keyword(words: &str) -> Self {
        Self::Leaf(Leaf::Keyword(Term::new(words)))
    }

    pub fn source(name: &str) -> Self {
        Self::Leaf(Leaf::Source(Term::new(name)))
    }

    pub const fn language(language: Language) -> Self {
        Self::Leaf(Leaf::Language(language))
    }

    pub const fn max_age_days(days: u32) -> Self {
        Self::Leaf(Leaf::MaxAgeDays(days))
    }

    pub const fn min_likes(likes: u64) -> Self {
        Self::Leaf(Leaf::MinLikes(likes))
    }

    /// This node turned around.
    pub fn negated(self) -> Self {
        Self::Not(Box::new(self))
    }

    /// (depth, nodes); a leaf is one deep. Recursion is bounded by what `serde_json` lets in (128).
    fn measure(&self) -> (usize, usize) {
        let children: &[Self] = match self {
            Self::All(children) | Self::Any(children) => children,
            Self::Not(child) => std::slice::from_ref(child),
            Self::Leaf(_) => &[],
        };
        let below = children.iter().map(Self::measure);
        let (depth, nodes) = below.fold((0, 0), |(depth, nodes), (d, n)| (d.max(depth), n + nodes));
        (depth + 1, nodes + 1)
    }

    fn conditions(&self) -> u32 {
        match self {
            Self::All(children) | Self::Any(children) => children.iter().map(Self::conditions).sum(),
            Self::Not(child) => child.conditions(),
            Self::Leaf(_) => 1,
        }
    }

    fn check(&self) -> Result<(), FilterError> {
        match self {
            Self::Any(children) if children.is_empty() => Err(FilterError::EmptyAny),
            Self::All(children) | Self::Any(children) => children.iter().try_for_each(Self::check),
            Self::Not(child) => child.check(),
            Self::Leaf(leaf) => leaf.check(),
        }
    }

    /// `not` is pushed down to the leaves (De Morgan), so that a refusal always names leaves.
    fn hold(&self, subject: &Subject<'_>, sense: Sense) -> Result<Strength, Refusal> {
        match (self, sense) {
            (Self::All(children), Sense::Wanted) | (Self::Any(children), Sense::Unwanted) => {
                every(children, subject, sense)
            }
            (Self::Any(children), Sense::Wanted) | (Self::All(children), Sense::Unwanted) => {
                some(children, subject, sense)
            }
            (Self::Not(child), sense) => child.hold(subject, sense.turned()),
            (Self::Leaf(leaf), sense) => leaf.hold(subject, sense),
        }
    }
}

fn every(children: &[Node], subject: &Subject<'_>, sense: Sense) -> Result<Strength, Refusal> {
    children.iter().try_fold(Strength::default(), |sum, child| Ok(sum + child.hold(subject, sense)?))
}

/// All that hold count towards the strength; when none does, all are to blame.
fn some(children: &[Node], subject: &Subject<'_>, sense: Sense) -> Result<Strength, Refusal> {
    let mut strength: Option<Strength> = None;
    let mut refusal = Refusal::default();
    for child in children {
        match child.hold(subject, sense) {
            Ok(more) => strength = Some(strength.unwrap_or_default() + more),
            Err(miss) => refusal.add(miss),
        }
    }
    strength.ok_or(refusal)
}

#[cfg(test)]
mod tests;
