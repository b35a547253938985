// Yoga: lays out generated trees of boxes with all kinds of flex properties.
import { random } from '../lib/inputs.mjs';
import { workload } from '../lib/workload.mjs';

await workload('yoga', async ({ load, print, scale }) => {
  const Yoga = (await load('dist/node.js')).default;
  const next = random(61);
  const style = (node) => {
    const edge = () => next() % 9;
    const choices = [
      () => node.setWidth(next() % 300), () => node.setHeight(next() % 200), () => node.setWidthPercent(next() % 100), () => node.setFlexGrow((next() % 5) / 2),
      () => node.setFlexShrink((next() % 5) / 2), () => node.setFlexBasis(next() % 90), () => node.setFlexDirection(next() % 4), () => node.setFlexWrap(next() % 3),
      () => node.setJustifyContent(next() % 6), () => node.setAlignItems(next() % 6), () => node.setAlignSelf(next() % 6), () => node.setAlignContent(next() % 7),
      () => node.setMargin(edge(), (next() % 40) - 5), () => node.setPadding(edge(), next() % 20), () => node.setBorder(edge(), next() % 4),
      () => node.setPosition(edge(), next() % 30), () => node.setPositionType(next() % 3), () => node.setMinWidth(next() % 50), () => node.setMaxHeight(60 + (next() % 100)),
      () => node.setAspectRatio(0.5 + (next() % 8) / 4), () => node.setGap(next() % 3, next() % 12), () => node.setMarginAuto(edge()), () => node.setPaddingPercent(edge(), next() % 10),
      () => node.setDisplay(next() % 12 ? 0 : 1), () => node.setOverflow(next() % 3), () => node.setHeightAuto(), () => node.setMinHeightPercent(next() % 20),
    ];
    for (let i = 0; i < 5; i++) choices[next() % choices.length]();
    return node;
  };
  const grow = (depth) => {
    const node = style(Yoga.Node.create());
    for (let i = 0; depth && i < 2 + (next() % 4); i++) node.insertChild(grow(depth - 1), i);
    if (!depth && next() % 3 === 0) node.setMeasureFunc((width) => ({ width: Math.min(width || 50, 40), height: 12.5 }));
    return node;
  };
  const collect = (node, out) => {
    const { left, top, width, height } = node.getComputedLayout();
    out.push(left, top, width, height, node.getComputedPadding(0), node.getComputedMargin(2));
    for (let i = 0; i < node.getChildCount(); i++) collect(node.getChild(i), out);
    return out;
  };
  return () => {
    for (let round = 0; round < Math.max(1, 60 * scale); round++) {
      const root = grow(4);
      for (const [width, height, direction] of [[800, 600, 1], [320, 400, 2], [1200, 90, 1]]) {
        root.calculateLayout(width, height, direction);
        const boxes = collect(root, []);
        if (round < 20) print(`${boxes.length / 6} boxes`, JSON.stringify(boxes));
      }
      root.getChild(0).setWidth(123);
      root.calculateLayout(500, 500, 1);
      print('again', JSON.stringify(collect(root, []).slice(0, 30)));
      root.freeRecursive();
    }
  };
});
