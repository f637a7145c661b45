/** The web service that work comes from: where it is, and how it goes about it. */

import type { Command } from 'commander';
import { parseSourceFields, type SourceFields, USUAL_FIELDS } from '../node/source-fields.ts';
import {
  parseSourceUrl,
  parseSubmitUrl,
  type SourceUrl,
  type SubmitUrl,
  submitPlaceOf,
} from '../node/source-url.ts';
import { labelOf, type Settings, sourceOf, usageError } from './setting.ts';

export type SourceValues = {
  readonly source: SourceUrl | null;
  readonly sourceFields: SourceFields | null;
  readonly sourceSubmit: SubmitUrl | null;
};

/** A service as a peer goes about it. */
export type Service = {
  readonly place: SourceUrl;
  readonly fields: SourceFields;
  readonly submit: SubmitUrl;
};

export const sourceSettings: Settings<SourceValues> = {
  source: {
    flags: '--source <url>',
    help:
      'as controller, have the network search what this web service asks for (docs/source.md); ' +
      'say it to every peer that may become controller',
    fallback: null,
    allowed: 'the URL of a web service',
    read: parseSourceUrl,
  },
  sourceFields: {
    flags: '--source-fields <names>',
    help:
      'what the service calls previous, zeroes, timestamp, nonce and digest, where it is not ' +
      'that: previous=previous_block,zeroes=bits',
    fallback: null,
    allowed: 'OURS=THEIRS, and more of them with commas between',
    read: parseSourceFields,
  },
  sourceSubmit: {
    flags: '--source-submit <url>',
    help: 'where finds are handed in, if not at the URL that tasks come from',
    fallback: null,
    allowed: 'the URL of a web service',
    read: parseSubmitUrl,
  },
};

/** Null without a service. Throws a `usage` error for what was typed and is about none. */
export function serviceOf(command: Command, values: SourceValues): Service | null {
  const { source, sourceFields, sourceSubmit } = values;
  if (source === null) {
    for (const name of ['sourceFields', 'sourceSubmit'] as const) {
      if (sourceOf(command, name) !== 'argument') continue;
      const label = labelOf(command, name, sourceSettings[name]);
      throw usageError(`${label} is about --source: say that, too.`, { setting: label });
    }
    return null;
  }
  return {
    place: source,
    fields: sourceFields ?? USUAL_FIELDS,
    submit: sourceSubmit === null ? source : submitPlaceOf(sourceSubmit, source),
  };
}
