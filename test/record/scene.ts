/** Commands with which scripts have somebody listen to a false world, and say what it knows. */

import { boardOf } from '../../src/cli/watch-board.ts';
import { describeMessage } from '../../src/client/describe-message.ts';
import { describeRefusal } from '../../src/client/describe-turn.ts';
import { assert } from '../../src/domain/assert.ts';
import type { UnixMs } from '../../src/domain/names.ts';
import { nodeHasher } from '../../src/node/crypto.ts';
import { OurOnlooker } from '../../src/record/onlooker.ts';
import type { Recorded } from '../../src/record/recording.ts';
import type { Sighting } from '../../src/record/sighting.ts';
import { Body, trueClock } from '../../src/sim/body.ts';
import { FalseLink } from '../../src/sim/false-link.ts';
import { toyVerifier } from '../../src/sim/toy-crypto.ts';
import type { World } from '../../src/sim/world.ts';
import type { Commands } from '../script.ts';
import type { Stage } from '../sim/stage.ts';
import { commands as stageCommands } from '../sim/storyteller.ts';

export type Scene = Stage & { ear: Ear | null };

/** Hears all that the broker of a world brings. */
export class Ear {
  readonly onlooker = new OurOnlooker({
    prefix: 'sd',
    hasher: nodeHasher,
    verifier: toyVerifier(),
  });
  readonly recording: Recorded[] = [];
  readonly sightings: Sighting[] = [];
  readonly #world: World;
  readonly #clock: ReturnType<Body['clock']>;
  told = 0;

  constructor(world: World) {
    this.#world = world;
    const body = new Body(world.agenda, trueClock);
    this.#clock = body.clock();
    const link = new FalseLink(world.network, ['sd/+', 'sd/peer/+', 'sd/sync/+'], body);
    link.connect(
      { topic: 'ear', text: '' },
      {
        onConnected: () => undefined,
        onDisconnected: () => undefined,
        onDelivery: (delivery) => this.#hear({ time: this.now, qos: 1, ...delivery }),
      },
    );
  }

  get now(): UnixMs {
    return this.#clock.now().unix;
  }

  nameOf(text: string): string {
    return this.#world.peers.reduce(
      (shown, { self, name }) =>
        shown.replaceAll(self.clientID, name).replaceAll(self.clientID.slice(0, 8), name),
      text,
    );
  }

  #hear(recorded: Recorded): void {
    this.recording.push(recorded);
    this.sightings.push(this.onlooker.hear(recorded));
  }
}

function earOf({ ear }: Scene): Ear {
  assert(ear !== null, 'Somebody listens.');
  return ear;
}

function worldOf({ world }: Scene): World {
  assert(world !== null, 'A script begins with a world.');
  return world;
}

const encoder = new TextEncoder();

export const commands: Commands<Scene> = {
  ...stageCommands,

  /** listen : from now on */
  listen: (_, scene) => {
    scene.ear = new Ear(worldOf(scene));
    return 'ok';
  },

  /** board only=head,peers : what people see */
  board: (args, scene) => {
    const ear = earOf(scene);
    const board = boardOf(ear.onlooker.picture, ear.now);
    const parts: Record<string, readonly string[]> = {
      head: [board.head.text],
      draw: [board.draw.text],
      peers: [board.peersTitle, ...board.peers.map(({ text }) => text)],
      work: [`${board.work.text} (${board.fraction === null ? '-' : board.fraction.toFixed(2)})`],
      results: [board.resultsTitle, ...board.results.map(({ text }) => text)],
      refusals: [board.refusalsTitle, ...board.refusals.map(({ text }) => text)],
      events: ['events', ...board.events.map(({ text }) => text)],
    };
    const wanted = args['only']?.split(',') ?? Object.keys(parts);
    const lines = wanted.flatMap((part) => parts[part] ?? [`there is no part "${part}"`]);
    return ear.nameOf(lines.map((line) => line.trimEnd()).join('\n'));
  },

  /** heard only=vote,mandate : what came since the last time, a line each, with its verdict */
  heard: (args, scene) => {
    const ear = earOf(scene);
    const only = args['only']?.split(',');
    const since = ear.sightings.slice(ear.told);
    ear.told = ear.sightings.length;
    const lines = since
      .filter(({ kind }) => only === undefined || (kind !== null && only.includes(kind)))
      .map(({ from, message, kind, fault, recorded }) => {
        const said = message === null ? `${kind ?? recorded.topic}` : describeMessage(message);
        const who = from === null ? '' : `${from} `;
        const wrong = fault === null ? '' : ` [${fault.check}: ${describeRefusal(fault.refusal)}]`;
        return ear.nameOf(`${who}${said}${recorded.retained ? ' (retained)' : ''}${wrong}`);
      });
    return lines.length === 0 ? 'nothing' : lines.join('\n');
  },

  /** publish topic=init payload="…" : somebody says this on the broker */
  publish: (args, scene) => {
    const world = worldOf(scene);
    world.inject(`sd/${args['topic'] ?? 'init'}`, encoder.encode(args['payload'] ?? ''));
    world.run(20);
    return 'ok';
  },

  /** again kind=vote change=Term : what was heard last of a kind is said again, changed */
  again: (args, scene) => {
    const world = worldOf(scene);
    const last = earOf(scene).sightings.findLast(({ kind }) => kind === args['kind']);
    assert(last !== undefined, `Something of the kind ${args['kind']} was heard.`);
    const text = new TextDecoder().decode(last.recorded.payload);
    const changed = text.replace(/"Term":\d+/, '"Term":77');
    assert(args['as'] === 'it-was' || changed !== text, 'There is a term to change.');
    world.inject(last.recorded.topic, encoder.encode(args['as'] === 'it-was' ? text : changed));
    world.run(20);
    return 'ok';
  },
};
