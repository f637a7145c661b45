/** What the doctor says of services that do as they should, and of those that do not. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type Finding,
  SOURCE_CHECKS,
  type SourceCheckName,
} from '../../src/node/doctor/finding.ts';
import { examineSource } from '../../src/node/doctor/source.ts';
import { parseSourceFields } from '../../src/node/source-fields.ts';
import { parseSourceUrl, parseSubmitUrl } from '../../src/node/source-url.ts';

type Respond = (request: IncomingMessage, response: ServerResponse) => void;

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function open(respond: Respond): Promise<{ url: string; methods: string[] }> {
  const methods: string[] = [];
  const server = createServer((request, response) => {
    methods.push(`${request.method} ${request.url}`);
    respond(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, methods };
}

type Findings = Readonly<Partial<Record<SourceCheckName, Finding<SourceCheckName>>>>;

async function examine(
  url: string,
  fields = 'previous=previous',
  submit = `${url}/take`,
  stop = new AbortController(),
): Promise<Findings> {
  const service = {
    place: parseSourceUrl(url),
    fields: parseSourceFields(fields),
    submit: parseSubmitUrl(submit),
  };
  const findings: [SourceCheckName, Finding<SourceCheckName>][] = [];
  for await (const it of examineSource(service, stop)) findings.push([it.check, it]);
  return Object.fromEntries(findings);
}

const gradesOf = (findings: Findings): string =>
  Object.values(findings)
    .map((finding) => finding?.grade)
    .join(' ');

/** Answers GET with this text, and says of other methods that it knows POST. */
const giving =
  (text: string | Buffer, status = 200): Respond =>
  (request, response) => {
    if (request.method === 'GET') response.writeHead(status).end(text);
    else response.writeHead(204, { allow: 'GET, post' }).end();
  };

describe('a service', () => {
  it('that does all it should is good throughout, and gets no find', async () => {
    const { url, methods } = await open(giving('{"block":"00ab","bits":6,"more":[1]}'));
    const findings = await examine(`${url}/work?unit=hex`, 'previous=block,zeroes=bits,nonce=n');
    expect(Object.keys(findings)).toEqual([...SOURCE_CHECKS]);
    expect(gradesOf(findings)).toBe('good good good good good good');
    expect(findings['source-task']?.facts['names']).toEqual(['block', 'bits', 'more']);
    expect(findings['source-previous']).toMatchObject({
      found: 'previous is "block": "00ab"',
      facts: { name: 'block', value: '00ab' },
    });
    expect(findings['source-zeroes']).toMatchObject({
      found: 'zeroes is "bits": 6 hex digits, about 2^24 tries',
      facts: { name: 'bits', value: 24 },
    });
    expect(findings['source-submit']?.meaning).toContain('"n":286968,"digest":"0000');
    const work = 'GET /work?unit=hex';
    expect(methods).toEqual([work, work, 'OPTIONS /work?unit=hex/take']);
  });

  it('of which one name was said is told both, as the option counts once', async () => {
    const { url } = await open(giving('{"previous_block":"00ab","bits":24}'));
    const { 'source-zeroes': zeroes } = await examine(url, 'previous=previous_block');
    expect(zeroes?.advice).toBe(
      'is it called otherwise? --source-fields previous=previous_block,zeroes=bits',
    );
  });

  it('whose fields are called otherwise hears both, and what to type', async () => {
    const { url } = await open(giving('{"previous_block":"00ab","bits":24}'));
    const { 'source-previous': previous, 'source-zeroes': zeroes } = await examine(url);
    expect(previous).toMatchObject({
      grade: 'bad',
      found: 'it gives us no text as "previous": there is no such field',
      meaning: 'expected is a text of up to 1011 characters',
      advice: 'is it called otherwise? --source-fields previous=previous_block',
    });
    expect(zeroes).toMatchObject({
      grade: 'bad',
      found: 'it gives us no whole number as "zeroes": there is no such field',
      meaning: 'expected is a whole number of zero bits from 0 to 60',
      advice: 'is it called otherwise? --source-fields zeroes=bits',
    });
  });

  it.each([
    ['{"previous":7,"zeroes":4}', 'source-previous', 'no text as "previous": it is 7', null],
    ['{"previous":"","zeroes":"4"}', 'source-zeroes', 'it is "4"', '"zeroes" is meant: without qu'],
    ['{"previous":"","zeroes":61}', 'source-zeroes', '60 are the most: it is 61', null],
    ['[]', 'source-task', 'it gives us no object: []', null],
    ['<html>', 'source-task', 'it gives us no JSON: <html>', null],
    [Buffer.from([0x22, 0xff, 0x22]), 'source-task', 'it gives us what is not in UTF-8', null],
  ] as const)('that gives %s is bad in %s', async (text, check, found, advice) => {
    const { url } = await open(giving(text));
    const finding = (await examine(url))[check];
    expect(finding).toMatchObject({ grade: 'bad', found: expect.stringContaining(found) });
    if (advice === null) expect(finding?.advice).toBeNull();
    else expect(finding?.advice).toContain(advice);
  });

  it.each([
    [204, 'unknown good', 'has no work for now (204)', 'examine it again'],
    [302, 'bad good', 'answers 302: it is somewhere else', 'redirections are not followed'],
    [401, 'bad good', 'answers 401', 'put user and password into the URL'],
    [404, 'bad good', 'answers 404', 'check the path'],
  ])('that answers %i is told so', async (status, grades, found, advice) => {
    const { url } = await open(giving('', status));
    const findings = await examine(url);
    expect(gradesOf(findings)).toBe(grades);
    expect(findings['source-answer']?.found).toContain(found);
    expect(findings['source-answer']?.advice).toContain(advice);
  });

  it('that changes its task is fair', async () => {
    let count = 0;
    const { url } = await open((request, response) => {
      count += 1;
      giving(`{"previous":"${count}","zeroes":4}`)(request, response);
    });
    const { 'source-steady': steady } = await examine(url);
    expect(steady).toMatchObject({ grade: 'fair', found: 'asked again, it gives us another task' });
  });

  it.each([
    [{ allow: 'GET' }, 405, 'bad', 'takes no POST, but GET'],
    [{}, 501, 'unknown', 'does not say whether it takes POST'],
    [{ allow: 'POST' }, 405, 'good', 'takes POST'],
    [{}, 403, 'bad', 'answers 403'],
    [{ location: '/' }, 307, 'bad', 'answers 307: it is somewhere else'],
  ])('that says %j to OPTIONS with %i is %s for finds', async (headers, status, grade, found) => {
    const { url } = await open((request, response) => {
      if (request.method === 'GET') response.end('{"previous":"","zeroes":4}');
      else response.writeHead(status, headers as Record<string, string>).end();
    });
    const { 'source-submit': submit } = await examine(url);
    expect(submit).toMatchObject({ grade, found: expect.stringContaining(found) });
  });

  it('that is not there is bad, in both of its places', async () => {
    const findings = await examine('http://127.0.0.1:1/work');
    expect(gradesOf(findings)).toBe('bad bad');
    expect(findings['source-answer']?.found).toMatch(/cannot be reached/);
  });

  it('is left alone once somebody has seen enough', async () => {
    const stop = new AbortController();
    const { url, methods } = await open(() => stop.abort());
    expect(await examine(url, undefined, undefined, stop)).toEqual({});
    expect(methods).toHaveLength(1);
  });
});
