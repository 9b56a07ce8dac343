import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A line to a service that can be cut just when an answer comes: what was asked is done, and nobody hears of it. */
export class Cutter {
  #cuts = 0;
  #sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async to(port: () => number): Promise<Cutter> {
    const server = createServer();
    const cutter = new Cutter(server);
    server.on('connection', (near) => {
      const far = connect(port(), '127.0.0.1');
      for (const socket of [near, far]) {
        cutter.#sockets.add(socket);
        socket.on('error', () => socket.destroy());
        socket.on('close', () => {
          cutter.#sockets.delete(socket);
          near.destroy();
          far.destroy();
        });
      }
      near.pipe(far);
      far.on('data', (answer) => {
        if (cutter.#cuts > 0) {
          cutter.#cuts -= 1;
          near.destroy();
        } else {
          near.write(answer);
        }
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return cutter;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The next so many answers are lost. */
  cut(answers: number): void {
    this.#cuts = answers;
  }

  /** Answers that are still to be lost. */
  get left(): number {
    return this.#cuts;
  }

  async close(): Promise<void> {
    this.server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}
