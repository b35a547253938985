// A zoomable treemap on a canvas. Nodes are {name, label?, bytes, children?}; d3-hierarchy lays them out.
'use strict';

class Treemap {
  constructor(place, root, { color, tip, moved, leaf }) {
    this.moved = moved;
    this.leaf = leaf;
    this.color = color;
    this.tip = tip;
    this.crumbs = place.appendChild(document.createElement('div'));
    this.crumbs.className = 'crumbs';
    const box = place.appendChild(document.createElement('div'));
    box.className = 'map';
    this.canvas = box.appendChild(document.createElement('canvas'));
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute('role', 'img');
    this.canvas.setAttribute('aria-label', 'Treemap; the tables hold the same numbers');
    this.hint = document.body.appendChild(document.createElement('div'));
    this.hint.className = 'tip';
    this.hint.hidden = true;
    this.path = [d3.hierarchy(root).sum((d) => (d.children ? 0 : d.bytes)).sort((a, b) => b.value - a.value)];
    this.canvas.addEventListener('mousemove', (event) => this.hover(event));
    this.canvas.addEventListener('mouseleave', () => (this.hint.hidden = true));
    this.canvas.addEventListener('click', (event) => this.enter(this.find(event)));
    this.canvas.addEventListener('keydown', (event) => { if (event.key === 'Escape' || event.key === 'Backspace') this.leave(this.path.length - 2); });
    new ResizeObserver(() => this.draw()).observe(box);
  }

  static short = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });

  get top() { return this.path[this.path.length - 1]; }

  // Whether a branch has a line of its own for its name.
  static titled(n) { return n.depth < 5 && n.data.children && n.y1 - n.y0 > 30 && n.x1 - n.x0 > 50; }

  // What is drawn: a copy of the subtree whose small branches are cut, laid out over the canvas.
  layout(width, height) {
    const least = (this.top.value / (width * height)) * 4; // bytes of 4 square pixels
    const copy = (node) => ({ node, bytes: node.value, children: node.children && node.value > least * 30 ? node.children.filter((c) => c.value > least).map(copy) : undefined });
    const tree = d3.hierarchy(copy(this.top)).sum((d) => (d.children && d.children.length ? 0 : d.bytes));
    tree.each((n) => (n.value = n.data.bytes)); // what was cut still counts
    return d3.treemap().size([width, height]).paddingTop((n) => (Treemap.titled(n) ? 17 : 1)).paddingInner(1).paddingRight(1).paddingBottom(1).round(true)(tree);
  }

  draw() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width || !height) return;
    const ratio = window.devicePixelRatio || 1;
    this.canvas.width = width * ratio;
    this.canvas.height = height * ratio;
    const pen = this.canvas.getContext('2d');
    pen.scale(ratio, ratio);
    this.tree = this.layout(width, height);
    this.tree.each((n) => this.box(pen, n));
    this.trail();
  }

  box(pen, n) {
    const w = n.x1 - n.x0, h = n.y1 - n.y0;
    if (w < 1 || h < 1) return;
    const leaf = !n.children || !n.children.length;
    pen.fillStyle = this.color(n.data.node, leaf, n.depth);
    pen.fillRect(n.x0, n.y0, w, h);
    if (leaf ? w < 34 || h < 14 : !Treemap.titled(n)) return;
    pen.save();
    pen.beginPath();
    pen.rect(n.x0, n.y0, w - 2, h);
    pen.clip();
    pen.fillStyle = this.color.ink;
    pen.font = leaf ? '11px system-ui, sans-serif' : '600 12px system-ui, sans-serif';
    const { name, label } = n.data.node.data;
    const text = (label || name).slice(0, w / 4);
    pen.fillText(text, n.x0 + 3, n.y0 + 12);
    if (!leaf) this.size(pen, n, n.x0 + 10 + pen.measureText(text).width);
    pen.restore();
  }

  // A branch's size behind its name, where there is room.
  size(pen, n, at) {
    const text = n.value < 1000 ? String(Math.round(n.value)) : Treemap.short.format(n.value);
    pen.font = '11px system-ui, sans-serif';
    if (at + pen.measureText(text).width > n.x1 - 4) return;
    pen.globalAlpha = 0.75;
    pen.fillText(text, at, n.y0 + 12);
  }

  trail() {
    this.crumbs.replaceChildren();
    this.path.forEach((node, i) => {
      const last = i === this.path.length - 1;
      const item = this.crumbs.appendChild(document.createElement(last ? 'b' : 'button'));
      item.textContent = node.data.name;
      if (!last) { item.addEventListener('click', () => this.leave(i)); this.crumbs.append(' › '); }
    });
    this.crumbs.append(' ' + this.tip(this.top, this.path[0]).size);
  }

  // The deepest box under the pointer.
  find(event) {
    const { left, top } = this.canvas.getBoundingClientRect();
    const x = event.clientX - left, y = event.clientY - top;
    const inside = (n) => x >= n.x0 && x < n.x1 && y >= n.y0 && y < n.y1;
    let at = this.tree;
    for (let next; (next = (at.children || []).find(inside)); ) at = next;
    return at;
  }

  hover(event) {
    const node = this.find(event).data.node, { name, size, more } = this.tip(node, this.path[0]);
    this.hint.replaceChildren();
    const lines = [name, size, more].filter(Boolean);
    lines.forEach((line, i) => (this.hint.appendChild(document.createElement(i ? 'div' : 'b')).textContent = line));
    this.hint.hidden = false;
    const { offsetWidth: w, offsetHeight: h } = this.hint;
    this.hint.style.left = Math.min(event.clientX + 14, innerWidth - w - 6) + 'px';
    this.hint.style.top = (event.clientY + h + 24 > innerHeight ? event.clientY - h - 10 : event.clientY + 16) + 'px';
  }

  // Zooms into the outermost box, below what is shown, that holds this one; a leaf is told of.
  enter(box) {
    while (box.parent && box.parent.parent) box = box.parent;
    const node = box.data.node;
    if (!node.children) return this.leaf(node.data);
    if (node === this.top) return;
    this.path.push(node);
    this.draw();
    this.tell();
  }

  leave(i) {
    if (i < 0) return;
    this.path.length = i + 1;
    this.draw();
    this.tell();
  }

  tell() { this.moved(this.path.slice(1).map((n) => n.data.name)); }

  // Zooms to the branch that these names lead to, as far as they do.
  go(names) {
    for (const name of names) {
      const next = this.top.children?.find((c) => c.data.name === name && c.children);
      if (!next) break;
      this.path.push(next);
    }
    this.draw();
  }
}
