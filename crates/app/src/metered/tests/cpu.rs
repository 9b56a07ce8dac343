//! Engines that compute here.

use super::*;

#[tokio::test]
async fn no_more_engines_compute_than_there_are_slots_whatever_they_do() {
    let slots = CpuSlots::new(2);
    let (actor, begun, gate) = Actor::held();
    let voice: Arc<dyn Voice> = Arc::new(OnCpu::<dyn Voice>::new("embedded", actor.clone(), slots.clone()));
    let writer: Arc<dyn Writer> =
        Arc::new(OnCpu::<dyn Writer>::new("extractive", actor.clone(), slots.clone()));
    let mut tasks = Vec::new();
    for _ in 0..4 {
        let (voice, writer) = (voice.clone(), writer.clone());
        tasks.push(tokio::spawn(async move { voice.speak(&line()).await.map(drop).unwrap() }));
        tasks.push(tokio::spawn(async move { write(&*writer).await.map(drop).unwrap() }));
    }
    begun.acquire_many(2).await.unwrap().forget();
    assert_eq!(actor.most_together(), 2);
    gate.add_permits(8);
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!((actor.calls(), actor.most_together()), (8, 2));
}

#[tokio::test]
async fn there_is_always_a_slot() {
    let voice = OnCpu::<dyn Voice>::new("embedded", Arc::new(Actor::default()), CpuSlots::new(0));
    voice.speak(&line()).await.unwrap();
}
