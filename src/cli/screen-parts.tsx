/** Parts of which all live screens are made. */

import { Box, type RenderOptions, render, Text } from 'ink';
import type { ReactElement, ReactNode } from 'react';

/** What a terminal is taken for that does not say how large it is. */
const USUAL = { columns: 80, rows: 24 };

/** Columns, and lines for a frame: one less than there are, as a full screen would scroll. */
export function sizeOfScreen(): { readonly columns: number; readonly lines: number } {
  const { columns, rows } = process.stdout;
  return { columns: columns || USUAL.columns, lines: (rows || USUAL.rows) - 1 };
}

/**
 * Draws as ink does, on a terminal that ink takes for one without a lowest line: where a frame was
 * as high as the terminal, be it because somebody has just made that smaller, ink would clear it
 * with all that scrolled off it before, which is the user's (ESC [ 3 J). `onResize` is called
 * before ink draws the last frame again.
 */
export function openInk(
  node: ReactNode,
  onResize: () => void,
  options: Pick<RenderOptions, 'maxFps'> = {},
): ReturnType<typeof render> {
  const { stdout } = process;
  const endless = new Proxy(stdout, {
    get: (target, name) => {
      if (name === 'rows') return Number.POSITIVE_INFINITY;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const app = render(node, {
    ...options,
    stdout: endless,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  stdout.prependListener('resize', onResize);
  const unmount = (): void => {
    stdout.off('resize', onResize);
    app.unmount();
  };
  return { ...app, unmount };
}

type FrameProps = {
  /** That there are. */
  readonly lines: number;
  /** That its parts have. */
  readonly height: number;
  readonly children: ReactNode;
};

/** The whole of a screen, cut off at the bottom where that is too low. */
export function Frame({ lines, height, children }: FrameProps): ReactElement {
  return (
    <Box flexDirection="column" height={Math.min(lines, height)} overflow="hidden">
      <Box flexDirection="column" flexShrink={0}>
        {children}
      </Box>
    </Box>
  );
}

/** A key and what it does. */
export function Key({
  name,
  does,
}: {
  readonly name: string;
  readonly does: string;
}): ReactElement {
  return (
    <Text>
      <Text inverse>{` ${name} `}</Text>
      {` ${does}   `}
    </Text>
  );
}

type LineProps = {
  readonly dim?: boolean;
  readonly color?: string;
  readonly children: ReactElement | string | readonly (ReactElement | string | false)[];
};

/** One line of the screen, however narrow that is. */
export function Line({ dim = false, color, children }: LineProps): ReactElement {
  return (
    <Text wrap="truncate-end" dimColor={dim} {...(color !== undefined && { color })}>
      {children}
    </Text>
  );
}
