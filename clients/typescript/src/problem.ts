/** The last part of every `type` that the API tells problems apart by; what each means is in docs/reference/api.md. */
export const PROBLEM_KINDS = [
  'unreadable',
  'unauthorized',
  'forbidden',
  'not-in-plan',
  'not-found',
  'conflict',
  'key-under-way',
  'shown-once',
  'gone',
  'changed',
  'too-large',
  'media-type',
  'invalid',
  'key-reused',
  'too-many-requests',
  'unavailable',
] as const;

export type ProblemKind = (typeof PROBLEM_KINDS)[number];

const TYPE = 'urn:mimiyori:problem:';

/** The API said no (RFC 9457). */
export class MimiyoriProblem extends Error {
  override readonly name = 'MimiyoriProblem';

  private constructor(
    /** `unknown`: somebody in between answered, or a service newer than this client. */
    readonly kind: ProblemKind | 'unknown',
    readonly status: number,
    /** One line about this case, for people. */
    readonly detail: string,
    /** The field of what was sent that is wrong: `schedule.ready_by`. */
    readonly field: string | undefined,
    /** When to come again, if the service said so. */
    readonly retryAfterMs: number | undefined,
  ) {
    super(field === undefined ? `${kind} (${status}): ${detail}` : `${kind} (${status}): ${field}: ${detail}`);
  }

  /** Reads an answer that is not a good one. */
  static async of(response: Response): Promise<MimiyoriProblem> {
    const text = await response.text();
    const { type, detail, field } = documentIn(text);
    return new MimiyoriProblem(
      kindOf(type),
      response.status,
      typeof detail === 'string' ? detail : text.slice(0, 200) || response.statusText,
      typeof field === 'string' && field !== '' ? field : undefined,
      retryAfterMs(response),
    );
  }
}

/** What a problem says of itself; nothing, where it is none. */
export function documentIn(text: string): { type?: unknown; detail?: unknown; field?: unknown } {
  try {
    const document: unknown = JSON.parse(text);
    return typeof document === 'object' && document !== null ? document : {};
  } catch {
    return {};
  }
}

export function kindOf(type: unknown): ProblemKind | 'unknown' {
  return PROBLEM_KINDS.find((kind) => type === TYPE + kind) ?? 'unknown';
}

/** Of the header's two forms the service sends seconds; a proxy may send a date. */
export function retryAfterMs(response: Response): number | undefined {
  const written = response.headers.get('retry-after');
  if (written === null) return undefined;
  const seconds = Number(written);
  const ms = Number.isNaN(seconds) ? Date.parse(written) - Date.now() : seconds * 1000;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
