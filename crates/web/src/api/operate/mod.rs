//! What operators do: the same decisions as `mimiyori admin`, each signed and kept.

pub mod artifacts;
pub mod audit;
pub mod backfill;
pub mod batches;
pub mod dead;
pub mod jobs;
pub mod listeners;
pub mod load;
pub mod plans;
pub mod providers;
pub mod sources;
pub mod status;
pub mod tally;

use super::Api;
use utoipa_axum::router::OpenApiRouter;

pub(super) fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .merge(status::router())
        .merge(listeners::router())
        .merge(plans::router())
        .merge(batches::router())
        .merge(jobs::router())
        .merge(dead::router())
        .merge(providers::router())
        .merge(sources::router())
        .merge(backfill::router())
        .merge(audit::router())
}
