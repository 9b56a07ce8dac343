use super::*;
use jiff::SignedDuration;
use proptest::prelude::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn quiet(from: &str, to: &str) -> Option<Quiet> {
    Some(Quiet::new(from.parse().unwrap(), to.parse().unwrap()).unwrap())
}

fn settings(zone: &str, quiet: Option<Quiet>, bundling: Bundling) -> Settings {
    Settings { zone: zone.parse().unwrap(), quiet, bundling }
}

fn ready(number: u64, ready_by: &str, visible_at: &str) -> Ready {
    let program = ProgramId::born(i64::try_from(number).unwrap() * 1_000, [0; 2]);
    Ready { program, ready_by: at(ready_by), visible_at: at(visible_at) }
}

#[test]
fn a_notice_goes_out_at_ready_by_and_not_in_quiet_hours() {
    let night = quiet("22:00", "07:00");
    for (zone, hours, ready_by, visible_at, expected) in [
        // Made early: told at ready-by.
        ("Asia/Tokyo", None, "2026-03-10T22:00:00Z", "2026-03-10T21:20:00Z", "2026-03-10T22:00:00Z"),
        // Late: told when it is there.
        ("Asia/Tokyo", None, "2026-03-10T22:00:00Z", "2026-03-10T22:04:10Z", "2026-03-10T22:04:10Z"),
        // 07:00 is the end of the night already.
        ("Asia/Tokyo", night, "2026-03-10T22:00:00Z", "2026-03-10T21:20:00Z", "2026-03-10T22:00:00Z"),
        ("Asia/Tokyo", night, "2026-03-10T20:30:00Z", "2026-03-10T20:00:00Z", "2026-03-10T22:00:00Z"),
        ("Asia/Tokyo", night, "2026-03-10T13:00:00Z", "2026-03-10T12:00:00Z", "2026-03-10T22:00:00Z"),
        ("Asia/Tokyo", night, "2026-03-10T12:59:00Z", "2026-03-10T12:00:00Z", "2026-03-10T12:59:00Z"),
        (
            "Asia/Tokyo",
            quiet("12:00", "13:00"),
            "2026-03-10T03:30:00Z",
            "2026-03-10T03:00:00Z",
            "2026-03-10T04:00:00Z",
        ),
        // 02:30 does not come on this night: the clock jumps from 02:00 to 03:00.
        (
            "Europe/Berlin",
            quiet("22:00", "02:30"),
            "2026-03-29T00:30:00Z",
            "2026-03-29T00:00:00Z",
            "2026-03-29T01:00:00Z",
        ),
        // 02:30 comes twice; from the second 02:10 it is the second one.
        (
            "Europe/Berlin",
            quiet("22:00", "02:30"),
            "2026-10-25T00:10:00Z",
            "2026-10-25T00:00:00Z",
            "2026-10-25T00:30:00Z",
        ),
        (
            "Europe/Berlin",
            quiet("22:00", "02:30"),
            "2026-10-25T01:10:00Z",
            "2026-10-25T00:00:00Z",
            "2026-10-25T01:30:00Z",
        ),
        // The clock is put back to before the night began, which is no morning.
        (
            "Europe/Berlin",
            quiet("02:15", "06:00"),
            "2026-10-25T00:20:00Z",
            "2026-10-25T00:00:00Z",
            "2026-10-25T05:00:00Z",
        ),
        // Loud for a quarter of an hour only, which this night does not have.
        (
            "Europe/Berlin",
            quiet("02:45", "02:30"),
            "2026-03-29T00:30:00Z",
            "2026-03-29T00:00:00Z",
            "2026-03-30T00:30:00Z",
        ),
    ] {
        let settings = settings(zone, hours, Bundling::Each);
        assert_eq!(
            settings.send_at(&ready(1, ready_by, visible_at)),
            at(expected),
            "{zone} {hours:?} {ready_by}"
        );
    }
}

#[test]
fn a_digest_joins_what_comes_in_the_same_minute() {
    let programs = [
        ready(3, "2026-03-10T22:00:00Z", "2026-03-10T21:30:00Z"),
        ready(1, "2026-03-10T20:00:00Z", "2026-03-10T19:30:00Z"),
        ready(2, "2026-03-10T21:00:00Z", "2026-03-10T20:30:00Z"),
        ready(4, "2026-03-10T22:00:00Z", "2026-03-10T22:00:40Z"),
        ready(5, "2026-03-10T22:00:00Z", "2026-03-10T22:07:00Z"),
    ];
    let told = |quiet, bundling| -> Vec<(String, Vec<ProgramId>)> {
        let sendings = settings("Asia/Tokyo", quiet, bundling).sendings(&programs);
        sendings.into_iter().map(|sending| (sending.at.to_string(), sending.programs)).collect()
    };
    let of = |at: &str, numbers: &[u64]| {
        let program = |number: &u64| ready(*number, at, at).program;
        (at.to_owned(), numbers.iter().map(program).collect::<Vec<_>>())
    };
    let (eight, nine, ten) = ("2026-03-10T20:00:00Z", "2026-03-10T21:00:00Z", "2026-03-10T22:00:00Z");
    let (soon, late) = ("2026-03-10T22:00:40Z", "2026-03-10T22:07:00Z");
    assert_eq!(
        told(None, Bundling::Each),
        [of(eight, &[1]), of(nine, &[2]), of(ten, &[3]), of(soon, &[4]), of(late, &[5])]
    );
    assert_eq!(
        told(None, Bundling::Digest),
        [of(eight, &[1]), of(nine, &[2]), of(soon, &[3, 4]), of(late, &[5])]
    );
    let night = quiet("22:00", "07:00");
    assert_eq!(told(night, Bundling::Digest), [of(soon, &[1, 2, 3, 4]), of(late, &[5])]);
    assert_eq!(told(night, Bundling::Each).len(), 5);
}

#[test]
fn batches_of_an_hour_are_told_together_and_not_in_quiet_hours() {
    let closed_at = at("2026-03-10T14:59:59Z");
    for (hours, bundling, told) in [
        (None, Bundling::Each, "2026-03-10T14:59:59Z"),
        (None, Bundling::Digest, "2026-03-10T15:00:00Z"),
        (quiet("23:00", "07:00"), Bundling::Digest, "2026-03-10T22:00:00Z"),
    ] {
        assert_eq!(settings("Asia/Tokyo", hours, bundling).summary_at(closed_at), at(told));
    }
    let digest = settings("Asia/Tokyo", None, Bundling::Digest);
    assert_eq!(digest.summary_at(at("2026-03-10T15:00:00Z")), at("2026-03-10T16:00:00Z"));
    assert_eq!(digest.bundle(at("2026-03-10T22:00:59Z")), digest.bundle(at("2026-03-10T22:00:00Z")));
    assert_ne!(digest.bundle(at("2026-03-10T22:01:00Z")), digest.bundle(at("2026-03-10T22:00:59Z")));
    assert_eq!(settings("Asia/Tokyo", None, Bundling::Each).bundle(closed_at), None);
}

#[test]
fn settings_are_kept_as_written() {
    let json = r#"{"zone":"Asia/Tokyo","quiet":{"from":"22:00","to":"7:00"},"bundling":"digest"}"#;
    let settings: Settings = serde_json::from_str(json).unwrap();
    assert_eq!(settings, self::settings("Asia/Tokyo", quiet("22:00", "7:00"), Bundling::Digest));
    assert_eq!(serde_json::to_string(&settings).unwrap(), json);
    let plain: Settings = serde_json::from_str(r#"{"zone":"UTC"}"#).unwrap();
    assert_eq!(plain, self::settings("UTC", None, Bundling::Each));
    for wrong in [
        r#"{"zone":"UTC","quiet":{"from":"07:00","to":"7:00"}}"#,
        r#"{"zone":"UTC","quiet":{"from":"07:00"}}"#,
        r#"{"zone":"JST"}"#,
        r#"{"zone":"UTC","bundling":"weekly"}"#,
    ] {
        assert!(serde_json::from_str::<Settings>(wrong).is_err(), "{wrong}");
    }
}

fn any_time() -> impl Strategy<Value = crate::schedule::LocalTime> {
    (0..24_u8, 0..60_u8).prop_map(|(hour, minute)| format!("{hour:02}:{minute:02}").parse().unwrap())
}

fn any_settings() -> impl Strategy<Value = Settings> {
    let zones =
        ["Asia/Tokyo", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"];
    let quiet = (any_time(), any_time()).prop_map(|(from, to)| Quiet::new(from, to).ok());
    let bundling = prop::sample::select(vec![Bundling::Each, Bundling::Digest]);
    (prop::sample::select(zones.to_vec()), quiet, bundling)
        .prop_map(|(zone, quiet, bundling)| settings(zone, quiet, bundling))
}

fn any_instant() -> impl Strategy<Value = Timestamp> {
    // Ten years of minutes.
    (0..5_256_000_i64).prop_map(|minutes| at("2022-01-01T00:00:00Z") + SignedDuration::from_mins(minutes))
}

proptest! {
    #[test]
    fn nothing_is_sent_early_or_in_quiet_hours(settings in any_settings(), ready_by in any_instant()) {
        let one = Ready { ready_by, visible_at: ready_by, ..ready(1, "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z") };
        let sent = settings.send_at(&one);
        let is_quiet = |at: Timestamp| {
            settings.quiet.is_some_and(|quiet| quiet.contains(settings.zone.rules().to_datetime(at).time()))
        };
        prop_assert!(sent >= ready_by && !is_quiet(sent));
        prop_assert_eq!(sent == ready_by, !is_quiet(ready_by));
        let clocks_change = settings.zone.rules().following(ready_by).next().is_some_and(|change| change.timestamp() <= sent);
        if !clocks_change {
            let minutes = (sent.as_second() - ready_by.as_second()) / 60;
            let all_quiet = (0..minutes).all(|minute| is_quiet(ready_by + SignedDuration::from_mins(minute)));
            prop_assert!(all_quiet, "it could have been sent earlier than {sent}");
        }
        prop_assert!(sent.duration_since(ready_by) <= SignedDuration::from_hours(49));
    }

    #[test]
    fn every_program_is_told_of_once(
        settings in any_settings(),
        instants in prop::collection::vec((any_instant(), 0..90_i64), 0..12),
        near in any::<bool>(),
    ) {
        let readies: Vec<Ready> = instants.into_iter().enumerate().map(|(number, (instant, late_s))| {
            let ready_by = if near { at("2026-03-10T22:00:00Z") } else { instant };
            let program = ProgramId::born(i64::try_from(number).unwrap() * 1_000, [0; 2]);
            Ready { program, ready_by, visible_at: ready_by + SignedDuration::from_secs(late_s) }
        }).collect();
        let sendings = settings.sendings(&readies);
        let mut told: Vec<ProgramId> = sendings.iter().flat_map(|sending| sending.programs.clone()).collect();
        told.sort();
        let all: Vec<ProgramId> = readies.iter().map(|one| one.program).collect();
        prop_assert_eq!(told, all);
        prop_assert!(sendings.is_sorted_by_key(|sending| sending.at));
        for sending in &sendings {
            let of = |id: &ProgramId| settings.send_at(readies.iter().find(|one| one.program == *id).unwrap());
            prop_assert!(sending.programs.iter().all(|id| of(id) <= sending.at && minute(of(id)) == minute(sending.at)));
        }
        match settings.bundling {
            Bundling::Each => prop_assert!(sendings.iter().all(|sending| sending.programs.len() == 1)),
            Bundling::Digest => {
                prop_assert!(sendings.is_sorted_by(|one, next| minute(one.at) < minute(next.at)));
            }
        }
    }
}
