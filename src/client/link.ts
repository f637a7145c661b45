/** A connection to a broker as the driver sees it; one per attempt, nothing in it reconnects. */

export type Delivery = {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly retained: boolean;
};

export type LinkEvents = {
  /** Every subscription is acknowledged. */
  readonly onConnected: () => void;
  /** The connection ended or could not be made, once for each `connect`; `reason` for people. */
  readonly onDisconnected: (reason: string) => void;
  /** Must only enqueue: a slow handler delays acknowledgements and makes brokers drop messages. */
  readonly onDelivery: (delivery: Delivery) => void;
};

export type Will = {
  readonly topic: string;
  readonly text: string;
  /** True if the broker is not to retain it; it does otherwise. */
  readonly isForgotten?: boolean;
};

/** QoS 0 for what is repeated anyway and loses its worth with time, 1 for everything else. */
export type Quality = { readonly qos: 0 | 1; readonly retained: boolean };

export interface Link {
  /** Begins one attempt with this will (QoS 1); an earlier connection is dropped. */
  connect(will: Will, events: LinkEvents): void;
  /** Hands a message to the connection; without one it is lost, as any message may be. */
  publish(topic: string, text: string, quality: Quality): void;
  /**
   * Listens to these topics, too (QoS 0), and no more to those of the call before; until the
   * connection ends. A hint: what the broker denies is not heard, and nothing is lost by that.
   */
  attend(topics: readonly string[]): void;
  /** Says goodbye to the broker, so that it publishes no will; resolves in 2 s at most. */
  close(): Promise<void>;
}
