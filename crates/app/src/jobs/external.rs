//! External: one program that somebody else makes. Each step is recorded before the next is taken, so
//! that a job that is killed goes on where it was: asked again, a generator sees the same name; what was
//! answered is not asked for again; what was fetched is not fetched again.

mod publish;

pub use publish::external;

use super::Trouble;
use crate::clock::{new_token, timestamp};
use domain::{
    OccurrenceId,
    external::{Answer, Delivered, Event, Exchange, Next, Offer, Phase, Refused, Request, StoredAudio, next},
};
use jiff::Timestamp;
use media::Media;
use net::{Url, webhook::Secrets};
use queue::{Class, Clock, Entropy, JobError, Micros};
use std::sync::Arc;
use store::{Store, external::Errand};
use studio::{
    external::{GeneratorError, Generators, Reply},
    writer::Failure,
};

/// What asking others takes.
#[derive(Clone)]
pub struct Outside {
    pub store: Store,
    pub media: Media,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub generators: Generators,
    /// Where generators reach this service.
    pub public_url: Url,
}

/// How far an errand came.
#[derive(Debug)]
pub enum Progress {
    /// To be published.
    Delivered(Box<Errand>, Box<Delivered>),
    /// A good end without a program, and why.
    Nothing(String),
    /// A callback is promised, and wakes the job; look again then in any case.
    Waits(Timestamp),
    /// Nothing is left to do, and why.
    Over(String),
}

impl Outside {
    /// Goes on with an occurrence as far as it goes now. `due_at` is the job's own: a later one than before
    /// has a request that was given up sent again.
    pub async fn go_on(&self, occurrence: OccurrenceId, due_at: Micros) -> Result<Progress, Trouble> {
        loop {
            let Some(errand) = self.store.errand(occurrence).await? else {
                return Ok(Progress::Over("its feed names no external generator any more".to_owned()));
            };
            if !errand.state.is_unfinished() {
                return Ok(Progress::Over(format!("the occurrence is {}", errand.state)));
            }
            match next(errand.exchange.as_ref(), timestamp(due_at), timestamp(self.clock.now())) {
                Next::Send => self.ask(&errand, timestamp(due_at)).await?,
                Next::Wait(until) => return Ok(Progress::Waits(until)),
                // Refused only where somebody was faster: then what stands is looked at again.
                Next::TimeOut => drop(self.step(occurrence, Event::TimeOut).await?),
                Next::GiveUp(why) => return Err(given_up(&errand, why)),
                Next::Take(Answer::Nothing(why)) => return Ok(Progress::Nothing(why.clone())),
                Next::Take(Answer::Failed(why)) => self.give_up(&errand, why).await?,
                Next::Take(Answer::Program(offer)) => {
                    if let Some(audio) = self.audio(&errand, offer).await? {
                        let delivered = Delivered::new(occurrence, (**offer).clone(), audio);
                        return Ok(Progress::Delivered(Box::new(errand), Box::new(delivered)));
                    }
                }
            }
        }
    }

    async fn ask(&self, errand: &Errand, due_at: Timestamp) -> Result<(), Trouble> {
        let Ok(sent) = self.step(errand.occurrence, Event::Send { due_at }).await? else { return Ok(()) };
        let request = self.request(errand, &sent)?;
        let now = timestamp(self.clock.now());
        match self.generators.ask(&errand.generator, &request, now).await {
            Ok(Reply::Accepted) => drop(self.step(errand.occurrence, Event::Accept).await?),
            Ok(Reply::Answer(answer)) => {
                // A callback may have come first; then its answer stands.
                drop(self.step(errand.occurrence, Event::Answer(&answer)).await?);
            }
            Err(error) => self.failed(errand.occurrence, sent.sends, error).await?,
        }
        Ok(())
    }

    fn request(&self, errand: &Errand, sent: &Exchange) -> Result<Request, Trouble> {
        let secrets = Secrets::parse(errand.generator.secrets()).map_err(GeneratorError::from);
        let secrets = secrets.map_err(|error| Trouble::Work(job_error(&error)))?;
        Ok(Request {
            occurrence: errand.occurrence,
            feed: errand.feed,
            feed_name: errand.feed_name.clone(),
            local_date: errand.local_date,
            zone: errand.zone.iana_name().to_owned(),
            ready_by: timestamp(errand.ready_by),
            due_at: sent.due_at,
            answer_by: sent.answer_by,
            language: errand.language,
            style: errand.style,
            minutes: errand.minutes,
            callback_url: web::callback::address(&self.public_url, &secrets, errand.occurrence),
        })
    }

    /// What was fetched for an offer, now or before. `None`: look again, somebody was faster.
    async fn audio(&self, errand: &Errand, offer: &Offer) -> Result<Option<StoredAudio>, Trouble> {
        if let Some(audio) = &errand.audio
            && self.media.holds(&audio.media_key, audio.bytes).await?
        {
            return Ok(Some(audio.clone()));
        }
        let send = errand.exchange.as_ref().map_or(0, |exchange| exchange.sends);
        // Every fetch has an object of its own: a late one cannot change what is published.
        let token = new_token(&*self.entropy).to_string();
        let media_key = format!("external/{}/{}-{token}.mp3", &token[..2], errand.occurrence);
        let fetched = self.generators.fetch(&errand.generator, offer, &self.media, &media_key).await;
        let audio = match fetched {
            Ok(audio) => audio,
            Err(error) => {
                self.failed(errand.occurrence, send, error).await?;
                return Ok(None);
            }
        };
        if self.store.keep_audio(errand.occurrence, send, &audio, errand.audio.as_ref()).await? {
            return Ok(Some(audio));
        }
        self.media.delete(&media_key).await?;
        Ok(None)
    }

    /// The generator itself says that there will be no program.
    async fn give_up(&self, errand: &Errand, why: &str) -> Result<(), Trouble> {
        let send = errand.exchange.as_ref().map_or(0, |exchange| exchange.sends);
        drop(self.step(errand.occurrence, Event::Fail { send, why }).await?);
        Ok(())
    }

    /// Ends the attempt with an error, for good if it lasts; unless what it is about is over already.
    async fn failed(
        &self,
        occurrence: OccurrenceId,
        send: u32,
        error: GeneratorError,
    ) -> Result<(), Trouble> {
        let failure = job_error(&error);
        if matches!(failure.class, Class::Permanent | Class::Input) {
            let event = Event::Fail { send, why: &failure.message };
            if self.step(occurrence, event).await?.is_err() {
                return Ok(());
            }
        }
        Err(Trouble::Work(failure))
    }

    async fn step(
        &self,
        occurrence: OccurrenceId,
        event: Event<'_>,
    ) -> Result<Result<Exchange, Refused>, Trouble> {
        Ok(self.store.step_exchange(occurrence, event, self.clock.now()).await?)
    }
}

fn given_up(errand: &Errand, why: &str) -> Trouble {
    let asked = errand.exchange.as_ref().map_or(0, |exchange| exchange.sends);
    let by_time = matches!(&errand.exchange, Some(Exchange { phase: Phase::TimedOut, .. }));
    let what_to_do = if by_time { "; it has until answer_by" } else { "" };
    let message = format!("the external generator made no program, asked {asked} times: {why}{what_to_do}");
    Trouble::Work(JobError::new(Class::Permanent, message))
}

fn job_error(error: &GeneratorError) -> JobError {
    let class = match error.failure() {
        Failure::Throttled { retry_after } => {
            let wait = retry_after.map(|wait| Micros::try_from(wait.as_micros()).unwrap_or(Micros::MAX));
            return JobError::throttled(error, wait);
        }
        Failure::Transient => Class::Transient,
        Failure::Permanent => Class::Permanent,
        Failure::Budget => Class::Budget,
        Failure::Input => Class::Input,
    };
    JobError::new(class, error)
}

#[cfg(test)]
mod tests;
