/** A stranger in a process of its own that publishes garbage for as long as its parent lives. */

import { flood } from '../node/flood.ts';

const [url = '', prefix = '', perSecond = ''] = process.argv.slice(2);

flood(url, prefix, Number(perSecond));

process.on('disconnect', () => process.exit());
// Ctrl-C is for the parent, who ends us.
process.on('SIGINT', () => {});
