/** The library's face: a peer for any program, and the hands that Node gives it. */

export { Client, type ClientOptions } from './client/client.ts';
export type { Clock } from './client/clock.ts';
export { describe, describeIdle } from './client/describe.ts';
export type { Journal, Page } from './client/journal.ts';
export type { Delivery, Link, LinkEvents, Quality, Will } from './client/link.ts';
export { MemoryJournal } from './client/memory-journal.ts';
export { MemoryBroker } from './client/memory-link.ts';
export type { Miner, MinerEvents, SearchReport } from './client/miner.ts';
export type { WorkSource } from './client/work-source.ts';
export type { Settings, Work } from './domain/contract.ts';
export type { Hasher, Signer, Verifier } from './domain/crypto.ts';
export { type Genesis, sortedGenesis } from './domain/genesis.ts';
export type { Idle } from './domain/idle.ts';
export type { Block, Member, Message } from './domain/message.ts';
export type { ClientID, Digest, PublicKey, Term, TransactionID } from './domain/names.ts';
export type { Note } from './domain/note.ts';
export type { Refusal, RefusalCode } from './domain/refusal.ts';
export {
  readTransaction,
  signedText,
  type Transaction,
  textOf,
} from './domain/transaction.ts';
export { digestOf, preimageOf, zeroBits } from './ledger/block.ts';
export { parseDifficulty } from './ledger/difficulty.ts';
export { digestOfGenesis } from './ledger/genesis.ts';
export { merkleRoot } from './ledger/merkle.ts';
export { createPool } from './miner/pool.ts';
export { generateIdentity, nodeHasher, nodeVerifier, signerOf } from './node/crypto.ts';
export { createMqttLink } from './node/mqtt-link.ts';
export { parseSourceFields, type SourceFields } from './node/source-fields.ts';
export { parseSourceUrl, parseSubmitUrl, type SourceUrl } from './node/source-url.ts';
export { systemClock } from './node/system-clock.ts';
export { createWebSource, type SourceManner } from './node/web-source.ts';
export { WorldError } from './node/world-error.ts';
export type { View } from './peer/view.ts';
export { describeBadLine } from './record/describe-bad-line.ts';
export { type BadLine, type Recorded, readRecorded, writeRecorded } from './record/recording.ts';
export { type RecordedLine, RecordingReader } from './record/recording-reader.ts';
export { LabReferee } from './record/referee/lab-referee.ts';
export { Referee, type RefereeOptions } from './record/referee/referee.ts';
export {
  type Arbiter,
  describeViolation,
  type Tally,
  type Violation,
} from './record/referee/violation.ts';
export { isSigned, signTransaction } from './wire/transaction.ts';
