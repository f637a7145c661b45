/** Commands with which scripts make a false world, and have it tell what happened. */

import { describe } from '../../src/client/describe.ts';
import { assert } from '../../src/domain/assert.ts';
import type { ElectionRule } from '../../src/domain/contract.ts';
import type { Hasher } from '../../src/domain/crypto.ts';

import type { ClientID, Digest, TransactionID } from '../../src/domain/names.ts';
import type { Note } from '../../src/domain/note.ts';
import type { Admission } from '../../src/domain/roster.ts';

import { nodeHasher } from '../../src/node/crypto.ts';
import { solve } from '../../src/sim/false-miner.ts';
import { type Inhabitant, World } from '../../src/sim/world.ts';
import type { Arguments, Commands } from '../script.ts';
import { errands } from './errands.ts';
import { seekers } from './seekers.ts';
import { peerOf, type Stage, worldOf } from './stage.ts';
import { strangers } from './strangers.ts';
import { genesisOf, treasury } from './treasury.ts';

/** What happens so often that a story without it is easier to follow. */
const untold: readonly Note['kind'][] = ['joined', 'left', 'connected', 'progress'];

export const commands: Commands<Stage> = {
  /**
   * world peers=3 seed=1 difficulty=fixed:4 solve=3000 challenges=0 election=draw|present|lowest
   * loss=0 repeat=0 delay=0-1 mine-when=transactions reward=50 service=8 task-nonces=2000
   * admit=waiting|roster|none genesis=ann:50,bob:20
   */
  world: (args, stage) => {
    const {
      seed = '1',
      loss = '0',
      repeat = '0',
      delay = '0.5-1.5',
      solve: solveMs = '3000',
    } = args;
    const [low = 0, high = low] = delay.split('-').map(Number);
    stage.world = new World({
      seed: Number(seed),
      hasher: 'tie' in args ? tyingHasher : nodeHasher,
      solveMs: Number(solveMs),
      onCarried: (delivery) => stage.overheard.push(delivery),
      nemesis: { loss: Number(loss), repeat: Number(repeat), delayMs: [low, high] },
      serviceBits: 'service' in args ? Number(args['service']) : undefined,
      settings: {
        peers: Number(args['peers'] ?? 3),
        difficulty: args['difficulty'] ?? 'fixed:4',
        challenges: Number(args['challenges'] ?? 0),
        election: (args['election'] ?? 'draw') as ElectionRule,
        mineWhen: args['mine-when'] === 'transactions' ? 'transactions' : 'always',
        reward: Number(args['reward'] ?? 50),
        admit: (args['admit'] ?? 'waiting') as Admission,
        ...genesisOf(args['genesis']),
        ...('task-nonces' in args && { taskNonces: Number(args['task-nonces']) }),
      },
    });
    stage.told = 0;
    stage.overheard = [];
    return 'ok';
  },

  /** start count=3 every=0 name=7 difficulty=… election=draw admit=… genesis=… anew quiet : more */
  start: (args, stage) => {
    const world = worldOf(stage);
    const { name, difficulty, peers, election, admit, genesis, anew, quiet } = args;
    const settings = {
      ...(name === undefined ? {} : { name: Number(name) }),
      ...(difficulty === undefined ? {} : { difficulty }),
      ...(peers === undefined ? {} : { peers: Number(peers) }),
      ...(election === 'draw' ? { election: 'draw' as const } : {}),
      ...(admit === undefined ? {} : { admit: admit as Admission }),
      ...genesisOf(genesis),
      ...(anew === undefined ? {} : { foundsAnew: true }),
      ...(quiet === undefined ? {} : { isQuiet: true, mines: false }),
    };
    for (let count = Number(args['count'] ?? 1); count > 0; count -= 1) {
      world.start(settings);
      world.run(Number(args['every'] ?? 0));
    }
    return tell(stage, args);
  },

  /** run for=10000 until=mandate|height:3 only=drawn,result */
  run: (args, stage) => {
    const world = worldOf(stage);
    const forMs = Number(args['for'] ?? 60_000);
    const { until } = args;
    if (until === undefined) world.run(forMs);
    else if (!world.runUntil(() => isDone(world, until), forMs)) return `not within ${forMs} ms`;
    return tell(stage, args);
  },

  /** kill who=controller : its process is gone, and the broker publishes its will */
  kill: (args, stage) => {
    const peer = peerOf(stage, args['who']);
    worldOf(stage).kill(peer);
    return `${peer.name} is killed`;
  },

  /** restart who=p1 : it comes back with what its disk holds */
  restart: (args, stage) => {
    const peer = peerOf(stage, args['who']);
    worldOf(stage).restart(peer);
    return `${peer.name} is back`;
  },

  /** leave who=p1 : it says goodbye */
  leave: (args, stage) => {
    const peer = peerOf(stage, args['who']);
    worldOf(stage).leave(peer);
    return tell(stage, args);
  },

  /** solution from=p2 transaction=0 solution=valid|0f… : somebody answers a challenge */
  solution: (args, stage) => {
    const world = worldOf(stage);
    const peer = peerOf(stage, args['from']);
    const transactionID = Number(args['transaction'] ?? 0) as TransactionID;
    const { clientID } = peer.self;
    const given = args['solution'] ?? 'valid';
    const solution = given === 'valid' ? solutionFor(world, clientID) : given;
    world.utter(peer, { kind: 'solution', clientID, transactionID, solution });
    world.run(Number(args['for'] ?? 50));
    return tell(stage, { only: 'solution-refused,result,proposed,refused', ...args });
  },

  /** nemesis loss=0.2 repeat=0.1 delay=0-300 : how the network behaves from now on */
  nemesis: (args, stage) => {
    const [low = 0, high = low] = (args['delay'] ?? '0.5-1.5').split('-').map(Number);
    worldOf(stage).network.nemesis = {
      loss: Number(args['loss'] ?? 0),
      repeat: Number(args['repeat'] ?? 0),
      delayMs: [low, high],
    };
    return 'ok';
  },

  /** broker off keeps=yes, broker on */
  broker: (args, stage) => {
    const { network } = worldOf(stage);
    if ('off' in args) network.stop(args['keeps'] === 'yes');
    else network.restart();
    return 'ok';
  },

  /** view : what each living peer stands for */
  view: (_, stage) => {
    const world = worldOf(stage);
    return world
      .alive()
      .map((peer) => viewLine(world, peer))
      .join('\n');
  },

  ...treasury,
  ...seekers,
  ...errands,
  ...strangers,

  /** counters of=p1 : what it refused */
  counters: (args, stage) => {
    const { refusals } = worldOf(stage).view(peerOf(stage, args['of']));
    const lines = Object.entries(refusals).map(([code, count]) => `${code} ${count}`);
    return lines.length === 0 ? 'none' : lines.sort().join('\n');
  },
};

function viewLine(world: World, peer: Inhabitant): string {
  const { role, term, controllerID, height, network } = world.view(peer);
  const controller = controllerID === null ? 'nobody' : world.nameOf(controllerID);
  const where = network === null ? 'no network' : `network ${network.slice(0, 8)}`;
  return `${peer.name} ${role}, ${where}, term ${term} under ${controller}, height ${height}`;
}

function isDone(world: World, until: string): boolean {
  const [what, value] = until.split(':');
  if (what === 'mandate') return world.controller() !== null;
  if (what === 'term') return (world.controller() && termOf(world)) === Number(value);
  assert(what === 'height', `A script waits for a mandate, a term or a height, not for ${what}.`);
  return world.alive().every((peer) => world.view(peer).height >= Number(value));
}

function termOf(world: World): number {
  const controller = world.controller();
  return controller === null ? 0 : world.view(controller).term;
}

/** The lines of what happened since the last time, each with its time and its peer. */
function tell(stage: Stage, args: Arguments): string {
  const world = worldOf(stage);
  const only = args['only']?.split(',');
  const lines: string[] = [];
  for (const { at, peer, note } of world.told.slice(stage.told)) {
    const isTold = only === undefined ? !isUntold(note) : only.includes(note.kind);
    if (!isTold) continue;
    const text = describe(note, (id) => world.nameOf(id));
    lines.push(`${at.toFixed(0).padStart(6)} ${peer.padEnd(3)} ${text}`);
  }
  stage.told = world.told.length;
  return lines.length === 0 ? 'nothing to tell' : lines.join('\n');
}

function isUntold(note: Note): boolean {
  return untold.includes(note.kind) || note.kind === 'idle';
}

/** A solution by this miner for the challenge that is open now. */
function solutionFor(world: World, miner: ClientID): string {
  const challenge = world.told.findLast(({ note }) => note.kind === 'challenge')?.note;
  assert(challenge?.kind === 'challenge', 'A challenge is open.');
  return solve({ header: `${challenge.preimage}${miner}:`, bits: challenge.bits }, nodeHasher);
}

/** Gives everybody the same number in every draw. */
const tyingHasher: Hasher = {
  sha256: (data) =>
    typeof data === 'string' && /^[0-9a-f]{64}:[0-9a-f-]{36}$/.test(data)
      ? ('7'.repeat(64) as Digest)
      : nodeHasher.sha256(data),
};
