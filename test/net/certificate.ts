/** Makes a certificate for 127.0.0.1 and ::1 that no authority signed, if OpenSSL is there. */

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from './mosquitto.ts';

export const NO_OPENSSL = 'no openssl on PATH, so there is no certificate to try TLS with';

/** PEM texts; the certificate is its own authority. Null where there is no `openssl`. */
export async function makeCertificate(): Promise<{ cert: string; key: string } | null> {
  const program = await findProgram('openssl');
  if (program === null) return null;
  const folder = await mkdtemp(join(tmpdir(), 'sortition-certificate-'));
  const [keyPath, certPath] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  try {
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const who = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1,IP:::1'];
    const files = ['-keyout', keyPath, '-out', certPath, '-days', '2'];
    await promisify(execFile)(program, ['req', '-x509', ...curve, ...who, ...files]);
    return { cert: await readFile(certPath, 'utf8'), key: await readFile(keyPath, 'utf8') };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
