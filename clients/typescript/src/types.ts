import type { MaybeOptionalInit } from 'openapi-fetch';
import type {
  HttpMethod,
  MediaType,
  PathsWithMethod,
  RequiredKeysOf,
  SuccessResponse,
} from 'openapi-typescript-helpers';
import type { components, paths } from './schema';

type Schemas = components['schemas'];

export type AlertRaised = Schemas['AlertRaised'];
export type BatchesClosed = Schemas['BatchesClosed'];
export type Channel = Schemas['Channel'];
export type ChannelMade = Schemas['ChannelMade'];
export type Chapter = Schemas['Chapter'];
export type Delivery = Schemas['Delivery'];
export type Feed = Schemas['Feed'];
export type FeedChange = Schemas['FeedChange'];
export type FilterNode = Schemas['FilterNode'];
export type Made = Schemas['Made'];
export type NewChannel = Schemas['NewChannel'];
export type NewFeed = Schemas['NewFeed'];
export type NewSource = Schemas['NewSource'];
export type Occurrence = Schemas['Occurrence'];
export type Program = Schemas['Program'];
export type ProgramsReady = Schemas['ProgramsReady'];
export type ReadyProgram = Schemas['ReadyProgram'];
export type Source = Schemas['Source'];
export type TestSent = Schemas['TestSent'];
export type TickDone = Schemas['TickDone'];
/** What a webhook gets; `type` tells which. Kinds that are new in a later version are not among them. */
export type WebhookEvent = Schemas['WebhookEvent'];

export type Path<Method extends HttpMethod> = PathsWithMethod<paths, Method>;

/** What a good answer holds. */
export type Answer<P extends keyof paths, Method extends HttpMethod> = SuccessResponse<
  Responses<paths[P][Method]>,
  MediaType
>;

type Responses<Operation> = Operation extends { responses: infer R extends Record<number, unknown> } ? R : never;

/** Parameters and body; needed only where the operation needs any. */
export type Init<P extends keyof paths, Method extends HttpMethod> = MaybeOptionalInit<paths[P], Method>;

export type Given<I> = RequiredKeysOf<I & {}> extends never ? [init?: I] : [init: I];

/** One method of the API: a path, what it takes, what it gives. */
export type Call<Method extends HttpMethod> = <P extends Path<Method>>(
  path: P,
  ...init: Given<Init<P, Method>>
) => Promise<Answer<P, Method>>;

/** Paths that answer with a list. */
export type ListPath = {
  [P in Path<'get'>]: Answer<P, 'get'> extends { items: unknown[] } ? P : never;
}[Path<'get'>];

export type Item<P extends ListPath> = Answer<P, 'get'> extends { items: (infer One)[] } ? One : never;
