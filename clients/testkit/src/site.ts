import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A web site with one feed, at whatever path. */
export class Site {
  private constructor(private readonly server: Server) {}

  static async start(): Promise<Site> {
    const server = createServer((_, response) => {
      response.setHeader('content-type', 'application/rss+xml');
      response.end(FEED);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Site(server);
  }

  /** An address of the feed; every path is another source. */
  feed(path = 'feed.xml'): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/${path}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
  }
}

const FEED = `<?xml version="1.0"?>
<rss version="2.0"><channel><title>Sample</title><link>https://blog.example/</link><description/>
<item><title>Ownership</title><link>https://blog.example/ownership</link><guid>1</guid>
<description>Every value has one owner. When the owner goes out of scope, the value is dropped.</description></item>
</channel></rss>`;
