//! What pages weigh and whether they stand still: a cold visit, going on, and what moves while a page comes.

use crate::{
    browser::{Browser, PHONE},
    world::{Eyes, World},
};
use domain::Language;
use serde_json::json;

/// Packed, with all that a page loads.
const COLD: u64 = 100_000;
/// Packed, of a page alone: what goes over the wire when one goes on.
const STEP: u64 = 15_000;
/// As Web Vitals count it; 0.1 is called good.
const SHIFT: f64 = 0.01;

const WEIGH: &str = "const done = arguments[0];
    const shifts = [];
    new PerformanceObserver((list) => shifts.push(...list.getEntries())).observe({ type: 'layout-shift', buffered: true });
    setTimeout(() => {
        const entries = ['navigation', 'resource'].flatMap((type) => performance.getEntriesByType(type));
        done({
            cold: entries.reduce((sum, one) => sum + one.transferSize, 0),
            page: performance.getEntriesByType('navigation')[0].transferSize,
            shift: shifts.filter((one) => !one.hadRecentInput).reduce((sum, one) => sum + one.value, 0),
        });
    }, 400);";

#[tokio::test]
async fn pages_are_light_and_stand_still() {
    let world = World::lived_in(Language::Ja, Eyes::Listener).await;
    let mut heavy = Vec::new();
    Browser::run(&world.base, PHONE, async |browser| {
        browser.tools("Network.enable", json!({})).await;
        browser.tools("Network.setCacheDisabled", json!({ "cacheDisabled": true })).await;
        browser.tools("Network.setBypassServiceWorker", json!({ "bypass": true })).await;
        for path in ["/", "/programs", "/feeds", "/settings/plan", "/start"]
            .map(ToOwned::to_owned)
            .into_iter()
            .chain([format!("/programs/{}", world.program), format!("/feeds/{}/filter", world.feed)])
        {
            browser.go(&path).await;
            let weighed = browser.wait_for(WEIGH, Vec::new()).await;
            let (cold, page) = (weighed["cold"].as_u64().unwrap(), weighed["page"].as_u64().unwrap());
            let shift = weighed["shift"].as_f64().unwrap();
            assert!(page > 500, "{path} is nothing: {weighed}");
            if cold > COLD || page > STEP || shift > SHIFT {
                heavy.push(format!("{path}: {weighed}"));
            }
            eprintln!("{path}: {weighed}");
        }
    })
    .await;
    assert!(heavy.is_empty(), "{heavy:#?}");
}
