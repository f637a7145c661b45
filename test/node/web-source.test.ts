/** A service on this machine that answers whatever a test wants, and what becomes of that. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { WorkSource } from '../../src/client/work-source.ts';
import type { Digest, QuestID, UnixMs } from '../../src/domain/names.ts';
import type { Fetched, Find, Submitted } from '../../src/domain/task.ts';
import { parseSourceFields } from '../../src/node/source-fields.ts';
import { parseSourceUrl, parseSubmitUrl, submitPlaceOf } from '../../src/node/source-url.ts';
import { createWebSource, type SourceManner } from '../../src/node/web-source.ts';

type Asked = { readonly request: IncomingMessage; readonly body: string };

const servers: Server[] = [];
const sources: WorkSource[] = [];

afterEach(() => {
  for (const source of sources.splice(0)) source.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function open(
  respond: (response: ServerResponse) => void,
  path = '/work',
  login = '',
  mannerAt: (origin: string) => SourceManner = () => ({}),
): Promise<{ readonly source: WorkSource; readonly asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request.setEncoding('utf8')) body += piece;
    asked.push({ request, body });
    respond(response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const place = parseSourceUrl(`http://${login}127.0.0.1:${port}${path}`);
  const source = createWebSource(place, mannerAt(`http://127.0.0.1:${port}`));
  sources.push(source);
  return { source, asked };
}

const find: Find = {
  key: 'ab'.repeat(32) as QuestID,
  timestamp: 1_767_225_600_071 as UnixMs,
  nonce: 19,
  digest: '00'.repeat(32) as Digest,
};

const fetched = (source: WorkSource): Promise<Fetched> =>
  new Promise((resolve) => source.fetch(resolve));
const submitted = (source: WorkSource): Promise<Submitted> =>
  new Promise((resolve) => source.submit(find, resolve));
const say =
  (status: number, text = '', headers: Record<string, string> = {}) =>
  (response: ServerResponse): void => {
    response.writeHead(status, headers).end(text);
  };

describe('a task', () => {
  it.each([
    ['/work', '{"previous": "00ab", "zeroes": 24}', { previous: '00ab', bits: 24 }],
    ['/work?unit=hex', '{"zeroes": 6, "previous": "", "more": 1}', { previous: '', bits: 24 }],
    ['/work', '{"previous": "é", "zeroes": 0}', { previous: 'é', bits: 1 }],
    ['/work', '\ufeff{"previous": "a", "zeroes": 60}', { previous: 'a', bits: 60 }],
  ])('from %s is taken: %s', async (path, text, task) => {
    const { source, asked } = await open(say(200, text), path, 'ann:secret@');
    expect(await fetched(source)).toEqual({ kind: 'task', task });
    expect(asked[0]?.request).toMatchObject({ method: 'GET', url: path });
    expect(asked[0]?.request.headers.authorization).toBe('Basic YW5uOnNlY3JldA==');
  });

  it.each([
    [200, 'nonsense', 'gives us no JSON: not JSON', 'not JSON'],
    [200, 'nonsense', 'gives us no JSON', ''],
    [200, 'nonsense', 'gives us no object', '[1]'],
    [200, 'nonsense', 'no text as "previous"', '{"previous": 7, "zeroes": 24}'],
    [200, 'nonsense', 'a broken one', '{"previous": "\\ud800", "zeroes": 24}'],
    [200, 'nonsense', 'more than 1011', `{"previous": "${'a'.repeat(1_012)}", "zeroes": 4}`],
    [200, 'nonsense', 'no whole number as "zeroes"', '{"previous": "", "zeroes": "24"}'],
    [200, 'nonsense', 'no whole number as "zeroes"', '{"previous": "", "zeroes": -1}'],
    [200, 'nonsense', '60 are the most', '{"previous": "", "zeroes": 61}'],
    [200, 'too-long', 'answers more than 65536 bytes', 'x'.repeat(70_000)],
    [204, 'no-work', 'has no work', ''],
    [302, 'status', 'answers 302: it is somewhere else', ''],
    [304, 'status', 'answers 304', ''],
    [500, 'status', 'answers 500 ([2Jclosed)', '\u001b[2Jclosed\n'],
  ])('of %i is trouble, %s', async (status, code, problem, text) => {
    const { source } = await open(say(status, text, { 'retry-after': '7' }));
    const answer = await fetched(source);
    expect(answer).toMatchObject({ kind: 'trouble', trouble: { code } });
    expect(answer.kind === 'trouble' && answer.trouble.problem).toContain(problem);
    const isPatient = code === 'status' || code === 'no-work';
    expect(answer).toMatchObject({ trouble: { patienceMs: isPatient ? 7_000 : null } });
  });

  it('in another encoding is trouble: what was meant is not known', async () => {
    const text = Buffer.from('{"previous": "é", "zeroes": 4}', 'latin1');
    const { source } = await open((response) => response.end(text));
    const answer = await fetched(source);
    const problem = 'gives us what is not in UTF-8: {"previous": "\ufffd", "zeroes": 4}';
    expect(answer).toMatchObject({ trouble: { code: 'nonsense', problem } });
  });

  it('of nobody is trouble, and so is one that breaks off', async () => {
    const { source } = await open((response) => response.destroy());
    expect(await fetched(source)).toMatchObject({ trouble: { code: 'unreachable' } });
    const nobody = createWebSource(parseSourceUrl('http://127.0.0.1:1/'));
    expect(await fetched(nobody)).toMatchObject({ trouble: { code: 'unreachable' } });
    const torn = await open((response) => {
      response.writeHead(200, { 'content-length': '50' }).write('{"previous"');
      setTimeout(() => response.destroy(), 20);
    });
    expect(await fetched(torn.source)).toMatchObject({ trouble: { code: 'unreachable' } });
  });

  it('is not waited for by who has closed', async () => {
    const { source, asked } = await open(() => undefined);
    let isAnswered = false;
    source.fetch(() => {
      isAnswered = true;
    });
    await expect.poll(() => asked.length).toBe(1);
    source.close();
    await expect.poll(() => asked[0]?.request.socket.destroyed).toBe(true);
    expect(isAnswered).toBe(false);
  });
});

describe('fields that are called otherwise', () => {
  const fields = parseSourceFields('previous=block,zeroes=bits,timestamp=time,nonce=n,digest=hash');

  it('are read, and written, by the names of the service', async () => {
    const text = '{"block": "00ab", "bits": 24, "previous": 1, "zeroes": "none"}';
    const { source, asked } = await open(say(200, text), '/work', '', () => ({ fields }));
    expect(await fetched(source)).toEqual({ kind: 'task', task: { previous: '00ab', bits: 24 } });
    expect(await submitted(source)).toEqual({ kind: 'accepted' });
    const { timestamp, nonce, digest } = find;
    expect(JSON.parse(asked[1]?.body ?? '')).toEqual({ time: timestamp, n: nonce, hash: digest });
  });

  it.each([
    ['{"previous": "", "zeroes": 4}', 'gives us no text as "block"'],
    ['{"block": "", "zeroes": 4}', 'gives us no whole number as "bits"'],
  ])('are named in a complaint about %s', async (text, problem) => {
    const { source } = await open(say(200, text), '/work', '', () => ({ fields }));
    expect(await fetched(source)).toMatchObject({ trouble: { code: 'nonsense', problem } });
  });

  it('that any object inherits are no fields of it', async () => {
    const names = { fields: parseSourceFields('previous=constructor,zeroes=__proto__') };
    const { source } = await open(say(200, '{}'), '/work', '', () => names);
    const problem = 'gives us no text as "constructor"';
    expect(await fetched(source)).toMatchObject({ trouble: { problem } });
  });
});

describe('a find', () => {
  it('goes to an address of its own, with the user of that, or of the source', async () => {
    const manner = (origin: string): SourceManner => ({
      submit: submitPlaceOf(
        parseSubmitUrl(`${origin}/take?unit=team7`),
        parseSourceUrl(`${origin.replace('//', '//ann:secret@')}/work`),
      ),
    });
    const { source, asked } = await open(say(200), '/work', '', manner);
    expect(await submitted(source)).toEqual({ kind: 'accepted' });
    expect(asked[0]?.request).toMatchObject({ method: 'POST', url: '/take?unit=team7' });
    expect(asked[0]?.request.headers.authorization).toBe('Basic YW5uOnNlY3JldA==');
  });

  it('is posted as JSON, with a key that is the same each time', async () => {
    const { source, asked } = await open(say(201));
    expect(await submitted(source)).toEqual({ kind: 'accepted' });
    expect(await submitted(source)).toEqual({ kind: 'accepted' });
    const { timestamp, nonce, digest } = find;
    for (const { request, body } of asked) {
      expect(request).toMatchObject({ method: 'POST', url: '/work' });
      expect(request.headers).toMatchObject({
        'content-type': 'application/json',
        'idempotency-key': find.key,
      });
      expect(JSON.parse(body)).toEqual({ timestamp, nonce, digest });
    }
    expect(asked).toHaveLength(2);
  });

  it.each([400, 409, 410, 412, 422])('is rejected for good by %i', async (status) => {
    const { source } = await open(say(status, '{"problem": "stale"}'));
    const problem = `answers ${status} ({"problem": "stale"})`;
    expect(await submitted(source)).toEqual({ kind: 'rejected', problem });
  });

  it.each([302, 401, 403, 404, 408, 429, 500, 503])('is kept after %i', async (status) => {
    const { source } = await open(say(status));
    expect(await submitted(source)).toMatchObject({ kind: 'trouble', trouble: { code: 'status' } });
  });
});
