import {
  applyDecorators,
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  Inject,
  Injectable,
  InternalServerErrorException,
  SetMetadata,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { MIMIYORI_OPTIONS, type MimiyoriOptions, type Purpose } from './options';

/** A message that is believed. */
export interface SignedMessage<T = Record<string, unknown>> {
  /** The same on every repetition: act on it once. */
  id: string;
  payload: T;
}

const PURPOSE = 'mimiyori:purpose';
const MESSAGE = Symbol('what SignedBy believed');

interface Received {
  rawBody?: Buffer;
  headers: Record<string, string | string[] | undefined>;
  [MESSAGE]?: SignedMessage;
}

/** Lets a request in only if Mimiyori signed it for this purpose, by Standard Webhooks; otherwise 401. */
export const Signed = (purpose: Purpose) => applyDecorators(SetMetadata(PURPOSE, purpose), UseGuards(SignedBy));

/** The believed {@link SignedMessage} of a handler that is {@link Signed}. */
export const Message = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const message = context.switchToHttp().getRequest<Received>()[MESSAGE];
  if (message === undefined) throw new InternalServerErrorException('@Message() needs @Signed() on its handler');
  return message;
});

@Injectable()
export class SignedBy implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    @Inject(MIMIYORI_OPTIONS) private readonly options: MimiyoriOptions,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const purpose = this.reflector.getAllAndOverride<Purpose>(PURPOSE, [context.getHandler(), context.getClass()]);
    const request = context.switchToHttp().getRequest<Received>();
    request[MESSAGE] = believed(request, secretsFor(this.options, purpose));
    return true;
  }
}

/** At least one; without any, nothing could ever be believed or signed. */
export function secretsFor({ secrets }: MimiyoriOptions, purpose: Purpose): readonly [string, ...string[]] {
  const [first, ...others] = secrets?.[purpose] ?? [];
  if (!first) throw new InternalServerErrorException(`mimiyori: secrets.${purpose} is empty; give a whsec_… secret`);
  return [first, ...others];
}

function believed({ rawBody, headers }: Received, secrets: readonly string[]): SignedMessage {
  if (rawBody === undefined) {
    throw new UnauthorizedException('no JSON to verify; the application needs NestFactory.create(…, { rawBody: true })');
  }
  const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value ?? '')]));
  for (const secret of secrets) {
    try {
      new Webhook(secret).verify(rawBody, given, { jsonParse: false });
    } catch (error) {
      if (error instanceof WebhookVerificationError) continue;
      throw error;
    }
    return { id: given['webhook-id'] ?? '', payload: JSON.parse(rawBody.toString()) };
  }
  throw new UnauthorizedException('not signed by Mimiyori; check the secret, the clock, and that nothing changes bodies');
}
