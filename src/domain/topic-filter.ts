/** Topic names and topic filters, as MQTT 3.1.1 section 4.7 has them. */

const NUL = '\0';

/** What a message can be published on. */
export function isTopicName(text: string): boolean {
  return text !== '' && !/[+#]/.test(text) && !text.includes(NUL);
}

/** What a client can subscribe to: a wildcard fills its level, and `#` is the last one. */
export function isTopicFilter(text: string): boolean {
  if (text === '' || text.includes(NUL)) return false;
  const levels = text.split('/');
  return levels.every((level, index) => {
    if (level === '#') return index === levels.length - 1;
    return level === '+' || !/[+#]/.test(level);
  });
}

/** Whether a message on `topic` is for subscribers to `filter`. */
export function matches(filter: string, topic: string): boolean {
  // The broker's own topics are for those alone who ask for them by name (MQTT-4.7.2-1).
  if (topic.startsWith('$') && /^[+#]/.test(filter)) return false;
  const wanted = filter.split('/');
  const levels = topic.split('/');
  if (wanted.at(-1) === '#') {
    wanted.pop();
    levels.length = Math.min(levels.length, wanted.length);
  }
  if (wanted.length !== levels.length) return false;
  return wanted.every((level, index) => level === '+' || level === levels[index]);
}
