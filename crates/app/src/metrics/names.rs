//! The closed sets of label values, each an enum, so that a caller cannot misspell one.

use domain::{ArtifactKind, provider::Period};
use queue::{Class, State, lifecycle::Ending};

/// An enum whose variants each have a label value, and the list of them all.
macro_rules! names {
    ($($(#[$doc:meta])* $set:ident { $($(#[$of:meta])* $variant:ident: $name:literal),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $set { $($(#[$of])* $variant),+ }

        impl $set {
            pub const NAMES: &'static [&'static str] = &[$(Self::$variant.name()),+];

            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
    )+};
}

names! {
    /// What became of an occurrence by its deadline.
    Due { OnTime: "on_time", Late: "late", Missed: "missed", Skipped: "skipped", Failed: "failed" }

    /// How far ahead a prediction looks.
    Horizon { QuarterHour: "15m", Hour: "1h", SixHours: "6h" }

    /// A stage of production: a job kind may have several, and several kinds may share one.
    Stage {
        Fetch: "fetch", Select: "select", Narrate: "narrate", Assemble: "assemble", Notify: "notify",
        External: "external",
    }

    /// A stage whose progress over a whole batch is shown.
    BatchStage { Select: "select", Narrate: "narrate", Assemble: "assemble" }

    /// What is asked of a provider.
    Operation {
        /// A script from an article.
        Write: "write",
        /// Speech from text.
        Speak: "speak",
        /// A whole program, from an external generator.
        Generate: "generate",
    }

    /// What a provider meters.
    Unit { Tokens: "tokens", Characters: "characters" }

    /// How an artifact that was asked for was had.
    Had {
        Hit: "hit", Made: "made",
        /// Somebody else was making it, and was waited for.
        Joined: "joined",
        Failed: "failed",
    }

    /// How fetching a source ended.
    Fetched {
        Changed: "changed",
        /// The server said so, or its bytes are the same.
        Unchanged: "unchanged",
        /// It asks to be left alone for a while.
        Throttled: "throttled",
        /// 410: gone for good.
        Gone: "gone",
        Failed: "failed",
    }

    /// The way a notice goes.
    Channel {
        Email: "email", Slack: "slack", Discord: "discord", Webhook: "webhook", WebPush: "web_push",
    }

    /// How an attempt to deliver a notice ended.
    Delivered {
        Sent: "sent",
        /// It did not get through, and is tried again.
        Retried: "retried",
        Failed: "failed",
        /// Not wanted: muted, unsubscribed, or the endpoint is gone.
        Skipped: "skipped",
    }

    /// What a connection to the database is doing.
    Connection { Idle: "idle", Busy: "busy" }
}

/// What a provider's call came to: `ok`, or the class of its error.
pub const CALL_OUTCOMES: &[&str] = &[
    "ok",
    Class::Transient.name(),
    Class::Throttled.name(),
    Class::Permanent.name(),
    Class::Budget.name(),
    Class::Input.name(),
    Class::Bug.name(),
];

/// How leases end, as workers see it; who cancels a job is no worker.
pub const ENDINGS: &[&str] = &[
    Ending::Done.name(),
    Ending::Skipped.name(),
    Ending::Retried.name(),
    Ending::Snoozed.name(),
    Ending::Failed.name(),
    Ending::Lapsed.name(),
    Ending::GivenBack.name(),
];

/// Available jobs whose time has not come are shown apart.
pub const WAITING: &str = "waiting";

/// Where the jobs stand that are in the queue's table.
pub const JOB_STATES: &[&str] = &[
    State::Held.name(),
    WAITING,
    State::Available.name(),
    State::Leased.name(),
    State::Dead.name(),
    State::Cancelled.name(),
];

/// The times over which budgets hold.
pub const PERIODS: &[&str] = &[Period::Day.name(), Period::Month.name()];

pub const ARTIFACT_KINDS: &[&str] = &[
    ArtifactKind::Script.name(),
    ArtifactKind::Segment.name(),
    ArtifactKind::Phrase.name(),
    ArtifactKind::Jingle.name(),
];

/// What is alerted on is there from the start; any other status when it is first answered.
pub const STATUSES: &[&str] = &["200", "404", "500", "503"];
