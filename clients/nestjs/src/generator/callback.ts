import { Webhook } from 'standardwebhooks';
import type { ProgramAnswer, ProgramWish } from './program';

/** What Mimiyori says to an answer. */
export type Verdict =
  | { is: 'taken' }
  /** Nobody waits for it any more. */
  | { is: 'over'; why: string }
  /** It can never be taken as it is. */
  | { is: 'refused'; why: string }
  /** It is not recorded; the same may be sent again. */
  | { is: 'unheard'; why: string };

const TIMEOUT_MS = 30_000;

/** Hands an answer over, once. */
export async function callBack(
  wish: ProgramWish,
  answer: ProgramAnswer,
  secret: string,
  signal: AbortSignal,
): Promise<Verdict> {
  const body = JSON.stringify({ ...answer, occurrence: wish.occurrence });
  const id = `answer_${wish.occurrence}`;
  const now = new Date();
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign(id, now, body),
  };
  const ended = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  try {
    const request = { method: 'POST', headers, body, signal: ended, redirect: 'manual' } as const;
    const response = await fetch(wish.callback_url, request);
    return verdict(response.status, await response.text());
  } catch (error) {
    return { is: 'unheard', why: String(error) };
  }
}

function verdict(status: number, said: string): Verdict {
  const why = `${status}: ${said.slice(0, 500)}`;
  switch (status) {
    case 200:
    case 202:
      return { is: 'taken' };
    case 404:
    case 409:
    case 410:
      return { is: 'over', why };
    case 413:
    case 422:
      return { is: 'refused', why };
    default:
      return { is: 'unheard', why };
  }
}
