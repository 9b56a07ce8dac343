import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';

/** A Node program that is run beside a test, and can be killed as a machine would kill it. */
export class Program {
  #said = '';
  readonly #lines = new EventEmitter();

  private constructor(private readonly child: ChildProcess) {}

  static start(file: string, environment: Record<string, string>): Program {
    const env = { PATH: process.env['PATH'], ...environment };
    const child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const program = new Program(child);
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on('line', (line) => {
        program.#said += `${line}\n`;
        program.#lines.emit('line');
      });
    }
    child.on('exit', () => program.#lines.emit('line'));
    return program;
  }

  /** All that it has said. */
  get said(): string {
    return this.#said;
  }

  async says(what: RegExp): Promise<void> {
    while (!what.test(this.#said)) {
      if (this.child.exitCode !== null) throw new Error(`it ended without saying ${what}:\n${this.#said}`);
      await once(this.#lines, 'line');
    }
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill(signal);
    await gone;
  }
}
