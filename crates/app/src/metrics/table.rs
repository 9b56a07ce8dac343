//! Every metric there is: the one place that names them, says what they mean and which series they have.
//! The contract is DESIGN's; `docs/reference/metrics.md` is made from this table.

use super::{
    Known,
    names::{
        ARTIFACT_KINDS, BatchStage, CALL_OUTCOMES, Channel, Connection, Delivered, Due, ENDINGS, Fetched,
        Had, Horizon, JOB_STATES, Operation, PERIODS, STATUSES, Stage, Unit,
    },
};
use domain::Work;
use web::measure::NO_ROUTE;

#[derive(Clone, Copy, Debug)]
pub struct Metric {
    pub name: &'static str,
    pub kind: Kind,
    pub help: &'static str,
    pub dimensions: &'static [Dimension],
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Counter,
    /// A counter that is recorded in whole millionths and shown in ones: the recorder counts in whole
    /// numbers, and money comes in parts of a cent.
    CounterOfMillionths,
    Gauge,
    /// With the upper bounds of its buckets.
    Histogram(&'static [f64]),
}

/// One label, or several that vary together.
#[derive(Clone, Copy, Debug)]
pub struct Dimension {
    pub labels: &'static [&'static str],
    pub values: Values,
}

/// Which values a dimension has from the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    /// These and no others.
    Closed(&'static [&'static str]),
    /// These, and others when they are first met.
    AtLeast(&'static [&'static str]),
    /// What this build is.
    Build,
    Lanes,
    Pools,
    Providers,
    Routes,
}

/// From below a millisecond, for answers out of memory, to what a patient client waits.
const ANSWERING: &[f64] = &[0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
/// From a no-op job to the longest program of an external generator.
const WORKING: &[f64] =
    &[0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0];
/// From a queue that keeps up to a whole morning's backlog.
const WAITED: &[f64] =
    &[0.01, 0.05, 0.25, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 1_800.0, 3_600.0, 7_200.0, 14_400.0];
/// What a model or a voice takes.
const CALLING: &[f64] = &[0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0];
/// Nobody minds the first minute, and the catch-up ends after three hours.
const LATENESS: &[f64] = &[0.0, 1.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0, 1_800.0, 3_600.0, 10_800.0];
/// Production begins six hours ahead at the earliest.
const SLACK: &[f64] =
    &[0.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_200.0, 1_800.0, 3_600.0, 7_200.0, 14_400.0, 21_600.0];

const KIND: Dimension = closed(&["kind"], &Work::KINDS);
const LANE: Dimension = open(&["lane"], Values::Lanes);
const POOL: Dimension = open(&["pool"], Values::Pools);
const PROVIDER: Dimension = open(&["provider"], Values::Providers);
const OPERATION: Dimension = closed(&["operation"], Operation::NAMES);
const PERIOD: Dimension = closed(&["period"], PERIODS);
const STAGE: Dimension = closed(&["stage"], Stage::NAMES);
const ROUTE: Dimension = open(&["route", "method"], Values::Routes);
const BUILD: Dimension = open(&["version", "commit"], Values::Build);

pub const METRICS: &[Metric] = &[
    counter(
        "mimiyori_occurrences_due_total",
        "Occurrences whose deadline has passed, by what had become of them; counted at the deadline.",
        &[closed(&["outcome"], Due::NAMES)],
    ),
    histogram(
        "mimiyori_lateness_seconds",
        LATENESS,
        "How long after its ready-by a program was ready; 0 for those on time.",
        &[],
    ),
    histogram(
        "mimiyori_deadline_slack_seconds",
        SLACK,
        "How long before its ready-by a program was ready; 0 for those that were late.",
        &[],
    ),
    gauge(
        "mimiyori_occurrences_predicted_late",
        "Occurrences due within the horizon that the forecast says will be late.",
        &[closed(&["horizon"], Horizon::NAMES)],
    ),
    gauge(
        "mimiyori_batch_progress_ratio",
        "How much of the most urgent batch is done, 0 to 1; 0 while none is in production.",
        &[closed(&["stage"], BatchStage::NAMES)],
    ),
    histogram(
        "mimiyori_stage_seconds",
        WORKING,
        "How long one piece of work of a stage of production took.",
        &[STAGE],
    ),
    gauge(
        "mimiyori_scheduler_last_tick_timestamp_seconds",
        "When the planner last ended a tick of this process; 0 before the first.",
        &[],
    ),
    gauge("mimiyori_scheduler_lag_seconds", "How long after its time the planner began its last tick.", &[]),
    gauge(
        "mimiyori_canary_last_success_timestamp_seconds",
        "When a canary program last came through; 0 before the first.",
        &[],
    ),
    counter(
        "mimiyori_jobs_enqueued_total",
        "Jobs this process put into the queue; those whose key was there already are not counted.",
        &[KIND],
    ),
    counter(
        "mimiyori_jobs_finished_total",
        "Attempts of jobs whose end was recorded by this process, by how they ended; lapsed ones are \
         those that were taken back from a process that died or froze.",
        &[KIND, closed(&["outcome"], ENDINGS)],
    ),
    histogram("mimiyori_job_seconds", WORKING, "How long an attempt of a job ran.", &[KIND]),
    histogram(
        "mimiyori_job_wait_seconds",
        WAITED,
        "How long a job could have been claimed before it was.",
        &[KIND],
    ),
    gauge(
        "mimiyori_queue_jobs",
        "Jobs in the database by lane and state; the same from every process.",
        &[LANE, closed(&["state"], JOB_STATES)],
    ),
    gauge(
        "mimiyori_queue_oldest_ready_age_seconds",
        "How long the oldest job that can be claimed has waited; the same from every process.",
        &[LANE],
    ),
    gauge("mimiyori_worker_slots", "Jobs that this process may run at the same time.", &[POOL]),
    gauge("mimiyori_worker_slots_busy", "Jobs that this process runs now.", &[POOL]),
    counter(
        "mimiyori_leases_lost_total",
        "Jobs that this process worked on until their lease was lost; their result was refused.",
        &[KIND],
    ),
    counter(
        "mimiyori_provider_requests_total",
        "Calls of writers, voices and external generators: ok, or the class of their error.",
        &[PROVIDER, OPERATION, closed(&["outcome"], CALL_OUTCOMES)],
    ),
    histogram(
        "mimiyori_provider_request_seconds",
        CALLING,
        "How long a call of a provider took.",
        &[PROVIDER, OPERATION],
    ),
    counter(
        "mimiyori_provider_units_total",
        "What providers metered.",
        &[PROVIDER, closed(&["unit"], Unit::NAMES)],
    ),
    Metric {
        name: "mimiyori_provider_cost_usd_total",
        kind: Kind::CounterOfMillionths,
        help: "What providers cost, in US dollars.",
        dimensions: &[PROVIDER],
    },
    gauge(
        "mimiyori_budget_spent_usd",
        "What is spent and reserved of a provider's budget in this period; the same from every process.",
        &[PROVIDER, PERIOD],
    ),
    gauge(
        "mimiyori_budget_limit_usd",
        "A provider's budget for the period; +Inf where none is set.",
        &[PROVIDER, PERIOD],
    ),
    gauge(
        "mimiyori_breaker_open",
        "1 while a provider is held back because it kept failing, else 0; the same from every process.",
        &[PROVIDER],
    ),
    counter(
        "mimiyori_artifact_requests_total",
        "Artifacts asked for, by how they were had: hit and joined ones cost nothing.",
        &[closed(&["kind"], ARTIFACT_KINDS), closed(&["outcome"], Had::NAMES)],
    ),
    counter(
        "mimiyori_source_fetch_total",
        "Fetches of sources, by how they ended.",
        &[closed(&["outcome"], Fetched::NAMES)],
    ),
    counter(
        "mimiyori_deliveries_total",
        "Attempts to deliver notices, by how they ended.",
        &[closed(&["channel"], Channel::NAMES), closed(&["outcome"], Delivered::NAMES)],
    ),
    counter(
        "mimiyori_sign_ins_total",
        "Tries to sign in, by how and what came of it; a password that is tried too often is throttled.",
        &[
            closed(&["method"], &["password", "link", "passkey", "oidc"]),
            closed(&["outcome"], &["in", "refused", "throttled"]),
        ],
    ),
    counter(
        "mimiyori_http_requests_total",
        "HTTP requests answered; the route is the pattern that matched, never the path.",
        &[ROUTE, open(&["status"], Values::AtLeast(STATUSES))],
    ),
    histogram(
        "mimiyori_http_request_seconds",
        ANSWERING,
        "How long an HTTP request took to the head of its answer.",
        &[ROUTE],
    ),
    gauge(
        "mimiyori_db_pool_connections",
        "Connections that this process has to the database.",
        &[closed(&["state"], Connection::NAMES)],
    ),
    gauge(
        "mimiyori_backup_last_success_timestamp_seconds",
        "When a backup was last made; 0 before the first.",
        &[],
    ),
    gauge("mimiyori_build_info", "1, for what this build is.", &[BUILD]),
];

impl Metric {
    pub fn named(name: &str) -> Option<&'static Self> {
        METRICS.iter().find(|metric| metric.name == name)
    }

    pub fn labels(&self) -> impl Iterator<Item = &'static str> {
        self.dimensions.iter().flat_map(|dimension| dimension.labels.iter().copied())
    }

    /// The label sets that are there from the start.
    pub fn series(&self, known: &Known) -> Vec<Vec<(&'static str, String)>> {
        self.dimensions.iter().fold(vec![Vec::new()], |series, dimension| {
            let tuples = dimension.tuples(known);
            let with = |labels: &Vec<_>, tuple: &Vec<String>| {
                let more = dimension.labels.iter().copied().zip(tuple.iter().cloned());
                labels.iter().cloned().chain(more).collect()
            };
            series.iter().flat_map(|labels| tuples.iter().map(move |tuple| with(labels, tuple))).collect()
        })
    }
}

impl Dimension {
    /// Its values from the start, one text for each of its labels.
    fn tuples(&self, known: &Known) -> Vec<Vec<String>> {
        let singles = |names: &[String]| names.iter().map(|name| vec![name.clone()]).collect();
        match self.values {
            Values::Closed(names) | Values::AtLeast(names) => {
                names.iter().map(|name| vec![(*name).to_owned()]).collect()
            }
            Values::Build => vec![vec![super::VERSION.to_owned(), super::COMMIT.to_owned()]],
            Values::Lanes => known.lanes.iter().map(|(_, name)| vec![name.clone()]).collect(),
            Values::Pools => singles(&known.pools),
            Values::Providers => singles(&known.providers),
            Values::Routes => {
                let pairs = known.routes.iter().chain(&[("GET", NO_ROUTE)]);
                pairs.map(|(method, route)| vec![(*route).to_owned(), (*method).to_owned()]).collect()
            }
        }
    }
}

const fn counter(name: &'static str, help: &'static str, dimensions: &'static [Dimension]) -> Metric {
    Metric { name, kind: Kind::Counter, help, dimensions }
}

const fn gauge(name: &'static str, help: &'static str, dimensions: &'static [Dimension]) -> Metric {
    Metric { name, kind: Kind::Gauge, help, dimensions }
}

const fn histogram(
    name: &'static str,
    buckets: &'static [f64],
    help: &'static str,
    dimensions: &'static [Dimension],
) -> Metric {
    Metric { name, kind: Kind::Histogram(buckets), help, dimensions }
}

const fn closed(labels: &'static [&'static str], names: &'static [&'static str]) -> Dimension {
    Dimension { labels, values: Values::Closed(names) }
}

const fn open(labels: &'static [&'static str], values: Values) -> Dimension {
    Dimension { labels, values }
}
