import { randomBytes } from 'node:crypto';
import { Controller, Get, HttpCode, Injectable, type INestApplication, Module, Post, StreamableFile } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  FolderLedger,
  Generator,
  Message,
  MimiyoriGeneratorModule,
  MimiyoriModule,
  type ProgramAnswer,
  type ProgramMaker,
  type ProgramWish,
  Signed,
  type SignedMessage,
} from '../src';

export interface House {
  url: string;
  port: number;
  token: string;
  secret: string;
  /** Of the ledger. */
  folder: string;
  make: (wish: ProgramWish, signal: AbortSignal) => Promise<ProgramAnswer>;
}

export const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`;

/** Five seconds of silence: MPEG frames without anything in them. */
export const AUDIO = Buffer.alloc(192 * 209);
for (let at = 0; at < AUDIO.length; at += 192) AUDIO.set([0xff, 0xfb, 0x54, 0xc0], at);

/** An application with a generator. */
export async function open({ url, port, token, secret, folder, make }: House): Promise<INestApplication> {
  @Injectable()
  class Maker implements ProgramMaker {
    make = make;
  }

  @Controller()
  class Doors {
    constructor(private readonly generator: Generator) {}

    @Post('programs')
    @Signed('generator')
    @HttpCode(202)
    async program(@Message() message: SignedMessage<ProgramWish>) {
      await this.generator.accept(message.payload);
    }

    @Get('good.mp3')
    audio() {
      return new StreamableFile(AUDIO, { type: 'audio/mpeg' });
    }
  }

  @Module({
    imports: [
      MimiyoriModule.forRoot({ url, token, secrets: { generator: [secret] } }),
      MimiyoriGeneratorModule.with({ maker: Maker, ledger: new FolderLedger(folder) }),
    ],
    controllers: [Doors],
  })
  class HouseModule {}

  const app = await NestFactory.create(HouseModule, { rawBody: true, logger: false });
  await app.listen(port, '127.0.0.1');
  return app;
}
