import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';
import { settings } from './settings';

async function main() {
  // Signatures are over the body as it was sent.
  const app = await NestFactory.create(AppModule, { rawBody: true, logger: ['log', 'warn', 'error'] });
  app.enableShutdownHooks();
  await app.listen(settings().port);
}

void main();
