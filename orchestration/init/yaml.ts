import { Document, isMap, isScalar, visit } from 'yaml';

/** How long a line of the configuration may be. */
export const LINE = { lineWidth: 110 } as const;

/** Small things of a mapping, which are easier to read on one line, by a key that they have. */
const SHORT = ['id_of', 'from', 'currency_of', 'value', 'dates', 'decimals', 'encoding'];

/** A value as a node of YAML, with what is small on one line. */
export function nodeOf(value: unknown, document: Document = new Document()) {
  const node = document.createNode(value, { aliasDuplicateObjects: false });
  visit(node, {
    Map(_, map) {
      const keys = map.items.map(({ key }) => (isScalar(key) ? String(key.value) : ''));
      if (keys.some((key) => SHORT.includes(key)) && map.items.every((each) => !isMap(each.value)))
        map.flow = true;
    },
    Seq(_, list) {
      if (list.items.every(isScalar)) list.flow = true;
    },
  });
  return node;
}

/** A value as YAML, without a line end after it. */
export function yamlOf(value: unknown): string {
  const document = new Document();
  document.contents = nodeOf(value, document) as Document['contents'];
  return document.toString(LINE).trimEnd();
}
