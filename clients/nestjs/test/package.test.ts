import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = resolve(__dirname, '../../..');

/** Somebody else's project, with the packages as they are published; what they need lies further up. */
let project: string;

before(async () => {
  project = await mkdtemp(join(ROOT, 'consumer-'));
  for (const [folder, name] of [['typescript', 'client'], ['nestjs', 'nestjs']] as const) {
    const pack = ['pack', '--silent', '--pack-destination', project];
    const { stdout } = await run('npm', pack, { cwd: join(ROOT, folder) });
    const installed = join(project, 'node_modules/@mimiyori', name);
    await mkdir(installed, { recursive: true });
    await run('tar', ['-xzf', join(project, stdout.trim()), '-C', installed, '--strip-components', '1']);
  }
  await writeFile(join(project, 'app.ts'), APP);
});

after(() => project && rm(project, { recursive: true }));

const APP = `
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { Mimiyori, MimiyoriModule, type ProgramWish } from '@mimiyori/nestjs';
import type { Feed } from '@mimiyori/client';

@Module({ imports: [MimiyoriModule.forRoot({ url: 'https://radio.example', token: 'mimi_' })] })
export class AppModule {}

export const length = (wish: ProgramWish): number => wish.minutes;
export async function make(mimiyori: Mimiyori): Promise<Feed> {
  // @ts-expect-error nothing has this style
  const wrong = () => mimiyori.post('/api/v1/feeds', { body: { name: '', sources: [''], style: 'solo' } });
  return mimiyori.post('/api/v1/feeds', { body: { name: '', sources: [''], schedule: { ready_by: '07:00' } } });
}
export async function names(mimiyori: Mimiyori): Promise<string[]> {
  const names: string[] = [];
  for await (const feed of mimiyori.each('/api/v1/feeds')) names.push((feed satisfies Feed).name);
  return names;
}
`;

async function compiles(options: object): Promise<void> {
  const compilerOptions = {
    target: 'es2022',
    strict: true,
    noEmit: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    skipLibCheck: true,
    types: ['node'],
    ...options,
  };
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.ts'] }));
  const tsc = run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '--project', project]);
  await assert.doesNotReject(tsc.catch(({ stdout }) => Promise.reject(new Error(stdout))));
}

test('what is installed is code, types and how to use it', async () => {
  for (const name of ['client', 'nestjs']) {
    const installed = join(project, 'node_modules/@mimiyori', name);
    assert.deepEqual((await readdir(installed)).sort(), ['LICENSE-APACHE', 'LICENSE-MIT', 'README.md', 'dist', 'package.json']);
    assert.deepEqual(await readdir(join(installed, 'dist')), ['src']);
  }
});

test('it is typed for a project of either kind of module', async () => {
  await compiles({ module: 'nodenext' });
  await compiles({ module: 'esnext', moduleResolution: 'bundler' });
});

test('it can be required and imported', async () => {
  const shown = 'console.log(typeof MimiyoriModule.forRoot, typeof Mimiyori)';
  const required = `require('reflect-metadata'); const { Mimiyori, MimiyoriModule } = require('@mimiyori/nestjs'); ${shown}`;
  const imported = `import 'reflect-metadata'; import { Mimiyori, MimiyoriModule } from '@mimiyori/nestjs'; ${shown}`;
  for (const [kind, script] of [['commonjs', required], ['module', imported]] as const) {
    const { stdout } = await run(process.execPath, ['--input-type', kind, '--eval', script], { cwd: project });
    assert.equal(stdout.trim(), 'function function', kind);
  }
});

test('nothing that is installed has a licence that asks for more than a mention', async () => {
  // They say it in a field of old.
  const said: Record<string, string> = { 'node_modules/busboy': 'MIT', 'node_modules/streamsearch': 'MIT' };
  const free = ['MIT', 'Apache-2.0', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Unlicense', 'CC0-1.0'];
  const { packages } = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8'));
  const theirs = Object.entries<{ license?: string; dev?: boolean; link?: boolean }>(packages);
  // What only we use, to build and to test, may ask for what it likes.
  const shipped = theirs.filter(([, { dev, link }]) => !dev && !link);
  assert.ok(shipped.length > 50);
  const isFree = (license: string) => license.split(/[() ]+|OR/).some((one) => free.includes(one));
  const asking = shipped.filter(([name, { license }]) => !isFree(license ?? said[name] ?? ''));
  assert.deepEqual(asking.map(([name]) => name), []);
});
