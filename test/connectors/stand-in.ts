import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { generateCACertificate, getLocal } from 'mockttp';

/** A request of a connector, as a vendor's stand-in sees it. */
export interface Call {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  /** Sent as JSON, unless it is text. */
  readonly body: unknown;
}

/** A vendor played on this machine: it remembers records and answers what its connector asks. */
export interface Vendor {
  /** Whether the host is one of the vendor's. */
  readonly owns: (host: string) => boolean;
  /** Nothing when the vendor has no such endpoint. */
  readonly answer: (call: Call) => Reply | undefined;
}

export interface StandIns {
  /** The environment that leads a connector, unmodified, to the stand-ins. */
  readonly env: Readonly<Record<string, string>>;
  /** `GET https://host/path` of every request. */
  readonly calls: string[];
  /** The calls that no stand-in knew. */
  readonly unknown: string[];
  stop(): Promise<void>;
}

/**
 * Plays vendors behind an HTTPS proxy. Connectors reach it by HTTPS_PROXY and trust its certificate by a bundle; the
 * older of their libraries ask certifi for the bundle, which a `sitecustomize` of the environment turns to ours.
 */
export async function startStandIns(folder: string, vendors: readonly Vendor[]): Promise<StandIns> {
  const authority = await generateCACertificate();
  const server = getLocal({ https: authority });
  await server.start();
  const calls: string[] = [];
  const unknown: string[] = [];
  await server
    .forAnyRequest()
    .always()
    .thenCallback(async (request) => {
      const url = new URL(request.url);
      const line = `${request.method} ${url.href}`;
      calls.push(line);
      const body = (await request.body.getText()) ?? '';
      const reply = vendors
        .find((vendor) => vendor.owns(url.hostname))
        ?.answer({ method: request.method, url, headers: request.headers, body });
      if (reply === undefined) unknown.push(line);
      const { status = 200, headers = {}, body: said } = reply ?? { status: 404, body: { error: 'unknown' } };
      return {
        statusCode: status,
        headers: { 'Content-Type': 'application/json', ...headers },
        body: typeof said === 'string' ? said : JSON.stringify(said),
      };
    });

  mkdirSync(folder, { recursive: true });
  const bundle = join(folder, 'bundle.pem');
  writeFileSync(bundle, [...rootCertificates, authority.cert].join('\n'));
  writeFileSync(
    join(folder, 'sitecustomize.py'),
    `import certifi\ncertifi.where = lambda: ${JSON.stringify(bundle)}\n`,
  );
  return {
    env: {
      HTTPS_PROXY: `http://127.0.0.1:${server.port}`,
      https_proxy: `http://127.0.0.1:${server.port}`,
      NO_PROXY: '',
      no_proxy: '',
      REQUESTS_CA_BUNDLE: bundle,
      SSL_CERT_FILE: bundle,
      PYTHONPATH: folder,
    },
    calls,
    unknown,
    stop: () => server.stop(),
  };
}
