/** Commands with which scripts change the mood of a false service, and look what it was given. */

import { assert } from '../../src/domain/assert.ts';
import type { FalseService, Mood } from '../../src/sim/false-service.ts';
import type { Commands } from '../script.ts';
import { type Stage, worldOf } from './stage.ts';

function serviceOf(stage: Stage): FalseService {
  const { service } = worldOf(stage);
  assert(service !== null, 'This world has a service: world service=8.');
  return service;
}

export const errands: Commands<Stage> = {
  /** mood is=down|silent|mad|mute|picky|well : how the service answers from now on */
  mood: (args, stage) => {
    serviceOf(stage).mood = (args['is'] ?? 'well') as Mood;
    return 'ok';
  },

  /** task previous=text : the service wants something else from now on */
  task: (args, stage) => {
    serviceOf(stage).moveOn(args['previous'] ?? 'another text');
    return 'ok';
  },

  /** taken : what the service was given, each find once */
  taken: (_, stage) => {
    const { taken, wrong } = serviceOf(stage);
    const lines = taken.map(({ find, previous }) => {
      const { timestamp, nonce, digest } = find;
      return `${previous.slice(0, 16)} ${timestamp} ${nonce}: ${digest.slice(0, 16)}`;
    });
    const faults = wrong.map(({ nonce }) => `wrong: ${nonce}`);
    return [...lines, ...faults].join('\n') || 'nothing';
  },
};
