//! A process that dies at any moment: whoever comes after it delivers the program.

use super::{
    peer::{Peer, Say, call},
    scene::Scene,
};
use std::{
    future::Future,
    pin::{Pin, pin},
    task::{Context, Poll},
};

/// Runs a future until it has been woken so often; then it is dropped where it stands.
struct Mortal<F> {
    future: Pin<Box<F>>,
    lives: u32,
}

impl<F: Future> Future for Mortal<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.lives.checked_sub(1) {
            None => return Poll::Ready(None),
            Some(left) => self.lives = left,
        }
        self.future.as_mut().poll(context).map(Some)
    }
}

async fn dies_at(scene: &Scene, lives: u32) -> bool {
    let mortal = Mortal { future: Box::pin(scene.go_on()), lives };
    pin!(mortal).await.is_none()
}

fn one_name(peer: &Peer, expected: &str) {
    assert!(peer.seen().iter().all(|seen| seen.id() == expected), "asked under one name only");
}

#[tokio::test]
async fn death_at_any_step_of_an_answer_at_once_costs_nothing() {
    let mut lives = 0;
    loop {
        let scene = Scene::new().await;
        scene.peer.says([Say::Answer(scene.program("good.mp3"))]);
        let died = dies_at(&scene, lives).await;
        let delivered = scene.delivered().await;
        assert_eq!(delivered.audio.duration_ms, 120_000, "died at {lives}");
        assert_eq!(scene.delivered().await, delivered);
        one_name(&scene.peer, &scene.occurrence.to_string());
        if !died {
            break;
        }
        lives += 1;
    }
    assert!(lives > 10, "only {lives} moments to die at");
}

#[tokio::test]
async fn death_at_any_step_before_a_callback_costs_nothing() {
    let mut lives = 0;
    loop {
        let scene = Scene::new().await;
        scene.peer.says([Say::Status(202, None)]);
        let died = dies_at(&scene, lives).await;
        drop(scene.go_on().await.unwrap());
        assert_eq!(call(&scene.callback_url(), &scene.program("good.mp3")).await.0, 202, "died at {lives}");
        dies_at(&scene, lives).await;
        assert_eq!(scene.delivered().await.title, "Today");
        one_name(&scene.peer, &scene.occurrence.to_string());
        if !died {
            break;
        }
        lives += 1;
    }
    assert!(lives > 5, "only {lives} moments to die at");
}
