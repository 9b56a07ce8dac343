use super::{queue::Retry, read::from_parts, *};
use domain::plan::Limit;
use toml::Table;

fn load(text: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    from_parts(text.parse().unwrap(), variables, "mimiyori.toml")
}

#[test]
fn nothing_set_is_the_default() {
    assert_eq!(load("", &[]).unwrap(), Config::default());
}

/// The commented sample says what holds without it: every key, with its default.
#[test]
fn the_sample_is_the_default() {
    let sample = include_str!("../../../../docs/reference/config.toml");
    assert_eq!(load(sample, &[]).unwrap(), Config::default());
    let keys = |config: &str| config.parse::<Table>().unwrap();
    let defaults = keys(&toml::to_string(&Config::default()).unwrap());
    assert_eq!(keys(sample), defaults, "a key is missing in the sample");
}

#[test]
fn variables_win_over_the_file() {
    let config = load(
        "[writer]\nkind = \"openai\"\nmodel = \"a\"",
        &[("MIMIYORI_WRITER__MODEL", "4"), ("MIMIYORI_SOURCES__ALLOW_PRIVATE", "10.0.0.0/8, 192.168.1.0/24")],
    )
    .unwrap();
    assert_eq!((config.writer.kind, config.writer.model.as_str()), (WriterKind::Openai, "4"));
    assert_eq!(config.sources.allow_private, ["10.0.0.0/8", "192.168.1.0/24"]);
}

#[test]
fn unknown_keys_are_refused_with_the_nearest_name() {
    let error = load("[server]\nlisten_at = \"x\"\nlisen = \"y\"", &[]).unwrap_err().to_string();
    assert!(error.contains("mimiyori.toml") && error.contains("lis"), "{error}");
    let error = load("", &[("MIMIYORI_WRITER__MODLE", "x")]).unwrap_err().to_string();
    assert!(error.contains("MIMIYORI_WRITER__MODLE") && error.contains("did you mean `model`?"), "{error}");
}

#[test]
fn secrets_are_references_and_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    std::fs::write(&path, "hush\n").unwrap();
    let config = load(&format!("[writer]\napi_key = \"file:{}\"", path.display()), &[]).unwrap();
    assert_eq!(config.writer.api_key.reveal().unwrap().as_deref(), Some("hush"));
    let plain = load("[writer]\napi_key = \"hush\"", &[]).unwrap();
    assert!(!format!("{plain:?}").contains("hush"));
    assert!(!toml::to_string(&plain).unwrap().contains("hush"));
    assert_eq!(Secret::default().reveal().unwrap(), None);
}

/// The commented section of the sample is a provider's default, every key.
#[test]
fn the_sample_provider_is_the_default() {
    let sample = include_str!("../../../../docs/reference/config.toml");
    let (_, section) = sample.split_once("[providers]\n").unwrap();
    let lines = section.lines().map_while(|line| line.strip_prefix("# "));
    let text = lines.collect::<Vec<_>>().join("\n");
    assert_eq!(load(&text, &[]).unwrap().providers["openai"], Provider::default());
    let keys = Table::try_from(Provider::default()).unwrap();
    assert_eq!(text.parse::<Table>().unwrap()["providers"]["openai"].as_table(), Some(&keys));
}

#[test]
fn what_is_set_lies_over_the_defaults_key_by_key() {
    let config = load(
        "[queue.retries.budget]\ntries = 3\n[queue.lanes]\nurgent = 20\nbackground = 0\n[plans.pro]\nlane = \"urgent\"",
        &[("MIMIYORI_QUEUE__LANES__SLOW", "2"), ("MIMIYORI_QUEUE__RETRIES__BUDGET__CAP_SECONDS", "60")],
    )
    .unwrap();
    assert_eq!(config.queue.retries.budget, Retry { tries: 3, base_seconds: 300, cap_seconds: 60 });
    assert_eq!(config.queue.retries.transient, Queue::default().retries.transient);
    let names: Vec<&str> = config.queue.ranked_lanes().into_iter().map(|(name, ..)| name).collect();
    assert_eq!(names, ["urgent", "first", "standard", "slow"]);
    assert_eq!(config.queue.lane("standard"), Some(::queue::Lane(2)));
    let (_, pro) = config.plans.get("pro").unwrap();
    assert_eq!((pro.lane.as_str(), pro.feeds), ("urgent", Limit::of(5)));
    // Jobs of a lane that is named no more are still somebody's.
    let served = config.queue.served_lanes();
    let ranked = config.queue.ranked_lanes();
    assert!(ranked.iter().all(|(_, lane, weight)| served.contains(&(*lane, *weight))));
    assert!((0..8).all(|number| served.iter().any(|(lane, _)| lane.0 == number)), "{served:?}");
}

#[test]
fn shipped_retries_are_the_queues_own() {
    assert_eq!(Queue::default().retries.policies(), ::queue::Policies::SHIPPED);
    assert!(Queue::default().cpu_slots() >= 1);
}

#[test]
fn a_provider_is_set_by_file_and_by_variable() {
    let config = load(
        "[providers.openai]\nparallel = 4\ndaily_budget_usd = 5\n[providers.openai.reserved_percent]\nfirst = 30",
        &[
            ("MIMIYORI_PROVIDERS__OPENAI__USD_PER_MILLION_OUTPUT_TOKENS", "0.6"),
            ("MIMIYORI_PROVIDERS__OPENAI__RESERVED_PERCENT__STANDARD", "70"),
            ("MIMIYORI_PROVIDERS__OTHER__REQUESTS_PER_MINUTE", "60"),
        ],
    )
    .unwrap();
    let openai = &config.providers["openai"];
    assert_eq!((openai.parallel, openai.daily_budget_usd.micro()), (4, 5_000_000));
    assert_eq!(openai.usd_per_million_output_tokens.micro(), 600_000);
    assert_eq!(openai.reserved_percent, BTreeMap::from([("first".into(), 30), ("standard".into(), 70)]));
    assert_eq!(config.providers["other"].requests_per_minute, 60);
}

#[test]
fn a_provider_is_named_by_its_kind_or_as_its_user_says() {
    let none = Config::default();
    assert!(none.providers_in_use().is_empty());
    assert_eq!(none.provider_names(), ["extractive", "embedded"]);
    assert_eq!(none.hands() as usize, none.queue.cpu_slots());
    let text = "[writer]\nkind = \"openai\"\n[voice]\nkind = \"openai\"\nprovider = \"speech\"\n\
        [providers.speech]\nparallel = 3\nusd_per_million_characters = 15\nmonthly_budget_usd = 20.5\n\
        [providers.speech.reserved_percent]\nfirst = 40";
    let config = load(text, &[]).unwrap();
    assert_eq!(config.providers_in_use().into_iter().collect::<Vec<_>>(), ["openai", "speech"]);
    assert_eq!(config.provider_settings("openai"), domain::provider::Settings::default());
    let speech = config.provider_settings("speech");
    assert_eq!((speech.prices.characters, speech.monthly_budget_micro_usd), (15_000_000, 20_500_000));
    assert_eq!((speech.parallel, config.hands()), (3, 3));
    assert_eq!(speech.reserved_percent, BTreeMap::from([(0, 40)]));
}

#[test]
fn what_cannot_be_is_refused() {
    for (text, why) in [
        ("[providers.openai]\nparalel = 1", "did you mean `parallel`"),
        ("[plans.pro]\nlan = \"first\"", "did you mean `lane`"),
        ("[plans.pro]\nfeeds = -1", "no limit"),
        ("[plans.pro]\nstripe_prices = [\"p\"]\n[plans.free]\nstripe_prices = [\"p\"]", "buys another plan"),
        ("[subscriptions]\ndefault_plan = \"gold\"", "no plan \"gold\""),
        ("[queue.retries.transien]\ntries = 1", "did you mean `transient`"),
        ("[queue.retries.bug]\ntry = 1", "did you mean `tries`"),
        (
            "[providers.openai]\ndaily_budget_usd = -1.0",
            "providers.openai.daily_budget_usd: -1 is no amount of dollars",
        ),
        ("[providers.openai]\ndaily_budget_usd = nan", "no amount of dollars"),
        ("[providers.openai.reserved_percent]\nfirst = 60\nstandard = 41", "add up to 101"),
        ("[providers.openai.reserved_percent]\nfrist = 60", "no lane \"frist\""),
        ("[plans.pro]\nlane = \"frist\"", "no lane \"frist\""),
        ("[scheduler]\nchunk = 0", "scheduler.chunk: must be from 1 to 100000, it is 0"),
        ("[scheduler]\ntick_seconds = 0", "scheduler.tick_seconds: must be from 1 to 3600, it is 0"),
        ("[scheduler]\nlead_minutes = 400", "scheduler.freshness_minutes: is 360, shorter"),
        ("[plans.pro]\nfreshness_minutes = 5", "plans.pro.freshness_minutes: is 5, shorter"),
        ("[queue]\nlease_seconds = 2", "queue.lease_seconds: must be from 3 to 3600, it is 2"),
        ("[queue]\nlease_seconds = 3601", "queue.lease_seconds: must be from 3 to 3600, it is 3601"),
        (
            "[queue.retries.transient]\ntries = 0",
            "queue.retries.transient.tries: must be from 1 to 1000, it is 0",
        ),
        ("[queue]\nother_slots = 0", "queue.other_slots: must be from 1 to 10000, it is 0"),
        ("[queue]\nmemory_limit_mb = 255", "queue.memory_limit_mb: must be 0"),
        ("[retention]\nattempts_days = 0", "retention.attempts_days: must be from 1 to 36500, it is 0"),
        (
            "[server]\nrequests_per_minute = 0",
            "server.requests_per_minute: must be from 1 to 1000000, it is 0",
        ),
        ("[media]\nendpoint = \"http://localhost:9000\"", "media.endpoint: is for buckets only"),
        ("[media]\nurl = \"s3://b\"\nendpoint = \"localhost:9000\"", "begins with neither"),
        (
            "[scheduler]\ncatch_up_minutes = 99999999",
            "scheduler.catch_up_minutes: must be from 0 to 10080, it is 9",
        ),
        ("[queue]\ngrace_seconds = -3", "queue.grace_seconds: must be from 0 to 3600, it is -3"),
        (
            "[plans.pro]\nfreshness_minutes = 99999999999",
            "plans.pro.freshness_minutes: must be from 1 to 10080",
        ),
        ("[providers.openai]\ndaily_budget_usd = -3", "providers.openai.daily_budget_usd: -3 is no amount"),
        ("queue = 1", "[queue] must be a table, it is integer `1`"),
        ("[queue.retries]\nbug = 1", "[queue.retries.bug] must be a table"),
        ("[server]\nlisten = 1", "server.listen: must be text in quotes"),
        ("[queue]\nother_slots = \"four\"", "queue.other_slots: must be a whole number"),
        ("[queue.retries.bug]\ntry = 1", "unknown key `try` in [queue.retries.bug]"),
        ("[servr]\nlisten = \"x\"", "unknown section or key `servr`; did you mean `server`"),
        ("[queue.lanes]\nfirst = 0\nstandard = 0\nbackground = 0", "at least one lane"),
    ] {
        let error = load(text, &[]).unwrap_err().to_string();
        assert!(error.contains(why), "{text}: {error}");
    }
    let error = load("", &[("MIMIYORI_PROVIDERS__OPENAI__PARALLEL", "many")]).unwrap_err().to_string();
    assert!(error.contains("PARALLEL: \"many\" is not a whole number"), "{error}");
}

#[test]
fn plans_are_set_by_file_and_by_variable() {
    let config = load(
        "[plans.team]\nfeeds = 20\nprice = \"40 USD\"\n[plans.free]\nfeeds = \"unlimited\"",
        &[
            ("MIMIYORI_PLANS__TEAM__STRIPE_PRICES", "price_1, price_2"),
            ("MIMIYORI_PLANS__TEAM__MINUTES", "45"),
            ("MIMIYORI_PLANS__FREE__ARTICLES", "unlimited"),
            ("MIMIYORI_RETENTION__PROGRAMS_DAYS", "90"),
        ],
    )
    .unwrap();
    let plan = |name| config.plans.get(name).unwrap().1;
    assert_eq!((plan("team").feeds, plan("team").minutes), (Limit::of(20), Limit::of(45)));
    assert_eq!(config.plans.of_price("price_2"), Some("team"));
    assert_eq!(
        (plan("free").feeds, plan("free").articles, plan("free").minutes),
        (Limit::NONE, Limit::NONE, Limit::of(10))
    );
    // What a plan does not say of its programs' time, the service says.
    let offer = config.offer();
    let days = |name| offer.plans.get(name).unwrap().1.program_days;
    assert_eq!((days("team"), days("free"), days("unlimited")), (Limit::of(90), Limit::of(7), Limit::of(90)));
}
