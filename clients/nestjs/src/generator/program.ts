import type { Chapter } from '@mimiyori/client';

/** What Mimiyori asks for; instants are RFC 3339, UTC. See docs/develop/external-generator.md. */
export interface ProgramWish {
  type: 'program.requested';
  /** Names the program: the same however often it is asked for. */
  occurrence: string;
  feed: string;
  feed_name: string;
  /** On the listener's calendar. */
  local_date: string;
  /** IANA name. */
  zone: string;
  ready_by: string;
  due_at: string;
  /** No answer is taken from then on. */
  answer_by: string;
  language: 'ja' | 'en';
  style: 'single' | 'dialogue';
  minutes: number;
  callback_url: string;
}

export type ProgramAnswer = MadeProgram | NothingToSay | GivenUp;

export interface MadeProgram {
  title: string;
  /** MP3; fetched at once. Keep it there for a day. */
  audio_url: string;
  /** 64 hex digits: the signature then covers the audio, too. */
  audio_sha256?: string;
  /** `full` unless said otherwise; what is not full has a reason. */
  edition?: 'full' | 'shortened' | 'brief';
  reason?: string;
  chapters?: (Pick<Chapter, 'start_ms' | 'title'> & { url?: string })[];
  /** WebVTT. */
  transcript?: string;
}

/** A good end without a program, and why. */
export interface NothingToSay {
  nothing: string;
}

/** Why there will be none; an operator hears of it. */
export interface GivenUp {
  failed: string;
}

/** Who makes programs: your part. */
export interface ProgramMaker {
  /**
   * Makes what is wished, or says why not; an error is a `failed`. It may be called again for the same occurrence
   * after a crash. `signal` ends it when nobody waits any more, and when the application stops.
   */
  make(wish: ProgramWish, signal: AbortSignal): Promise<ProgramAnswer>;
}
