//! A writer whose calls are paid for.

use super::{Meter, judge};
use domain::{Written, provider::Operation};
use futures::future::BoxFuture;
use std::sync::Arc;
use studio::writer::{Brief, Writer, WriterError};

pub(super) struct MeteredWriter {
    inner: Arc<dyn Writer>,
    meter: Meter,
}

impl MeteredWriter {
    pub(super) const fn new(inner: Arc<dyn Writer>, meter: Meter) -> Self {
        Self { inner, meter }
    }
}

impl Writer for MeteredWriter {
    fn fingerprint(&self) -> String {
        self.inner.fingerprint()
    }

    fn write<'a>(&'a self, brief: &'a Brief<'a>) -> BoxFuture<'a, Result<Written, WriterError>> {
        Box::pin(async move {
            let call = self.meter.reserve(Operation::Write, None).await?;
            let written = self.inner.write(brief).await;
            let failed = written.as_ref().err().map(judge::writer_class);
            call.settle(judge::written(&written), failed);
            written
        })
    }
}
