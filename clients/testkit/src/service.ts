import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

/** Environment variables, as `MIMIYORI_SECTION__KEY`. */
export type Settings = Record<`MIMIYORI_${string}`, string>;

const run = promisify(execFile);

/** The real binary, in a data folder of its own, on loopback. */
export class Service {
  #process: ChildProcess | undefined;
  #said = '';

  private constructor(
    private readonly folder: string,
    private readonly settings: Settings,
    private readonly roles: string[],
    private listen: string,
  ) {}

  /** Without roles it does everything; with `web` alone nothing happens between requests but by ticks. */
  static async start({ settings = {}, roles = [] }: { settings?: Settings; roles?: string[] } = {}): Promise<Service> {
    const folder = await mkdtemp(join(tmpdir(), 'mimiyori-'));
    const service = new Service(folder, settings, roles, '127.0.0.1:0');
    await service.restart();
    return service;
  }

  get url(): string {
    return `http://${this.listen}`;
  }

  get port(): number {
    return Number(this.listen.split(':')[1]);
  }

  /** What it wrote to standard error. */
  get said(): string {
    return this.#said;
  }

  /** Starts, or starts again, where it was before. */
  async restart(): Promise<void> {
    const roles = this.roles.flatMap((role) => ['--role', role]);
    const child = spawn(binary(), [...this.place(), 'serve', '--listen', this.listen, ...roles], {
      env: this.environment(),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#process = child;
    this.listen = await new Promise((resolve, reject) => {
      createInterface(child.stderr).on('line', (line) => {
        this.#said += `${line}\n`;
        const address = /listening at http:\/\/([^ ]+)/.exec(line)?.[1];
        if (address !== undefined) resolve(address);
      });
      child.once('error', reject);
      child.once('exit', () => reject(new Error(`the service ended: ${this.#said}`)));
    });
  }

  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** `mimiyori admin …`, beside the running service. */
  async admin(...words: string[]): Promise<Record<string, unknown>> {
    const { stdout } = await run(binary(), [...this.place(), 'admin', ...words, '--json'], { env: this.environment() });
    return JSON.parse(stdout);
  }

  /** A new listener's token. */
  async token(scope: 'listen' | 'manage' | 'operate'): Promise<string> {
    const email = `${crypto.randomUUID()}@example.org`;
    const role = scope === 'operate' ? 'operator' : 'listener';
    const about = ['--email', email, '--zone', 'Asia/Tokyo', '--language', 'en', '--role', role];
    const { id } = await this.admin('listener', 'add', ...about);
    const { token } = await this.admin('token', 'create', '--listener', String(id), '--scope', scope);
    return String(token);
  }

  private place(): string[] {
    return ['--data-dir', this.folder];
  }

  private environment(): NodeJS.ProcessEnv {
    return { HOME: this.folder, ...this.settings };
  }
}

function binary(): string {
  const path = process.env['MIMIYORI_BIN'];
  if (!path) throw new Error('MIMIYORI_BIN is not set; name the built binary, as cargo xtask test does');
  return path;
}
