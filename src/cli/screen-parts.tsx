/** Parts of which all live screens are made. */

import { Text } from 'ink';
import type { ReactElement } from 'react';

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
