//! The product's nouns and its pure rules.
//!
//! Nothing here reads a clock, opens a file, talks to a network or waits: rules take `now` as a
//! value and return values. Everything else in the house may depend on this room; it depends on
//! none of ours.

pub mod article;
pub mod artifact;
pub mod attempt;
pub mod audio;
pub mod channel;
pub mod chapter;
pub mod email;
pub mod entitlement;
pub mod external;
pub mod forecast;
pub mod id;
pub mod language;
pub mod letter;
pub mod link;
pub mod manifest;
pub mod notice;
pub mod notification;
pub mod occurrence;
pub mod password;
pub mod plan;
pub mod program;
pub mod provider;
pub mod reading;
pub mod schedule;
pub mod script;
pub mod select;
pub mod selection;
pub mod session;
pub mod source;
pub mod spoken;
pub mod subscription;
pub mod token;
pub mod work;

pub use article::{Article, ArticleDraft, Revision};
pub use artifact::{ArtifactKey, ArtifactKind, Scope};
pub use audio::AudioFormat;
pub use email::Email;
pub use id::{
    ArticleId, BatchId, CallId, ChannelId, DeliveryId, FeedId, FeedTokenId, ListenerId, OccurrenceId,
    PasskeyId, ProgramId, ReadingId, SessionId, SourceId, SubscriptionId, TokenId,
};
pub use language::{Detected, Language};
pub use letter::Letter;
pub use manifest::Manifest;
pub use notice::Notice;
pub use occurrence::State as OccurrenceState;
pub use plan::{Plan, Plans};
pub use program::{Edition, Program, Segment, SegmentKind};
pub use reading::{Reading, Readings};
pub use schedule::{Schedule, Slot};
pub use script::{Depth, Host, Line, Script, Style, Unusable, Usage, Written, WrittenBy};
pub use selection::{Cut, Pick, Selection};
pub use subscription::{Standing, Subscription};
pub use work::{Recipe, Telling, Work};
