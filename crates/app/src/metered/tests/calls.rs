//! Calls that go well: on record, in turn, paid once.

use super::*;
use domain::provider::Operation;
use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use store::ledger::EntryState;

#[tokio::test]
async fn a_call_is_on_record_with_what_it_is_for_and_what_it_cost() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let node = Node::with(priced(Settings::default())).await;
    let usage = Usage { prompt_tokens: 900, completion_tokens: 300, requests: 2 };
    let actor = Actor::writing([Ok(usage)]);
    let (writer, voice) = (node.writer(&actor), node.voice(&actor));
    assert_eq!(writer.fingerprint(), "actor");
    assert_eq!(voice.fingerprint(Language::En, Host::Guest), "actor En Guest");
    let errand = errand("a");
    {
        let _recording = ::metrics::set_default_local_recorder(&recorder);
        errand
            .run(async {
                write(&*writer).await.unwrap();
                node.clock.advance(1);
                voice.speak(&line()).await.unwrap();
            })
            .await;
    }
    assert_eq!((errand.spent().units, errand.spent().cost_micro_usd), (1_300, 2_200));
    let (store, _folder) = node.close().await;
    let calls = store.calls_for(key("a")).await.unwrap();
    let told: Vec<_> = calls
        .iter()
        .map(|call| {
            (call.operation, call.lane.0, call.job, call.state.clone(), call.units, call.cost_micro_usd)
        })
        .collect();
    let answered = EntryState::Settled("answered".into());
    assert_eq!(
        told,
        [
            (Operation::Write, 1, Some(JobId(7)), answered.clone(), Some(1_200), Some(1_200)),
            (Operation::Speak, 1, Some(JobId(7)), answered, Some(100), Some(1_000)),
        ]
    );
    let sums: BTreeMap<String, u64> = snapshotter
        .snapshot()
        .into_vec()
        .into_iter()
        .filter_map(|(key, _, _, value)| match value {
            DebugValue::Counter(count) => {
                let labels = key.key().labels().map(|label| label.value()).collect::<Vec<_>>().join(" ");
                Some((format!("{} {labels}", key.key().name()), count))
            }
            _ => None,
        })
        .collect();
    let expected = [
        ("mimiyori_provider_cost_usd_total openai", 2_200),
        ("mimiyori_provider_requests_total openai speak ok", 1),
        ("mimiyori_provider_requests_total openai write ok", 1),
        ("mimiyori_provider_units_total openai characters", 100),
        ("mimiyori_provider_units_total openai tokens", 1_200),
    ];
    assert_eq!(sums, expected.map(|(name, count)| (name.to_owned(), count)).into());
}

#[tokio::test]
async fn no_more_at_a_time_than_the_provider_takes_on_all_nodes_together() {
    let settings = Settings { parallel: 3, ..Settings::default() };
    let node = Node::with(settings.clone()).await;
    let other = meter(&node.store, settings, &node.clock, 2).await;
    let actor = Arc::new(Actor::default());
    let there: Arc<dyn Voice> = Arc::new(MeteredVoice::new(actor.clone(), other.clone()));
    let speakers: Vec<_> = (0..24)
        .map(|n| {
            let voice = if n % 2 == 0 { node.voice(&actor) } else { there.clone() };
            tokio::spawn(async move { voice.speak(&line()).await.map(drop) })
        })
        .collect();
    for speaker in speakers {
        speaker.await.unwrap().unwrap();
    }
    assert_eq!(actor.calls(), 24);
    assert!((1..=3).contains(&actor.most_together()), "{}", actor.most_together());
    other.settled().await;
    let (store, _folder) = node.close().await;
    assert_eq!(store.providers(NOW).await.unwrap()[0].standing.open, 0);
}

#[tokio::test]
async fn the_urgent_go_first_when_a_place_is_freed() {
    let node = Node::with(Settings { parallel: 1, ..Settings::default() }).await;
    let (actor, begun, gate) = Actor::held();
    let voice = node.voice(&actor);
    let order = Arc::new(Mutex::new(Vec::new()));
    let speak = |lane: u8| {
        let (voice, order) = (voice.clone(), order.clone());
        let errand = Errand::new(Lane(lane), None, None);
        tokio::spawn(async move {
            errand.run(voice.speak(&line())).await.unwrap();
            order.lock().unwrap().push(lane);
        })
    };
    let first = speak(5);
    begun.acquire().await.unwrap().forget();
    let waiting = [speak(2), speak(0), speak(1)];
    // All three have been refused once when a fourth one, the least urgent, is known to wait.
    tokio::task::yield_now().await;
    gate.add_permits(4);
    first.await.unwrap();
    for one in waiting {
        one.await.unwrap();
    }
    assert_eq!(*order.lock().unwrap(), [5, 0, 1, 2]);
}

#[tokio::test]
async fn a_call_that_is_cancelled_may_have_been_paid_and_one_that_only_waited_was_not() {
    let node = Node::with(priced(Settings { parallel: 1, ..Settings::default() })).await;
    let (actor, begun, _gate) = Actor::held();
    let voice = node.voice(&actor);
    let speak = |name| {
        let voice = voice.clone();
        tokio::spawn(async move { errand(name).run(voice.speak(&line())).await.map(drop) })
    };
    let made = speak("made");
    begun.acquire().await.unwrap().forget();
    let waiting = speak("waiting");
    tokio::task::yield_now().await;
    for task in [waiting, made] {
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
    }
    let (store, _folder) = node.close().await;
    let calls = store.calls_for(key("made")).await.unwrap();
    let lost = (EntryState::Settled("lost".into()), Some(1_000));
    assert_eq!(
        calls.iter().map(|call| (call.state.clone(), call.cost_micro_usd)).collect::<Vec<_>>(),
        [lost]
    );
    assert_eq!(store.calls_for(key("waiting")).await.unwrap(), []);
    assert_eq!(actor.calls(), 1);
}

#[tokio::test]
async fn what_a_rate_holds_back_for_a_moment_waits_here() {
    let node = Node::with(Settings { requests_per_minute: 60, ..Settings::default() }).await;
    let actor = Arc::new(Actor::default());
    let voice = node.voice(&actor);
    for _ in 0..6 {
        voice.speak(&line()).await.unwrap();
    }
    let clock = node.clock.clone();
    let seventh = tokio::spawn(async move { voice.speak(&line()).await.map(drop) });
    // The minute goes on while it waits.
    tokio::task::yield_now().await;
    clock.advance(2_000_000);
    seventh.await.unwrap().unwrap();
    assert_eq!(actor.calls(), 7);
}

#[tokio::test]
async fn a_line_is_not_paid_again_because_another_one_failed() {
    let node = Node::with(priced(Settings::default())).await;
    let actor = Arc::new(Actor::default());
    let voice = node.voice(&actor);
    let lines: Vec<Utterance> = (0..4).map(|n| Utterance { text: format!("Line {n}."), ..line() }).collect();
    let say_all = async || {
        for line in &lines {
            voice.speak(line).await?;
        }
        Ok::<_, VoiceError>(())
    };
    actor.fail_at(2, down());
    assert!(errand("a").run(say_all()).await.is_err());
    assert_eq!(actor.calls(), 3);
    let again = errand("a");
    again.run(say_all()).await.unwrap();
    assert_eq!((actor.calls(), again.spent().units), (5, 14), "the two that were missing");
    let stored = errand("a");
    let stores = async || {
        say_all().await?;
        stored.delivered();
        Ok::<_, VoiceError>(())
    };
    stored.run(stores()).await.unwrap();
    assert_eq!(actor.calls(), 5, "nothing was stored the last time");
    errand("a").run(say_all()).await.unwrap();
    assert_eq!(actor.calls(), 9, "what was stored is not kept here");
}

#[tokio::test]
async fn lines_are_kept_for_their_own_artifact_host_and_language() {
    let node = Node::with(Settings::default()).await;
    let actor = Arc::new(Actor::default());
    let voice = node.voice(&actor);
    let guest = Utterance { host: Host::Guest, ..line() };
    let english = Utterance { language: Language::En, ..line() };
    actor.fail_at(1, down());
    let fails = async || {
        voice.speak(&line()).await?;
        voice.speak(&guest).await
    };
    assert!(errand("a").run(fails()).await.is_err());
    errand("b").run(voice.speak(&line())).await.unwrap();
    errand("a").run(async { voice.speak(&english).await.and(voice.speak(&guest).await) }).await.unwrap();
    assert_eq!(actor.calls(), 5);
}
