//! What a call will probably use: the mean of the last ones, where each counts less than the one after it.

use super::{Operation, Units};
use serde::{Deserialize, Serialize};

/// A call's weight among those before it is never less than one in this many.
const MEMORY: u64 = 16;
const MILLI: u64 = 1_000;

/// Thousandths of units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Estimate {
    /// Calls seen, up to [`MEMORY`].
    seen: u64,
    mean: Units,
}

impl Estimate {
    pub fn learn(&mut self, used: &Units) {
        self.seen = (self.seen + 1).min(MEMORY);
        let weight = self.seen;
        let toward = |mean: u64, used: u64| {
            let used = used.saturating_mul(MILLI);
            // By absolute differences: these are unsigned.
            if used >= mean { mean + (used - mean) / weight } else { mean - (mean - used) / weight }
        };
        self.mean = Units {
            requests: toward(self.mean.requests, used.requests),
            input_tokens: toward(self.mean.input_tokens, used.input_tokens),
            output_tokens: toward(self.mean.output_tokens, used.output_tokens),
            characters: toward(self.mean.characters, used.characters),
        };
    }

    /// Rounded up, and at least one request; a guess before the first call.
    pub fn units(&self, operation: Operation) -> Units {
        if self.seen == 0 {
            return cold(operation);
        }
        Units {
            requests: self.mean.requests.div_ceil(MILLI).max(1),
            input_tokens: self.mean.input_tokens.div_ceil(MILLI),
            output_tokens: self.mean.output_tokens.div_ceil(MILLI),
            characters: self.mean.characters.div_ceil(MILLI),
        }
    }
}

/// An article of some thousand characters with the prompt around it; a line of speech.
const fn cold(operation: Operation) -> Units {
    match operation {
        Operation::Write => Units { requests: 1, input_tokens: 4_000, output_tokens: 1_500, characters: 0 },
        Operation::Speak => Units { requests: 1, input_tokens: 0, output_tokens: 0, characters: 120 },
    }
}
